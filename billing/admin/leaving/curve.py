"""The curve of what leaving costs on each day of a year, drawn by the server as SVG; its days as data for whoever points at one."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from math import ceil
from typing import Any

from django.utils.translation import gettext

from billing.admin.kit.chart import YenScale, scale_of
from billing.terms.leaving import LeavingDay
from contracts.admin.kit.columns import thousands
from contracts.terms.days import month_of, next_month

WIDTH, HEIGHT = 1080, 260
LEFT, RIGHT, TOP, BOTTOM = 84, 16, 12, 28
"""Room for the scale in yen, the names of months, and half a line above."""
NAME = 52
"""How wide the name of a month is."""


@dataclass(frozen=True, slots=True)
class Curve:
    """Two areas one above the other, places ready to be written into the page; ``days`` is what a script says of each day."""

    fees: str
    settlement: str
    edge: str
    ticks: list[tuple[str, str, str]]
    months: list[tuple[str, str]]
    marks: list[tuple[str, str, str]]
    days: list[dict[str, Any]]
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right: int = WIDTH - RIGHT
    top: int = TOP
    foot: int = HEIGHT - BOTTOM
    base: int = HEIGHT - 8


def curve(days: Sequence[LeavingDay], marked: Sequence[tuple[str, date, str]]) -> Curve | None:
    """The curve of those days; None where there is nothing to draw. ``marked``: class, day and name of each mark on it."""
    if len(days) < 2 or not any(day.total_yen for day in days):
        return None
    scale = scale_of(0, max(day.total_yen for day in days))
    first, last = days[0].named, days[-1].named

    def x(on: date) -> float:
        return LEFT + (on - first).days * (WIDTH - LEFT - RIGHT) / (last - first).days

    total = [(x(day.named), _y(scale, day.total_yen)) for day in days]
    fees = [(x(day.named), _y(scale, day.fees_yen)) for day in days]
    ground = _y(scale, 0)
    return Curve(
        fees=_path([*fees, (fees[-1][0], ground), (fees[0][0], ground)]),
        settlement=_path([*total, *reversed(fees)]),
        edge=_path(total, closed=False),
        ticks=list(_ticks(scale)),
        months=list(_months(first, last, x)),
        marks=[(css, _at(x(on)), name) for css, on, name in marked if first <= on <= last],
        days=[_told(day, x(day.named), _y(scale, day.total_yen)) for day in days],
    )


def _told(day: LeavingDay, x: float, y: float) -> dict[str, Any]:
    """What is said of a day, in words ready to be shown."""
    said = {
        "day": day.named.isoformat(),
        "settlement": thousands(day.settlement_yen),
        "total": thousands(day.total_yen),
        "by": day.arrive_by.isoformat(),
    }
    sentence = gettext("%(day)s：解除調定金 %(settlement)s円、終了までの合計 %(total)s円、通知は%(by)sまでに到達")
    return {"on": said["day"], "x": round(x, 1), "y": round(y, 1), "said": sentence % said}


def _ticks(scale: YenScale) -> Iterator[tuple[str, str, str]]:
    for yen in range(0, scale.high + 1, scale.step):
        y = _y(scale, yen)
        yield _at(y), _at(y + 4), thousands(yen) or ""


def _months(first: date, last: date, x: Callable[[date], float]) -> Iterator[tuple[str, str]]:
    month = month_of(first) if first.day == 1 else next_month(month_of(first))
    found = []
    while month <= last and x(month) < WIDTH - RIGHT - NAME / 2:
        found.append((_at(x(month)), f"{month:%Y-%m}"))
        month = next_month(month)
    every = ceil(len(found) / 13) or 1
    yield from found[::every]


def _y(scale: YenScale, yen: int) -> float:
    """A place between the top of this chart and its foot."""
    return TOP + (scale.high - yen) * (HEIGHT - TOP - BOTTOM) / scale.high


def _path(points: Sequence[tuple[float, float]], *, closed: bool = True) -> str:
    way = " L".join(f"{_at(x)} {_at(y)}" for x, y in points)
    return f"M{way}{' Z' if closed else ''}"


def _at(number: float) -> str:
    """A place as SVG writes it, whatever the language of the page."""
    return f"{number:.1f}"
