"""Small books that once came out wrong, each standing for its kind: what is right, through the commands alone."""

import csv
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import override_settings

from billing.models import ChargeLine, Month, ParkedTarget
from billing.operations.check_ledger import check_ledger
from contracts.models import WorkItem

pytestmark = pytest.mark.django_db

BOOKS = Path(__file__).resolve().parent.parent / "cases" / "books"
ON = "2026-01-05"


def take(name: str) -> str:
    """What import_book says of a book; a refusal too."""
    out, err = StringIO(), StringIO()
    try:
        call_command("import_book", str(BOOKS / name), stdout=out, stderr=err)
    except CommandError as error:
        return f"{out.getvalue()}{err.getvalue()}{error}"
    return f"{out.getvalue()}{err.getvalue()}"


def refused(name: str) -> str:
    said = StringIO()
    with pytest.raises(CommandError) as error:
        call_command("import_book", str(BOOKS / name), stdout=said, stderr=said)
    return f"{said.getvalue()}{error.value}"


def close(first: str = "2025-03", until: str = "2025-06") -> str:
    out = StringIO()
    try:
        with override_settings(REHEARSAL=True):
            call_command("close_month", first, "--until", until, "--on", ON, stdout=out, stderr=out)
    except CommandError as error:
        return f"{out.getvalue()}{error}"
    return out.getvalue()


def lines(*fees: str) -> list[tuple[str, str, str, int]]:
    """(month, number, fee, yen) of the lines of those fees."""
    rows = ChargeLine.objects.filter(fee__in=fees).order_by("month__month", "pk").select_related("month", "target")
    return [(f"{row.month}", row.target.number, row.fee, row.amount_yen) for row in rows]


def and_nothing_more() -> None:
    """No correction, nothing parked, and the check computes the same anew."""
    assert lines("correction") == []
    assert not ParkedTarget.objects.exists()
    assert list(check_ledger(recompute=True)) == []


def test_overlapping_outages_are_one_state() -> None:
    """I-38: 96 hours of one state at 300,000: 40,000, of which the later claim gives what the first did not."""
    take("overlapping_outages")
    close()
    found = lines("outage")
    assert sum(yen for *_rest, yen in found) == -40_000
    assert found == [("2025-05", "T-1", "outage", -30_000), ("2025-05", "T-1", "outage", -10_000)]
    and_nothing_more()


def test_nested_outages_come_to_the_fee_and_carry_no_flag() -> None:
    """I-38, I-22: 30 units of one state are the fee of 300,000; not above it."""
    take("nested_outages")
    close()
    assert lines("outage") == [("2025-06", "T-1", "outage", -300_000)]
    assert "I-22" not in ChargeLine.objects.get(fee="outage").basis
    and_nothing_more()


def test_the_breach_claimed_first_stands() -> None:
    """I-20: a later claim for an earlier breach of the month adds nothing and takes nothing back."""
    take("second_breach_of_a_month/1")
    close()
    take("second_breach_of_a_month/2")
    close("2025-07", "2025-08")
    assert lines("sla") == [("2025-06", "T-1", "sla", -50_000)]
    and_nothing_more()


def test_every_change_owes_a_fee_of_its_own() -> None:
    """I-39: one quoted fee settles one of two changes; the month of the second waits for its fee."""
    take("two_upgrades_one_fee")
    said = close()
    assert "2025-05は締めていません" in said
    assert list(ParkedTarget.objects.values_list("month__month", "target__number", "clause")) == [
        (Month.objects.get(closed_at=None).month, "T-1", "13")
    ]


def test_an_upgrade_without_a_monthly_price_is_said_and_kept_on_the_list() -> None:
    """I-41: billed on at the old price; the import warns, and the worklist holds it."""
    said = take("upgrade_without_monthly_price")
    assert "料金据置" in said
    assert "I-41" in said
    close()
    assert [yen for _month, number, _fee, yen in lines("monthly") if number == "T-1"] == [100_000] * 3
    assert WorkItem.objects.filter(kind="price", subject="T-1").exists()


@pytest.mark.parametrize(
    ("first", "book", "clause"),
    [
        pytest.param("", "notice_before_acceptance", "第12条第1項", id="12-1: a notice before the acceptance"),
        pytest.param("change_after_end/1", "change_after_end/2", "第9条第1項", id="9-1: a change after the end"),
        pytest.param(
            "option_after_contracts_end/1",
            "option_after_contracts_end/2",
            "第10条第2項",
            id="10-2: an option after its contract's end",
        ),
    ],
)
def test_what_lies_outside_a_life_is_refused(first: str, book: str, clause: str) -> None:
    if first:
        take(first)
        close()
    assert clause in refused(book)
    close("2025-07" if first else "2025-03", "2025-08" if first else "2025-06")
    assert "O-Y" not in {number for _month, number, *_rest in lines("initial", "one_time", "correction")}
    assert not ChargeLine.objects.filter(amount_yen__in=(99_000, 88_000)).exists()


def test_movements_name_what_a_target_was_on_its_day(tmp_path: Any) -> None:
    """The contract that ends after its upgrade is アドバンスト."""
    take("movements_after_upgrade")
    close(until="2025-08")
    file = tmp_path / "movements.csv"
    said = StringIO()
    asked = ["2025-08", "--format", "csv", "--output", str(file), "--report", "movements"]
    call_command("export_month", *asked, stdout=said)
    rows = list(csv.reader(file.open(encoding="utf-8-sig", newline="")))
    (ended,) = [row for row in rows if "T-1" in row]
    assert "アドバンスト" in ended
    assert "ベーシック" not in ended


def test_what_lies_before_the_ledger_is_said_with_its_yen() -> None:
    """The ledger begins in 2025-05; April's 400,000 are billed nowhere, and both doors say so."""
    take("before_the_ledger/1")
    said = close("2025-05", "2025-06")
    assert "2025-04" in said
    assert "400,000" in said


def test_what_comes_in_later_for_a_day_before_the_ledger_is_warned_of() -> None:
    take("before_the_ledger/1")
    close("2025-06", "2025-07")
    said = take("before_the_ledger/2")
    assert "T-2" in said
    assert "2025-06" in said


def test_a_wrong_item_is_one_fault_with_its_cell_among_all_others() -> None:
    """No traceback: the contract that others refer to has a 品目 that does not exist."""
    said = refused("wrong_item_of_a_referred_contract")
    assert "品目" in said
    assert "Traceback" not in said
