"""月額、前の請求と次の請求、違う理由, in tables and sentences. What they come to is asked of the site, which knows what things cost."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any, Protocol

from django.db.models import QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from contracts.admin.kit.columns import thousands
from contracts.admin.kit.language import with_clause
from contracts.admin.kit.told import signed
from contracts.facts.known import Known
from contracts.facts.load import Loaded

SHOWN = 12
"""Differences that are shown at once; the others are folded."""
MOST_LINES = 80
"""Lines of a bill that are shown with their sentences; a longer bill is looked at in the ledger."""
MOST_DIFFERENCES = 300
"""Differences told one by one; of very many the smallest are told as one sum."""


class Charged(Protocol):
    """What a target is charged a month: unit price in yen, number, and what they come to."""

    @property
    def unit_price_yen(self) -> int: ...

    @property
    def quantity(self) -> int: ...

    @property
    def yen(self) -> int: ...


class Bill(Protocol):
    """The bill of a month: billing.operations.bill.Bill has the meaning of each."""

    @property
    def month(self) -> date: ...

    @property
    def closed(self) -> bool: ...

    @property
    def lines(self) -> Sequence[Any]: ...

    @property
    def held(self) -> Sequence[Any]: ...

    @property
    def unbillable(self) -> Mapping[str, Any]: ...

    @property
    def yen(self) -> int: ...

    @property
    def by_unit(self) -> Mapping[int, int]: ...

    @property
    def by_fee(self) -> Mapping[str, int]: ...


class Monthly(Protocol):
    """What units are charged a month: billing.operations.bills_of_units.Monthly has the meaning of each."""

    @property
    def monthly(self) -> Mapping[str, Charged]: ...

    @property
    def missing(self) -> Mapping[str, Any]: ...

    @property
    def ahead(self) -> Sequence[Any]: ...

    def monthly_yen(self, numbers: Sequence[str]) -> int:
        """What targets come to a month, by their numbers."""


class Bills(Protocol):
    """What units are billed: billing.operations.bills_of_units.Bills has the meaning of each."""

    @property
    def missing(self) -> Mapping[str, Any]: ...

    @property
    def before(self) -> Bill | None: ...

    @property
    def now(self) -> Bill: ...

    @property
    def why(self) -> Sequence[Any]: ...

    @property
    def fee_names(self) -> Mapping[str, Any]: ...


class KnowsBills(Protocol):
    """The site, as far as it tells bills and papers of money (csoc_admin.site)."""

    def monthly(self, read: Loaded, *, on: date) -> Monthly:
        """What units that have been read are charged a month as they stand on a day."""

    def bills(self, read: Loaded, *, on: date, today: date, known: Known, payer: int | None = None) -> Bills:
        """The bills of units that have been read (``payer``: a customer's alone) and why they differ."""

    def invoices_of(self, customer_id: int, *, known: Known) -> QuerySet[Any]:
        """The invoices of a customer, the newest first."""

    def parties_of(self, customer_id: int) -> QuerySet[Any]:
        """Whom the invoices of a customer and its groups go to, as it stands."""


CAUSES: dict[str, Any] = {
    "new": _("課金が始まります"),
    "ended": _("課金がなくなります"),
    "price": _("単価が%(price_before)s円から%(price)s円に変わります"),
    "quantity": _("ライセンス数が%(quantity_before)sから%(quantity)sに変わります"),
    "days": _("課金する日数が%(days_before)s日から%(days)s日に変わります"),
    "within": _("月の途中の変更で日割りの額が変わります"),
    "initial": _("初期費用がかかります"),
    "initial_before": _("前月の初期費用がなくなります"),
    "one_time": _("一時費用がかかります"),
    "one_time_before": _("前月の一時費用がなくなります"),
    "settlement": _("解除調定金がかかります"),
    "settlement_before": _("前月の解除調定金がなくなります"),
    "outage": _("利用不能の減額があります"),
    "outage_before": _("前月の利用不能の減額がなくなります"),
    "sla": _("品質保証の減額があります"),
    "sla_before": _("前月の品質保証の減額がなくなります"),
    "correction": _("締め済みの月の訂正があります"),
    "correction_before": _("前月の訂正がなくなります"),
}
"""Each cause in a sentence (billing.terms.bridge.Cause), by its code."""


def bills_told(
    found: Bills, *, name_of: Callable[[str], str], place_of: Mapping[str, str], lines: bool = True
) -> dict[str, Any]:
    """The bills as a page draws them: by fee side by side, the differences target by target, and the lines of the later one.

    ``name_of`` says what a target is, by its number; ``place_of`` has the addresses of targets. ``lines``: where they are few.
    """
    before, now = found.before, found.now
    return {
        "before": _head(before) if before is not None else None,
        "now": _head(now),
        "difference": signed(now.yen - before.yen) if before is not None else "",
        "fees": list(_by_fee(found)),
        "why": list(_differences(found, name_of, place_of)),
        "shown": SHOWN,
        "lines": _lines(found, name_of) if lines and len(now.lines) <= MOST_LINES else [],
        "held": thousands(sum(one.line.amount_yen for one in now.held)) if now.held else "",
        "unbillable": [
            {"number": error.number, "place": place_of.get(error.number, ""), "why": _reason(error)}
            for error in now.unbillable.values()
        ],
        "missing": [
            {"number": error.number, "place": place_of.get(error.number, ""), "why": _reason(error)}
            for number, error in found.missing.items()
            if number not in now.unbillable
        ],
    }


def times(charged: Charged) -> str:
    """Price × number, for what is charged more than once: 900円 × 100; '' for anything else."""
    if charged.quantity == 1:
        return ""
    said = {"yen": f"{charged.unit_price_yen:,}", "count": f"{charged.quantity:,}"}
    return gettext("%(yen)s円 × %(count)s") % said


def cause_said(part: Any) -> str:
    """One cause of a difference in a sentence, with what it comes to."""
    cause = part.cause.value
    if cause == "days" and part.within:
        cause = "within"
    said = {
        "price_before": thousands(part.before.unit_price_yen),
        "price": thousands(part.now.unit_price_yen),
        "quantity_before": f"{part.before.quantity:,}",
        "quantity": f"{part.now.quantity:,}",
        "days_before": part.days_before,
        "days": part.days,
    }
    return str(CAUSES[cause]) % said


def _reason(error: Any) -> str:
    return with_clause(gettext(error.reason), error.clause)


def _head(bill: Bill) -> dict[str, Any]:
    return {"month": f"{bill.month:%Y-%m}", "closed": bill.closed, "yen": thousands(bill.yen), "count": len(bill.lines)}


def _by_fee(found: Bills) -> Iterator[dict[str, Any]]:
    was, becomes = found.before.by_fee if found.before is not None else {}, found.now.by_fee
    for fee, name in found.fee_names.items():
        if fee in was or fee in becomes:
            old, new = was.get(fee, 0), becomes.get(fee, 0)
            difference = signed(new - old) if new != old else ""
            yield {"name": name, "before": thousands(old), "now": thousands(new), "difference": difference}


def _differences(found: Bills, name_of: Callable[[str], str], place_of: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    for one in found.why[:MOST_DIFFERENCES]:
        yield {
            "number": one.number,
            "place": place_of.get(one.number, ""),
            "name": name_of(one.number),
            "parts": [{"said": cause_said(part), "yen": signed(part.yen)} for part in one.parts],
            "yen": signed(one.yen),
            "falls": one.yen < 0,
        }
    rest = found.why[MOST_DIFFERENCES:]
    if rest:
        said = gettext("ほか%(count)s件") % {"count": f"{len(rest):,}"}
        yen = sum(one.yen for one in rest)
        yield {"number": "", "place": "", "name": said, "parts": [], "yen": signed(yen), "falls": yen < 0}


def _lines(found: Bills, name_of: Callable[[str], str]) -> list[dict[str, Any]]:
    return [
        {
            "number": one.number,
            "name": name_of(one.number),
            "fee": found.fee_names[one.line.fee.value],
            "first": one.line.from_on,
            "last": one.line.to_on,
            "basis": one.line.basis,
            "yen": thousands(one.line.amount_yen),
        }
        for one in found.now.lines
    ]
