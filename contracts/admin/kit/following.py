"""What follows from a verb, as far as screens of contracts know it: a rehearsal is asked of the site, which knows what things cost."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

from django.conf import settings

from contracts.judge.application import Judgement
from contracts.models.fact import Fact
from contracts.terms.art12_termination import End
from contracts.terms.timeline import Finding


class Moved(Protocol):
    """A target whose end is otherwise afterwards; None: it does not end."""

    @property
    def number(self) -> str: ...

    @property
    def before(self) -> End | None: ...

    @property
    def after(self) -> End | None: ...


class Lost(Protocol):
    """A condition that a unit breaks afterwards and did not before."""

    @property
    def unit(self) -> str: ...

    @property
    def finding(self) -> Finding: ...


class Unbillable(Protocol):
    """A target that the next month cannot bill: its number, the reason, the clause."""

    @property
    def number(self) -> str: ...

    @property
    def reason(self) -> str: ...

    @property
    def clause(self) -> str: ...


class Rehearsal(Protocol):
    """What an operation would bring, worked out by running it and taking it back: billing.operations.rehearse has the meaning of each.

    Months by their first day, amounts in yen.
    """

    @property
    def result(self) -> Any: ...

    @property
    def moved(self) -> Sequence[Moved]: ...

    @property
    def lost(self) -> Sequence[Lost]: ...

    @property
    def next_month(self) -> date | None: ...

    @property
    def corrections(self) -> Mapping[date, int]: ...

    @property
    def corrected_for(self) -> Mapping[int, int]: ...

    @property
    def corrected_yen(self) -> int: ...

    @property
    def due_from(self) -> Mapping[int, int]: ...

    @property
    def decided(self) -> int: ...

    @property
    def held(self) -> int: ...

    @property
    def due(self) -> int: ...

    @property
    def unbillable(self) -> Sequence[Unbillable]: ...

    def mark(self, *shown: object) -> str:
        """A mark of what it tells, and of what else was shown."""


class Totals(Protocol):
    """What an application comes to, in yen before tax: billing.operations.totals has the meaning of each."""

    @property
    def initial_yen(self) -> int: ...

    @property
    def monthly_yen(self) -> int: ...

    @property
    def first_month(self) -> date | None: ...

    @property
    def first_yen(self) -> int: ...

    @property
    def committed_yen(self) -> int: ...

    @property
    def committed_until(self) -> date | None: ...

    @property
    def missing(self) -> Sequence[Unbillable]: ...


class Billed(Protocol):
    """What a month bills of a unit without what was rehearsed and with it, in yen before tax: billing.operations.coming_bills has the meaning."""

    @property
    def month(self) -> date: ...

    @property
    def without_yen(self) -> int: ...

    @property
    def yen(self) -> int: ...

    @property
    def more(self) -> Sequence[tuple[Any, int]]: ...

    @property
    def missing(self) -> Sequence[Unbillable]: ...


class Rehearses(Protocol):
    """The site, which knows what things cost (csoc_admin.site)."""

    def rehearse(self, do: Callable[[], Any], units: Collection[int], *, ledger: bool, wait: bool = True) -> Rehearsal:
        """What an operation on those units would bring, with ``ledger`` to months too. Raises what it refuses.

        Without ``wait`` it is refused too where others write facts now.
        """

    def confirm(
        self,
        do: Callable[[], Any],
        units: Collection[int],
        *,
        holds: Callable[[Rehearsal], bool],
        ledger: bool,
        by_result: bool = False,
    ) -> Any:
        """Carry an operation out, should what was shown still hold; ``by_result``: what was shown hangs on its result alone."""

    def first_open_month(self) -> date | None:
        """The first day of the month that is closed next; None while none has been closed."""

    def billed(self, rehearsal: Rehearsal, *, today: date) -> Sequence[Billed]:
        """The bills that come next, without what was rehearsed and with it."""

    def totals(self, judgement: Judgement, *, accepted_on: date) -> Totals:
        """What a judged application comes to, were it accepted on that day."""


@dataclass(frozen=True, slots=True)
class Following:
    """What is shown before a verb is confirmed: its sentences, and the mark by which it is known whether they still hold."""

    sentences: list[str]
    mark: str = ""
    confirm: str = ""
    """What has to be confirmed by a tick of its own; '' where nothing has."""


def is_large(rehearsal: Rehearsal) -> bool:
    """Whether the corrections of closed months come to so many yen, up or down, that one person alone does not bring them about
    (LARGE_CORRECTION_YEN).
    """
    bound: int = settings.LARGE_CORRECTION_YEN
    return rehearsal.corrected_yen >= bound


def standing_of(row: Any) -> Any:
    """The fact that stands in the place of a row: itself, unless it was replaced."""
    while isinstance(row, Fact) and row.replaced_by_id is not None:  # type: ignore[attr-defined]
        row = row.replaced_by
    return row
