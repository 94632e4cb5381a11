"""The list of one sheet that people keep: taken by mapping its columns; what it does not say is asked for, not made up."""

import csv
from pathlib import Path

import openpyxl
import pytest
from django.core.management import CommandError, call_command

from contracts.intake.book.listed import Asked
from contracts.intake.book.read import read_book
from contracts.models import Contract, Customer, LinkedServiceState, ListReading, ManagementUnit, Option, Price
from tests.contracts.book.build import stored, take_path

CASES = Path(__file__).with_name("cases") / "workbooks"
LIST, PLAIN = CASES / "27_flat_list.xlsx", CASES / "01_ja_plain.xlsx"
SAID = (
    *("--say", "種類=FireWall-1、ファイアウォール:タイプ1", "--say", "名義=契約者"),
    *("--say", "特則同意日=申込日", "--say", "バイパスオプション利用開始日=申込日"),
)


def written(path, *rows):
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)
    return path


HEAD = (
    "契約番号",
    "顧客名",
    "拠点",
    "サービス",
    "種類",
    "品目",
    "申込日",
    "承諾日",
    "課金開始",
    "初期費用",
    "月額費用",
    "名義",
)
TIER = (
    "T-1",
    "見本商事",
    "本社",
    "アドバンスト",
    "",
    "",
    "2025/3/1",
    "2025/3/10",
    "2025/4/1",
    "50,000円",
    "300,000円",
    "",
)
MODULE = (
    "M-1",
    "見本商事",
    "本社",
    "クラウドログ収集モジュール",
    "",
    "",
    "2025/3/1",
    "2025/3/10",
    "2025/4/1",
    "",
    "100000",
    "",
)


def test_the_mapping_is_told():
    notes = [str(note) for note in read_book(LIST).notes]
    assert notes[0].startswith(
        "契約一覧シート：一枚の一覧として、列を読み替えました（契約番号→契約番号、顧客名→契約者名、拠点→管理単位名"
    )
    assert "契約一覧シート：読まない列です（備考）" in notes
    assert "契約一覧シート：契約者コードの列がないので、契約者名をコードとします" in notes


@pytest.mark.django_db
def test_what_the_list_does_not_say_is_not_made_up():
    """The kinds that have the item are several; nobody said whose the linked services are, and who consented (17-1)."""
    answer = take_path(LIST)
    assert {fault["clause"] for fault in answer.faults} == {"3", "7-3", "17-1"}
    kinds = [fault for fault in answer.faults if fault["clause"] == "3"]
    assert {(fault["sheet"], fault["column"]) for fault in kinds} == {("契約一覧", "品目")}
    assert [fault["row"] for fault in kinds] == [3, 6, 8, 13, 15, 17, 20]
    assert "FireWall-1、Palo Alto、Fortinet FortiGate、Juniper SRX" in kinds[0]["message"]
    assert stored() == {}


@pytest.mark.django_db
def test_what_is_said_of_it_makes_it_whole():
    answer = take_path(LIST, *SAID)
    assert (answer.faults, answer.status) == ([], "taken")
    assert answer.added == {"customers": 4, "units": 6, "linked_services": 17, "contracts": 23, "prices": 46}
    assert Customer.objects.filter(name="青葉精機株式会社").exists()
    assert take_path(LIST, *SAID).known == 96


@pytest.mark.django_db
def test_the_list_with_its_columns_filled_in_says_what_the_book_says(tmp_path):
    """Codes, kinds, holders and consents of the plain book put beside the list: the same contracts, services and prices."""
    plain = openpyxl.load_workbook(PLAIN)
    contracts = {row[0]: row for row in plain["契約"].iter_rows(min_row=2, values_only=True)}
    services = {row[0]: row for row in plain["対応サービス"].iter_rows(min_row=2, values_only=True)}
    units = {row[0]: row for row in plain["管理単位"].iter_rows(min_row=2, values_only=True)}
    book = openpyxl.load_workbook(LIST)
    sheet = book.active
    added = (
        *(
            "契約者コード",
            "管理単位コード",
            "種類",
            "申込番号",
            "対応サービスコード",
            "名義",
            "対応サービス適用日",
            "連携同意日",
        ),
        *("設定変更同意日", "バイパスオプション利用開始日", "アドバンストサポート利用開始日", "特則同意日"),
    )
    for at, heading in enumerate(added, start=12):
        sheet.cell(1, at, heading)
    for row in sheet.iter_rows(min_row=2):
        contract = contracts[row[0].value]
        service = services.get(contract[6], (None,) * 11)
        values = (
            units[contract[1]][1],
            contract[1],
            contract[4],
            contract[7],
            contract[6],
            service[5],
            service[1],
            *service[6:10],
        )
        for at, value in enumerate((*values, contract[11]), start=12):
            sheet.cell(row[0].row, at, value)
    book.save(tmp_path / "list.xlsx")
    assert take_path(tmp_path / "list.xlsx").faults == []
    found, meant = read_book(tmp_path / "list.xlsx"), read_book(PLAIN)
    for sheet in ("customers", "units", "linked_services", "contracts"):
        assert [r.values for r in found.rows[sheet] if r.values not in [m.values for m in meant.rows[sheet]]] == []
        assert len(found.rows[sheet]) == len(meant.rows[sheet])


@pytest.mark.django_db
def test_options_go_on_the_contract_they_are_for(tmp_path):
    rows = [
        (*HEAD, "対象契約番号", "保管年数"),
        (*TIER, "", ""),
        (*MODULE, "", ""),
        ("O-1", *TIER[1:3], "現地報告オプション", "", "", *TIER[6:9], "", 1000, "", "", ""),
        ("O-2", *TIER[1:3], "クラウドログ監視オプション", "", "", *TIER[6:9], "", 1000, "", "", ""),
        ("O-3", *TIER[1:3], "ログ保管オプション", "", "", *TIER[6:9], "", 1000, "", "M-1", "3年"),
    ]
    assert take_path(written(tmp_path / "list.csv", *rows)).faults == []
    found = Option.objects.values_list("target__number", "contract__target__number").order_by("target__number")
    assert list(found) == [("O-1", "T-1"), ("O-2", "M-1"), ("O-3", "M-1")]
    assert Price.objects.get(target__number="T-1", fee="initial").amount_yen == 50_000


def test_an_option_that_could_be_on_several_contracts(tmp_path):
    option = ("O-3", *TIER[1:3], "ログ保管オプション", "", "", *TIER[6:9], "", 1000, "")
    (fault,) = read_book(written(tmp_path / "list.csv", HEAD, TIER, MODULE, option)).faults
    assert (fault.sheet, fault.row, fault.column, fault.clause) == ("list", 4, "サービス", "10-2")


@pytest.mark.django_db
def test_a_linked_service_of_which_the_holder_is_said(tmp_path):
    linked = ("M-2", *TIER[1:3], "IIJマネージドIPS/IDS連携モジュール", "", "IPS/タイプA", *TIER[6:9], "", 1, "契約者")
    answer = take_path(written(tmp_path / "list.csv", HEAD, TIER, linked))
    assert answer.faults == []
    state = LinkedServiceState.objects.get()
    contract = Contract.objects.get(target__number="M-2")
    assert (state.kind, state.item, state.holder) == (contract.kind, contract.item, "見本商事")
    assert ManagementUnit.objects.get().code == "見本商事/本社"


@pytest.mark.parametrize(
    ("column", "value", "clause"),
    [
        ("サービス", "夢のモジュール", "2"),
        ("承諾日", "いつか", ""),
        ("月額費用", "100.5", ""),
        ("月額費用", "#REF!", ""),
        ("契約番号", "", ""),
        ("品目", "タイプZ", "4"),
    ],
)
def test_what_cannot_be_mapped_is_a_fault_in_its_place(column, value, clause, tmp_path):
    row = list(MODULE)
    row[HEAD.index(column)] = value
    (fault,) = read_book(written(tmp_path / "list.csv", HEAD, TIER, row)).faults
    assert (fault.row, fault.column, fault.clause) == (3, column, clause)


def test_an_unknown_column_and_two_of_one_meaning(tmp_path):
    book = read_book(written(tmp_path / "list.csv", (*HEAD, "秘密の列", "メモ"), (*TIER, "", "")))
    assert [fault.column for fault in book.faults] == ["秘密の列"]
    twice = read_book(written(tmp_path / "twice.csv", (*HEAD, "会社名"), (*TIER, "")))
    assert [fault.column for fault in twice.faults] == ["会社名"]


@pytest.mark.parametrize("said", [{"秘密の列": "1"}, {"特則同意日": "いつか"}, {"名義": "a\x00b"}, {"種類": "x" * 300}])
def test_what_is_said_has_to_make_sense(said):
    assert len(read_book(LIST, Asked(said=said)).faults) == 1


def test_titles_sums_and_blanks_in_a_list(tmp_path):
    total = ("合計", "", "", "", "", "", "", "", "", "50,000円", "400,000円", "")
    book = read_book(
        written(tmp_path / "list.csv", ("契約一覧（2025年度）",), (), HEAD, TIER, MODULE, total, ("※税抜",))
    )
    assert book.faults == []
    assert len(book.rows["contracts"]) == 2


OURS = ("契約番号", "先方", "場所", "サービス", "申込日", "承諾日", "課金開始", "月額費用", "色々")
OUR_TIER = ("T-1", "見本商事", "本社", "アドバンスト", "2025/3/1", "2025/3/10", "2025/4/1", "300,000円", "a")
OUR_MODULE = ("M-1", "見本商事", "本社", "クラウドログ収集モジュール", "2025/3/1", "2025/3/10", "2025/4/1", "1", "b")
NEXT = (("T-2", "見本商事", "支社", *OUR_TIER[3:]), ("M-2", "見本商事", "支社", *OUR_MODULE[3:]))
MAPPED = ("--column", "先方=顧客名", "--column", "場所=拠点", "--column", "色々=")


@pytest.mark.django_db
def test_columns_of_ones_own_are_mapped_and_remembered(tmp_path):
    """The second list has the same headings in another order and width: nothing has to be said of it."""
    path = written(tmp_path / "一覧.csv", OURS, OUR_TIER, OUR_MODULE)
    assert {fault["message"] for fault in take_path(path).faults} == {"知らないシートです"}
    assert not ListReading.objects.exists()
    assert take_path(path, *MAPPED, "--dry-run").faults == []
    assert not ListReading.objects.exists()
    answer = take_path(path, *MAPPED, "--say", "通信環境準備完了日=承諾日")
    assert (answer.faults, answer.status) == ([], "taken")
    order = [8, 0, 2, 1, *range(3, 8)]
    headings = [f" {OURS[at]}" if at else "契約番号" for at in order]
    later = written(tmp_path / "来月.csv", headings, *([row[at] for at in order] for row in NEXT))
    answer = take_path(later)
    assert (answer.faults, answer.status) == ([], "taken")
    assert Contract.objects.get(target__number="M-2").ready_on.isoformat() == "2025-03-10"
    (told,) = [note["message"] for note in answer.notes if "前に取り込んだとき" in note["message"]]
    assert "色々" in "".join(note["message"] for note in answer.notes)
    assert told.startswith("同じ見出しの一覧を前に取り込んだとき")
    assert ListReading.objects.count() == 1


@pytest.mark.django_db
def test_what_is_said_now_goes_before_what_is_remembered(tmp_path):
    path = written(tmp_path / "一覧.csv", OURS, OUR_TIER, OUR_MODULE)
    assert take_path(path, *MAPPED, "--say", "通信環境準備完了日=2025-03-15").faults == []
    more = written(tmp_path / "次.csv", OURS, *NEXT)
    assert take_path(more, "--afresh").faults != []
    assert take_path(more, "--say", "通信環境準備完了日=2025-03-20").faults == []
    assert Contract.objects.get(target__number="M-2").ready_on.isoformat() == "2025-03-20"
    assert ListReading.objects.get().said == {"通信環境準備完了日": "2025-03-20"}


@pytest.mark.django_db
def test_other_headings_are_another_list(tmp_path):
    assert take_path(written(tmp_path / "a.csv", OURS, OUR_TIER, OUR_MODULE), *MAPPED).faults == []
    other = written(tmp_path / "b.csv", (*OURS, "備考"), (*OUR_TIER, "x"), (*OUR_MODULE, "x"))
    assert take_path(other).faults != []


@pytest.mark.django_db
@pytest.mark.parametrize("column", ["先方", "先方=夢の項目", "=顧客名"])
def test_a_column_is_mapped_to_what_there_is(column, tmp_path):
    with pytest.raises(CommandError, match="--column"):
        call_command("import_book", str(written(tmp_path / "a.csv", OURS, OUR_TIER, OUR_MODULE)), "--column", column)


def test_two_columns_cannot_be_one_field(tmp_path):
    asked = Asked(columns={"先方": "顧客名", "場所": "顧客名", "色々": ""})
    (fault,) = read_book(written(tmp_path / "a.csv", OURS, OUR_TIER, OUR_MODULE), asked).faults
    assert (fault.column, "同じ意味の列" in fault.message) == ("場所", True)


def test_a_list_that_is_called_like_a_sheet_is_offered_as_one(tmp_path):
    """契約一覧 may be 契約 or a list: with none of the columns that 契約 needs it is said what its columns are."""
    found = read_book(written(tmp_path / "契約一覧.csv", OURS, OUR_TIER, OUR_MODULE)).listed
    assert (found.is_list, found.headings) == (False, OURS)
    assert found.fields[0] == "number"
    assert found.fields[1:3] == (None, None)
    assert read_book(written(tmp_path / "契約.csv", OURS, OUR_TIER, OUR_MODULE)).listed is None
