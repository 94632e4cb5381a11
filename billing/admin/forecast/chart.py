"""見通しの図: bars month by month, each part of which opens the rows that it is made of."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Any

from billing.admin.kit.chart import HEIGHT, LEFT, MILLION, RIGHT, WIDTH, YenScale, scale_of
from contracts.admin.kit.columns import thousands

Address = Callable[[str, str], str]
"""Where a part of a bar leads, by its month and what it is."""


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a bar: its place, the class that colours it, what it says, and where it leads."""

    x: str
    y: str
    width: str
    height: str
    css: str
    said: str
    address: str


@dataclass(frozen=True, slots=True)
class Months:
    """A chart of months; ``now`` is where those ahead begin, '' where all are."""

    parts: list[Part]
    ticks: list[tuple[str, str, str]]
    names: list[tuple[str, str]]
    zero: str
    legend: list[tuple[str, Any]]
    now: str = ""
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right: int = WIDTH - RIGHT
    base: int = HEIGHT - 8


def months_chart(
    months: Sequence[str],
    yen: Mapping[str, Sequence[int]],
    names: Mapping[str, Any],
    address: Address,
    *,
    now: str = "",
) -> Months | None:
    """Each month a bar of its parts, what is below zero below the line. ``now``: the first month ahead, marked. None without yen."""
    shown = {what: values for what in names if any(values := yen.get(what, ()))}
    if not shown:
        return None
    ups = [sum(max(values[at], 0) for values in shown.values()) for at in range(len(months))]
    downs = [sum(min(values[at], 0) for values in shown.values()) for at in range(len(months))]
    scale = scale_of(min(downs), max(ups))
    slot = (WIDTH - LEFT - RIGHT) / len(months)
    parts: list[Part] = []
    for at, month in enumerate(months):
        stacked = [(what, values[at]) for what, values in shown.items() if values[at]]
        parts += _stacked(month, stacked, names, scale, (LEFT + slot * at + slot * 0.14, slot * 0.72), address)
    every = ceil(len(months) / 12)
    marks = range(ceil(scale.low / scale.step) * scale.step, scale.high + 1, scale.step)
    return Months(
        parts=parts,
        ticks=[(_at(scale.y(mark)), _at(scale.y(mark) + 4), f"{mark / MILLION:g}".replace("-", "−")) for mark in marks],
        names=[(_at(LEFT + slot * (at + 0.5)), month) for at, month in enumerate(months) if at % every == 0],
        zero=_at(scale.y(0)),
        legend=[(what, names[what]) for what in shown],
        now=_at(LEFT + slot * months.index(now)) if now and now != months[0] else "",
    )


def _stacked(
    month: str,
    stacked: Sequence[tuple[str, int]],
    names: Mapping[str, Any],
    scale: YenScale,
    place: tuple[float, float],
    address: Address,
) -> list[Part]:
    found, up, down = [], 0, 0
    x, width = place
    for what, yen in stacked:
        top, foot = (up + yen, up) if yen > 0 else (down, down + yen)
        up, down = (top, down) if yen > 0 else (up, foot)
        height = max(scale.y(foot) - scale.y(top), 0.5)
        said = f"{month} {names[what]} {thousands(yen)}"
        found.append(Part(_at(x), _at(scale.y(top)), _at(width), _at(height), what, said, address(month, what)))
    return found


def _at(number: float) -> str:
    """A place as SVG writes it, whatever the language of the page."""
    return f"{number:.1f}"
