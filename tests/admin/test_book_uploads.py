"""A book brought to the admin: tried, sent, taken in by another person, whole or not at all; said in the history."""

from io import BytesIO
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from pytest_django import Settings

from billing.operations import take_book as taking
from billing.operations.take_book import take_book, try_book
from contracts.models import BookImport, BookUpload, BookUploadPart, Contract, Customer, Entry, ListReading
from tests.admin.books import LIST, PLAIN, SUMS, WRONG, Desk, of, person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_place")]


@pytest.fixture
def sales(django_capture_on_commit_callbacks: Any) -> Desk:
    return Desk(person("営業担当", "sato"), django_capture_on_commit_callbacks)


@pytest.fixture
def lead(django_capture_on_commit_callbacks: Any) -> Desk:
    return Desk(person("営業責任者", "kato"), django_capture_on_commit_callbacks)


def test_from_the_file_to_the_facts(sales: Desk, lead: Desk) -> None:
    upload = sales.bring(SUMS)
    assert (upload.state, upload.result["status"]) == ("tried", "checked")
    assert not Contract.objects.exists()
    page = sales.page(upload)
    assert "誤りはありません。まだ何も登録していません。" in page
    assert "見出しの上の1行は読みませんでした" in page
    assert sum(new for _sheet, new, _known in upload.result["rows"]) == 155
    sales.do("send", upload)
    assert (upload.state, upload.sent_by, upload.four_eyes) == ("sent", sales.user, True)
    lead.do("take", upload)
    assert (upload.state, upload.decided_by) == ("taken", lead.user)
    assert "全部を登録しました。" in lead.page(upload)
    assert Contract.objects.count() == 23
    imported = BookImport.objects.get()
    assert (imported.name, imported.imported_by, upload.book_import) == (SUMS.name, "kato", imported)
    told = Entry.objects.filter(record="book").order_by("pk").values_list("operation", "actor")
    assert list(told) == [("bring_book", "sato"), ("send_book", "sato"), ("take_book", "kato")]
    assert "台帳の取込の決定" in lead.client.get(reverse("admin:contracts_entry_changelist") + "?record=book").text


def test_what_is_tried_leaves_nothing_behind(sales: Desk) -> None:
    before = Entry.objects.count()
    sales.bring(PLAIN)
    assert not any(model.objects.exists() for model in (Customer, Contract, BookImport, ListReading))
    assert Entry.objects.count() == before + 1  # that it was brought


def test_faults_are_shown_by_kind_with_sheet_cell_and_clause(sales: Desk) -> None:
    upload = sales.bring(WRONG)
    assert (upload.state, upload.result["status"]) == ("tried", "refused")
    page = sales.page(upload)
    assert "誤りがあるので取り込めません。何も登録していません。" in page
    assert page[page.index('id="content-main"') :].count("<summary>") == 1
    assert "の数式に計算結果がありません" in page
    assert '<td class="place">K2</td>' in page
    assert "ほかに3件あります" in page
    sales.do("send", upload)
    assert upload.state == "tried"
    assert 'send/"' not in page


def test_the_marked_workbook_has_its_marks_at_the_cells_of_the_faults(sales: Desk) -> None:
    upload = sales.bring(WRONG)
    answer = sales.client.get(of(upload, "marked"))
    assert answer.headers["Content-Disposition"].startswith("attachment")
    book = openpyxl.load_workbook(BytesIO(b"".join(answer.streaming_content)))
    marked = {(sheet.title, cell.coordinate) for sheet in book for row in sheet for cell in row if cell.comment}
    assert marked == {("契約", f"K{row}") for row in range(2, 25)}
    assert book["契約"]["K2"].fill.fgColor.rgb == "FFF8CBAD"
    assert "計算結果がありません" in book["契約"]["K2"].comment.text
    assert book["契約"]["A2"].value == openpyxl.load_workbook(WRONG)["契約"]["A2"].value


def test_who_sent_it_does_not_take_it_in(lead: Desk) -> None:
    upload = lead.bring(PLAIN)
    lead.do("send", upload)
    answer = lead.do("take", upload)
    assert "提出した人は取り込めません" in answer.text
    assert upload.state == "sent"
    assert not Contract.objects.exists()


def test_one_person_may_where_the_house_says_so(lead: Desk, settings: Settings) -> None:
    settings.FOUR_EYES = False
    upload = lead.bring(PLAIN)
    lead.do("send", upload)
    lead.do("take", upload)
    assert upload.state == "taken"


def test_an_account_manager_neither_takes_in_nor_rejects(sales: Desk) -> None:
    upload = sales.bring(PLAIN)
    sales.do("send", upload)
    for verb in ("take", "reject", "go-on"):
        assert sales.client.get(of(upload, verb)).status_code == 403
        assert sales.client.post(of(upload, verb), {"confirmed": "1"}).status_code == 403


@pytest.mark.parametrize("role", ["経理", "監査"])
def test_who_only_looks_brings_nothing(role: str, sales: Desk, django_capture_on_commit_callbacks: Any) -> None:
    upload, other = sales.bring(LIST), Desk(person(role), django_capture_on_commit_callbacks)
    assert "試行の結果" in other.page(upload)
    for address in (reverse("admin:contracts_bookupload_bring"), of(upload, "reading"), of(upload, "send")):
        assert other.client.get(address).status_code == 403
        assert other.client.post(address).status_code == 403


def test_rejected_with_a_reason_it_stays_rejected(sales: Desk, lead: Desk) -> None:
    upload = sales.bring(PLAIN)
    sales.do("send", upload)
    lead.do("reject", upload, reason="")
    assert upload.state == "sent"
    lead.do("reject", upload, reason="去年の台帳です")
    assert (upload.state, upload.reason, upload.decided_by) == ("rejected", "去年の台帳です", lead.user)
    assert "去年の台帳です" in sales.page(upload)
    assert "今の状態ではできません" in lead.do("take", upload).text
    assert not Contract.objects.exists()


def test_told_twice_it_is_taken_in_once(sales: Desk, lead: Desk) -> None:
    upload = sales.bring(PLAIN)
    sales.do("send", upload)
    given = {"mark": upload.result["mark"], "confirmed": "1"}
    lead.post(of(upload, "take"), given)
    assert "今の状態ではできません" in lead.post(of(upload, "take"), given).text
    assert take_book(upload.pk) == "taken"
    assert try_book(upload.pk) == "taken"
    assert BookImport.objects.count() == 1
    assert Entry.objects.filter(operation="take_book").count() == 1


def test_facts_that_changed_it_are_shown_before_anything_is_written(sales: Desk, lead: Desk) -> None:
    upload = sales.bring(PLAIN)
    sales.do("send", upload)
    first = openpyxl.load_workbook(PLAIN)["契約者"]["A2"].value
    Customer.objects.create(code=first, name=openpyxl.load_workbook(PLAIN)["契約者"]["B2"].value)
    mark = upload.result["mark"]
    lead.do("take", upload)
    assert upload.state == "sent"
    assert upload.result["mark"] != mark
    assert "結果が前の試行と異なりました。何も登録していません" in lead.page(upload)
    assert not Contract.objects.exists()
    assert ["customers", 3, 1] in upload.result["rows"]
    lead.do("take", upload)
    assert upload.state == "taken"


def test_facts_that_break_it_send_it_back(sales: Desk, lead: Desk) -> None:
    upload = sales.bring(PLAIN)
    sales.do("send", upload)
    Customer.objects.create(code=openpyxl.load_workbook(PLAIN)["契約者"]["A2"].value, name="別の名前")
    lead.do("take", upload)
    assert (upload.state, upload.result["status"], upload.decided_by) == ("tried", "refused", None)
    assert not Contract.objects.exists()


def test_what_was_shown_is_what_is_decided(sales: Desk, lead: Desk) -> None:
    upload = sales.bring(PLAIN)
    sales.do("send", upload)
    answer = lead.post(of(upload, "take"), {"mark": "another", "confirmed": "1"})
    upload.refresh_from_db()
    assert upload.state == "sent"
    assert "事実が変わりました" in answer.text


def test_the_same_bytes_twice_are_told(sales: Desk, lead: Desk) -> None:
    upload = sales.bring(PLAIN)
    again = sales.bring(PLAIN, name="もう一度.xlsx")
    assert "同じ内容のファイルが、ほかにも持ち込まれています" in sales.page(again)
    sales.do("send", upload)
    lead.do("take", upload)
    third = sales.bring(PLAIN)
    assert "この内容の台帳は取込み済みです" in sales.page(third)
    assert third.result["status"] == "nothing_new"
    assert "この内容の台帳は取込み済みです" not in sales.page(upload)


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("契約.pdf", b"%PDF", "台帳は.xlsx、.xlsm"),
        ("契約.xlsx", b"", "ファイルが空です"),
        ("..", b"x", "台帳は.xlsx、.xlsm"),
    ],
)
def test_what_can_be_no_book_is_not_kept(sales: Desk, name: str, content: bytes, says: str) -> None:
    file = SimpleUploadedFile("x", content)
    file._name = name  # type: ignore[attr-defined]
    answer = sales.post(reverse("admin:contracts_bookupload_bring"), {"file": file})
    assert says in answer.text or name == ".."
    assert not BookUpload.objects.exists()


def test_a_file_that_is_too_large_is_refused_with_its_size(sales: Desk, settings: Settings) -> None:
    settings.BOOK_MEGABYTES = 1
    for size in (3 << 20, (1 << 20) + 10):
        answer = sales.post(
            reverse("admin:contracts_bookupload_bring"), {"file": SimpleUploadedFile("大.xlsx", b"x" * size)}
        )
        assert "ファイルが大きすぎます" in answer.text
        assert "1 MBまで" in answer.text
    assert not BookUpload.objects.exists()
    assert not BookUploadPart.objects.exists()


def test_no_file_is_asked_for(sales: Desk) -> None:
    assert "ファイルを選んでください" in sales.post(reverse("admin:contracts_bookupload_bring")).text


def test_a_broken_file_ends_in_a_sentence(sales: Desk) -> None:
    upload = sales.bring(name="壊れた.xlsx", content=b"PK\x03\x04" + b"\x00" * 200)
    assert (upload.state, upload.result["status"]) == ("tried", "refused")
    assert "Excelのブックとして読めません" in sales.page(upload)
    answer = sales.client.get(of(upload, "marked"), follow=True)
    assert "印を付けられません" in answer.text


def test_the_file_is_given_back_as_it_was(sales: Desk) -> None:
    upload = sales.bring(PLAIN)
    answer = sales.client.get(of(upload, "file"))
    assert b"".join(answer.streaming_content) == PLAIN.read_bytes()
    assert answer.headers["Content-Type"] == "application/octet-stream"


def test_a_file_that_is_not_kept_any_more(sales: Desk) -> None:
    upload = sales.bring(PLAIN)
    upload.parts.all().delete()
    assert sales.client.get(of(upload, "file")).status_code == 404
    assert sales.client.get(of(upload, "marked")).status_code == 404
    assert "again/" not in sales.page(upload)


def test_what_fails_says_so_and_can_be_tried_again(sales: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_given: Any, **_more: Any) -> None:
        raise RuntimeError("no space left")

    monkeypatch.setattr("billing.operations.take_book.import_book", broken)
    upload = sales.bring(PLAIN)
    assert (upload.state, upload.error) == ("failed", "RuntimeError: no space left")
    assert "no space left" in sales.page(upload)
    monkeypatch.undo()
    sales.do("again", upload)
    assert (upload.state, upload.error) == ("tried", "")


def test_in_english(sales: Desk, django_capture_on_commit_callbacks: Any) -> None:
    upload = sales.bring(WRONG)
    page = Desk(person("営業責任者"), django_capture_on_commit_callbacks, "en").page(upload)
    assert "has no stored result" in page
    assert "Nothing was recorded" in page


def test_a_process_that_was_overtaken_leaves_nothing(
    sales: Desk, lead: Desk, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    """Between what it writes and its last word another process has taken the book in: what it wrote is taken back."""
    upload = sales.bring(PLAIN)
    sales.do("send", upload)
    with django_capture_on_commit_callbacks():
        lead.client.post(of(upload, "take"), {"mark": upload.result["mark"], "confirmed": "1"})
    run = taking._run

    def overtaken(*given: Any, **more: Any) -> Any:
        result = run(*given, **more)
        BookUpload.objects.filter(pk=upload.pk).update(state="taken")
        return result

    monkeypatch.setattr(taking, "_run", overtaken)
    take_book(upload.pk)
    assert not Entry.objects.filter(operation="take_book").exists()
    assert not Contract.objects.exists()
