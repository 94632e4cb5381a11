"""認めた場合の減額 of a claim, on its page: the claim granted in a rehearsal, in the words of the lines that it comes to."""

from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext

from billing.operations.if_granted import Reduced, as_granted, if_granted
from contracts import clock
from contracts.admin.kit.language import with_clause
from contracts.judge.claims import EXCUSED, GRANTED, LAPSED, OPEN, REFUSED, standing
from contracts.operations.claims import plain_of
from contracts.operations.refusal import Refused


def stands(row: Any) -> str:
    """How the claim of an outage or a breach stands today."""
    return standing(plain_of(row), clock.today())


def would(row: Any) -> Any:
    """The reduction: the sum first, then the sentences behind it."""
    now = stands(row)
    if now == OPEN:
        return gettext("復旧を記録すると計算します。")
    if now in (LAPSED, EXCUSED, REFUSED) or not row.stands:
        return gettext("減額はありません。")
    try:
        found = as_granted(row) if now == GRANTED else if_granted(row, on=clock.today())
    except Refused as refused:
        return with_clause(refused.reason.message, refused.reason.clause)
    total = format_html("<p><strong>{}</strong></p>", gettext("%(yen)s円") % {"yen": f"{found.yen:,}"})
    return total + format_html_join("", "<p>{}</p>", ((sentence,) for sentence in sentences(found)))


def sentences(found: Reduced) -> list[str]:
    """What a claim comes to, month by month, in the words of its lines; then the cap and the flag."""
    if found.missing is not None:
        return [with_clause(gettext("計算できません：%(why)s") % {"why": found.missing.reason}, found.missing.clause)]
    if found.again:
        return [gettext("同じ月の同じ保証事項について既に認めているため、減額はありません（I-20）。")]
    if not found.reductions:
        return [gettext("減額になる日はありません。")]
    said = [with_clause(reduction.basis, reduction.clause) for reduction in found.reductions]
    if found.above_a_month:
        said.append(gettext("1か月の月額を超えています。利用不能だけの減額に限度はありません（I-22）。"))
    most = max(reduction.unit_price_yen for reduction in found.reductions)
    said.append(
        gettext(
            "第15条第1項と第2項の減額が重なる月は、合わせて月額費用の%(most)s円（第1項だけの額がそれより多い月はその額）が限度です（第15条第2項、I-26）。"
        )
        % {"most": f"{most:,}"}
    )
    return said
