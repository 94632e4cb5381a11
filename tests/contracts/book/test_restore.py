"""復元: an exported book into an empty database is the record as it was, or it is refused, whole."""

import csv
import json
import shutil
from datetime import date, datetime, timedelta
from io import StringIO
from pathlib import Path

import openpyxl
import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.utils import timezone

from billing.facts.recorded import OF_THE_BOOK
from billing.models import BillingGroup, ChargeLine, HeldSettlement, Month
from billing.operations.close_month import close_month
from billing.operations.groups import make_group, put_in_group
from contracts import models
from contracts.operations.applications import receive, reject, save_draft
from contracts.operations.claims import receive_claim, refuse_claim
from contracts.operations.consents import end_consent, record_consent
from contracts.operations.incidents import record_outage
from contracts.operations.notices import NoticeAsked, correct_notice, receive_notice, withdraw_notice
from contracts.operations.prices import quote
from contracts.operations.second import ask
from contracts.operations.setting_changes import record_setting_change, tell_customer
from contracts.operations.work_by_hand import take
from contracts.operations.worklist import refresh_whole_worklist
from contracts.terms.consents import Assent
from tests.contracts.book import build as had
from tests.contracts.book.build import must_take, outage, take_path
from tests.contracts.book.restored import bytes_of, export, numbers, on_record, restore, undone
from tests.contracts.book.test_round_trip import everything
from tests.contracts.prices.right import correct_price

pytestmark = pytest.mark.django_db

ON, NOW = date(2025, 8, 10), timezone.make_aware(datetime(2025, 8, 10, 12, 0, 0, 123456))


def day(text):
    return date.fromisoformat(text)


def moment(text):
    return timezone.make_aware(datetime.fromisoformat(text))


def lived_in(folder):
    """A database in which people have worked: every state that the ten sheets cannot say is there."""
    must_take(everything(), folder / "in")
    by, other = User.objects.create_user("suzuki", last_name="鈴木"), User.objects.create_user("sato")
    unit = models.ManagementUnit.objects.get(code="U-1")
    target = models.Target.objects.get(number="T-1")
    _notices(unit, by)
    price = quote(
        target, fee="monthly", amount_yen=900, from_on=day("2025-06-01"), reference="見積 7", note="", on=ON, by=by
    )
    correct_price(price, amount_yen=800, reference="見積 8", on=ON, by=by, reason="誤記\nでした \\n")
    service = models.LinkedService.objects.get(code="S-1")
    consent = record_consent(
        service,
        assent=Assent.MODULE_CONSENT,
        given_on=day("2025-05-01"),
        given_by="山田",
        document="同意 1",
        on=ON,
        by=by,
    )
    end_consent(consent, ends_on=day("2025-12-31"), document="同意 2", on=ON, by=by, reason="=1+1")
    _incidents(by)
    line = {"key": "#1", "verb": "contract", "category": "basic", "note": "x" * 40_000}
    for state in ("draft", "received", "rejected"):
        draft = save_draft(None, unit=unit, lines=[line], applied_on=ON, version=0, by=by)
        if state != "draft":
            receive(draft, on=ON, by=by, reason="契約者の依頼 ")
        if state == "rejected":
            reject(draft, on=ON, by=other, reason=" 与信 ")
    contract = models.Contract.objects.get(target__number="M-IPS")
    change = record_setting_change(
        contract, what="遮断", why="攻撃", changed_at=moment("2025-06-01 09:00"), by=by, now=NOW
    )
    tell_customer(change, told_at=moment("2025-06-02 09:00"), how="電話", by=by, now=NOW)
    group = make_group(customer=unit.customer, code="G-1", addressee="経理部\ufffe", by=by)
    put_in_group(group, units=[unit], on=ON, by=by)
    said = {"screen": "contracts_price", "verb": "correct", "row": f"{price.pk}", "subject": "T-1", "unit_id": unit.pk}
    ask(**said, form="amount_yen=1&reason=誤記", shown=["1円"], on=ON, by=by)
    refresh_whole_worklist()
    take(models.WorkItem.objects.order_by("pk")[0], by=by, taken=True, note="問い合わせ中 ")


def _notices(unit, by):
    received = receive_notice(unit, NoticeAsked(("O-KEEP",), day("2025-08-05"), None), on=ON, by=by)
    correct_notice(
        received[0],
        NoticeAsked(("O-KEEP",), day("2025-08-06"), None),
        on=ON,
        document="同意 3",
        reason="日付の誤り",
        by=by,
    )
    standing = models.Notice.objects.standing().filter(target__number="O-KEEP").order_by("-pk")[0]
    withdraw_notice(standing, on=ON, document="同意 4", reason="撤回", by=by)


def _incidents(by):
    record_outage(known_at=moment("2025-08-01 09:00"), restored_at=None, numbers=["M-IPS"], by=by, now=NOW)
    fault = {"fault": "company", "fault_reason": "障害"}
    over = moment("2025-07-03 09:00")
    record_outage(known_at=moment("2025-07-01 09:00"), restored_at=over, numbers=["M-IPS"], by=by, now=NOW, **fault)
    row = models.Outage.objects.standing().get(known_at=moment("2025-07-01 09:00"))
    claim = receive_claim(row, claimed_on=day("2025-07-20"), document="請求 1", on=ON, by=by)
    refuse_claim(claim, reason="対象外", on=ON, by=by)


@pytest.fixture(scope="module")
def once(tmp_path_factory):
    """Where the exports are that most tests begin with, and what there was to see; made by the first of them."""
    return {"folder": tmp_path_factory.mktemp("exported")}


@pytest.fixture
def lived(once, tmp_path):
    """What was exported of the database in which people have worked, and what else it was; the database is empty."""

    def seen():
        export(once["folder"] / "book")
        export(once["folder"] / "book.xlsx")
        export(once["folder"] / "en.xlsx", "--headings", "en")
        return on_record(), numbers()

    if "record" not in once:
        once["record"] = undone(lambda: lived_in(tmp_path), seen)
    return once


@pytest.fixture
def lived_on(once, tmp_path):
    """Another such database with its ledger begun: what was exported before and after its first months, and what half a year came to."""

    def seen():
        export(once["folder"] / "whole.xlsx")
        closed(4, 6)
        export(once["folder"] / "begun.xlsx")
        return closed(7, 9)

    if "ledger" not in once:
        once["ledger"] = undone(lambda: lived_in(tmp_path), seen)
    return once


@pytest.mark.parametrize("kind", ["book.xlsx", "book"])
def test_what_people_have_done_goes_round_to_the_byte(kind, lived, tmp_path):
    restore(lived["folder"] / kind)
    assert (on_record(), numbers()) == lived["record"]
    export(tmp_path / kind)
    assert bytes_of(tmp_path / kind) == bytes_of(lived["folder"] / kind)
    assert models.Notice.objects.exclude(replaced_by=None).exists()
    assert models.Application.objects.filter(state="rejected", decided_by__username="sato").exists()
    assert models.Outage.objects.filter(decision="refused", decided_by="suzuki").exists()
    assert BillingGroup.objects.get().addressee.endswith("\ufffe")


def test_a_restored_person_is_not_let_in(lived):
    User.objects.create_user("suzuki", password="known")
    restore(lived["folder"] / "book.xlsx")
    known, new = User.objects.get(username="suzuki"), User.objects.get(username="sato")
    assert (known.is_active, known.has_usable_password()) == (True, True)
    assert (new.is_active, new.has_usable_password()) == (False, False)
    assert models.Application.objects.filter(entered_by=known).exists()


def test_english_headings_are_restored_too(lived, tmp_path):
    restore(lived["folder"] / "en.xlsx")
    export(tmp_path / "again")
    assert bytes_of(tmp_path / "again") == bytes_of(lived["folder"] / "book")


def test_a_workbook_comes_back_after_it_was_opened_and_saved(lived, tmp_path):
    """Shared texts, other formats, other parts of the file: what it says is the same."""
    openpyxl.load_workbook(lived["folder"] / "book.xlsx").save(tmp_path / "saved.xlsx")
    restore(tmp_path / "saved.xlsx")
    export(tmp_path / "again.xlsx")
    assert bytes_of(tmp_path / "again.xlsx") == bytes_of(lived["folder"] / "book.xlsx")


def test_a_book_older_than_the_licences_of_a_target_brings_them_all_the_same(exported):
    """They follow from the option, and what renews in a month is found by them."""
    changed(exported, "targets", without_column("期間ライセンスの数"))
    restore(exported)
    kept = dict(models.Target.objects.exclude(term_licences=None).values_list("pk", "term_licences"))
    assert kept == dict(models.Option.objects.filter(licence_type="term").values_list("pk", "quantity")) != {}


def test_what_comes_next_goes_on_from_the_record(lived):
    """The next revision, the next numbers; nothing that waits is forgotten, and nothing is on the worklist that was not."""
    restore(lived["folder"] / "book")
    revision, last = models.FactsRevision.current(), models.Price.objects.order_by("-pk")[0].pk
    work = on_record()["work_items"]
    refresh_whole_worklist()
    assert on_record()["work_items"] == work
    target = models.Target.objects.get(number="T-1")
    by = User.objects.get(username="sato")
    said = {"amount_yen": 700, "from_on": day("2025-11-01"), "reference": "", "note": "", "on": ON, "by": by}
    price = quote(target, fee="monthly", **said)
    assert (price.recorded_in, price.pk > last) == (revision + 1, True)


def closed(first, last):
    """Those months closed; their lines as they are stored, by business keys and by ids, and what is held."""
    for month in range(first, last + 1):
        told = {"on": date(2026, 1, 10), "by": "試験"}
        outcome = close_month(date(2025, month, 1), **told)
        close_month(date(2025, month, 1), leave_out=[parked.number for parked in outcome.parked], **told)
    names = (
        "customer_id",
        "unit_id",
        "target_id",
        "fee",
        "from_on",
        "to_on",
        "quantity",
        "unit_price_yen",
        "amount_yen",
    )
    columns = ("month__month", "target__number", *names, "tax_category", "clause", "basis", "cause", "policy")
    held = HeldSettlement.objects.order_by("pk").values_list("target__number", "from_on", "amount_yen", "basis")
    return list(ChargeLine.objects.order_by("pk").values_list(*columns)), list(held)


def test_closed_months_come_to_the_same_lines(lived_on):
    lines, held = lived_on["ledger"]
    assert lines
    restore(lived_on["folder"] / "whole.xlsx")
    assert closed(4, 9) == (lines, held)


def test_the_next_month_is_closed_alike_where_the_ledger_had_corrections(tmp_path):
    """What was closed before a fact arrived comes, with its corrections, to what a ledger begun anew says at once."""

    def told(month_of_line):
        found = {}
        columns = ("target__number", "month__month", "fee", "corrects_month", "corrects_fee", "amount_yen")
        for target, month, fee, of_month, of_fee, yen in ChargeLine.objects.values_list(*columns):
            key = (target, of_month, of_fee) if fee == "correction" else (target, month, fee)
            if key[1] == month_of_line or month_of_line is None:
                found[key] = found.get(key, 0) + yen
        return {key: yen for key, yen in found.items() if yen}

    def made():
        must_take(everything(), tmp_path / "in")
        closed(4, 7)
        by = User.objects.create_user("suzuki")
        price = models.Price.objects.standing().filter(target__number="T-1", fee="monthly").order_by("pk")[0]
        correct_price(price, amount_yen=price.amount_yen + 77, reference="見積 8", on=ON, by=by, reason="誤記")
        closed(8, 8)

    def seen():
        export(tmp_path / "book.xlsx")
        assert ChargeLine.objects.filter(fee="correction").exists()
        closed(9, 9)
        return told(None), told(date(2025, 9, 1))

    whole, next_month = undone(made, seen)
    restore(tmp_path / "book.xlsx")
    assert Month.objects.count() == 0
    closed(4, 9)
    assert not ChargeLine.objects.filter(fee="correction").exists()
    assert (told(None), told(date(2025, 9, 1))) == (whole, next_month)


def test_a_restored_ledger_begun_anew_is_sound(lived_on):
    restore(lived_on["folder"] / "begun.xlsx")
    closed(4, 7)
    call_command("check_ledger", "--recompute", stdout=StringIO(), stderr=StringIO())


def test_what_an_ordinary_import_refuses_is_restored(tmp_path):
    """An application accepted before a notice came to be known, though the notice is of an earlier day: history, not an application."""

    def made():
        must_take(had.sound(), tmp_path / "first")
        early = had.notice("M-1", "2025-04-20", "2025-05-31")
        must_take(
            had.book(
                had.option(
                    "ログ保管オプション",
                    "M-1",
                    "O-KEEP",
                    retention_years=1,
                    application="A-7",
                    accepted="2025-05-10",
                    starts="2025-07-01",
                )
            ),
            tmp_path / "second",
        )
        must_take(had.book(early), tmp_path / "third")

    undone(made, lambda: export(tmp_path / "book.xlsx"))
    refused = undone(lambda: None, lambda: take_path(tmp_path / "book.xlsx"))
    assert refused.faults
    restore(tmp_path / "book.xlsx")
    assert models.Notice.objects.count() == 1


def test_a_database_that_holds_something_is_refused(lived):
    """Whatever it holds, were it a customer of whom the book says nothing."""
    models.Customer.objects.create(pk=900, code="C-900", name="別の会社")
    before, out = on_record(), StringIO()
    with pytest.raises(CommandError):
        call_command("import_book", str(lived["folder"] / "book.xlsx"), "--restore", "--format", "json", stdout=out)
    assert [fault["message"] for fault in json.loads(out.getvalue())["faults"]] == [
        "空のデータベースにだけ復元できます（契約者 1）"
    ]
    assert on_record() == before


def test_a_dry_run_stores_nothing(lived):
    assert "復元できます" in restore(lived["folder"] / "book.xlsx", "--dry-run")
    assert not any(rows for rows in on_record().values())


def test_a_further_sheet_of_a_table_is_read_as_one(tmp_path, monkeypatch):
    most = len(OF_THE_BOOK) + 4  # 版 itself, a line a table and two more below its headings, is one sheet
    monkeypatch.setattr("contracts.intake.book.write.MOST_ROWS", most)
    made = undone(lambda: must_take(had.sound(), tmp_path / "in"), lambda: export(tmp_path / "small.xlsx"))
    assert made
    days = [day("2025-05-01") + timedelta(days=number) for number in range(most - 2)]
    rows = {"outages": [outage("M-1", f"{on} 09:00", f"{on} 10:00")[1] for on in days]}
    book = had.sound() | rows

    def seen():
        export(tmp_path / "book.xlsx")
        return on_record()

    before = undone(lambda: must_take(book, tmp_path / "more"), seen)
    assert "記録_履歴_2" in openpyxl.load_workbook(tmp_path / "book.xlsx", read_only=True).sheetnames
    restore(tmp_path / "book.xlsx")
    assert on_record() == before


def test_more_rows_than_a_workbook_holds_are_refused(tmp_path, monkeypatch):
    must_take(everything(), tmp_path / "in")
    monkeypatch.setattr("contracts.intake.book.write.MOST_ROWS", 3)
    with pytest.raises(CommandError, match="フォルダー"):
        export(tmp_path / "book.xlsx")
    assert not (tmp_path / "book.xlsx").exists()


# What makes no sense.


def changed(folder, sheet, change):
    """A sheet of an exported folder with its lines changed."""
    file = next(file for file in folder.iterdir() if file.stem == sheet or file.stem.endswith(f"_{sheet}"))
    lines = list(csv.reader(StringIO(file.read_text(encoding="utf-8-sig"))))
    lines = change(lines) or lines
    with file.open("w", encoding="utf-8-sig", newline="") as out:
        csv.writer(out, lineterminator="\n").writerows(lines)


def setting(row, heading, value):
    """Puts a value into a cell."""

    def change(lines):
        lines[row - 1][lines[0].index(heading)] = value

    return change


def without(row):
    """Leaves a line out."""
    return lambda lines: lines[: row - 1] + lines[row:]


def without_column(heading):
    """Leaves a column out: of a book that is older than it."""

    def change(lines):
        at = lines[0].index(heading)
        return [[*line[:at], *line[at + 1 :]] for line in lines]

    return change


def twice(row):
    """A line is there twice."""
    return lambda lines: [*lines[:row], lines[row - 1], *lines[row:]]


def faults(folder):
    """(sheet, row, column, message) of what stands against the restore, which has left nothing behind."""
    out = StringIO()
    with pytest.raises(CommandError):
        call_command("import_book", str(folder), "--restore", "--format", "json", stdout=out, stderr=StringIO())
    assert not any(rows for name, rows in on_record().items() if name != "people")
    assert models.FactsRevision.current() == 0
    found = json.loads(out.getvalue())["faults"]
    return [(fault["sheet"], fault["row"], fault["column"], fault["message"]) for fault in found]


@pytest.fixture
def exported(lived, tmp_path):
    """A folder of the test's own of what was exported."""
    return Path(shutil.copytree(lived["folder"] / "book", tmp_path / "out"))


@pytest.mark.parametrize(
    ("sheet", "change", "where", "why"),
    [
        ("notices", setting(2, "対象番号", "T-99"), ("recorded_13_notices", 2, "対象番号"), "「T-99」がありません"),
        ("notices", setting(2, "根拠", "gone"), ("recorded_13_notices", 2, "根拠"), "のいずれかです（gone）"),
        ("notices", setting(2, "到達日", "2025-02-30"), ("recorded_13_notices", 2, "到達日"), "日付"),
        ("notices", setting(2, "到達日", ""), ("recorded_13_notices", 2, "到達日"), "値が必要です"),
        ("notices", setting(2, "記録日時", "昨日"), ("recorded_13_notices", 2, "記録日時"), "日時"),
        ("notices", setting(2, "記録番号", "0"), ("recorded_13_notices", 2, "記録番号"), "1以上"),
        ("notices", setting(2, "記録した版", "-1"), ("recorded_13_notices", 2, "記録した版"), "0以上"),
        ("notices", setting(2, "記録した版", "9000"), ("記録_解約通知", None, ""), "事実の版より後"),
        ("notices", setting(1, "到達日", "到達"), ("recorded_13_notices", 1, "到達"), "知らない列です"),
        ("notices", twice(2), ("recorded_13_notices", 3, ""), "他の行と合わないか"),
        ("notices", without(2), ("記録_解約通知", None, ""), "行のはずです"),
        ("notices", setting(2, "通知書", "9000"), ("記録_解約通知", None, ""), "事実の版より後"),
        ("outages", setting(2, "事象", "9000"), ("記録_利用不能", None, ""), "事実の版より後"),
        ("corrections", setting(2, "版", "9000"), ("記録_訂正の記録", None, ""), "事実の版より後"),
        ("corrections", setting(2, "訂正前の記録", "9000"), ("記録_訂正の記録", None, ""), "訂正の前後の記録"),
        ("corrections", setting(2, "訂正後の記録", "1"), ("記録_訂正の記録", None, ""), "訂正の前後の記録"),
        ("corrections", setting(2, "訂正後の記録", ""), ("記録_訂正の記録", None, ""), "訂正の前後の記録"),
        ("corrections", setting(2, "訂正した記録", "change"), ("記録_訂正の記録", None, ""), "訂正の前後の記録"),
        ("asked", setting(2, "状態", "done"), ("recorded_20_asked", 2, ""), "asked_decided_by_somebody"),
        ("asked", setting(2, "依頼者", "tanaka"), ("recorded_20_asked", 2, "依頼者"), "「tanaka」がありません"),
        ("prices", setting(2, "金額", "1.5"), ("recorded_12_prices", 2, "金額"), "整数"),
        ("prices", setting(2, "金額", "#REF!"), ("recorded_12_prices", 2, "金額"), "整数"),
        ("prices", setting(2, "金額", "1"), ("prices", 2, ""), "記録のシートと異なります"),
        ("changes", setting(2, "料金据置", "たぶん"), ("recorded_11_changes", 2, "料金据置"), "はい"),
        ("options", setting(2, "ライセンス数", "1"), ("recorded_09_options", 2, ""), "option_"),
        ("entries", setting(2, "変更後", "{"), ("recorded_28_entries", 2, "変更後"), "JSON"),
        ("entries", setting(2, "番号", "あ" * 129), ("recorded_28_entries", 2, "番号"), "128文字以内"),
        ("targets", setting(2, "終了日", "2025-04-30"), ("", None, ""), "事実からは"),
        ("targets", setting(2, "区分", "tier "), ("recorded_07_targets", 2, "区分"), "のいずれかです"),
        ("format", setting(2, "値", "2"), ("format", None, ""), "新しすぎる版です"),
        ("format", setting(2, "値", "x"), ("format", 2, "値"), "整数"),
        ("format", without(3), ("版", None, ""), "事実の版がありません"),
        ("format", without(2), ("", None, ""), "版のシートがありません"),
    ],
)
def test_what_makes_no_sense_is_told_by_its_place(sheet, change, where, why, exported):
    if sheet in ("prices", "notices", "changes", "options", "outages"):
        folder = [
            file for file in exported.iterdir() if file.stem.startswith("recorded") and file.stem.endswith(f"_{sheet}")
        ]
        sheet = folder[0].stem
    changed(exported, sheet, change)
    found = faults(exported)
    assert where in [fault[:3] for fault in found]
    assert why in next(fault[3] for fault in found if fault[:3] == where)


@pytest.mark.parametrize(
    ("sheet", "change", "where", "why"),
    [
        ("prices", setting(2, "金額", "1"), ("prices", 2, ""), "異なります"),
        ("customers", without(3), ("customers", None, ""), "1行がありません"),
        ("customers", setting(1, "契約者名", "名"), ("customers", 1, ""), "見出し"),
    ],
)
def test_an_ordinary_sheet_that_says_something_else_is_told(sheet, change, where, why, exported):
    (exported / f"{sheet}.csv").exists()
    lines = list(csv.reader(StringIO((exported / f"{sheet}.csv").read_text(encoding="utf-8-sig"))))
    lines = change(lines) or lines
    with (exported / f"{sheet}.csv").open("w", encoding="utf-8-sig", newline="") as out:
        csv.writer(out, lineterminator="\n").writerows(lines)
    found = faults(exported)
    assert where in [fault[:3] for fault in found]
    assert why in next(fault[3] for fault in found if fault[:3] == where)


def test_the_order_of_the_lines_of_an_ordinary_sheet_is_free(exported):
    file = exported / "prices.csv"
    head, *lines = file.read_text(encoding="utf-8-sig").splitlines()
    file.write_text("\n".join([head, *reversed(lines)]), encoding="utf-8-sig")
    restore(exported)
    assert models.Price.objects.exists()


def test_a_fault_makes_no_false_faults_elsewhere(exported):
    """A customer that cannot be read: its units, contracts and all that hangs on them are not called missing."""
    changed(exported, "02_customers", setting(2, "記録番号", "x"))
    assert [fault[:2] for fault in faults(exported)] == [("recorded_02_customers", 2)]


def test_a_replaced_record_needs_the_one_that_replaced_it(exported):
    def change(lines):
        at = lines[0].index("置き換えた記録")
        row = next(line for line in lines[1:] if line[at])
        row[at] = "99999"

    changed(exported, "13_notices", change)
    assert "置き換えた記録が、後の行にありません" in faults(exported)[0][3]


def test_sheets_in_another_order_are_refused(exported):
    (exported / "recorded_02_customers.csv").rename(exported / "recorded_30_customers.csv")
    assert "シートの順が書き出した時と違います" in {fault[3] for fault in faults(exported)}


def test_an_older_book_may_lack_a_column_that_has_a_default(exported):
    def change(lines):
        at = lines[0].index("名義の備考") if "名義の備考" in lines[0] else lines[0].index("メモ")
        return [line[:at] + line[at + 1 :] for line in lines]

    changed(exported, "work_items", change)
    restore(exported)
    assert set(models.WorkItem.objects.values_list("note", flat=True)) == {""}


def test_a_book_without_its_record_is_not_restored(tmp_path):
    found = faults(had.as_folder(everything(), tmp_path / "plain"))
    assert found == [("", None, "", "版のシートがありません。export_bookで書き出した台帳ではありません")]


def test_rows_stand_in_the_order_in_which_they_were_recorded(exported):
    for file in exported.glob("recorded_*_entries.csv"):
        _head, *lines = csv.reader(StringIO(file.read_text(encoding="utf-8-sig")))
        written = [int(line[0]) for line in lines if line[0].isdigit()]
        assert len(written) > 10
        assert written == sorted(written)
