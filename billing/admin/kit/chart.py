"""Charts drawn by the server as SVG: where everything stands, in numbers ready to be written into the page."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, floor, log10
from typing import Any

from django.utils.translation import gettext

from billing.models.line import FEES
from billing.operations.kept_sums import Kinds, MonthSums
from contracts.admin.kit.columns import thousands

WIDTH, HEIGHT = 960, 300
LEFT, RIGHT, TOP, BOTTOM = 64, 8, 12, 28
"""Room for the scale, the names of months, and half a line above."""
TICKS = 4
MILLION = 1_000_000
BAR_WIDTH = 240


@dataclass(frozen=True, slots=True)
class Bar:
    """A part of a bar: its place, the class that colours it, and what it says when pointed at."""

    x: str
    y: str
    width: str
    height: str
    css: str
    said: str


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart, and the table that says the same in words."""

    bars: list[Bar]
    ticks: list[tuple[str, str, str]]
    names: list[tuple[str, str]]
    zero: str
    legend: list[tuple[str, str]]
    headings: list[str]
    rows: list[tuple[str, list[str]]]
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right: int = WIDTH - RIGHT
    base: int = HEIGHT - 8


@dataclass(frozen=True, slots=True)
class YenScale:
    """From yen to a place on the page, from the lowest foot of a bar to a whole step; its marks are whole steps."""

    low: int
    high: int
    step: int

    def y(self, yen: int) -> float:
        """How far from the top."""
        return TOP + (self.high - yen) * (HEIGHT - TOP - BOTTOM) / (self.high - self.low)


def scale_of(low: int, high: int) -> YenScale:
    """A scale that holds both, in steps of 1, 2 or 5 times a power of ten."""
    span = max(high - low, 1)
    power = 10 ** max(0, floor(log10(max(span / TICKS, 1))))
    step = next(power * times for times in (1, 2, 5, 10) if power * times * TICKS >= span)
    return YenScale(min(low, 0), max(ceil(high / step) * step, step), step)


def stacked(months: Sequence[MonthSums]) -> Chart | None:
    """Months side by side, each a bar of its fees; what is below zero hangs below the line. None without months."""
    if not months:
        return None
    ups = [sum(yen for yen in month.yen.values() if yen > 0) for month in months]
    downs = [sum(yen for yen in month.yen.values() if yen < 0) for month in months]
    scale = scale_of(min(downs), max(ups))
    fees = [(fee, str(label)) for fee, label in FEES if any(month.yen.get(fee) for month in months)]
    slot = (WIDTH - LEFT - RIGHT) / len(months)
    bars: list[Bar] = []
    for at, month in enumerate(months):
        bars += _bars(month, fees, scale, LEFT + slot * at + slot * 0.15, slot * 0.7)
    every = ceil(len(months) / 12)
    named = [
        (_at(LEFT + slot * (at + 0.5)), month.month)
        for at, month in enumerate(months)
        if (len(months) - 1 - at) % every == 0
    ]
    marks = range(ceil(scale.low / scale.step) * scale.step, scale.high + 1, scale.step)
    return Chart(
        bars=bars,
        ticks=[(_at(scale.y(yen)), _at(scale.y(yen) + 4), f"{yen / MILLION:g}".replace("-", "−")) for yen in marks],
        names=named,
        zero=_at(scale.y(0)),
        legend=fees,
        headings=[label for _fee, label in fees] + [gettext("合計")],
        rows=[(month.month, _said(month, fees)) for month in reversed(months)],
    )


def _bars(month: MonthSums, fees: list[tuple[str, str]], scale: YenScale, x: float, width: float) -> list[Bar]:
    found, up, down = [], 0, 0
    for fee, label in fees:
        yen = month.yen.get(fee, 0)
        if not yen:
            continue
        top, foot = (up + yen, up) if yen > 0 else (down, down + yen)
        up, down = (top, down) if yen > 0 else (up, foot)
        height = max(scale.y(foot) - scale.y(top), 0.5)
        said = f"{month.month} {label} {thousands(yen)}"
        found.append(Bar(_at(x), _at(scale.y(top)), _at(width), _at(height), fee, said))
    return found


def _said(month: MonthSums, fees: list[tuple[str, str]]) -> list[str]:
    return [thousands(yen) or "" for yen in (*(month.yen.get(fee, 0) for fee, _label in fees), sum(month.yen.values()))]


def beside_each_other(kinds: Kinds) -> dict[str, Any] | None:
    """Months side by side as a table, the newest first, in thousands of yen, so that a year fits; None without months."""
    if not kinds.months:
        return None
    rows = [{"name": name, "yen": [in_thousands(one) for one in reversed(yen)]} for name, yen in kinds.rows]
    sums = [sum(yen) for yen in zip(*(yen for _name, yen in kinds.rows), strict=True)]
    return {
        "months": kinds.months[::-1],
        "rows": rows,
        "sums": [in_thousands(one) for one in reversed(sums)],
        "first": kinds.months[0],
        "last": kinds.months[-1],
    }


def in_thousands(yen: int) -> str | None:
    """Thousands of yen, cut off towards zero."""
    return thousands(yen // 1000 if yen >= 0 else -(-yen // 1000))


def _at(number: float) -> str:
    """A place as SVG writes it, whatever the language of the page."""
    return f"{number:.1f}"
