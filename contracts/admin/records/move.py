"""管理単位の移動: module contracts into another unit, as a verb of the unit they are in; what was recorded, put right or taken back."""

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
from contracts.admin.kit.columns import day, iso, link, own_page, plain
from contracts.admin.kit.fields import day_field, reason_field, text_field
from contracts.admin.kit.following import Rehearsal
from contracts.admin.kit.search import begins
from contracts.admin.kit.verb import Given, Verb
from contracts.admin.kit.verbs import ActingAdmin
from contracts.admin.records.transfer import large, of_each_customer
from contracts.facts.names import names_of
from contracts.models import Contract, ManagementUnit, Move
from contracts.operations.corrections.of_moves import MOVES, together
from contracts.operations.moves import MoveAsked, movable, move_contracts


class MoveForm(forms.Form):
    """Which contracts, into which unit, from which day on, on which agreement."""

    contracts = forms.ModelMultipleChoiceField(
        label=_("契約"), queryset=Contract.objects.none(), widget=forms.CheckboxSelectMultiple
    )
    unit = CodeField(
        ManagementUnit,
        code_called=_("管理単位コード"),
        missing=_("管理単位コード「%(code)s」は登録されていません。"),
        label=_("移動先"),
    )
    from_on = day_field(_("移動日"), help_text=_("移動先の管理単位での最初の日。月額費用はこの日で分けます（I-54）"))
    agreed_on = day_field(_("合意日"), help_text=_("この日以後の同意は、移動先についてのものとします（I-56）"))
    document = text_field(_("文書番号"), help_text=_("移動の合意書など"))
    reason = reason_field(_("備考"), required=False)


def _fit(form: Any, row: ManagementUnit) -> None:
    """The unit's module contracts that run, by what they are for."""
    found = movable(row, clock.today())
    names = names_of(Q(pk__in=[contract.pk for contract in found]))
    field = form.fields["contracts"]
    field.queryset = Contract.objects.filter(pk__in=[contract.pk for contract in found]).select_related("target__unit")
    field.label_from_instance = lambda one: f"{one.target.number} {names.on(one.pk, clock.today()).line}"


def _move(row: ManagementUnit, given: Given, by: User) -> list[Move]:
    asked = MoveAsked(**{name: given[name] for name in ("unit", "from_on", "agreed_on", "document")})
    return move_contracts(list(given["contracts"]), asked, on=clock.today(), by=by, reason=given["reason"])


def _shown(row: ManagementUnit, given: Given, rehearsal: Rehearsal) -> list[str]:
    """Which contracts come from where to where, and what each customer then pays otherwise."""
    rows: Sequence[Move] = rehearsal.result
    first = rows[0]
    said = {
        "day": iso(first.from_on),
        "contracts": gettext("、").join(one.contract.target.number for one in rows),
        "origin": f"{first.origin}（{first.origin.customer}）",
        "unit": f"{first.unit}（{first.unit.customer}）",
    }
    return [
        gettext("%(day)sから、%(contracts)sがオプションとともに%(origin)sから%(unit)sに移ります（I-54）。") % said,
        gettext("最低利用期間、契約期間、料金及び解約通知は引き継がれ、初期費用は生じません。"),
        *of_each_customer(rehearsal),
    ]


def _units(row: ManagementUnit, given: Given) -> list[int]:
    to = given.get("unit")
    return [row.pk, *([to.pk] if to is not None and to.pk != row.pk else [])]


def _has_movable(row: ManagementUnit) -> bool:
    """Whether any contract of the unit can be moved; read once for the page that has read the unit."""
    if not hasattr(row, "has_movable"):
        row.has_movable = bool(movable(row, clock.today()))  # type: ignore[attr-defined]
    return bool(row.has_movable)  # type: ignore[attr-defined]


MOVE = Verb(
    name="move",
    label=_("契約を別の管理単位へ移動"),
    permission="contracts.add_move",
    form=MoveForm,
    do=_move,
    done=_("移動を記録しました。新たに得る同意は作業一覧にあります。"),
    clause="6-2",
    offered=_has_movable,
    fit=_fit,
    follows=_shown,
    units=_units,
    second=large,
    second_permission="contracts.decide_correction",
    help=_(
        "モジュールの契約が、オプションとともに移動日から別の管理単位のものとなります。カテゴリの契約は管理単位ごとに一つのもので、移動しません。管理単位を一つにまとめるときは、移動元のカテゴリの契約を移動日の前日に終了させてください。"
    ),
)


class CorrectForm(GroundForm):
    """What a move ought to have said."""

    from_on = day_field(_("移動日"))
    agreed_on = day_field(_("合意日"))
    evidence = text_field(_("文書番号"))


def _says(row: Move, given: Given) -> dict[str, Any]:
    said = own(given)
    return {"from_on": said["from_on"], "agreed_on": said["agreed_on"], "document": said["evidence"]}


def _last(row: Move) -> bool:
    """Whether no move of its contracts has followed."""
    contracts = [one.contract_id for one in together(row)]
    return not Move.objects.standing().filter(contract__in=contracts, from_on__gt=row.from_on).exists()


CORRECT = correcting(
    MOVES,
    CorrectForm,
    lambda row: {"from_on": row.from_on, "agreed_on": row.agreed_on, "evidence": row.document},
    rows=lambda row, given: together(row),
    says=_says,
    offered=_last,
)
TAKE_BACK = taking_back(MOVES, rows=lambda row, given: together(row), offered=_last)

FROM, DOCUMENT = day("from_on", _("移動日")), plain("document", _("文書番号"))
ORIGIN, UNIT = link("origin", _("移動元")), link("unit", _("移動先"))
CONTRACT = link("contract__target", _("契約番号"))
COLUMNS = (own_page("from_on", _("移動日"), lambda row: iso(row.from_on)), CONTRACT, ORIGIN, UNIT)


@admin.register(Move)
class MoveAdmin(ActingAdmin):
    """Moves that stand, newest first."""

    lists_standing = True
    subject_path = "contract__target__number"
    list_display = (FROM, CONTRACT, ORIGIN, UNIT, DOCUMENT)
    list_select_related = ("contract__target", "origin", "unit")
    list_filter = (
        by_code("contract", _("契約番号"), "contract__target__number"),
        by_code("origin", _("移動元"), "origin__code"),
        by_code("unit", _("移動先"), "unit__code"),
    )
    search_fields = ("document",)
    search_help_text = _("文書番号、契約番号又は管理単位コードの先頭から検索します")
    fieldsets = (
        (None, {"fields": (CONTRACT, ORIGIN, UNIT)}),
        (_("移動"), {"fields": (FROM, day("agreed_on", _("合意日")), DOCUMENT)}),
    )
    verbs = (CORRECT, TAKE_BACK)

    def found(self, term: str) -> Q:
        units = begins("origin__code", term) | begins("unit__code", term)
        return begins("document", term) | begins("contract__target__number", term) | units

    def heading(self, row: Any) -> str:
        return f"{row.contract.target.number} {iso(row.from_on)}"
