"""同意・前提: the records with their evidence, the verbs that record and end them, and what units lose by an end."""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth.models import User
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from contracts import clock
from contracts.admin.correction.form import GroundForm, own
from contracts.admin.correction.verbs import correcting, taking_back
from contracts.admin.kit.base import by_code, list_of
from contracts.admin.kit.columns import at, choice, column, day, link, own_page, plain
from contracts.admin.kit.fields import day_field, reason_field, text_field
from contracts.admin.kit.following import Rehearsal
from contracts.admin.kit.language import clause_said
from contracts.admin.kit.search import FINDS, begins
from contracts.admin.kit.verb import Given, Verb
from contracts.admin.kit.verbs import ActingAdmin
from contracts.facts.finding import Search, only
from contracts.models import Consent, Contract, Entry, LinkedService
from contracts.models.choices import ASSENTS
from contracts.operations.consents import end_consent, record_consent, units_of
from contracts.operations.corrections.of_services import CONSENTS
from contracts.terms.catalog import Service
from contracts.terms.consents import CLAUSES, Assent, can_be_of


def _owner(row: Consent) -> Any:
    return row.linked_service or (row.contract.target if row.contract else None)


ASSENT, GIVEN, ENDS = (
    choice("assent", _("同意・前提")),
    day("given_on", _("同意日・開始日")),
    day("ends_on", _("終了日")),
)
BY, DOCUMENT = plain("given_by", _("同意した者")), plain("document", _("文書番号"))
COLUMNS = (
    own_page("assent", _("同意・前提"), lambda row: row.get_assent_display()),
    *(GIVEN, ENDS, BY, DOCUMENT, plain("ended_by_document", _("終了の文書番号"))),
)


class EvidenceForm(forms.Form):
    """What a record of a consent needs: the day, who gave it, and the document that shows it."""

    given_on = day_field(_("同意日・開始日"))
    given_by = text_field(_("同意した者"), help_text=_("部署と氏名など"))
    document = text_field(_("文書番号"), help_text=_("同意書、申込書などの番号"))


class ServiceConsentForm(EvidenceForm):
    """A consent of a linked service's holder, or an option on it."""

    assent = forms.ChoiceField(
        label=_("同意・前提"), choices=[(code, name) for code, name in ASSENTS if code != Assent.OWN_PREMIUM_CONSENT]
    )
    field_order = ("assent", "given_on", "given_by", "document")


class EndForm(forms.Form):
    """The end of a consent: the last day on which it holds, and the document that shows it."""

    ends_on = day_field(_("終了日"), help_text=_("この日まで有効です"))
    document = text_field(_("終了の文書番号"))
    reason = reason_field(_("理由"), required=False)


def _record_of_service(row: LinkedService, given: Given, by: User) -> Consent:
    values = {name: given[name] for name in ("given_on", "given_by", "document")}
    return record_consent(row, assent=Assent(given["assent"]), by=by, **values, on=clock.today())


def _record_own(row: Contract, given: Given, by: User) -> Consent:
    return record_consent(row, assent=Assent.OWN_PREMIUM_CONSENT, by=by, **given, on=clock.today())


def _end(row: Consent, given: Given, by: User) -> Consent:
    return end_consent(row, by=by, **given, on=clock.today())


def _follows_end(row: Consent, given: Given, rehearsal: Rehearsal) -> list[str]:
    """What units lose is said behind; that none does is said here."""
    return [] if rehearsal.lost else [gettext("この終了によって利用資格を失う管理単位はありません。")]


def _fit_service(form: Any, row: LinkedService) -> None:
    """What a service of that kind can have."""
    states = row.states.standing().order_by("-from_on")
    if (state := states.filter(from_on__lte=clock.today()).first() or states.last()) is not None:
        service = Service(state.service)
        form.fields["assent"].choices = [(code, name) for code, name in ASSENTS if can_be_of(Assent(code), service)]


RECORD_OF_SERVICE = Verb(
    name="record-consent",
    label=_("同意・前提を記録"),
    permission="contracts.add_consent",
    form=ServiceConsentForm,
    fit=_fit_service,
    do=_record_of_service,
    done=_("同意・前提を記録しました。"),
    help=_(
        "対応サービスの契約者から得た同意、又は対応サービスで利用中のオプションを、証拠となる文書とともに記録します。"
    ),
)
RECORD_OWN = Verb(
    name="record-consent",
    label=_("特則への同意を記録"),
    permission="contracts.add_consent",
    form=EvidenceForm,
    do=_record_own,
    done=_("特則への同意を記録しました。"),
    clause="17-1",
    offered=lambda row: not row.module_type,
    help=_("プレミアムで連携モジュールを利用するには、あらかじめ契約者の同意が必要です。"),
)
END = Verb(
    name="end",
    label=_("終了を記録"),
    permission="contracts.change_consent",
    form=EndForm,
    do=_end,
    done=_("終了を記録しました。利用資格を失う管理単位は作業一覧にあります。"),
    offered=lambda row: row.ends_on is None,
    initial=lambda row: {"ends_on": clock.today()},
    follows=_follows_end,
    bills=False,
    units=lambda row, given: units_of(row.linked_service or row.contract),
    weight="grave",
)


class CorrectForm(GroundForm):
    """What the record of a consent ought to have said."""

    given_on = day_field(_("同意日・開始日"))
    given_by = text_field(_("同意した者"))
    evidence = text_field(_("文書番号"))
    ends_on = day_field(_("終了日"), required=False, help_text=_("終了していないときは空欄"))
    ended_by_document = text_field(_("終了の文書番号"), required=False)


def _says(row: Consent, given: Given) -> dict[str, Any]:
    said = own(given)
    return {name: value for name, value in said.items() if name != "evidence"} | {"document": said["evidence"]}


CORRECT = correcting(
    CONSENTS,
    CorrectForm,
    lambda row: {
        **{name: getattr(row, name) for name in ("given_on", "given_by", "ends_on", "ended_by_document")},
        "evidence": row.document,
    },
    says=_says,
    bills=False,
)
TAKE_BACK = taking_back(CONSENTS, bills=False)


def _owner_link(row: Consent) -> Any:
    owner = _owner(row)
    return link("", _("対象"))(owner) if owner is not None else None


@admin.register(Consent)
class ConsentAdmin(ActingAdmin):
    """Consents and prerequisites, newest first."""

    lists_standing = True
    list_display = (*(GIVEN, ASSENT, column("owner", _("対象"), _owner_link), BY, DOCUMENT, ENDS),)
    list_select_related = ("linked_service", "contract__target__unit")
    list_filter = (
        "assent",
        by_code("service", _("対応サービスコード"), "linked_service__code"),
        by_code("contract", _("契約番号"), "contract__target__number"),
    )
    search_fields = ("document",)
    search_help_text = FINDS
    fieldsets = (
        (None, {"fields": (ASSENT, column("owner", _("対象"), _owner_link), column("clause", _("条項"), lambda row: clause_said(CLAUSES[Assent(row.assent)])))}),
        (_("証拠"), {"fields": (GIVEN, BY, DOCUMENT)}),
        (_("終了"), {"fields": (ENDS, plain("ended_by_document", _("終了の文書番号")))}),
    )  # fmt: skip
    verbs = (END, CORRECT, TAKE_BACK)

    def found(self, term: str) -> Q:
        found = Search(term, kinds=only("target", "service"))
        return (
            begins("document", term) | Q(linked_service__in=found.ids("service")) | Q(contract__in=found.ids("target"))
        )

    def history_of(self, row: Any) -> str:
        return list_of(Entry, subject=row.linked_service.code if row.linked_service else row.contract.target.number)

    def heading(self, row: Any) -> str:
        return f"{row.get_assent_display()} {at(row, 'linked_service__code') or at(row, 'contract__target__number')}"
