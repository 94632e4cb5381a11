"""新しい契約者の申込を始める: customer, unit, own linked service and its evidence on one page, and on to the application."""

from typing import Any

from django import forms
from django.contrib.auth.models import User
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from contracts import clock
from contracts.admin.kit.fields import day_field, text_field
from contracts.admin.kit.verb import Given, Verb
from contracts.admin.records.linked_service import offers
from contracts.admin.records.name import KANA_HELP
from contracts.models import ManagementUnit
from contracts.models.choices import ASSENTS
from contracts.operations.first import OwnService, register_first
from contracts.operations.refusal import Refused
from contracts.terms.consents import Assent

NEEDS = ("contracts.add_managementunit", "contracts.add_linkedservicestate", "contracts.add_consent")
"""What the page does beside registering a customer; each asked for only where it is done."""


def _offers() -> list[tuple[str, Any]]:
    return [("", "—"), *offers()]


class FirstForm(forms.Form):
    """A new customer with its first unit; its own linked service where it has one."""

    code = text_field(_("契約者コード"), most=64)
    name = text_field(_("契約者名"))
    kana = text_field(_("フリガナ"), required=False, help_text=KANA_HELP)
    unit_code = text_field(
        _("管理単位コード"), required=False, most=64, help_text=_("空欄なら、契約者コードの後に「-1」を付けます")
    )
    unit_name = text_field(_("管理単位名"))
    service_code = text_field(
        _("契約者名義の対応サービスコード"), required=False, most=64, help_text=_("なければ、以下は空欄にします")
    )
    offer = forms.ChoiceField(label=_("サービス・種類・品目"), choices=_offers, required=False)
    service_from = day_field(_("サービスの適用日"), required=False, help_text=_("同意・前提もこの日からとします"))
    assents = forms.MultipleChoiceField(
        label=_("得ている同意・前提"),
        choices=[(code, name) for code, name in ASSENTS if code != Assent.OWN_PREMIUM_CONSENT],
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    given_by = text_field(_("同意した者"), required=False, help_text=_("部署と氏名など"))
    document = text_field(_("文書番号"), required=False, help_text=_("同意書、申込書などの番号"))

    def clean(self) -> dict[str, Any]:
        """A service is whole or not there at all: nothing that was typed of it is dropped."""
        given = super().clean() or {}
        of_service = ("offer", "service_from", "assents", "given_by", "document")
        if given.get("service_code"):
            for name in ("offer", "service_from"):
                if not given.get(name) and name not in self.errors:
                    self.add_error(name, gettext("対応サービスを登録するときは必要です。"))
        elif any(given.get(name) for name in of_service):
            self.add_error(
                "service_code", gettext("対応サービスコードを入力するか、対応サービスの欄をすべて空欄にしてください。")
            )
        return given


def _do(row: None, given: Given, by: User) -> ManagementUnit:
    needed = NEEDS if given["service_code"] else NEEDS[:1]
    if not by.has_perms(needed):
        raise Refused(gettext("管理単位又は対応サービスを登録する権限がありません。"))
    service = None
    if given["service_code"]:
        kind_of_service, kind, item = given["offer"].split("|")
        service = OwnService(
            code=given["service_code"],
            service=kind_of_service,
            kind=kind,
            item=item,
            from_on=given["service_from"],
            assents=[Assent(code) for code in given["assents"]],
            given_by=given["given_by"],
            document=given["document"],
        )
    said = {name: given[name] for name in ("code", "name", "kana", "unit_code", "unit_name")}
    return register_first(**said, service=service, on=clock.today(), by=by)


FIRST = Verb(
    name="first",
    label=_("新しい契約者の申込を始める"),
    permission="contracts.add_customer",
    form=FirstForm,
    do=_do,
    done=_("契約者と管理単位を登録しました。続けて申込を入力します。"),
    clause="6-1",
    initial=lambda row: {"unit_name": gettext("本社")},
    weight="main",
    then=lambda row, unit: reverse("admin:contracts_application_new", args=[unit.pk]),
)
