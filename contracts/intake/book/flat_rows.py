"""What the rows of a list come to: customers, units, linked services, contracts, options and prices, each as a row of the book."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from contracts.intake.book import cells
from contracts.intake.book.headings import bare
from contracts.intake.book.listed import FIELDS, NAMES
from contracts.intake.book.notes import Notes
from contracts.intake.book.people import PEOPLE, plain
from contracts.intake.book.row import Row
from contracts.intake.book.sheets import BY_NAME
from contracts.intake.faults import Fault
from contracts.intake.sentence import Sentence
from contracts.terms import catalog
from contracts.terms.catalog import Category, ModuleType, OptionType, Service

Found = tuple[Row, list[Fault]]
_MODULE_OF = {
    OptionType.DEVICE_LOG_MONITORING: ModuleType.DEVICE_LOG,
    OptionType.CLOUD_LOG_MONITORING: ModuleType.CLOUD_LOG,
    OptionType.M365_LOG_MONITORING: ModuleType.M365_LOG,
}
"""Options that are on a contract of that module; the others, but for ログ保管, are on the unit's category contract."""


@dataclass(slots=True)
class Facts:
    """The rows of a list as they were read, and what is said for all of them."""

    name: str
    labels: dict[str, str]
    said: dict[str, str]
    rows: list[tuple[int, dict[str, Any], list[Fault]]] = field(default_factory=list)

    def take(self, number: int, values: dict[str, Any], faults: list[Fault]) -> None:
        """Add a row."""
        self.rows.append((number, values, faults))

    def has(self, *names: str) -> bool:
        """Whether the list, or whoever hands it over, speaks of one of these."""
        return any(name in self.labels or name in self.said for name in names)

    def fault(self, number: int, about: str, message: Sentence, clause: str = "") -> Fault:
        """A fault at the column of the list that is about it, or at the row."""
        return Fault(self.name, number, self.labels.get(about, ""), message, clause)


@dataclass(slots=True)
class _Made:
    """What was made of the rows so far."""

    facts: Facts
    customers: dict[str, str] = field(default_factory=dict)
    units: dict[str, tuple[str, str]] = field(default_factory=dict)
    contracts: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    """Numbers of contracts by unit and by what they are of: a category (once) or a module type."""


def rows_of(facts: Facts, notes: Notes) -> Iterator[Found]:
    """The rows of the book, each with its faults: what cannot be made out is not made up."""
    made = _Made(facts)
    _tell(facts, notes)
    options = []
    for number, values, faults in facts.rows:
        unread = {fault.column for fault in faults}
        faults = [*faults, *(fault for fault in _missing(facts, number, values) if fault.column not in unread)]
        if faults:
            yield _half_read(number, values), faults
            continue
        yield from _heads(made, number, values)
        option = catalog.find_option(values["service"])
        if option is not None:
            options.append((number, values, option))
        else:
            yield from _contract(made, number, values)
    for number, values, option in options:
        yield from _option(made, number, values, option)


def _tell(facts: Facts, notes: Notes) -> None:
    if not facts.has("customer_code"):
        notes.tell(facts.name, "", Sentence("契約者コードの列がないので、契約者名をコードとします"))
    if not facts.has("unit_code"):
        notes.tell(facts.name, "", Sentence("管理単位コードの列がないので、契約者コードと拠点の名をコードとします"))
    if not facts.has("application"):
        notes.tell(facts.name, "", Sentence("申込番号の列がないので、管理単位と承諾日の同じ行を一つの申込とします"))
    for name in ("holder", "premium_consent_on"):
        if not facts.has(name) and not (name == "holder" and facts.has("linked_service")):
            label = NAMES[name][0]
            notes.tell(
                facts.name,
                "",
                Sentence(
                    "「{heading}」の列がありません。必要な契約があれば、列を加えるか、取り込むときに述べてください",
                    heading=label,
                ),
            )
    for name, value in facts.said.items():
        label = NAMES[name][0]
        notes.tell(
            facts.name,
            "",
            Sentence("一覧にない「{heading}」は「{raw}」と言われたとおりとします", heading=label, raw=value),
        )


def _missing(facts: Facts, number: int, values: dict[str, Any]) -> Iterator[Fault]:
    for name in (*PEOPLE["flat"]["needed"], "applied_on", "accepted_on"):
        if values.get(name) is None and _given(facts, name, values) is None:
            label = facts.labels.get(name) or NAMES[name][0]
            yield facts.fault(number, name, Sentence("「{label}」が必要です", label=label))


def _half_read(number: int, values: dict[str, Any]) -> Row:
    known = {column.name: None for column in BY_NAME["contracts"].columns}
    return Row("contracts", number, known | {"number": values.get("number"), "unit": _unit_code(values)})


def _given(facts: Facts, name: str, values: dict[str, Any]) -> Any:
    """The value of a field in the row, or what is said of it for all: a value, or the heading that has it."""
    if values.get(name) is not None or name not in facts.said:
        return values.get(name)
    raw = facts.said[name]
    other = FIELDS.get(bare(raw))
    if other is not None:
        return values.get(other)
    return cells.day(raw) if name.endswith("_on") else cells.text(raw)


def _customer_code(values: dict[str, Any]) -> str:
    return str(values.get("customer_code") or cells.code(values["customer"][:64]))


def _unit_code(values: dict[str, Any]) -> str | None:
    if values.get("unit_code"):
        return str(values["unit_code"])
    if not values.get("customer"):
        return None
    named = values.get("unit")
    return "/".join([_customer_code(values), *([cells.code(named[:64])] if named else [])])


def _row(sheet: str, at: int, /, **values: Any) -> Row:
    return Row(sheet, at, {column.name: None for column in BY_NAME[sheet].columns} | values)


def _heads(made: _Made, number: int, values: dict[str, Any]) -> Iterator[Found]:
    """The customer and the management unit of a row, once each."""
    code, unit = _customer_code(values), _unit_code(values)
    named = values.get("unit") or values["customer"]
    if made.customers.get(code) != values["customer"]:
        made.customers[code] = values["customer"]
        yield _row("customers", number, code=code, name=values["customer"]), []
    if unit is not None and made.units.get(unit) != (code, named):
        made.units[unit] = code, named
        faults = []
        if len(unit) > 64:
            faults.append(made.facts.fault(number, "unit", Sentence("64文字以内で書いてください")))
        yield _row("units", number, code=unit, customer=code, name=named), faults


def _agreed(facts: Facts, values: dict[str, Any]) -> dict[str, Any]:
    accepted = _given(facts, "accepted_on", values)
    return {
        "application": values.get("application") or f"{_unit_code(values)}/{accepted}"[:64],
        "applied_on": _given(facts, "applied_on", values),
        "accepted_on": accepted,
        "billing_starts_on": _given(facts, "billing_starts_on", values),
    }


def _contract(made: _Made, number: int, values: dict[str, Any]) -> Iterator[Found]:
    facts, named = made.facts, values["service"]
    unit, agreed = _unit_code(values), _agreed(facts, values)
    category, module_type = catalog.find_category(named), catalog.find_module_type(named)
    contract = {"number": values["number"], "unit": unit, **agreed, "ready_on": _given(facts, "ready_on", values)}
    faults: list[Fault] = []
    if category is not None and category is not Category.MODULE:
        contract |= {"category": str(category)}
        # What is said of all rows is said of those that need it; what stands in a row is that row's own.
        consent = _given(facts, "premium_consent_on", values) if category is Category.PREMIUM else None
        contract["premium_consent_on"] = consent or values.get("premium_consent_on")
        made.contracts.setdefault((str(unit), ""), []).append(values["number"])
    elif module_type is None:
        faults.append(facts.fault(number, "service", Sentence("「{name}」は約款にありません", name=named), "2"))
    else:
        made.contracts.setdefault((str(unit), module_type), []).append(values["number"])
        kind, faults = _kind(facts, number, module_type, values)
        contract |= {"category": str(Category.MODULE), "module_type": str(module_type)}
        contract |= {"kind": kind or None, "item": values.get("item")}
        linked = _linked(made, number, module_type, kind, values)
        if linked is not None:
            contract["linked_service"] = linked[0].values["code"]
            if facts.has("holder"):
                yield linked
    yield _row("contracts", number, **contract), faults
    yield from _prices(values, number, agreed["billing_starts_on"])


def _kind(facts: Facts, number: int, module_type: ModuleType, values: dict[str, Any]) -> tuple[str, list[Fault]]:
    """The kind (種類) of a module: as given, or the only one that has the item."""
    if values.get("kind"):
        return values["kind"], []
    item = values.get("item") or ""
    kinds = [kind for held_by, kind in catalog.ITEMS if held_by is module_type]
    having = [kind for kind in kinds if catalog.find_item(module_type, kind, item) is not None]
    # One spelling of the terms is one item, although another is taken for it too.
    spelt = [kind for kind in having if catalog.fold(item) in map(catalog.fold, catalog.ITEMS[module_type, kind])]
    having = spelt if len(spelt) == 1 else having
    if len(having) > 1 and facts.said.get("kind"):
        # Each module type has kinds of its own: several may be said in one breath.
        meant = {plain(name) for name in re.split(r"[,\u3001]", facts.said["kind"])}
        having = [kind for kind in having if plain(kind) in meant] or having
    if len(having) == 1:
        return having[0], []
    if not having:
        message = Sentence("品目「{name}」はこのモジュールにありません", name=item)
        return "", [facts.fault(number, "item", message, "4")]
    offered = "、".join(having)
    message = Sentence(
        "種類が決まりません（{offered}）。一覧に「種類」の列を加えるか、取り込むときに述べてください", offered=offered
    )
    return "", [facts.fault(number, "item", message, "3")]


def _linked(
    made: _Made, number: int, module_type: ModuleType, kind: str, values: dict[str, Any]
) -> tuple[Row, list[Fault]] | None:
    """The linked service of a module where the list says which, or whose; its kind and item are the module's (7-5)."""
    services = catalog.SERVICES_LINKED.get(module_type)
    facts = made.facts
    if not services or not (values.get("linked_service") or _given(facts, "holder", values)):
        return None
    holder = _given(facts, "holder", values)
    if holder is not None and bare(holder) in {plain(name) for name in PEOPLE["flat"]["own"]}:
        holder = _customer_code(values)
    fms = Service.FMS in services and plain(catalog.SERVICE_NAMES[Service.FMS]) == plain(values.get("item") or "")
    service = Service.FMS if fms else next(service for service in sorted(services) if service is not Service.FMS)
    row = _row(
        "linked_services",
        number,
        code=values.get("linked_service") or f"S-{values['number']}"[:64],
        from_on=_given(facts, "linked_from_on", values) or _given(facts, "applied_on", values),
        service=str(service),
        kind=kind or None,
        item=values.get("item"),
        holder=holder,
        module_consent_on=_given(facts, "module_consent_on", values),
        premium_consent_on=_given(facts, "linked_consent_on", values),
        bypass_option_on=_given(facts, "bypass_option_on", values) if module_type is ModuleType.SWG else None,
        advanced_support_on=_given(facts, "advanced_support_on", values) if module_type is ModuleType.WAF else None,
    )
    faults = []
    if facts.has("holder") and holder is None:
        label = facts.labels.get("holder", "")
        faults.append(facts.fault(number, "holder", Sentence("「{label}」が必要です", label=label)))
    return row, faults


def _option(made: _Made, number: int, values: dict[str, Any], option: OptionType) -> Iterator[Found]:
    facts = made.facts
    agreed = _agreed(facts, values)
    contract, faults = values.get("contract"), []
    if contract is None:
        module_type = _MODULE_OF.get(option, "")
        on = made.contracts.get((str(_unit_code(values)), module_type), [])
        if len(on) == 1 and option is not OptionType.LOG_RETENTION:
            contract = on[0]
        else:
            message = Sentence("どの契約に付くオプションか決まりません。一覧に「対象契約番号」の列を加えてください")
            faults.append(facts.fault(number, "service", message, "10-2"))
    what = {name: values.get(name) for name in ("licence_type", "product", "retention_years", "quantity")}
    yield (
        _row("options", number, number=values["number"], contract=contract, option=str(option), **what, **agreed),
        faults,
    )
    yield from _prices(values, number, agreed["billing_starts_on"])


def _prices(values: dict[str, Any], number: int, from_on: date | None) -> Iterator[Found]:
    for fee in ("initial", "monthly"):
        amount = values.get(f"{fee}_yen")
        if amount is not None:
            since = from_on if fee == "monthly" else None
            yield _row("prices", number, target=values["number"], fee=fee, amount_yen=amount, from_on=since), []
