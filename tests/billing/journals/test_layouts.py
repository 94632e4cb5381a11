"""Each package's file: the example's facts give the example's file to the byte, and its own reader understands what was meant."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from billing.formats.journals.chosen import layout_of
from billing.formats.journals.layout import UnwritableSlipsError
from billing.terms.account import Fee
from billing.terms.packages import UnmappedError, faults, mapping_on
from billing.terms.slip import Account
from tests.billing.journals.example import FACTS, MAPPINGS, OUTSIDE, RETURN, TAXABLE, file_of, slip_of
from tests.billing.journals.readers import READERS

EXAMPLES = Path(__file__).parent
EVERY = pytest.mark.parametrize("name", MAPPINGS)


@EVERY
def test_the_example_to_the_byte(name):
    assert file_of(MAPPINGS[name], slip_of(MAPPINGS[name])) == (EXAMPLES / f"{name}.csv").read_bytes()


@EVERY
def test_the_example_read_back(name):
    [(number, read)] = READERS[name]((EXAMPLES / f"{name}.csv").read_bytes())
    assert number == "2025-10-00001"
    assert (read.receivable, read.tax, read.debits) == (1_837_239, 98_400, read.credits)


@EVERY
def test_a_reversal_takes_back_what_was_there(name):
    chosen = MAPPINGS[name]
    whole = slip_of(chosen)
    data = file_of(chosen, whole, whole.reversed(), slip_of(chosen, revision=2))
    first, back, again = (read for _number, read in READERS[name](data))
    assert (first.receivable, back.receivable, again.receivable) == (1_837_239, -1_837_239, 1_837_239)
    assert (first.tax, back.tax) == (98_400, -98_400)
    assert {tax: -yen for tax, yen in back.gross.items()} == dict(first.gross) == dict(again.gross)
    assert (
        data.decode(layout_of(chosen).encoding).count("取消")
        == data.decode(layout_of(chosen).encoding).count("取消 ")
        > 0
    )


@EVERY
def test_below_zero_sides_are_swapped_and_nothing_is_negative(name):
    """What is given back outweighs; an entry of nothing but a correction that lowers a sale stands on the debit."""
    chosen = MAPPINGS[name]
    facts = (
        (Fee.MONTHLY, "月額費用", "2025-09", TAXABLE, 10, -30, -2),
        (Fee.MONTHLY, "月額費用", "2025-10", TAXABLE, 10, 5, 0),
        (Fee.SLA, "品質保証の減額", "2025-09", RETURN, 10, -11, -1),
    )
    [(_number, read)] = READERS[name](file_of(chosen, slip_of(chosen, facts)))
    assert (read.receivable, read.tax) == (-39, -3)
    assert read.debits == read.credits


@EVERY
def test_the_receivable_stands_beside_what_leaves_its_side_free(name):
    """The first entry lowers what the customer owes; the slip as a whole does not."""
    chosen = MAPPINGS[name]
    facts = (
        (Fee.INITIAL, "初期費用", "2025-10", TAXABLE, 10, -30, -3),
        (Fee.MONTHLY, "月額費用", "2025-10", TAXABLE, 10, 500, 50),
    )
    [(_number, read)] = READERS[name](file_of(chosen, slip_of(chosen, facts)))
    assert (read.receivable, read.tax) == (517, 47)
    assert read.debits == read.credits


@EVERY
def test_of_another_year_the_month_says_which(name):
    chosen = MAPPINGS[name]
    [entry] = slip_of(chosen, FACTS[:1]).entries
    data = file_of(chosen, slip_of(chosen, entries=(replace(entry, month="2024-12"),)))
    assert "月額費用 2024年12月分" in data.decode(layout_of(chosen).encoding)


def test_a_rate_without_a_name_is_no_other_rate():
    for chosen in MAPPINGS.values():
        with pytest.raises(UnmappedError, match="taxable_12"):
            chosen.tax_name(TAXABLE, 12)
        with pytest.raises(UnmappedError, match="taxable_return_12"):
            chosen.tax_name(RETURN, 12)
        assert chosen.tax_name(OUTSIDE, None) == chosen.receivable_tax


@pytest.mark.parametrize("name", ["yayoi_inclusive", "yayoi_separate", "obc_csjs"])
def test_what_shift_jis_lacks_is_told_by_row_and_character(name):
    chosen = replace(MAPPINGS[name], accounts=MAPPINGS[name].accounts)
    facts = tuple((fee, "𠮷—" if fee is Fee.OUTAGE else said, *rest) for fee, said, *rest in FACTS)
    with pytest.raises(UnwritableSlipsError) as unwritable:
        file_of(chosen, slip_of(chosen, facts))
    assert {fault.character for fault in unwritable.value.found} >= {"𠮷"}
    assert all(fault.row > 1 for fault in unwritable.value.found)


@EVERY
@pytest.mark.parametrize("partner", ["改\n行", "改\r\n行", "改\u2028行", "改\t行", "改\x0b\x1f行"])
def test_a_row_is_one_line_whatever_people_typed(name, partner):
    chosen = MAPPINGS[name]
    data = file_of(chosen, slip_of(chosen, partner=partner))
    assert data == file_of(chosen, slip_of(chosen, partner="改 行"))
    lines = data.decode(layout_of(chosen).encoding).splitlines()
    assert len(lines) == data.count(b"\r\n") == data.count(b"\n")


@pytest.mark.parametrize("name", ["yayoi_inclusive", "yayoi_separate"])
def test_what_only_the_own_machine_has_is_told(name):
    chosen = MAPPINGS[name]
    with pytest.raises(UnwritableSlipsError) as unwritable:
        file_of(chosen, slip_of(chosen, partner="\ue000商店"))
    assert {fault.character for fault in unwritable.value.found} == {"\ue000"}
    assert "髙﨑".encode("cp932") in file_of(chosen, slip_of(chosen, partner="髙﨑"))


def test_what_utf8_has_is_written():
    chosen = MAPPINGS["mf_journal"]
    assert "𠮷" in file_of(chosen, slip_of(chosen, partner="𠮷田商店")).decode()


def test_the_sub_account_of_yayoi_is_the_customer_unless_finance_says_otherwise():
    chosen = MAPPINGS["yayoi_inclusive"]
    own = replace(chosen.accounts["receivable"], sub_account="国内")
    row = file_of(chosen, slip_of(chosen, receivable=own)).decode("cp932").split(",")
    assert row[5] == '"国内"'


def test_the_mapping_is_that_of_the_day():
    now = MAPPINGS["yayoi_inclusive"]
    later = replace(now, from_on=date(2025, 10, 31))
    known = [later, now]
    assert mapping_on(known, "yayoi", date(2025, 10, 30)) is now
    assert mapping_on(known, "yayoi", date(2025, 10, 31)) is later
    assert mapping_on(known, "yayoi", date(2019, 9, 30)) is None
    assert mapping_on(known, "freee", date(2025, 10, 31)) is None


def test_what_a_mapping_lacks_is_told():
    rates = [(date(2014, 4, 1), 8), (date(2019, 10, 1), 10)]
    now = MAPPINGS["yayoi_inclusive"]
    assert list(faults(list(MAPPINGS.values())[:1], rates)) == []
    untaxed = {key: name for key, name in now.tax.items() if key != "taxable_return_10"}
    [fault] = faults([replace(now, tax=untaxed)], rates)
    assert "taxable_return_10" in fault
    older = {key: name for key, name in now.tax.items() if not key.endswith("_8")}
    assert list(faults([replace(now, tax=older)], rates)) == []
    [fault] = faults([replace(now, form="other")], rates)
    assert "形式「other」" in fault


@pytest.mark.parametrize(
    ("account", "fits"),
    [
        (Account("あ" * 12), True),
        (Account("あ" * 12 + "a"), False),
        (Account("ｱ" * 24), True),
        (Account("売上", sub_account="a" * 25), False),
        (Account("売上", department="あ" * 13), False),
    ],
)
def test_a_name_that_yayoi_would_cut_is_told_at_start(account, fits):
    """24 half widths; a full-width letter takes two of them, kana of half width one."""
    now = MAPPINGS["yayoi_inclusive"]
    found = list(faults([replace(now, accounts={**now.accounts, "monthly": account})], [(date(2019, 10, 1), 10)]))
    assert [("半角24字" in fault and "monthly" in fault) for fault in found] == ([] if fits else [True])
    freee = MAPPINGS["freee_deals"]
    assert not list(
        faults([replace(freee, accounts={**freee.accounts, "monthly": account})], [(date(2019, 10, 1), 10)])
    )


def test_a_name_that_nothing_reads_is_told_at_start():
    now, rates = MAPPINGS["yayoi_inclusive"], [(date(2019, 10, 1), 10)]
    [fault] = faults([replace(now, accounts={**now.accounts, "montly": Account("売上")})], rates)
    assert "montlyは知られていません" in fault
    [fault] = faults([replace(now, tax={**now.tax, "taxable_10%": "課税"})], rates)
    assert "taxable_10%は知られていません" in fault
    [fault] = faults([replace(now, partners={"C1": "あ" * 13})], rates)
    assert "C1「" in fault
    assert not list(faults([replace(now, partners={"C1": "あ" * 12})], rates))


def test_a_customer_is_called_as_the_package_knows_it():
    now = replace(MAPPINGS["yayoi_inclusive"], partners={"C1": "略称"})
    assert [now.partner_of(code, "長い名称") for code in ("C1", "C2")] == ["略称", "長い名称"]
    coded = replace(now, partner="code")
    assert [coded.partner_of(code, "長い名称") for code in ("C1", "C2")] == ["略称", "C2"]
    assert replace(now, partner="none").partner_of("C2", "長い名称") == ""


def test_only_where_the_customer_is_the_sub_account_its_name_has_to_fit():
    now, long = MAPPINGS["yayoi_inclusive"], "あ" * 13
    assert [now.takes_partner(name) for name in (long, "あ" * 12)] == [False, True]
    assert MAPPINGS["mf_journal"].takes_partner(long)
    own = replace(now, accounts={**now.accounts, "receivable": Account("売掛金", sub_account="国内")})
    assert own.takes_partner(long)
