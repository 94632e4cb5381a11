"""なぜこの金額か: the facts that a line rests on, each with its place, and the readings that decided."""

import re
from typing import Any

from django.db.models import Q
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from contracts.admin.kit.base import Related, list_of
from contracts.admin.kit.columns import Column, column, thousands
from contracts.admin.records import change, price
from contracts.facts.change_order import LAST_FIRST
from contracts.models import Breach, Change, Notice, Outage, Price
from contracts.terms.art13_change_fees import CHARGED
from contracts.terms.readings import READINGS
from contracts.terms.unit import What

CITED = re.compile(r"I-\d\d")

FEE_OF = {"initial": "initial", "one_time": "one_time"}
"""Which price a line's fee rests on; the monthly one for all others."""

ENDS = ("settlement",)
REDUCTIONS: dict[str, type[Outage] | type[Breach]] = {"outage": Outage, "sla": Breach}


def _readings(row: Any) -> Any:
    """The readings that the sentence cites, each in its own words."""
    cited = dict.fromkeys(CITED.findall(row.basis))
    return format_html_join(
        "", "<p>{}：{}</p>", ((number, gettext(READINGS[number])) for number in cited if number in READINGS)
    )


def _inputs(row: Any) -> Any:
    """What went in: unit price, quantity, days."""
    days = (row.to_on - row.from_on).days + 1
    parts = (
        (gettext("単価"), thousands(row.unit_price_yen)),
        (gettext("数量"), f"{row.quantity:,}"),
        (gettext("日数"), f"{days}"),
    )
    return format_html("{}", gettext("、").join(f"{label} {value}" for label, value in parts))


READING: Column = column("readings", _("解釈"), _readings)
INPUTS: Column = column("inputs", _("入力"), _inputs)


def rests_on(row: Any) -> list[Related]:
    """The tables of the facts behind a line: prices, changes of quantity, and the notices or the incidents that made it due."""
    of_target = {"target": row.target.number}
    fee = FEE_OF.get(row.fee, "monthly")
    prices = Price.objects.filter(target=row.target, fee=fee)
    changes = Change.objects.standing().filter(target=row.target).select_related("application")
    if fee == "one_time":
        # A fee is its change's whatever day either carries, and all of them decide which is whose (I-39).
        changes = changes.filter(what__in=[what.value for what in CHARGED])
    else:
        prices = prices.filter(Q(from_on=None) | Q(from_on__lte=row.to_on))
        changes = changes.filter(effective_on__lte=row.to_on)
    if fee == "monthly":
        changes = changes.filter(what__in=[What.QUANTITY.value, What.CATEGORY.value, What.ITEM.value])
    tables = [
        Related(prices.order_by("-from_on", "-pk"), price.COLUMNS, list_of(Price, **of_target)),
        Related(changes.order_by(*LAST_FIRST), change.COLUMNS, list_of(Change, **of_target)),
    ]
    if row.fee in ENDS or row.fee == "correction":
        notices = (
            Notice.objects.filter(target__unit=row.unit_id).select_related("target").order_by("-arrived_on", "-pk")
        )
        tables.append(Related(notices, more=list_of(Notice, **of_target)))
    if row.fee in REDUCTIONS:
        model = REDUCTIONS[row.fee]
        rows = (
            model.objects.standing().filter(contract=row.target_id).select_related("contract__target").order_by("-pk")
        )
        tables.append(Related(rows, more=list_of(model, contract=row.target.number)))
    return tables
