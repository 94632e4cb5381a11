"""A book of any size, straight into the tables by COPY: flat, or with the sample's mix of notices, changes, licences and incidents.

Every target has a price of its own, as in life: nothing that a cache remembers of one target serves another. All facts are
drawn from a fixed seed, so that two runs of one size are of the same rows. Ends are stored as the product itself derives them.
"""

import random
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import Any, NamedTuple

from django.db import connection

from contracts.facts.load import load_units
from contracts.models.bulk import slices
from contracts.terms.art12_termination import ends

MODULES_A_UNIT, TARGETS_A_UNIT = 3, 6
STARTS_ON, ACCEPTED_ON = date(2023, 2, 1), date(2023, 1, 20)
FIRST_NOTICE, LAST_NOTICE = date(2023, 9, 1), date(2026, 3, 31)
"""Notices are spread over these days: in the first month of the ledger most of them are long over."""
PRICES_FROM, PRICES_TO = 40_000, 900_000

NOTICED, REPRICED, CHANGED, INCIDENTS, LICENSED_UNITS = 0.07, 0.18, 0.07, 0.037, 0.2
"""Shares of the sample: of its targets, but for incidents (of its contracts) and licences (of its units)."""

NOW = "2025-01-05 09:00+09"
STAMP = "recorded_at, recorded_by, recorded_in, withdrawn_by, withdrawn_because"
STAMPED: tuple[object, ...] = (NOW, "bench", 1, "", "")
_INCIDENT = f"contract_id, claimed_on, source, fault, fault_reason, claim_document, decision, decision_reason, decided_by, {STAMP}"
_OF_INCIDENT: tuple[object, ...] = ("", "", "", "", "", "", "", *STAMPED)

LARGE_UNIT, LARGE_CONTRACTS, LARGE_OPTIONS = 9_000_001, 50, 25
"""The id of a unit of many contracts, its targets' ids after it; most begin on a day of their own, so that leaving costs something else each day."""


class Placed(NamedTuple):
    """A target of the book: its id, unit, kind, what it is, and the contract that an option is on."""

    pk: int
    unit: int
    kind: str
    what: str
    contract: int


def fill(contracts: int, *, mixed: bool, units_a_customer: int = 1) -> None:
    """Fill an empty database with a book of about so many contracts: a unit has a tier, three modules and two options."""
    units = contracts // (1 + MODULES_A_UNIT)
    with connection.cursor() as cursor:
        _fill_units(cursor, units, units_a_customer)
        _fill_targets(cursor, units, mixed)
        _fill_prices(cursor, units, mixed)
        if mixed:
            _fill_mix(cursor, units)
        cursor.execute("INSERT INTO contracts_factsrevision VALUES (1, 1)")
        for table in (
            "customer",
            "managementunit",
            "application",
            "target",
            "price",
            "change",
            "notice",
            "billingstart",
        ):
            cursor.execute(f"SELECT setval(pg_get_serial_sequence('contracts_{table}', 'id'), {units * 20 + 20})")
        cursor.execute("ANALYZE")
    if mixed:
        _store_ends()


def placed(units: int, *, mixed: bool) -> Iterator[Placed]:
    """Every target, unit after unit; the same ones for whoever asks."""
    for unit in range(1, units + 1):
        first = unit * TARGETS_A_UNIT
        licensed = mixed and unit % round(1 / LICENSED_UNITS) == 0
        yield Placed(first, unit, "tier", "premium" if licensed or not mixed else "advanced", 0)
        for module in range(1, MODULES_A_UNIT + 1):
            yield Placed(first + module, unit, "module", "swg", 0)
        kinds = ("edr_operation", "edr_licence") if licensed else ("on_site_report", "log_retention")
        # 現地報告 is on the tier, ログ保管 on a module whose logs it keeps; EDR on the tier.
        yield Placed(first + 4, unit, "option", kinds[0], first)
        yield Placed(first + 5, unit, "option", kinds[1], first if licensed else first + 1)


def _fill_units(cursor: Any, units: int, units_a_customer: int) -> None:
    numbers = range(1, units + 1)
    customers = range(1, (units - 1) // units_a_customer + 2)
    copy_in(cursor, "contracts_customer (id, code, name, kana)", ((c, f"C{c:07}", f"契約者{c}", "") for c in customers))
    columns = "contracts_managementunit (id, code, customer_id, name, contracts_moved)"
    copy_in(cursor, columns, ((u, f"U{u:07}", (u - 1) // units_a_customer + 1, "本社", "f") for u in numbers))
    columns = "id, number, unit_id, applied_on, accepted_on, state, reason, four_eyes, lines, version"
    columns += ", received_because, returned, returned_because, known"
    rows = (
        (u, f"AP{u:07}", u, ACCEPTED_ON, ACCEPTED_ON, "accepted", "", "f", "[]", 0, "", "", "", "[]") for u in numbers
    )
    copy_in(cursor, f"contracts_application ({columns})", rows)


def _fill_targets(cursor: Any, units: int, mixed: bool) -> None:
    def all_of() -> Iterator[Placed]:
        return placed(units, mixed=mixed)

    columns = (
        "contracts_target (id, number, kind, unit_id, application_id, billing_starts_on, recorded_in, term_licences)"
    )
    rows = ((t.pk, f"T{t.pk:08}", t.kind, t.unit, t.unit, STARTS_ON, 1, _licences(t)) for t in all_of())
    copy_in(cursor, columns, rows)
    columns = f"contracts_billingstart (target_id, starts_on, {STAMP})"
    copy_in(cursor, columns, ((t.pk, STARTS_ON, *STAMPED) for t in all_of()))
    contracts = (
        (t.pk, t.what, "", "", "") if t.kind == "tier" else (t.pk, "module", t.what, "", "タイプF")
        for t in all_of()
        if t.kind != "option"
    )
    copy_in(cursor, "contracts_contract (target_id, category, module_type, kind, item)", contracts)
    columns = "contracts_option (target_id, contract_id, option, licence_type, product, retention_years, quantity)"
    copy_in(cursor, columns, (_option(t) for t in all_of() if t.kind == "option"))


def _option(target: Placed) -> tuple[object, ...]:
    licence = target.what == "edr_licence"
    years = 3 if target.what == "log_retention" else None
    kind = ("term", "", None, _licences(target)) if licence else ("", "", years, None)
    return (target.pk, target.contract, target.what, *kind)


def _licences(target: Placed) -> int | None:
    """Of a 期間ライセンス how many, of all else None."""
    return 1000 + target.pk % 700 if target.what == "edr_licence" else None


def _fill_prices(cursor: Any, units: int, mixed: bool) -> None:
    drawn = random.Random(13)

    def rows() -> Iterator[tuple[object, ...]]:
        for target in placed(units, mixed=mixed):
            price = drawn.randrange(PRICES_FROM, PRICES_TO)
            yield target.pk, "initial", 50_000, None, "", "", *STAMPED
            yield target.pk, "monthly", price, STARTS_ON, "", "", *STAMPED
            if mixed and drawn.random() < REPRICED:
                yield target.pk, "monthly", price * 9 // 10, _day(drawn), "改定", "", *STAMPED

    copy_in(cursor, f"contracts_price (target_id, fee, amount_yen, from_on, note, reference, {STAMP})", rows())


def _day(drawn: random.Random) -> date:
    return FIRST_NOTICE + timedelta(days=drawn.randrange((LAST_NOTICE - FIRST_NOTICE).days))


def _fill_mix(cursor: Any, units: int) -> None:
    drawn = random.Random(17)
    notices: list[tuple[object, ...]] = []
    changes: list[tuple[object, ...]] = []
    fees: list[tuple[object, ...]] = []
    outages: list[tuple[object, ...]] = []
    breaches: list[tuple[object, ...]] = []
    for target in placed(units, mixed=True):
        on = _day(drawn)
        if drawn.random() < NOTICED and target.kind != "tier":
            notices.append((target.pk, on, on + timedelta(days=45), "notice", "", "", *STAMPED))
        elif drawn.random() < CHANGED and (changed := _changed(target, on)):
            changes.append(changed)
            if changed[1] == "category":
                fees.append((target.pk, "one_time", 80_000, on, "", "", *STAMPED))
        if target.kind != "option" and drawn.random() < INCIDENTS:
            claimed = on + timedelta(days=20) if drawn.random() < 0.5 else None
            if drawn.random() < 0.5:
                outages.append(
                    (f"{on} 09:00+09", f"{on + timedelta(days=2)} 10:00+09", target.pk, claimed, *_OF_INCIDENT)
                )
            else:
                breaches.append(("uptime", f"{on} 09:00+09", target.pk, claimed, *_OF_INCIDENT))
    columns = f"target_id, arrived_on, requested_for, ground, reference, withdrawal, {STAMP}"
    copy_in(cursor, f"contracts_notice ({columns})", notices)
    columns = f"target_id, what, to_name, to_number, effective_on, application_id, price_kept, {STAMP}"
    copy_in(cursor, f"contracts_change ({columns})", changes)
    copy_in(cursor, f"contracts_price (target_id, fee, amount_yen, from_on, note, reference, {STAMP})", fees)
    copy_in(cursor, f"contracts_outage (known_at, restored_at, {_INCIDENT})", outages)
    copy_in(cursor, f"contracts_breach (guarantee, occurred_at, {_INCIDENT})", breaches)


def _changed(target: Placed, on: date) -> tuple[object, ...] | None:
    """A change that its target can have: an upgrade, more years, other licences; of its unit's one application."""
    if target.kind == "tier" and target.what == "advanced":
        return target.pk, "category", "premium", None, on, target.unit, "t", *STAMPED
    if target.what == "log_retention":
        return target.pk, "retention_years", "", 5, on, target.unit, "t", *STAMPED
    if target.what == "edr_licence":
        return target.pk, "quantity", "", 2000 + target.pk % 500, on, target.unit, "t", *STAMPED
    return None


def _store_ends() -> None:
    """The ends that the product derives, where a unit has a notice."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT t.unit_id FROM contracts_notice n JOIN contracts_target t ON t.id = n.target_id"
        )
        units = [unit for (unit,) in cursor.fetchall()]
        cursor.execute("CREATE TEMPORARY TABLE ended (number text, ends_on date)")
        for some in slices(units, 2000):
            found = [(number, end.on) for unit in load_units(some).values() for number, end in ends(unit).items()]
            copy_in(cursor, "ended (number, ends_on)", found)
        cursor.execute("UPDATE contracts_target t SET ends_on = e.ends_on FROM ended e WHERE e.number = t.number")
        cursor.execute("DROP TABLE ended")
        cursor.execute("ANALYZE contracts_target")


def large_unit(cursor: Any) -> None:
    """A unit of fifty contracts and their options, each priced: what leaving it costs, day by day, is the longest of all answers."""
    numbers = range(LARGE_CONTRACTS + LARGE_OPTIONS)
    targets = [(at, LARGE_UNIT + at, date(2026, 2, 1) + timedelta(days=at)) for at in numbers]
    columns = "contracts_managementunit (id, code, customer_id, name, contracts_moved)"
    copy_in(cursor, columns, [(LARGE_UNIT, "U9000001", 1, "大きな拠点", "f")])
    columns = "id, number, unit_id, applied_on, accepted_on, state, reason, four_eyes, lines, version"
    columns += ", received_because, returned, returned_because, known"
    accepted = (LARGE_UNIT, "AP9000001", LARGE_UNIT, "2026-01-20", "2026-01-20", "accepted", "", "f", "[]", 0, "", "", "", "[]")  # fmt: skip
    copy_in(cursor, f"contracts_application ({columns})", [accepted])
    columns = "contracts_target (id, number, kind, unit_id, application_id, billing_starts_on, recorded_in)"
    kinds = ["tier", *["module"] * (LARGE_CONTRACTS - 1), *["option"] * LARGE_OPTIONS]
    copy_in(cursor, columns, ((pk, f"TL{at:03}", kinds[at], LARGE_UNIT, LARGE_UNIT, on, 1) for at, pk, on in targets))
    columns = f"contracts_billingstart (target_id, starts_on, {STAMP})"
    copy_in(cursor, columns, ((pk, on, *STAMPED) for _at, pk, on in targets))
    columns = "contracts_contract (target_id, category, module_type, kind, item)"
    contracts = [(pk, "module", "swg", "", "タイプF") for _at, pk, _on in targets[1:LARGE_CONTRACTS]]
    copy_in(cursor, columns, [(LARGE_UNIT, "premium", "", "", ""), *contracts])
    columns = "contracts_option (target_id, contract_id, option, licence_type, product, retention_years, quantity)"
    kept = (
        (pk, pk - LARGE_CONTRACTS + 1, "log_retention", "", "", 3, None) for _at, pk, _on in targets[LARGE_CONTRACTS:]
    )
    copy_in(cursor, columns, kept)
    columns = f"contracts_price (target_id, fee, amount_yen, from_on, note, reference, {STAMP})"
    copy_in(cursor, columns, ((pk, "monthly", 100_000 + at, on, "", "", *STAMPED) for at, pk, on in targets))


def copy_in(cursor: Any, into: str, rows: Iterable[tuple[object, ...]]) -> None:
    """COPY rows into a table and its columns; None is NULL."""
    with cursor.copy(f"COPY {into} FROM STDIN") as copy:
        for row in rows:
            copy.write("\t".join(r"\N" if value is None else str(value) for value in row) + "\n")
