"""料金: quoted on the page of a contract or an option; changed while it lies ahead, corrected once its day has come."""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth.models import User
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from contracts import clock
from contracts.admin.correction.form import DECIDES, GroundForm
from contracts.admin.correction.verbs import correcting, hidden, taking_back
from contracts.admin.kit.amounts import YenField
from contracts.admin.kit.base import OfTargetAdmin, by_code
from contracts.admin.kit.columns import (
    choice,
    column,
    day,
    iso,
    link,
    own_page,
    plain,
    target,
    thousands,
    times_said,
    yen,
)
from contracts.admin.kit.fields import day_field, reason_field, text_field
from contracts.admin.kit.following import Rehearsal
from contracts.admin.kit.verb import Given, Verb
from contracts.admin.kit.verbs import ActingAdmin
from contracts.facts.change_order import LAST_FIRST
from contracts.models import Change, Contract, Option, Price
from contracts.models.choices import FEES
from contracts.operations.corrections.of_targets import PRICES
from contracts.operations.prices import change_price, lies_ahead, quote, withdraw_price
from contracts.terms.catalog import OptionType
from contracts.terms.unit import What

MOST_YEN = 10**12


def _yen_field() -> YenField:
    return YenField(label=_("金額（円、税抜）"), min_value=0, max_value=MOST_YEN)


class QuoteForm(forms.Form):
    """A price as it was quoted."""

    fee = forms.ChoiceField(label=_("費目"), choices=FEES, initial="monthly")
    amount_yen = _yen_field()
    from_on = day_field(_("適用日"), required=False, help_text=_("初期費用にはありません。月額費用はこの日から"))
    reference = text_field(_("見積書番号"))
    note = text_field(_("備考"), required=False)


class ChangeForm(forms.Form):
    """Another amount or day of a price that lies ahead."""

    amount_yen = _yen_field()
    from_on = day_field(_("適用日"))
    reference = text_field(_("見積書番号"))
    reason = reason_field(_("理由"))


class CorrectForm(GroundForm):
    """What a price ought to have been."""

    amount_yen = _yen_field()
    from_on = day_field(_("適用日"))
    reference = text_field(_("見積書番号"), required=False)
    note = text_field(_("備考"), required=False)


class WithdrawForm(forms.Form):
    """Why a price is taken off."""

    reason = reason_field(_("理由"))


def _quote(row: Contract | Option, given: Given, by: User) -> Price:
    return quote(row.target, by=by, **given, on=clock.today())


def _unit(row: Contract | Option | Price, given: Given) -> list[int]:
    return [row.target.unit_id]


def _only_what_it_brings(row: Contract | Option, given: Given, rehearsal: Rehearsal) -> list[str]:
    """A quoted price says itself what it is: only what it brings to months is shown, where it brings something."""
    return []


def _from_to(row: Price, given: Given, rehearsal: Rehearsal) -> list[str]:
    """The price before and after."""
    now: Price = rehearsal.result
    said = {"number": row.target.number, "fee": row.get_fee_display(), "before": _said(row)}
    said["after"] = _said(now) if now.stands else gettext("取下げ")
    return [gettext("%(number)sの%(fee)s：%(before)s → %(after)s") % said]


def _said(price: Price) -> str:
    said = {"yen": thousands(price.amount_yen), "day": iso(price.from_on)}
    sentence = (gettext("%(day)sから%(yen)s円") if price.from_on else gettext("%(yen)s円")) % said
    times = _times(price)
    return sentence + gettext("（%(what)s）") % {"what": times} if times else sentence


def _times(price: Price) -> str:
    """A licence's monthly price with the number of licences from its day on, and what that comes to; '' for anything else."""
    option = Option.objects.filter(target=price.target_id, option=OptionType.EDR_LICENCE).first()
    if option is None or price.fee != "monthly":
        return ""
    on = max(price.from_on or clock.today(), clock.today())
    changes = Change.objects.standing().filter(target=price.target_id, what=What.QUANTITY, effective_on__lte=on)
    licences = changes.order_by(*LAST_FIRST).values_list("to_number", flat=True).first() or option.quantity
    return times_said(price.amount_yen, licences) if licences else ""


def _values(row: Price) -> dict[str, Any]:
    return {"amount_yen": row.amount_yen, "from_on": row.from_on, "reference": row.reference}


QUOTE = Verb(
    name="quote",
    label=_("料金を登録"),
    permission="contracts.add_price",
    form=QuoteForm,
    do=_quote,
    done=_("料金を登録しました。"),
    clause="13",
    follows=_only_what_it_brings,
    units=_unit,
    second=lambda row, given, rehearsal: bool(rehearsal.corrections),
    second_permission=DECIDES,
    help=_(
        "ライセンスの月額費用は、1ライセンス当たりの額です。締め済みの月に触れる料金は、責任者が確認するまで登録されません。"
    ),
)
CHANGE = Verb(
    name="revise",
    label=_("料金を変更"),
    permission="contracts.change_price",
    form=ChangeForm,
    do=lambda row, given, by: change_price(row, on=clock.today(), by=by, **given),
    done=_("料金を変更しました。"),
    clause="13",
    offered=lambda row: lies_ahead(row, clock.today()),
    initial=_values,
    follows=_from_to,
    units=_unit,
    weight="main",
)
WITHDRAW = Verb(
    name="withdraw",
    label=_("取り下げる"),
    permission="contracts.change_price",
    form=WithdrawForm,
    do=lambda row, given, by: withdraw_price(row, on=clock.today(), by=by, **given),
    done=_("料金を取り下げました。"),
    clause="13",
    offered=lambda row: lies_ahead(row, clock.today()),
    follows=_from_to,
    units=_unit,
    weight="grave",
)


def _fit(form: Any, row: Price) -> None:
    """The initial fee has no day."""
    if row.fee == "initial":
        hidden(form, "from_on")


def _has_come(row: Price) -> bool:
    return row.stands and not lies_ahead(row, clock.today())


CORRECT = correcting(
    PRICES,
    CorrectForm,
    lambda row: _values(row) | {"note": row.note},
    label=_("料金を訂正"),
    fit=_fit,
    clause="13",
    offered=_has_come,
    help=_("適用日の来た料金は記録に残り、訂正後の料金に置き換わります。"),
    comes_to=_times,
)
TAKE_BACK = taking_back(PRICES, offered=_has_come, clause="13")

FEE, AMOUNT, FROM, NOTE = (
    choice("fee", _("費目")),
    yen("amount_yen", _("金額（円、税抜）")),
    day("from_on", _("適用日")),
    plain("note", _("備考")),
)
APPLICATION = link("application", _("申込番号"))
REFERENCE, REPLACED = plain("reference", _("見積書番号")), day("withdrawn_on", _("訂正日"))
COLUMNS = (own_page("fee", _("費目"), lambda row: row.get_fee_display()), FROM, AMOUNT, REFERENCE, REPLACED, NOTE)


@admin.register(Price)
class PriceAdmin(ActingAdmin, OfTargetAdmin):
    """Prices, newest first."""

    subject_path = "target__number"
    list_display = (FEE, target(), link("target__unit", _("管理単位")), FROM, AMOUNT, REFERENCE, REPLACED, NOTE)
    list_select_related = ("target__unit",)
    list_filter = ("fee", by_code("target", _("対象番号"), "target__number"))
    fieldsets = (
        (
            None,
            {
                "fields": (
                    target(),
                    link("target__unit", _("管理単位")),
                    FEE,
                    FROM,
                    AMOUNT,
                    column("times", _("ライセンス数を掛けた月額"), _times),
                    APPLICATION,
                    REFERENCE,
                    NOTE,
                )
            },
        ),
        (_("訂正"), {"fields": (REPLACED, plain("withdrawn_because", _("訂正の理由")))}),
    )
    verbs = (CHANGE, WITHDRAW, CORRECT, TAKE_BACK)

    def heading(self, row: Any) -> str:
        return f"{row.target.number} {row.get_fee_display()} {thousands(row.amount_yen)}"
