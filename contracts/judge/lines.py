"""What is wrong with the lines of a form by themselves and beside the unit's facts, before the unit is judged as a whole."""

from collections.abc import Mapping, Sequence
from typing import Any

from contracts import models
from contracts.intake.book.read import Row, key_of
from contracts.intake.book.settle import settle
from contracts.intake.faults import Fault
from contracts.intake.form import Line, Rows, Verb, named, number_of
from contracts.intake.sentence import Sentence
from contracts.terms.art12_termination import ends
from contracts.terms.catalog import Category
from contracts.terms.days import NOT_YET_KNOWN
from contracts.terms.unit import ContradictionError, Unit


def settled_rows(rows: Rows, before: Unit, faults: list[Fault]) -> tuple[dict[str, list[Row]], list[Row]]:
    """The rows in the form in which they are stored, and contracts that have a fault of their own.

    Both are judged: the unit would have them, and no violation is to hide behind a fault. Only the former are written.
    """
    module_of = {c.number: (str(c.module.module_type), c.module.kind) for c in before.contracts if c.module}
    option_types = {option.number: str(option.option) for option in before.options}
    settled: dict[str, list[Row]] = {name: [] for name in rows.rows}
    half_read = []
    for sheet, found in rows.rows.items():
        for row in found:
            own = settle(row, module_of, option_types)
            if sheet == "contracts":
                module_of[row.values["number"]] = row.values["module_type"] or "", row.values["kind"] or ""
            faults += own
            if not own or sheet == "options":
                settled[sheet].append(row)
            elif sheet == "contracts" and (row.values["module_type"] or row.values["category"] != Category.MODULE):
                half_read.append(_blank_names(row))
    return settled, half_read


def _blank_names(row: Row) -> Row:
    names = {name: row.values[name] or "" for name in ("kind", "item")}
    return Row(row.sheet, row.number, {**row.values, **names})


def unknown_references(
    settled: Mapping[str, list[Row]], before: Unit, linked: Mapping[str, Any], lines: Sequence[Line]
) -> list[Fault]:
    """What a row names has to be of this unit, or of this application."""
    written = {number_of(line) for _key, verb, line in named(lines) if verb is Verb.CONTRACT}
    contracts = {contract.number for contract in before.contracts} | written
    targets = (
        contracts | {option.number for option in before.options} | {r.values["number"] for r in settled["options"]}
    )
    faults = []
    for row in settled["contracts"]:
        code = row.values["linked_service"]
        if code and code not in linked:
            faults.append(
                Fault(
                    "contracts",
                    row.number,
                    "linked_service",
                    Sentence("対応サービスコード「{code}」がありません", code=code),
                    "7-3",
                )
            )
    for sheet, column, known in (
        ("options", "contract", contracts),
        ("changes", "target", targets),
        ("prices", "target", targets),
    ):
        for row in [row for row in settled[sheet] if row.values[column] not in known]:
            faults.append(
                Fault(
                    sheet,
                    row.number,
                    column,
                    Sentence("「{number}」はこの管理単位にありません", number=row.values[column]),
                )
            )
            settled[sheet].remove(row)
    return faults


def numbers_taken(settled: Mapping[str, list[Row]]) -> list[Fault]:
    """A number that was typed has to be new, in the database and on the form."""
    wanted = {row.values["number"] for sheet in ("contracts", "options") for row in settled[sheet]}
    taken = set(models.Target.objects.filter(number__in=wanted).values_list("number", flat=True)) if wanted else set()
    faults = []
    for sheet in ("contracts", "options"):
        for row in settled[sheet]:
            number = row.values["number"]
            if number in taken:
                faults.append(
                    Fault(sheet, row.number, "number", Sentence("番号「{number}」は既に使われています", number=number))
                )
            taken.add(number)
    return faults


def already_there(settled: Mapping[str, list[Row]], before: Unit) -> list[Fault]:
    """One change of one thing of one target a day; one price of one fee of one target from a day on."""
    faults = []
    changed = {(change.target, str(change.what), change.effective_on) for change in before.changes}
    for row in settled["changes"]:
        key = row.values["target"], row.values["what"], row.values["effective_on"]
        if key in changed:
            faults.append(Fault("changes", row.number, "effective_on", "この日には、同じ事項の変更が既にあります"))
        changed.add(key)
    existing = {target.number for target in before.targets} & {row.values["target"] for row in settled["prices"]}
    stored = (
        models.Price.objects.standing().filter(target__number__in=existing) if existing else models.Price.objects.none()
    )
    columns = ("target", "fee", "from_on")
    rows = stored.values_list("target__number", "fee", "from_on")
    priced = {key_of("prices", dict(zip(columns, row, strict=True))) for row in rows}
    for row in settled["prices"]:
        if row.key in priced:
            faults.append(Fault("prices", row.number, "from_on", "この日からの同じ費目の料金が既にあります", "13"))
        priced.add(row.key)
    return faults


def outside_lives(settled: Mapping[str, list[Row]], before: Unit) -> list[Fault]:
    """A change lies within its target's life, and an option begins while its contract stands."""
    try:
        ended = ends(before)
    except ContradictionError:
        return []
    starts = {target.number: target.starts_on for target in before.targets}
    faults = []
    for row in settled["changes"]:
        day, start, end = row.values["effective_on"], starts.get(row.values["target"]), ended.get(row.values["target"])
        if start is not None and day < start:
            message = Sentence("変更日が課金開始日（{start}）より前です", start=start)
            faults.append(Fault("changes", row.number, "effective_on", message, "9-1"))
        if end is not None and day > end.on:
            message = Sentence("変更日が終了日（{end}）より後です", end=end.on)
            faults.append(Fault("changes", row.number, "effective_on", message, "9-1"))
    for row in settled["options"]:
        end = ended.get(row.values["contract"])
        if end is not None and (row.values["billing_starts_on"] or NOT_YET_KNOWN) > end.on:
            message = Sentence("契約「{contract}」は{end}に終了します", contract=row.values["contract"], end=end.on)
            faults.append(Fault("options", row.number, "contract", message, "10-2"))
    return faults
