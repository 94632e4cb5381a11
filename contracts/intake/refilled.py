"""A form filled in with less typing: one starting day for all of its lines, and a copy of a form that there is already."""

from collections.abc import Iterable, Sequence

from contracts.intake.form import CONCLUDED, FIELDS, Line, Verb, named, number_of

STARTS: dict[Verb, str] = {
    verb: "billing_starts_on" if verb in CONCLUDED else "effective_on" for verb in FIELDS if verb is not Verb.PRICE
}
"""The field with the day from which a line counts, by what it asks for."""


def with_common_day(lines: Iterable[Line], starts_on: str) -> list[dict[str, str]]:
    """The lines, those without a starting day of their own with the common one; '' leaves them all as they are."""
    found = []
    for line in lines:
        name = STARTS.get(Verb(line["verb"])) if line.get("verb") in set(Verb) else None
        takes = bool(starts_on and name and not line.get(name))
        found.append({**line, name: starts_on} if takes and name else dict(line))
    return found


def common_day(lines: Sequence[Line]) -> str:
    """The starting day that two or more lines share, all that have a starting day among them; '' where there is none."""
    days = [line.get(STARTS[verb], "") for _key, verb, line in named(lines) if verb in STARTS]
    return days[0] if len(days) > 1 and len(set(days)) == 1 else ""


def without_common_day(lines: Iterable[Line], starts_on: str) -> list[dict[str, str]]:
    """The lines as a form shows them below a common day: with no day of their own where it is that one."""
    found = []
    for line in lines:
        name = STARTS.get(Verb(line["verb"])) if line.get("verb") in set(Verb) else None
        kept = dict(line)
        if starts_on and name and kept.get(name) == starts_on:
            del kept[name]
        found.append(kept)
    return found


def renumbered(lines: Sequence[Line], known: Sequence[str] = ()) -> tuple[list[dict[str, str]], tuple[str, ...]]:
    """The lines numbered #1, #2, … in their order, whatever was taken out between them; what names a line goes with it.

    ``known`` are points that were ticked (contracts.judge.points.Point.key), each with its line in the second place.
    """
    keys = {line["key"]: f"#{number}" for number, line in enumerate(lines, 1)}
    found = []
    for line in lines:
        new = {**line, "key": keys[line["key"]]}
        for name in ("contract", "target"):
            if new.get(name, "").startswith("#"):
                # What names a line that is gone names none: another has its number now.
                new[name] = keys.get(new[name], "")
        found.append({name: value for name, value in new.items() if value or name == "verb"})
    told = (
        "|".join(keys.get(part, part) if at == 1 else part for at, part in enumerate(point.split("|")))
        for point in known
    )
    return found, tuple(told)


def copied(lines: Sequence[Line]) -> list[dict[str, str]]:
    """The lines of another form, to be applied for anew: nothing has the numbers that were given out for it."""
    keys = {number_of(line): key for key, verb, line in named(lines) if verb in CONCLUDED}
    found = []
    for line in lines:
        new = {name: value for name, value in line.items() if name != "number" or line.get("verb") not in CONCLUDED}
        for name in ("contract", "target"):
            if new.get(name) in keys:
                new[name] = keys[new[name]]
        found.append(new)
    return renumbered(found)[0]
