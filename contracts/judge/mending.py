"""What would mend a violation as a line of the form: to be added, or to be changed where the form has it already."""

from contracts.intake.form import Verb, named
from contracts.intake.refilled import STARTS
from contracts.judge.application import Judgement
from contracts.judge.remarks import Remark
from contracts.terms.remedies import MENDINGS, On
from contracts.terms.unit import Contract


def mending_line(remark: Remark, judgement: Judgement) -> dict[str, str] | None:
    """The line that mends what is said, by the names of its fields; with a ``key`` it changes that line of the form.

    It counts from the day of the line that causes the violation, and stands on what the form or the unit has. None where no
    line mends it, or it would stand on something that is not there.
    """
    violation = remark.violation
    mending = MENDINGS.get(violation.code) if violation is not None else None
    if mending is None or violation is None:
        return None
    lines = {key: (verb, line) for key, verb, line in named(judgement.lines)}
    found = dict(mending.values)
    on = {On.NOTHING: "", On.TIER: _tier(judgement), On.ITSELF: violation.targets[0]}[mending.on]
    if mending.on is not On.NOTHING and not on:
        return None
    verb = Verb(mending.asks)
    if _asked_already(verb, found, on, judgement):
        return None
    if verb is Verb.CATEGORY and on in lines:
        return {"key": on, "category": found["to_category"]}
    if on:
        found["contract" if verb is Verb.OPTION else "target"] = on
    cause = lines.get(remark.line)
    day = cause[1].get(STARTS.get(cause[0], ""), "") if cause else ""
    if not day and remark.first is not None and remark.first.year < 3000:
        day = remark.first.isoformat()
    return {"verb": verb.value, **found, **({STARTS[verb]: day} if day else {})}


def _asked_already(verb: Verb, values: dict[str, str], on: str, judgement: Judgement) -> bool:
    """Whether the form has such a line, or the unit a tier: then it is the day that has to be put right, by a person."""
    if verb is Verb.CONTRACT and "category" not in values:
        return bool(_tier(judgement))
    place = {Verb.OPTION: "contract", Verb.CATEGORY: "target"}.get(verb)
    wanted = {**values, **({place: on} if place else {})}
    return any(
        asked is verb and all(line.get(name, "") == value for name, value in wanted.items())
        for _key, asked, line in named(judgement.lines)
        if values
    )


def _tier(judgement: Judgement) -> str:
    """The tier contract of the unit as it would be; the form's own before one that is there already."""
    tiers = [c for c in judgement.after.contracts if isinstance(c, Contract) and c.is_tier]
    return tiers[-1].number if tiers else ""
