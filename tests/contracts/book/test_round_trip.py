"""In and out again: what is exported can be taken into an empty database and exported again, the same."""

from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from contracts import models
from tests.conftest import SAMPLE
from tests.contracts.book.build import (
    as_folder,
    as_workbook,
    book,
    breach,
    change,
    customer,
    edr,
    ips,
    ips_service,
    licence,
    module,
    must_take,
    notice,
    option,
    outage,
    premium,
    price,
    priced,
    sheets_of,
    sound,
    stored,
    take,
    take_path,
    tier,
    unit,
)
from tests.contracts.history.past_the_guards import past_the_guards
from tests.worlds import world

pytestmark = pytest.mark.django_db

SHARED = SAMPLE.parents[3] / "shared" / "book"
PLACES = [place for place in (SAMPLE.parent, SHARED) if place.is_dir()]


def export(path):
    call_command("export_book", str(path), stdout=StringIO())
    return path


def empty():
    """Throw every fact away, past the guards that keep what was received; history stays, and its chain."""
    with past_the_guards(apps.get_app_config("contracts").get_models()):
        _throw_away()
    assert stored() == {}


def _throw_away():
    """In an order in which no row is still referred to."""
    for model in (
        *(models.Breach, models.Outage, models.Notice, models.Change, models.Price, models.Option, models.Contract),
        *(models.BillingStart, models.Target, models.Application, models.LinkedServiceState, models.LinkedService),
        *(models.ManagementUnit, models.Customer, models.BookImport, models.FactsRevision, models.NumberSeries),
        *(models.RevisionMoment, models.NameKey, models.Hand),
    ):
        model._default_manager.all().delete()


def everything():
    """A book with every sheet and every kind of value."""
    return book(
        customer(),
        customer("C-2", "=1+1", kana="イコール"),
        unit(),
        unit("U-2", "C-2", '引用"符, とカンマ'),
        premium(),
        edr(),
        licence("期間ライセンス", 1200),
        option("ログ保管オプション", "T-1", "O-KEEP", retention_years=3),
        change("O-KEEP", "retention_years", 10, "2025-06-01"),
        change("O-LIC", "quantity", 1000, "2025-07-15"),
        tier(number="T-2", of="U-2", application="A-3", premium_consent_on="2025-05-01"),
        ips(of="U-2", application="A-3"),
        ips_service(holder="C-2"),
        ips_service("IDS/タイプS", from_on="2025-06-01", ends_on="2030-12-31", holder="C-2"),
        change("M-IPS", "item", "IDS/タイプS", "2025-06-01", application="A-4"),
        change("T-2", "category", "プレミアム", "2025-06-01", application="A-4"),
        module(of="U-2", application="A-3", ready_on="2025-03-20", starts=""),
        priced("T-1", 300_000, 50_000),
        price("T-2", "one_time", 30_000, "2025-05-10", "品目変更"),
        notice("O-KEEP", "2025-08-01"),
        notice("M-IPS", "2025-08-01", "2025-12-31"),
        notice("T-2", "2025-08-01", "2025-09-30", "gp28_2"),
        outage("T-1", "2025-05-10 00:05", "2025-05-12 23:59", "2025-08-12"),
        outage("T-1", "2025-07-10 23:55", "2025-07-12 23:59"),
        breach("T-2", "2025-06-30 23:59", "2025-07-15"),
        breach("T-2", "2025-06-30 23:59", guarantee="notification"),
    )


def _taken():
    with TemporaryDirectory() as folder:
        must_take(everything(), Path(folder))


whole = world("a book with every sheet", _taken)


@pytest.mark.usefixtures("whole")
@pytest.mark.parametrize(("first", "second"), [("folder", "again.xlsx"), ("book.xlsx", "again")])
def test_exported_taken_and_exported_again_is_the_same(first, second, tmp_path):
    """What was taken from either kind goes out as the other and is taken from that."""
    before = sheets_of(export(tmp_path / "before"))
    export(tmp_path / first)
    empty()
    assert take_path(tmp_path / first).faults == []
    export(tmp_path / second)
    empty()
    assert take_path(tmp_path / second).faults == []
    assert sheets_of(export(tmp_path / "after")) == before


def test_the_sample_goes_round(tmp_path):
    assert take_path(SAMPLE).faults == []
    before = sheets_of(export(tmp_path / "before"))
    export(tmp_path / "book.xlsx")
    empty()
    assert take_path(tmp_path / "book.xlsx").faults == []
    assert sheets_of(export(tmp_path / "after")) == before
    assert sum(text.count("\n") - 1 for text in before.values()) > 500


@pytest.mark.usefixtures("whole")
def test_the_export_says_what_the_book_said(tmp_path):
    """Every cell that was written comes out as it went in, but for the terms' own spelling and what is derived."""
    out = sheets_of(export(tmp_path / "out"))
    assert "C-2,=1+1,イコール\n" in out["customers"]
    assert 'U-2,C-2,"引用""符, とカンマ"\n' in out["units"]
    assert (
        "O-LIC,T-1,EDRライセンス,期間ライセンス,Falcon Insight,,1200,A-1,2025-03-10,2025-03-10,2025-04-01\n"
        in out["options"]
    )
    assert "T-2,category,プレミアム,A-4,2025-05-10,2025-06-01,\n" in out["changes"]
    assert "O-LIC,quantity,1000,A-2,2025-05-10,2025-07-15,\n" in out["changes"]
    assert "T-2,2025-08-01,2025-09-30,gp28_2\n" in out["notices"]
    assert "O-KEEP,2025-08-01,,notice\n" in out["notices"]
    assert "T-1,2025-05-10 00:05,2025-05-12 23:59,2025-08-12\n" in out["outages"]
    assert "T-2,notification,2025-06-30 23:59,\n" in out["breaches"]


@pytest.mark.usefixtures("whole")
def test_taking_a_book_twice_changes_nothing(tmp_path):
    before, counted = sheets_of(export(tmp_path / "before")), stored()
    again = must_take(everything(), tmp_path / "book")
    assert again.added == {}
    assert again.known == sum(len(rows) for rows in everything().values())
    assert sheets_of(export(tmp_path / "after")) == before
    assert stored() == counted


@pytest.mark.parametrize("row", [None, {"code": "C-1", "name": "改名した会社"}])
def test_the_same_key_with_another_content_is_refused_and_nothing_else_taken(row, tmp_path):
    must_take(sound(), tmp_path / "first")
    before = stored()
    rows = {"customers": [{"code": "C-5", "name": "新顧客"}, row or {"code": "C-1", "name": "株式会社見本"}]}
    answer = take(rows, tmp_path / "second")
    if row is None:
        assert answer.added == {"customers": 1}
        return
    assert [(f["sheet"], f["row"], f["column"]) for f in answer.faults] == [("customers", 3, "name")]
    assert stored() == before


@pytest.mark.usefixtures("whole")
@pytest.mark.parametrize(
    ("sheet", "key", "column", "value"),
    [
        ("units", "U-1", "name", "支社"),
        ("contracts", "T-1", "billing_starts_on", "2025-04-02"),
        ("contracts", "T-2", "category", "プレミアム"),
        ("options", "O-LIC", "quantity", 1300),
        ("changes", "O-LIC", "to", 1100),
        ("prices", "T-2", "amount_yen", 1),
        ("notices", "M-IPS", "requested_for", "2026-12-31"),
        ("outages", "T-1", "restored_at", "2025-05-13 00:00"),
        ("linked_services", "S-1", "holder", "他社"),
    ],
)
def test_every_sheet_refuses_another_content(sheet, key, column, value, tmp_path):
    rows = everything()
    first = next(iter(rows[sheet][0]))
    changed = next(row for row in rows[sheet] if row[first] == key)
    changed[column] = value
    answer = take({sheet: [changed]}, tmp_path / "second")
    assert (sheet, 2, column) in {(f["sheet"], f["row"], f["column"]) for f in answer.faults}


def test_a_dry_run_says_what_would_happen_and_writes_nothing(tmp_path):
    answer = take(sound(notice("T-1", "2025-09-01", "2025-12-31")), tmp_path, "--dry-run")
    assert (answer.refused, answer.status) == (False, "checked")
    assert answer.added == {"customers": 1, "units": 1, "contracts": 2, "notices": 1}
    assert len(answer.warnings) == 1
    assert stored() == {}


def test_a_dry_run_of_a_broken_book_is_refused(tmp_path):
    answer = take(book(module()), tmp_path, "--dry-run")
    assert (answer.refused, answer.status) == (True, "refused")
    assert answer.clauses == {"7-1"}


def test_what_was_taken_in_is_on_record(tmp_path):
    path = as_workbook(sound(), tmp_path / "台帳.xlsx")
    take_path(path, "--by", "経理 花子")
    record = models.BookImport.objects.get()
    assert (record.name, record.imported_by, record.rows_added) == ("台帳.xlsx", "経理 花子", 4)


def test_people_are_told_in_japanese(tmp_path):
    said, errors = StringIO(), StringIO()
    with pytest.raises(CommandError, match="何も登録していません"):
        call_command("import_book", str(as_folder(book(module()), tmp_path / "bad")), stdout=said, stderr=errors)
    assert "契約 2行" in errors.getvalue()
    assert "第7条第1項" in errors.getvalue()
    call_command("import_book", str(as_folder(sound(), tmp_path / "good")), stdout=said, stderr=errors)
    assert "4行を登録しました" in said.getvalue()


def test_a_folder_with_other_files_is_not_written_into(tmp_path):
    (tmp_path / "notes.txt").write_text("大事", encoding="utf-8")
    with pytest.raises(CommandError):
        call_command("export_book", str(tmp_path), stdout=StringIO())
    assert [file.name for file in tmp_path.iterdir()] == ["notes.txt"]


def many(units):
    facts = [customer()]
    for number in range(units):
        code = f"U-{number}"
        facts += [
            unit(code),
            tier(number=f"T-{number}", of=code, application=f"A-{number}"),
            module(number=f"M-{number}", of=code, application=f"A-{number}"),
            option("クラウドログ監視オプション", f"M-{number}", f"O-{number}", application=f"A-{number}"),
            priced(f"T-{number}", 1000),
            notice(f"O-{number}", "2025-09-01"),
            outage(f"M-{number}", "2025-05-10 00:05", "2025-05-12 23:59"),
        ]
    return book(*facts)


def test_ten_times_the_units_take_hardly_more_queries(tmp_path):
    counted = []
    for units in (15, 150):
        path = as_folder(many(units), tmp_path / str(units))
        with CaptureQueriesContext(connection) as queries:
            assert not take_path(path).refused
        counted.append(len(queries))
        empty()
    few, many_more = counted
    # History has an entry a row, and SQLite takes few rows at once.
    # SQLite takes no more than 999 values a statement: rows are written by the hundred there.
    # Of few units the tables of facts are read in two queries together; of many each by itself.
    assert few <= 80, counted
    assert many_more <= few + 48, counted


@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.parent.name)
def test_the_sample_lies_here_as_it_was_given(place):
    for name in ("sample.xlsx", "expected.csv"):
        assert (place / name).read_bytes() == (SAMPLE.parent / name).read_bytes()
