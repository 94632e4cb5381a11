"""契約の移転: a unit's contracts to another customer, all of a customer's by a merger; what was recorded, put right or taken back."""

from collections.abc import Sequence
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
from contracts.admin.kit.base import by_code
from contracts.admin.kit.code_field import CodeField
from contracts.admin.kit.columns import choice, day, iso, link, own_page, plain
from contracts.admin.kit.fields import day_field, reason_field, text_field
from contracts.admin.kit.following import Rehearsal, is_large
from contracts.admin.kit.search import begins
from contracts.admin.kit.told import signed
from contracts.admin.kit.verb import Given, Verb
from contracts.admin.kit.verbs import ActingAdmin
from contracts.models import Customer, ManagementUnit, Transfer
from contracts.operations.corrections.of_transfers import TRANSFERS, together
from contracts.operations.transfers import TransferAsked, held_units, merge_customer, transfer_unit

PERMISSION = "contracts.add_transfer"
SHOWN = 50


def customer_field(label: Any) -> CodeField:
    """A customer by its code."""
    missing = _("契約者コード「%(code)s」は登録されていません。")
    return CodeField(Customer, code_called=_("契約者コード"), missing=missing, label=label)


class TransferForm(forms.Form):
    """To whom, from which day on, on which agreement."""

    receiver = customer_field(_("移転先"))
    from_on = day_field(_("移転日"), help_text=_("移転先の契約となる最初の日。月額費用はこの日で分けます（I-54）"))
    agreed_on = day_field(_("合意日"), help_text=_("この日以後の同意は、移転先についてのものとします（I-56）"))
    document = text_field(_("文書番号"), help_text=_("移転の合意書、合併の通知書など"))
    services = forms.BooleanField(
        label=_("移転元の名義の対応サービスも移す"),
        required=False,
        initial=True,
        help_text=_("対応サービスの契約も移転先のものとなるとき。オプションの利用は続きます"),
    )
    reason = reason_field(_("備考"), required=False)


def _asked(given: Given) -> TransferAsked:
    names = ("receiver", "from_on", "agreed_on", "document", "services")
    return TransferAsked(**{name: given[name] for name in names})


def _transfer(row: ManagementUnit, given: Given, by: User) -> list[Transfer]:
    return transfer_unit(row, _asked(given), on=clock.today(), by=by, reason=given["reason"])


def _merge(row: Customer, given: Given, by: User) -> list[Transfer]:
    return merge_customer(row, _asked(given), on=clock.today(), by=by, reason=given["reason"])


def shown(row: Any, given: Given, rehearsal: Rehearsal) -> list[str]:
    """Which units pass from whom to whom, and what each customer then pays otherwise."""
    rows: Sequence[Transfer] = rehearsal.result
    first = rows[0]
    said = {"giver": first.giver, "receiver": first.receiver, "day": iso(first.from_on), "count": f"{len(rows):,}"}
    sentences = [
        gettext("%(day)sから、管理単位%(count)s件の契約が%(giver)sから%(receiver)sに移ります（I-54）。") % said,
        *(str(one.unit) for one in rows[:SHOWN]),
        *(
            [gettext("ほかにもあります（先頭の%(count)s件を示しています）。") % {"count": SHOWN}]
            if len(rows) > SHOWN
            else []
        ),
        gettext("最低利用期間、契約期間、料金及び解約通知は引き継がれ、初期費用は生じません。"),
    ]
    return [*sentences, *of_each_customer(rehearsal)]


def of_each_customer(rehearsal: Rehearsal) -> list[str]:
    """What each customer is billed otherwise by the next close: corrections of closed months, and the month itself."""
    corrected, due = rehearsal.corrected_for, rehearsal.due_from
    found = Customer.objects.filter(pk__in={*corrected, *due}).order_by("code")
    sentence = gettext(
        "%(customer)s：次に締める月の請求は、月分が%(due)s円、締めた月の訂正が%(corrected)s円変わります。"
    )
    return [
        sentence % {"customer": one, "due": signed(due.get(one.pk, 0)), "corrected": signed(corrected.get(one.pk, 0))}
        for one in found
    ]


def large(row: Any, given: Given, rehearsal: Rehearsal) -> bool:
    """Whether a second person confirms it: corrections of closed months of so many yen, of either customer."""
    return is_large(rehearsal)


def _held(row: Customer, given: Given) -> list[int]:
    return [unit.pk for unit in held_units(row, given.get("from_on") or clock.today())]


def _holds_any(row: Customer) -> bool:
    """Whether the customer has a unit; read once for the page that shows its units."""
    if not hasattr(row, "holds_any"):
        row.holds_any = row.units.exists()  # type: ignore[attr-defined]
    return bool(row.holds_any)  # type: ignore[attr-defined]


TRANSFER = Verb(
    name="transfer",
    label=_("別の契約者へ移転"),
    permission=PERMISSION,
    form=TransferForm,
    do=_transfer,
    done=_("移転を記録しました。新たに得る同意は作業一覧にあります。"),
    follows=shown,
    units=lambda row, given: [row.pk],
    second=large,
    second_permission="contracts.decide_correction",
    help=_("この管理単位のすべての契約が、移転日から別の契約者のものとなります（契約上の地位の移転）。"),
)
MERGE = Verb(
    name="merge",
    label=_("別の契約者に合併"),
    permission=PERMISSION,
    form=TransferForm,
    do=_merge,
    done=_("合併を記録しました。新たに得る同意は作業一覧にあります。"),
    follows=shown,
    units=_held,
    offered=_holds_any,
    second=large,
    second_permission="contracts.decide_correction",
    help=_(
        "この契約者のすべての管理単位が、移転日から存続する契約者のものとなります。権利義務の全部が移るため、締めた月は請求し直しません（I-55）。"
    ),
    weight="grave",
)


class CorrectForm(GroundForm):
    """What a transfer ought to have said."""

    receiver = customer_field(_("移転先"))
    from_on = day_field(_("移転日"))
    agreed_on = day_field(_("合意日"))
    evidence = text_field(_("文書番号"))


def _says(row: Transfer, given: Given) -> dict[str, Any]:
    said = own(given)
    return {
        "receiver_id": said["receiver"].pk,
        "from_on": said["from_on"],
        "agreed_on": said["agreed_on"],
        "document": said["evidence"],
    }


def _last(row: Transfer) -> bool:
    """Whether no transfer of a unit has followed."""
    units = [one.unit_id for one in together(row)]
    return not Transfer.objects.standing().filter(unit__in=units, from_on__gt=row.from_on).exists()


CORRECT = correcting(
    TRANSFERS,
    CorrectForm,
    lambda row: {
        "receiver": row.receiver.code,
        "from_on": row.from_on,
        "agreed_on": row.agreed_on,
        "evidence": row.document,
    },
    rows=lambda row, given: together(row),
    says=_says,
    offered=_last,
)
TAKE_BACK = taking_back(TRANSFERS, rows=lambda row, given: together(row), offered=_last)

FROM, KIND = day("from_on", _("移転日")), choice("kind", _("移転の種類"))
GIVER, RECEIVER = link("giver", _("移転元")), link("receiver", _("移転先"))
COLUMNS = (own_page("from_on", _("移転日"), lambda row: iso(row.from_on)), KIND, GIVER, RECEIVER)


@admin.register(Transfer)
class TransferAdmin(ActingAdmin):
    """Transfers that stand, newest first."""

    lists_standing = True
    subject_path = "unit__code"
    list_display = (FROM, link("unit", _("管理単位")), KIND, GIVER, RECEIVER, plain("document", _("文書番号")))
    list_select_related = ("unit", "giver", "receiver")
    list_filter = (
        "kind",
        by_code("unit", _("管理単位コード"), "unit__code"),
        by_code("giver", _("移転元"), "giver__code"),
        by_code("receiver", _("移転先"), "receiver__code"),
    )
    search_fields = ("document",)
    search_help_text = _("文書番号、管理単位コード又は契約者コードの先頭から検索します")
    fieldsets = (
        (None, {"fields": (link("unit", _("管理単位")), KIND, GIVER, RECEIVER)}),
        (_("移転"), {"fields": (FROM, day("agreed_on", _("合意日")), plain("document", _("文書番号")))}),
    )
    verbs = (CORRECT, TAKE_BACK)

    def found(self, term: str) -> Q:
        named = begins("unit__code", term) | begins("giver__code", term) | begins("receiver__code", term)
        return begins("document", term) | named

    def heading(self, row: Any) -> str:
        return f"{row.unit.code} {iso(row.from_on)}"
