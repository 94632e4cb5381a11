"""名称: a customer or a unit called otherwise from a day on, put right, and taken back."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth.models import User
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from contracts import clock
from contracts.admin.correction.form import GroundForm
from contracts.admin.correction.verbs import correcting, hidden, taking_back
from contracts.admin.kit.base import by_code, list_of
from contracts.admin.kit.columns import column, day, iso, link, own_page, page_of, plain
from contracts.admin.kit.fields import day_field, reason_field, text_field
from contracts.admin.kit.following import Rehearsal
from contracts.admin.kit.search import begins
from contracts.admin.kit.verb import Given, Verb
from contracts.admin.kit.verbs import ActingAdmin
from contracts.facts.party_names import Called, names_of_party
from contracts.models import Customer, Entry, ManagementUnit, Name
from contracts.operations.corrections.ground import Ground
from contracts.operations.corrections.kind import Put, put_right
from contracts.operations.corrections.of_names import NAMES
from contracts.operations.renaming import first_name_of, rename
from contracts.terms.days import ONE_DAY

KANA_HELP = _("入れておくと、かなやローマ字でも探せます（例：トサスイサン）")


class RenameForm(forms.Form):
    """What a customer is called from a day on."""

    name = text_field(_("新しい名称"))
    kana = text_field(_("フリガナ"), required=False, help_text=KANA_HELP)
    from_on = day_field(
        _("適用日"), help_text=_("この日からの名称です。月の請求書と帳票は、月の末日の名称で作ります（I-52）")
    )
    reason = reason_field(_("理由"))


class UnitRenameForm(RenameForm):
    """What a unit is called from a day on."""

    kana = None  # type: ignore[assignment]


def _rename(row: Any, given: Given, by: User) -> Name:
    return rename(row, **given, on=clock.today(), by=by)


def _follows(row: Any, given: Given, rehearsal: Rehearsal) -> list[str]:
    """From what to what, and the names that come later and stay."""
    said = {"day": iso(given["from_on"]), "code": row.code, "name": given["name"], "was": row.name}
    later = [one for one in names_of_party(row) if one.from_on is not None and one.from_on > given["from_on"]]
    return [
        gettext("%(day)sから、%(code)sの名称を「%(name)s」とします。今の名称は「%(was)s」です。") % said,
        *(gettext("%(day)sからの名称「%(name)s」は、そのまま残ります。") % _said(one) for one in later),
        gettext("発行済みの請求書と、締めた月の帳票は変わりません（I-52）。"),
    ]


def _said(one: Called) -> dict[str, Any]:
    return {"day": iso(one.from_on), "name": one.name}


def renaming(permission: str, form: type[forms.Form]) -> Verb:
    """The verb that calls a customer or a unit otherwise."""
    return Verb(
        name="rename",
        label=_("名称を変更"),
        permission=permission,
        form=form,
        do=_rename,
        done=_("名称の変更を記録しました。"),
        follows=_follows,
        bills=False,
        then=lambda row, result: page_of(row),
    )


class NameForm(GroundForm):
    """What a name ought to have been, and from which day on."""

    name = text_field(_("名称"))
    kana = text_field(_("フリガナ"), required=False, help_text=KANA_HELP)
    from_on = day_field(_("適用日"), required=False)


HELP = _("名称の記録が事実と異なるときに訂正します。発行済みの請求書と、締めた月の帳票は変わりません（I-52）。")


def _fit(form: Any, row: Name) -> None:
    """The first name has no day, a unit's no kana."""
    if row.from_on is None:
        hidden(form, "from_on")
    if row.unit_id is not None:
        hidden(form, "kana")


CORRECT = correcting(
    NAMES,
    NameForm,
    lambda row: {"name": row.name, "kana": row.kana, "from_on": row.from_on},
    fit=_fit,
    help=HELP,
    bills=False,
)
TAKE_BACK = taking_back(NAMES, offered=lambda row: row.from_on is not None, bills=False)


def _of_party(row: Any, given: Given, ground: Ground, by: User) -> list[Put]:
    """The first name of a party that has had no other put right: its row is written for it."""
    says = {name: given[name] for name in ("name", "kana") if name in given}
    first = first_name_of(row, on=clock.today(), by=by)
    return put_right(NAMES, [first], says, ground=ground, on=clock.today(), by=by)


def _known(row: Any) -> list[Called]:
    """All names of a party; read once for the page that shows several things of them."""
    if not hasattr(row, "names_read"):
        row.names_read = names_of_party(row)
    found: list[Called] = row.names_read
    return found


def _fit_party(form: Any, row: Any) -> None:
    hidden(form, "from_on", *(["kana"] if isinstance(row, ManagementUnit) else []))


CORRECT_FIRST = correcting(
    NAMES,
    NameForm,
    lambda row: {"name": row.name, "kana": getattr(row, "kana", "")},
    name="correct-name",
    label=_("名称の誤記を訂正"),
    rows=lambda row, given: [],
    do=_of_party,
    fit=_fit_party,
    offered=lambda row: len(_known(row)) == 1,
    help=HELP,
    bills=False,
    then=lambda row, done: page_of(row),
)
"""The verb that puts right a name as it was registered; where there are others, each has its own page."""


def _until(row: Name) -> str | None:
    later = Name.objects.standing().filter(customer=row.customer_id, unit=row.unit_id)
    later = later.filter(from_on__gt=row.from_on) if row.from_on else later.filter(from_on__isnull=False)
    return iso(later.order_by("from_on").values_list("from_on", flat=True).first())


def _from(row: Name) -> str:
    return iso(row.from_on) or gettext("初めから")


PAGE = own_page("name", _("名称"), lambda row: row.name)
OWNER = column("owner", _("契約者・管理単位"), lambda row: link("customer" if row.customer_id else "unit", "")(row))
NAME, KANA = plain("name", _("名称")), plain("kana", _("フリガナ"))
FROM = column("from_on", _("適用日"), _from)
REPLACED = day("withdrawn_on", _("訂正日"))


def former(row: Customer | ManagementUnit) -> str:
    """旧名称: what it was called before, each until its last day; '' where it was not."""
    over = [(one.name, one.until - ONE_DAY) for one in _known(row) if one.until is not None]
    return gettext("、").join(
        gettext("%(name)s（%(day)sまで）") % {"name": name, "day": iso(last)}
        for name, last in over
        if last < clock.today()
    )


def to_come(row: Customer | ManagementUnit) -> str:
    """What it is going to be called, each from its day on; '' where nothing is known."""
    ahead = [one for one in _known(row) if one.from_on is not None and one.from_on > clock.today()]
    return gettext("、").join(gettext("%(day)sから%(name)s") % _said(one) for one in ahead)


def names_said(row: Customer | ManagementUnit) -> list[str]:
    """What the page of a party says of its other names: those it had, and those that are to come."""
    had, comes = former(row), to_come(row)
    return [
        *([gettext("旧名称：%(names)s") % {"names": had}] if had else []),
        *([gettext("名称変更の予定：%(names)s") % {"names": comes}] if comes else []),
    ]


@admin.register(Name)
class NameAdmin(ActingAdmin):
    """Names of customers and units, newest first."""

    lists_standing = True
    beside = (PAGE, plain("kana", _("フリガナ")), FROM)
    list_display = (NAME, KANA, FROM, OWNER)
    list_select_related = ("customer", "unit")
    list_filter = (
        by_code("customer", _("契約者コード"), "customer__code"),
        by_code("unit", _("管理単位コード"), "unit__code"),
    )
    search_fields = ("name",)
    search_help_text = _("契約者コード又は管理単位コードの先頭から検索します")
    fieldsets = (
        (None, {"fields": (OWNER, NAME, KANA, FROM, column("until", _("次の名称の適用日"), _until))}),
        (_("訂正"), {"fields": (REPLACED, plain("withdrawn_because", _("訂正の理由")))}),
    )
    verbs: Sequence[Verb] = (CORRECT, TAKE_BACK)

    def found(self, term: str) -> Q:
        return begins("customer__code", term) | begins("unit__code", term)

    def heading(self, row: Any) -> str:
        return f"{row.owner.code} {row.name}"

    def history_of(self, row: Any) -> str:
        return list_of(Entry, subject=row.owner.code)
