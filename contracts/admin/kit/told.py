"""What a rehearsal tells, in sentences: ends that move, conditions that are lost, closed months that are touched, yen that come."""

from collections.abc import Iterable, Iterator
from datetime import date

from django.utils.translation import gettext

from contracts.admin.kit.columns import iso, thousands
from contracts.admin.kit.following import Lost, Moved, Rehearsal
from contracts.admin.kit.language import clause_said, violation_said, with_clause
from contracts.models.choices import GROUNDS
from contracts.terms.art12_termination import End


def told(rehearsal: Rehearsal) -> list[str]:
    """All that follows from an operation beside what it does itself; nothing where nothing does."""
    return [
        *(_moved(one) for one in rehearsal.moved),
        *(lost_said(one) for one in rehearsal.lost),
        *money(rehearsal),
    ]


def money(rehearsal: Rehearsal) -> list[str]:
    """What follows in yen: corrections of closed months, what the next month to be closed bills otherwise, what it cannot bill."""
    return [*closed_months(rehearsal), *_next_month(rehearsal)]


def closed_months(rehearsal: Rehearsal) -> Iterator[str]:
    """The closed months that are touched, and the corrections that they bring to the next close."""
    found, closing = rehearsal.corrections, rehearsal.next_month
    if not found or closing is None:
        return
    said = {"months": names(found), "closing": f"{closing:%Y-%m}", "yen": signed(sum(found.values()))}
    if not any(found.values()):
        # What one customer is given back another is charged: the verb says of each what it comes to.
        yield (
            gettext("締め済みの%(months)sに触れます。次に締める月（%(closing)s）に、契約者ごとに訂正明細が出ます。")
            % said
        )
        return
    yield (gettext("締め済みの%(months)sに触れます。次に締める月（%(closing)s）に%(yen)s円の訂正明細が出ます。") % said)
    if len(found) > 1:
        each = (gettext("%(month)s分 %(yen)s円") % {"month": f"{m:%Y-%m}", "yen": signed(y)} for m, y in found.items())
        yield gettext("訂正の内訳：%(each)s") % {"each": gettext("、").join(each)}


def _next_month(rehearsal: Rehearsal) -> Iterator[str]:
    closing = rehearsal.next_month
    if closing is None:
        return
    month = f"{closing:%Y-%m}"
    if rehearsal.due:
        sentence = gettext("次に締める月（%(month)s）の請求は%(yen)s円変わります。")
        if rehearsal.corrections:  # told just before, for the same month
            sentence = gettext("このほか、次に締める月（%(month)s）の月分の請求は%(yen)s円変わります。")
        yield sentence % {"month": month, "yen": signed(rehearsal.due)}
    if rehearsal.held:
        yield (
            gettext("次に締める月（%(month)s）に保留する解除調定金は%(yen)s円変わります（I-18）。")
            % {"month": month, "yen": signed(rehearsal.held)}
        )
    for error in rehearsal.unbillable:
        said = {"month": month, "number": error.number, "why": gettext(error.reason)}
        sentence = gettext("%(number)sは、次に締める月（%(month)s）に計算できなくなります：%(why)s") % said
        yield with_clause(sentence, error.clause)


def lost_said(lost: Lost) -> str:
    """One condition that a unit would break, from which day, and the clause."""
    sentence = gettext("管理単位%(unit)s：%(day)sから、%(what)s（%(clause)s）")
    violation = lost.finding.violation
    return sentence % {
        "unit": lost.unit,
        "day": iso(lost.finding.first),
        "what": violation_said(violation),
        "clause": clause_said(violation.clause),
    }


def because(end: End | None) -> str:
    """The clause and the readings that make an end that day; its ground where no clause is at hand."""
    if end is None:
        return ""
    parts = (clause_said(end.clause) or str(dict(GROUNDS)[end.ground]), *end.readings)
    return gettext("、").join(filter(None, parts))


def names(months: Iterable[date]) -> str:
    """Months in a row of names: 2025-05、2025-06."""
    return gettext("、").join(f"{month:%Y-%m}" for month in months)


def signed(yen: int) -> str:
    """A difference in yen: +3,000, −12,000, 0."""
    return f"+{yen:,}" if yen > 0 else str(thousands(yen))


def _moved(one: Moved) -> str:
    said = {"number": one.number, "before": _end(one.before), "after": _end(one.after)}
    sentence = gettext("%(number)sの終了日が変わります：%(before)s → %(after)s") % said
    why = because(one.after)
    return sentence + gettext("（%(what)s）") % {"what": why} if why else sentence


def _end(end: End | None) -> str:
    return str(iso(end.on)) if end else gettext("終了しない")
