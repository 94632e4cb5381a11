"""How a book may be written, and what is wrong with one that cannot be read: sheet, row and column are named."""

import csv
from datetime import date, datetime

import openpyxl
import pytest

from contracts.models import Contract, Customer, LinkedServiceState, Notice, Option, Outage, Price, Target
from tests.contracts.book.build import (
    as_folder,
    as_workbook,
    book,
    change,
    customer,
    ips,
    ips_service,
    licence,
    module,
    must_take,
    notice,
    option,
    outage,
    places,
    premium,
    price,
    service,
    sound,
    stored,
    take,
    take_path,
    tier,
    unit,
)

pytestmark = pytest.mark.django_db


def refused(rows, path):
    """The places of the faults of a book that is refused whole."""
    answer = take(rows, path)
    assert answer.refused
    assert stored() == {}
    return places(rows, answer.faults)


def altered(sheet, row, **values):
    """The sound book with other values in one row of a sheet."""
    rows = sound(price("T-1", "monthly", 100, "2025-04-01"), customer(), customer("C-2"))
    rows[sheet][row] = rows[sheet][row] | values
    return rows


@pytest.mark.parametrize(
    ("sheet", "row", "column", "value"),
    [
        ("customers", 0, "name", ""),
        ("customers", 1, "code", "x" * 65),
        ("units", 0, "customer", ""),
        ("contracts", 0, "accepted_on", ""),
        ("contracts", 0, "accepted_on", "2025-02-29"),
        ("contracts", 0, "accepted_on", "2025/02/29"),
        ("contracts", 0, "accepted_on", "25/03/10"),
        ("contracts", 0, "accepted_on", "10.3.2025"),
        ("contracts", 0, "accepted_on", "2025-03-10 09:00"),
        ("contracts", 0, "accepted_on", "1925-03-10"),
        ("contracts", 0, "accepted_on", "未定"),
        ("contracts", 0, "billing_starts_on", "いずれ"),
        ("prices", 0, "amount_yen", "-1"),
        ("prices", 0, "amount_yen", "100.5"),
        ("prices", 0, "amount_yen", "百円"),
        ("prices", 0, "amount_yen", ""),
        ("prices", 0, "amount_yen", "1" * 19),
        ("prices", 0, "amount_yen", 10**10 + 1),
        ("contracts", 1, "kind", "種" * 129),
        ("prices", 0, "fee", "yearly"),
        ("prices", 0, "note", "二行\nに"),
    ],
)
def test_a_cell_that_cannot_be_read(sheet, row, column, value, tmp_path):
    rows = altered(sheet, row, **{column: value})
    key = str(rows[sheet][row][next(iter(rows[sheet][row]))])
    assert refused(rows, tmp_path) == {("", sheet, key, column)}


@pytest.mark.parametrize("fee", ["monthly", "one_time"])
def test_a_price_from_no_day(fee, tmp_path):
    assert refused(sound(price("T-1", fee, 100)), tmp_path) == {("13", "prices", "T-1", "from_on")}


def test_names_of_a_service_are_no_longer_than_their_columns(tmp_path):
    rows = sound(service("IIJセキュアMXサービス", kind="種" * 129, item="品" * 129))
    assert refused(rows, tmp_path / "129") == {
        ("", "linked_services", "S-1", "kind"),
        ("", "linked_services", "S-1", "item"),
    }
    must_take(sound(service("IIJセキュアMXサービス", kind="種" * 128, item="品" * 128)), tmp_path / "128")


@pytest.mark.parametrize("quantity", [10**7 + 1, "9" * 30])
def test_more_licences_than_anyone_has(quantity, tmp_path):
    rows = book(premium(), module(), licence(quantity=quantity), option("EDR運用オプション", number="O-EDR"))
    assert refused(rows, tmp_path) == {("", "options", "O-LIC", "quantity")}


def test_unknown_sheet_and_unknown_column(tmp_path):
    rows = sound()
    rows["extras"] = [{"code": "X"}]
    rows["units"] = [{**rows["units"][0], "colour": "赤"}]
    answer = take(rows, tmp_path)
    assert {(f["sheet"], f["row"], f["column"]) for f in answer.faults} >= {
        ("extras", None, ""),
        ("units", 1, "colour"),
    }
    assert stored() == {}


def test_a_column_given_twice_and_a_required_one_missing(tmp_path):
    path = as_folder(sound(), tmp_path)
    (path / "customers.csv").write_text("code,code\nC-1,C-1\n", encoding="utf-8")
    answer = take_path(path)
    assert {(f["sheet"], f["row"], f["column"]) for f in answer.faults} >= {
        ("customers", 1, "code"),
        ("customers", 1, "name"),
    }
    assert stored() == {}


def test_a_value_under_no_heading(tmp_path):
    path = as_folder(sound(), tmp_path)
    (path / "customers.csv").write_text("code,name\nC-1,甲,乙\n", encoding="utf-8")
    answer = take_path(path)
    assert ("customers", 2) in {(f["sheet"], f["row"]) for f in answer.faults}
    assert stored() == {}


@pytest.mark.parametrize(
    ("facts", "place"),
    [
        ([unit("U-2", of="C-9")], ("", "units", "U-2", "customer")),
        ([module(number="M-9", of="U-9", application="A-9")], ("", "contracts", "M-9", "unit")),
        ([option("現地報告オプション", "T-9")], ("", "options", "O-1", "contract")),
        ([price("X-9", "initial", 1)], ("", "prices", "X-9", "target")),
        ([notice("X-9", "2025-06-01")], ("", "notices", "X-9", "target")),
        ([change("X-9", "category", "プレミアム", "2025-06-01")], ("", "changes", "X-9", "target")),
        ([outage("X-9", "2025-06-01 00:00", "2025-06-02 00:00")], ("", "outages", "X-9", "contract")),
    ],
)
def test_what_is_referred_to_must_be_there(facts, place, tmp_path):
    heads = [customer(), unit()] if facts[0][0] in ("units",) else []
    assert refused(sound(*heads, *facts), tmp_path) == {place}


def test_the_same_key_with_another_content(tmp_path):
    rows = sound(customer(), customer(name="別の会社"), price("T-1", "monthly", 1, "2025-04-01"))
    rows["prices"].append(price("T-1", "monthly", 2, "2025-04-01")[1])
    assert refused(rows, tmp_path) == {("", "customers", "C-1", "name"), ("", "prices", "T-1", "amount_yen")}


def test_the_same_row_twice_is_one_row(tmp_path):
    rows = sound(customer(), customer())
    assert must_take(rows, tmp_path).added["customers"] == 1


def test_two_initial_prices_of_one_target(tmp_path):
    """There is one initial price, whatever day is written beside it."""
    rows = sound(price("T-1", "initial", 1), price("T-1", "initial", 2, "2025-04-01"))
    answer = take(rows, tmp_path)
    assert ("", "prices", "T-1", "amount_yen") in places(rows, answer.faults)
    assert stored() == {}


def test_a_contract_and_an_option_of_one_number(tmp_path):
    assert refused(sound(option("現地報告オプション", number="M-1")), tmp_path) == {("", "options", "M-1", "number")}


def test_one_application_has_one_day_and_one_unit(tmp_path):
    rows = sound(option("現地報告オプション", accepted="2025-03-11"))
    assert ("", "options", "O-1", "accepted_on") in refused(rows, tmp_path)


def test_accepted_before_applied_for(tmp_path):
    rows = sound()
    for row in rows["contracts"]:
        row["applied_on"] = "2025-03-11"
    assert refused(rows, tmp_path) == {
        ("", "contracts", "T-1", "accepted_on"),
        ("", "contracts", "M-1", "accepted_on"),
    }


def test_one_bad_row_is_not_called_missing_by_the_others(tmp_path):
    """A licence whose row cannot be read is no missing licence (7-12), and a tier no missing tier (7-1)."""
    rows = book(premium(), tier(number="T-1b", accepted="x"), module(), licence())
    rows["options"].append(option("EDR運用オプション", number="O-EDR", accepted="x")[1])
    assert refused(rows, tmp_path) == {
        ("", "contracts", "T-1b", "applied_on"),
        ("", "contracts", "T-1b", "accepted_on"),
        ("", "options", "O-EDR", "applied_on"),
        ("", "options", "O-EDR", "accepted_on"),
    }


def test_a_unit_that_cannot_be_read_is_judged_but_for_whose_the_services_are(tmp_path):
    rows = book(customer(), ("units", {"code": "U-1", "customer": "C-1", "name": ""}), ips(), ips_service())
    assert refused(rows, tmp_path) == {("", "units", "U-1", "name"), ("7-1", "contracts", "M-IPS", "category")}


def test_a_linked_service_that_cannot_be_read_is_not_called_missing(tmp_path):
    rows = book(tier(), ips(), ips_service(ends_on="いつか"))
    assert refused(rows, tmp_path) == {("", "linked_services", "S-1", "ends_on")}


def test_japanese_headings_and_sheet_names(tmp_path):
    rows = sound(price("T-1", "月額費用", 1000, "2025-04-01"), notice("M-1", "2025-06-01", "2025-12-31", "解約通知"))
    answer = take_path(as_folder(rows, tmp_path, label=True))
    assert answer.faults == []
    assert Price.objects.get().fee == "monthly"


def test_the_order_of_columns_is_free_and_blank_rows_are_skipped(tmp_path):
    path = as_folder(sound(), tmp_path)
    with (path / "contracts.csv").open(encoding="utf-8", newline="") as file:
        table = list(csv.reader(file))
    table.insert(2, [" "] * len(table[0]))
    with (path / "contracts.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([*(row[::-1] for row in table), []])
    assert take_path(path).added["contracts"] == 2


def test_a_blank_row_keeps_the_numbers_of_the_rows_below(tmp_path):
    path = as_folder(sound(), tmp_path)
    (path / "customers.csv").write_text("code,name\nC-1,甲\n,\nC-2,\n", encoding="utf-8")
    assert [(f["sheet"], f["row"], f["column"]) for f in take_path(path).faults] == [("customers", 4, "name")]


def test_a_byte_order_mark_is_no_part_of_the_first_heading(tmp_path):
    assert take_path(as_folder(sound(), tmp_path, encoding="utf-8-sig")).faults == []


def test_another_encoding_is_told_and_nothing_taken(tmp_path):
    answer = take_path(as_folder(sound(), tmp_path, encoding="utf-32"))
    assert answer.refused
    assert {fault["sheet"] for fault in answer.faults} >= {"customers"}
    assert stored() == {}


@pytest.mark.parametrize("name", ["none.xlsx", "none", "none.txt"])
def test_no_book_at_all(name, tmp_path):
    answer = take_path(tmp_path / name)
    assert answer.refused
    assert answer.faults


def test_what_is_no_workbook(tmp_path):
    path = tmp_path / "book.xlsx"
    path.write_bytes(b"PK\x03\x04 not a workbook")
    answer = take_path(path)
    assert answer.refused
    assert answer.faults


def test_full_width_names_and_blanks_are_folded(tmp_path):
    rows = book(
        tier("プレ ミアム", premium_consent_on="2020-01-01"),
        module("ＩＩＪ マネージドファイアウォール連携モジュール", "ＦｉｒｅＷａｌｌ－１", "タイプＡ", links="S-1"),
        service("ＩＩＪマネージドファイアウォール サービス", kind="FireWall-1", item="ﾀｲﾌﾟA"),
        option("ＥＤＲ運用オプション", number="O-EDR"),
        licence(licence_type="ＭＳＳＰ ライセンス", product="Falcon Insight 及び Falcon Prevent"),
    )
    must_take(rows, tmp_path)
    contract = Contract.objects.get(target__number="M-1")
    assert (contract.module_type, contract.kind, contract.item) == ("firewall", "FireWall-1", "タイプA")
    assert Option.objects.get(target__number="O-LIC").product == "insight_prevent"


def test_digits_and_days_may_be_full_width(tmp_path):
    must_take(sound(price("T-1", "monthly", "１，０００", "２０２５-０４-０１")), tmp_path)
    assert Price.objects.get().amount_yen == 1000


@pytest.mark.parametrize(
    ("written", "meant"), [("IIJ C-SOCサービス", "advanced"), ("IIJ C-SOC サービス ベーシック", "basic")]
)
def test_old_names_of_tiers(written, meant, tmp_path):
    """附則: the tiers' names before 2021-05-01."""
    must_take(book(tier(written), ips(), ips_service()), tmp_path)
    assert Contract.objects.get(target__number="T-1").category == meant


def test_old_name_of_an_item(tmp_path):
    """附則: アンチウイルス:Cylance was BlackBerry."""
    endpoint = module("IIJセキュアエンドポイント連携モジュール", item="アンチウイルス:BlackBerry", links="S-1")
    must_take(
        book(tier(), endpoint, service("IIJセキュアエンドポイントサービス", item="アンチウイルス：BlackBerry")),
        tmp_path,
    )
    assert Contract.objects.get(target__number="M-1").item == "アンチウイルス:Cylance"
    assert LinkedServiceState.objects.get().item == "アンチウイルス:Cylance"


def test_a_workbook_with_days_moments_and_numbers_of_its_own(tmp_path):
    rows = sound(
        price("T-1", "monthly", 300_000, "2025-04-01"),
        notice("M-1", "2025-06-01", "2025-12-31"),
        outage("M-1", "2025-05-10 09:30", "2025-05-12 10:00"),
    )
    answer = take_path(as_workbook(rows, tmp_path / "book.xlsx"))
    assert answer.faults == []
    assert Price.objects.get().from_on == date(2025, 4, 1)
    assert Notice.objects.get().requested_for == date(2025, 12, 31)
    assert f"{Outage.objects.get().known_at:%Y-%m-%d %H:%M %Z}" == "2025-05-10 00:30 UTC"


def test_a_workbook_with_numbers_for_codes_and_text_for_days(tmp_path):
    workbook = openpyxl.load_workbook(as_workbook(sound(), tmp_path / "book.xlsx"))
    workbook["customers"]["A2"].value = 1001
    workbook["units"]["B2"].value = 1001.0
    head = [cell.value for cell in workbook["contracts"][1]]
    workbook["contracts"].cell(2, head.index("accepted_on") + 1).value = "2025-03-10"
    workbook.save(tmp_path / "book.xlsx")
    assert take_path(tmp_path / "book.xlsx").faults == []
    assert Customer.objects.get().code == "1001"


def test_a_time_beside_a_day_is_a_fault(tmp_path):
    path = as_workbook(sound(), tmp_path / "book.xlsx")
    workbook = openpyxl.load_workbook(path)
    head = [cell.value for cell in workbook["contracts"][1]]
    workbook["contracts"].cell(2, head.index("accepted_on") + 1).value = datetime(2025, 3, 10, 9, 30)
    workbook.save(path)
    assert [(f["sheet"], f["row"], f["column"]) for f in take_path(path).faults] == [("contracts", 2, "accepted_on")]


@pytest.mark.parametrize("name", ["=1+1", "+1", "@SUM(A1)", "-1", "'甲", '引用"符', "カンマ,あり", "012"])
def test_text_stays_the_text_it_is(name, tmp_path):
    rows = sound(customer(name=name))
    assert take(rows, tmp_path / "folder").faults == []
    assert Customer.objects.get().name == name


def test_text_in_a_workbook_that_looks_like_a_formula_stays_text(tmp_path):
    assert take_path(as_workbook(sound(customer(name="=1+1")), tmp_path / "book.xlsx")).faults == []
    assert Customer.objects.get().name == "=1+1"


def test_a_contract_without_a_start_is_taken(tmp_path):
    """課金開始日 may not be known yet."""
    must_take(book(tier(starts=""), module(starts="")), tmp_path)
    assert list(Target.objects.values_list("billing_starts_on", flat=True)) == [None, None]


def test_a_contract_without_a_start_is_judged_all_the_same(tmp_path):
    assert take(book(tier("ベーシック", starts=""), module(starts="")), tmp_path).clauses == {"7-2"}
