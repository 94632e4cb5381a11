"""A proposal as its page draws it: tables with their shares, what has to be looked at, and the bridge from last month as bars from zero."""

from collections.abc import Iterator
from typing import Any

from django.contrib.auth.models import User
from django.db.models import Count, Max, Sum
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from billing.admin.month.causes import BEFORE, CAUSE_NAMES, CAUSES, FOUND_NAMES, GRAVE, MODULES, OPTIONS, TIERS
from billing.admin.month.proposal_rows import CUSTOMERS, rows_of
from billing.models import ChargeLine, HeldSettlement, Month, Proposal
from billing.models.line import FEES
from billing.operations.beside_last_month import HELD, found_in, so_far
from billing.operations.closing import CLOSES, who_may_close
from billing.operations.decide_held import waiting
from contracts.admin.kit.base import list_of
from contracts.admin.kit.columns import page_of, thousands
from contracts.admin.kit.language import clause_said
from contracts.admin.kit.told import signed
from contracts.models import Target, WorkItem

FEW_PEOPLE = 5
"""As many log-ins are told of those who may close."""
HALF = 160
"""The length of the longest bar, to either side of zero."""


def page(row: Proposal) -> dict[str, Any]:
    """The context of the page. One query: where the targets that need mending stand."""
    result = row.result
    before = result.get("before_ledger") or {"count": 0, "rows": []}
    numbers = {one["number"] for one in (*result["parked"], *result["unusual"], *before["rows"])}
    places = {target.number: page_of(target) for target in Target.objects.filter(number__in=numbers)}
    last, before_month = result["last"], Month.last_closed(before=row.month)
    return {
        "lines": thousands(row.line_count),
        "total": thousands(row.total_yen),
        "last": last and {"month": last["month"], "yen": thousands(last["yen"])},
        "difference": signed(row.total_yen - last["yen"]) if last else "",
        "fees": list(_table(row, result["fees"], dict(FEES), "of")),
        "corrections": list(_table(row, result["corrections"], dict(FEES), "")),
        "kinds": [
            (heading, list(_table(row, {k: v for k, v in result["kinds"].items() if k in names}, names, "kind")))
            for heading, names in ((_("カテゴリ"), TIERS), (_("モジュール種別"), MODULES), (_("オプション"), OPTIONS))
        ],
        "customers": [
            {**one, "yen": thousands(one["yen"]), "rows": rows_of(row.pk, customer=one["code"])}
            for one in result["customers"]
        ],
        "all_customers": rows_of(row.pk, of=CUSTOMERS),
        "all_rows": rows_of(row.pk),
        "other_customers": {**result["other_customers"], "yen": thousands(result["other_customers"]["yen"])},
        "bridge": list(bridge(row, before_month)) if last else [],
        "month_bars": totals(row, before_month),
        "half": HALF,
        "found": found_of(row),
        "parked": [
            {**one, "place": places.get(one["number"], ""), "clause": clause_said(one["clause"])}
            for one in result["parked"]
        ],
        "parked_count": result["parked_count"],
        "held": {"count": result["held"]["count"], "yen": thousands(result["held"]["yen"])},
        "held_rows": rows_of(row.pk, of=HELD),
        "waiting": _waiting(),
        "undecided": undecided_claims(),
        "unusual": [_unusual(one, places) for one in result["unusual"]],
        "before": _before_ledger(before, places) if before["count"] else None,
    }


def who_closes(row: Proposal, person: User) -> str:
    """Why 「締める」 is not offered to the person on a proposal that waits for it, and who may; '' where it is offered."""
    has_right, people = person.has_perm(CLOSES), who_may_close(row)
    if has_right and person.username in people:
        return ""
    why = (
        _("提案した人は締められません。別の人が締めます。")
        if has_right
        else _("締めるには、月を締める権限が必要です。")
    )
    if not people:
        return gettext("%(why)s締められる人がほかにいません。権限を持つ人を加えるよう、管理者に頼んでください。") % {
            "why": why
        }
    named = gettext("、").join(people[:FEW_PEOPLE])
    if len(people) > FEW_PEOPLE:
        named = gettext("%(named)s、ほか%(count)s人") % {"named": named, "count": len(people) - FEW_PEOPLE}
    return gettext("%(why)s締められる人：%(people)s") % {"why": why, "people": named}


def growing(row: Proposal) -> dict[str, Any]:
    """The context of a proposal that is not computed to its end: how far it is, and what it comes to and differs by so far."""
    found = so_far(row)
    causes = [(code, label, found[code]) for code, label in CAUSE_NAMES.items() if code in found]
    most = max((abs(yen) for _code, _label, (_count, yen) in causes), default=0)
    return {
        "lines": thousands(row.line_count),
        "total": thousands(row.total_yen),
        "growing": row,
        "half": HALF,
        "bridge": [
            {
                "name": label,
                "count": thousands(count),
                "yen": signed(yen),
                "bar": bar(yen, most),
                "rows": rows_of(row.pk, of=code),
            }
            for code, label, (count, yen) in causes
        ],
    }


def _waiting() -> dict[str, Any]:
    """What is held in closed months and waits for a decision: how many, yen, and the list of them."""
    found = waiting().aggregate(count=Count("pk"), yen=Sum("amount_yen"))
    return {"count": found["count"], "yen": thousands(found["yen"] or 0), "place": list_of(HeldSettlement)}


def undecided_claims() -> dict[str, Any]:
    """The contracts of which a claim has come and is not decided, of whatever month: how many, what is at stake, and the list."""
    rows = WorkItem.objects.filter(kind="claim").order_by().values("subject").annotate(yen=Max("stake_yen"))
    stakes = list(rows.values_list("yen", flat=True))
    return {
        "count": len(stakes),
        "yen": thousands(sum(yen or 0 for yen in stakes)),
        "place": list_of(WorkItem, kind__exact="claim"),
    }


def _before_ledger(before: dict[str, Any], places: dict[str, str]) -> dict[str, Any]:
    """What lies before the first month of the ledger, as the page draws it."""
    rows = [
        {**one, "place": places.get(one["number"], ""), "yen": "" if one["yen"] is None else thousands(one["yen"])}
        for one in before["rows"]
    ]
    yen = "" if before["yen"] is None else thousands(before["yen"])
    return {**before, "count": thousands(before["count"]), "yen": yen, "rows": rows}


def _table(row: Proposal, found: dict[str, list[int]], names: Any, by: str) -> Iterator[dict[str, Any]]:
    """Lines and yen by a code; each leads to the rows that it narrows ``by``, where it does."""
    total = row.total_yen
    for code, name in names.items():
        if code in found:
            count, yen = found[code]
            share = f"{yen * 100 / total:.1f}%".replace("-", "−") if total else ""
            rows = rows_of(row.pk, **{by: code}) if by else ""
            yield {"name": name, "count": thousands(count), "yen": thousands(yen), "share": share, "rows": rows}


def bridge(row: Proposal, last: Month | None) -> Iterator[dict[str, Any]]:
    """Every cause of the difference: what, how many, yen, its bar from the line of zero, and the address of its rows."""
    causes = {cause: row.result["bridge"][cause.value] for cause in CAUSES if cause.value in row.result["bridge"]}
    most = max((abs(yen) for _count, yen in causes.values()), default=0)
    for cause, (count, yen) in causes.items():
        fee = cause.value.removesuffix(BEFORE)
        of_before = list_of(ChargeLine, month=f"{last}", fee=fee) if last else ""
        yield {
            "name": CAUSES[cause],
            "count": thousands(count),
            "yen": signed(yen),
            "bar": bar(yen, most),
            "rows": of_before if fee != cause.value else rows_of(row.pk, of=fee),
        }


def bar(yen: int, most: int) -> dict[str, str]:
    """A bar that begins at zero, in the middle: to the right what is more, to the left what is less, as long as its share of ``most``."""
    length = HALF * abs(yen) / most if most else 0
    return {
        "x": f"{HALF - length if yen < 0 else HALF:.1f}",
        "width": f"{max(length, 1):.1f}",
        "css": "less" if yen < 0 else "more",
    }


def totals(row: Proposal, last: Month | None) -> list[dict[str, Any]]:
    """The two months beside each other, their bars from zero on one scale."""
    if last is None:
        return []
    found = [(f"{last}", last.total_yen, list_of(ChargeLine, month=f"{last}")), (f"{row}", row.total_yen, "")]
    most = max((abs(yen) for _name, yen, _rows in found), default=0)
    return [
        {"name": name, "yen": thousands(yen), "bar": bar(yen, most), "rows": rows or rows_of(row.pk, of=CUSTOMERS)}
        for name, yen, rows in found
    ]


def found_of(row: Proposal) -> list[dict[str, Any]]:
    """What has to be looked at before the month is closed: what is hardly meant first."""
    return [
        {
            "name": FOUND_NAMES[code],
            "count": thousands(count),
            "yen": signed(yen),
            "grave": code in GRAVE,
            "rows": rows_of(row.pk, of=code),
        }
        for code, (count, yen) in found_in(row).items()
    ]


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
