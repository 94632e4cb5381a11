"""A proposal as its page draws it: tables with their shares, and the bridge from last month as a waterfall."""

from collections.abc import Iterator
from typing import Any

from django.db.models import Count, Sum
from django.utils.translation import gettext_lazy as _

from billing.models import HeldSettlement, Proposal
from billing.models.line import FEES
from billing.operations.decide_held import waiting
from billing.terms.bridge import Cause
from contracts.admin.kit.base import list_of
from contracts.admin.kit.columns import page_of, thousands
from contracts.admin.kit.language import clause_said
from contracts.admin.kit.told import signed
from contracts.models import Target
from contracts.terms.catalog import CATEGORY_NAMES, MODULE_TYPE_NAMES, OPTION_NAMES

CAUSES = {
    Cause.NEW: _("新しい契約・オプション"),
    Cause.ENDED: _("終了した契約・オプション"),
    Cause.PRICE: _("料金の変更"),
    Cause.QUANTITY: _("ライセンス数の変更"),
    Cause.DAYS: _("日割り（月の途中の開始・終了・変更）"),
    Cause.INITIAL: _("初期費用"),
    Cause.INITIAL_BEFORE: _("前月の初期費用"),
    Cause.ONE_TIME: _("一時費用"),
    Cause.ONE_TIME_BEFORE: _("前月の一時費用"),
    Cause.SETTLEMENT: _("解除調定金"),
    Cause.SETTLEMENT_BEFORE: _("前月の解除調定金"),
    Cause.OUTAGE: _("利用不能の減額"),
    Cause.OUTAGE_BEFORE: _("前月の利用不能の減額"),
    Cause.SLA: _("品質保証の減額"),
    Cause.SLA_BEFORE: _("前月の品質保証の減額"),
    Cause.CORRECTION: _("訂正"),
    Cause.CORRECTION_BEFORE: _("前月の訂正"),
}
TIERS = {str(code): name for code, name in CATEGORY_NAMES.items()}
MODULES = {str(code): name for code, name in MODULE_TYPE_NAMES.items()}
OPTIONS = {str(code): name for code, name in OPTION_NAMES.items()}

WIDTH, LEFT, RIGHT, ROW = 900, 300, 760, 30


def page(row: Proposal) -> dict[str, Any]:
    """The context of the page. One query: where the targets that need mending stand."""
    result = row.result
    before = result.get("before_ledger") or {"count": 0, "rows": []}
    numbers = {one["number"] for one in (*result["parked"], *result["unusual"], *before["rows"])}
    places = {target.number: page_of(target) for target in Target.objects.filter(number__in=numbers)}
    last = result["last"]
    return {
        "lines": thousands(row.line_count),
        "total": thousands(row.total_yen),
        "last": last and {"month": last["month"], "yen": thousands(last["yen"])},
        "difference": signed(row.total_yen - last["yen"]) if last else "",
        "fees": list(_table(result["fees"], dict(FEES), row.total_yen)),
        "corrections": list(_table(result["corrections"], dict(FEES), row.total_yen)),
        "kinds": [
            (heading, list(_table({k: v for k, v in result["kinds"].items() if k in names}, names, row.total_yen)))
            for heading, names in ((_("カテゴリ"), TIERS), (_("モジュール種別"), MODULES), (_("オプション"), OPTIONS))
        ],
        "customers": [{**one, "yen": thousands(one["yen"])} for one in result["customers"]],
        "other_customers": {**result["other_customers"], "yen": thousands(result["other_customers"]["yen"])},
        "bridge": list(bridge(row)),
        "picture": waterfall(row) if last else None,
        "parked": [
            {**one, "place": places.get(one["number"], ""), "clause": clause_said(one["clause"])}
            for one in result["parked"]
        ],
        "parked_count": result["parked_count"],
        "held": {"count": result["held"]["count"], "yen": thousands(result["held"]["yen"])},
        "waiting": _waiting(),
        "unusual": [_unusual(one, places) for one in result["unusual"]],
        "before": _before_ledger(before, places) if before["count"] else None,
    }


def growing(row: Proposal) -> dict[str, Any]:
    """The context of a proposal that is not computed to its end: how far it is, and what it comes to so far."""
    return {"lines": thousands(row.line_count), "total": thousands(row.total_yen), "growing": row}


def _waiting() -> dict[str, Any]:
    """What is held in closed months and waits for a decision: how many, yen, and the list of them."""
    found = waiting().aggregate(count=Count("pk"), yen=Sum("amount_yen"))
    return {"count": found["count"], "yen": thousands(found["yen"] or 0), "place": list_of(HeldSettlement)}


def _before_ledger(before: dict[str, Any], places: dict[str, str]) -> dict[str, Any]:
    """What lies before the first month of the ledger, as the page draws it."""
    rows = [
        {**one, "place": places.get(one["number"], ""), "yen": "" if one["yen"] is None else thousands(one["yen"])}
        for one in before["rows"]
    ]
    yen = "" if before["yen"] is None else thousands(before["yen"])
    return {**before, "count": thousands(before["count"]), "yen": yen, "rows": rows}


def _table(found: dict[str, list[int]], names: Any, total: int) -> Iterator[dict[str, Any]]:
    for code, name in names.items():
        if code in found:
            count, yen = found[code]
            share = f"{yen * 100 / total:.1f}%".replace("-", "−") if total else ""
            yield {"name": name, "count": thousands(count), "yen": thousands(yen), "share": share}


def bridge(row: Proposal) -> Iterator[dict[str, Any]]:
    """Every cause of the difference: what, how many targets, yen."""
    for cause, label in CAUSES.items():
        if cause.value in row.result["bridge"]:
            count, yen = row.result["bridge"][cause.value]
            yield {"name": label, "count": thousands(count), "yen": thousands(yen), "minus": yen < 0}


def waterfall(row: Proposal) -> dict[str, Any]:
    """Bars from last month's total, cause by cause, to this month's; the axis begins where the smallest bar does."""
    start, end = row.result["last"]["yen"], row.total_yen
    steps = [(str(CAUSES[c]), row.result["bridge"][c.value][1]) for c in CAUSES if c.value in row.result["bridge"]]
    levels = [start]
    for _label, yen in steps:
        levels.append(levels[-1] + yen)
    low, high = min(levels), max(levels)
    margin = (high - low) // 10 or max(high // 100, 1)
    low = max(0, low - margin) if low >= 0 else low - margin

    def x(yen: int) -> float:
        return float(round(LEFT + (RIGHT - LEFT) * (yen - low) / max(high - low, 1), 1))

    ends = ((row.result["last"]["month"], start, "total"), (str(row), end, "total"))
    bars = [_bar(0, ends[0][0], x(low), x(start), thousands(start), "whole")]
    for position, ((label, yen), level) in enumerate(zip(steps, levels, strict=False), 1):
        kind = "more" if yen >= 0 else "less"
        sign = "+" if yen > 0 else ""
        bars.append(
            _bar(
                position, label, x(min(level, level + yen)), x(max(level, level + yen)), f"{sign}{thousands(yen)}", kind
            )
        )
    bars.append(_bar(len(bars), ends[1][0], x(low), x(end), thousands(end), "whole"))
    return {"width": WIDTH, "height": ROW * len(bars) + 8, "bars": bars}


def _bar(position: int, label: str, left: float, right: float, said: str | None, kind: str) -> dict[str, Any]:
    top = position * ROW + 4
    return {
        "label": label,
        "y": top,
        "text_y": top + 16,
        "x": left,
        "width": max(round(right - left, 1), 1.5),
        "said": said,
        "said_x": right + 8,
        "label_x": LEFT - 12,
        "kind": kind,
        "height": ROW - 8,
    }


_WHY = {
    "over_month": _("減額が1か月の月額（%(usual)s円）を超えています（I-22）"),
    "price_fell": _("単価が前月（%(usual)s円）の5分の1以下になりました"),
    "price_rose": _("単価が前月（%(usual)s円）の5倍以上になりました"),
    "large": _("一度に生ずる額として大きい額です"),
    "corrected": _("締めた月の訂正です"),
    "far_above": _("同じ費目と種別の中央値（%(usual)s円）の5倍を超えています"),
    "far_below": _("新しい契約の単価が、同じ種別の中央値（%(usual)s円）の10分の1に満ちません"),
}


def _unusual(one: dict[str, Any], places: dict[str, str]) -> dict[str, Any]:
    why = str(_WHY[one["why"]])
    return {
        "number": one["number"],
        "place": places.get(one["number"], ""),
        "fee": dict(FEES)[one["fee"]],
        "yen": thousands(one["yen"]),
        "why": why % {"usual": thousands(one["usual"])} if "usual" in one else why,
        "basis": one["basis"],
    }
