"""請求書の書面: made once, the same to the byte wherever and whenever, kept, and saying what is stored."""

import io
import json
import subprocess
import sys
import zipfile
from datetime import date
from pathlib import Path

import pypdf
import pytest
from django.contrib.auth.models import User
from django.db import IntegrityError, connection, transaction

from billing.formats.documents.joined import UnreadableDocumentError, joined
from billing.formats.documents.printer import pictured, printed
from billing.formats.documents.words import for_customers, period, yen
from billing.models import Document, Invoice, Month
from billing.operations.check_documents import documents_are_kept
from billing.operations.close_month import close_month
from billing.operations.documents import making
from billing.operations.documents.bundle import file_name, pdf_of, zip_of
from billing.operations.documents.invoice_told import told_of
from billing.operations.documents.making import document_of, make_missing, progress, ranges, reissue, unmade
from billing.operations.invoices import issue_invoices
from contracts import clock
from contracts.models import Entry
from contracts.operations.import_book import import_book
from contracts.operations.refusal import Refused
from tests.billing.documents import invoice_of, line_of, pages_of, text_of
from tests.conftest import SAMPLE
from tests.worlds import world

ON = date(2026, 1, 6)


def _issued() -> None:
    import_book(SAMPLE, by="試験", on=clock.today())
    for month in range(1, 13):
        close_month(date(2025, month, 1), on=ON, by="試験")
    issue_invoices(_month(), on=ON, by="経理")


issued = world("the sample with 2025 closed and December invoiced", _issued)


def _month() -> Month:
    return Month.objects.get(month=date(2025, 12, 1))


def _rows(pages: list[str]) -> list[str]:
    """The lines and units that pages tell, each once: a unit's heading is repeated over pages."""
    lines = "\n".join(pages).split("\n")
    return list(dict.fromkeys(line for line in lines if line.startswith(("SOC", "OP", "管理単位"))))


def _finance() -> User:
    return User.objects.create_user("keiri")


@pytest.mark.usefixtures("issued")
def test_each_invoice_gets_one_document_that_says_what_is_stored() -> None:
    assert make_missing(_month(), by="経理") == Invoice.objects.count() == Document.objects.count()
    assert make_missing(_month(), by="経理") == 0
    for document in Document.whole.select_related("invoice"):
        invoice, text = document.invoice, text_of(document.pdf)
        assert invoice is not None
        assert document.sha256 == document_of(invoice, by="x").sha256
        for said in (
            *(invoice.number, invoice.addressee, invoice.issuer, invoice.registration),
            *("2026年1月6日", "2026年1月31日", f"¥{invoice.total_yen:,}-", "2025年12月1日〜2025年12月31日"),
        ):
            assert said.replace(" ", "") in text, (invoice.number, said)
        for rate in invoice.rates.all():
            assert f"{rate.percent}%対象{yen(rate.taxable_yen)}" in text
            assert yen(rate.tax_yen) in text
        for unit in invoice.units.all():
            assert f"管理単位{unit.code}" in text
            assert f"{unit.code}小計（税抜）{yen(sum(line['amount_yen'] for line in unit.lines))}" in text
            assert all(line["number"] in text and yen(line["amount_yen"]) in text for line in unit.lines)
        assert f"明細の合計（税抜）{yen(invoice.total_yen - invoice.tax_yen)}" in text


@pytest.mark.usefixtures("issued")
def test_the_same_bytes_in_another_process_and_after_any_later_change() -> None:
    invoice = Invoice.objects.select_related("month", "customer").order_by("-line_count")[0]
    (told,) = told_of([invoice])
    kept = document_of(invoice, by="経理")
    asked = "import json,sys,hashlib; from billing.formats.documents.printer import printed;"
    asked += "print(hashlib.sha256(printed('invoice', json.load(sys.stdin))).hexdigest())"
    done = subprocess.run(
        [sys.executable, "-c", asked], input=json.dumps(told).encode(), capture_output=True, check=True
    )
    assert done.stdout.decode().strip() == kept.sha256
    invoice.customer.name = "別の名前"
    invoice.customer.save(update_fields=["name"])
    again = Invoice.objects.select_related("month", "customer").get(pk=invoice.pk)
    assert printed("invoice", told_of([again])[0]) == kept.pdf


def test_the_bytes_are_these_whatever_database_and_machine() -> None:
    """Where this changes, documents of one invoice made before and after differ: say so in the changelog, and why."""
    assert printed("invoice", invoice_of([line_of()])) == printed("invoice", invoice_of([line_of()]))
    first = pypdf.PdfReader(io.BytesIO(printed("invoice", invoice_of([line_of()]))))
    assert first.metadata is not None
    assert f"{first.metadata.creation_date:%Y-%m-%d}" == "2025-05-02"


@pytest.mark.parametrize(("lines", "units", "pages"), [(1, 1, 1), (40, 3, 2), (108, 1, 4), (120, 6, 5)])
def test_lines_fit_few_pages_each_with_its_head(lines: int, units: int, pages: int) -> None:
    told = invoice_of([line_of(number=f"SOC{at:08}") for at in range(lines)], units=units)
    found = pages_of(printed("invoice", told))
    assert len(found) <= pages
    for at, text in enumerate(found, 1):
        assert f"2025-04-00001{at}/{len(found)}ページ" in text
        assert "契約番号内容" in text or "契約番号" in text
        assert at == 1 or f"請求書2025-04-00001株式会社サンプル御中{at}/{len(found)}ページ" in text
    assert sum(text.count("ベーシック") for text in found) == lines
    assert len(pictured("invoice", told, ppi=20)) == len(found)


@pytest.mark.parametrize("name", ["髙﨑𠮷商店 — ¥〜−", "*#[]$_@`\\ /* */ //", "<b>&'\"", "株式会社" + "長い名前" * 40])
def test_whatever_people_are_called_is_text(name: str) -> None:
    told = invoice_of([line_of(name=name)], addressee=name)
    assert name.replace(" ", "") in text_of(printed("invoice", told)).replace("\n", "")


@pytest.mark.parametrize(
    ("name", "set_as"), [("商\ufffe店", "商〓店"), ("山😀田\x01商店", "山〓田〓商店"), ("\ue000", "〓")]
)
def test_what_the_fonts_have_not_is_set_as_printers_do(name: str, set_as: str) -> None:
    told = invoice_of([line_of(name=name)], addressee=name)
    assert printed("invoice", told) == printed("invoice", invoice_of([line_of(name=set_as)], addressee=set_as))
    assert told["addressee"] == name


@pytest.mark.usefixtures("issued")
def test_killed_half_way_it_is_gone_on_with(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(making, "DOCUMENTS_AT_ONCE", 4)
    real, count = making.printed, iter(range(100))

    def dies(*said: object) -> bytes:
        if next(count) == 10:
            raise MemoryError
        return real(*said)  # type: ignore[arg-type]

    with monkeypatch.context() as broken:
        broken.setattr(making, "printed", dies)
        with pytest.raises(MemoryError):
            make_missing(_month(), by="経理")
    assert progress(_month()) == (8, Invoice.objects.count())
    before = dict(Document.objects.values_list("number", "made_at"))
    with pytest.raises(Refused, match="まだPDFのない請求書が14通"):
        zip_of(_month())
    make_missing(_month(), by="経理")
    assert progress(_month()) == (Invoice.objects.count(),) * 2
    assert before.items() <= dict(Document.objects.values_list("number", "made_at")).items()


@pytest.mark.usefixtures("issued")
def test_workers_share_ranges_and_two_of_one_keep_one_paper(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(making, "RANGE", 5)
    shared = ranges(_month())
    assert len(shared) == 5
    first, last = shared[1]
    assert make_missing(_month(), by="一", first=first, last=last) == 5
    some = list(Invoice.objects.select_related("month", "customer").filter(pk__gte=first, pk__lte=last))
    making._keep(some, told_of(some), "二")
    assert set(Document.objects.values_list("made_by", flat=True)) == {"一"}
    assert Document.objects.count() == 5
    assert set(unmade(_month()).values_list("pk", flat=True)).isdisjoint(range(first, last + 1))
    assert make_missing(_month(), by="一", most=3) == 3


@pytest.mark.usefixtures("issued")
@pytest.mark.parametrize(
    "sql",
    [
        pytest.param("UPDATE billing_document SET data = data", id="its bytes"),
        pytest.param("UPDATE billing_document SET sha256 = ''", id="its hash"),
        pytest.param("UPDATE billing_document SET edition = 7", id="its edition"),
        pytest.param("DELETE FROM billing_document", id="away"),
    ],
)
def test_what_left_the_house_is_kept(sql: str) -> None:
    document_of(Invoice.objects.order_by("number")[0], by="経理")
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)


@pytest.mark.usefixtures("issued")
def test_a_reissue_keeps_number_and_words_and_is_stamped() -> None:
    invoice, by = Invoice.objects.order_by("number")[0], _finance()
    first = reissue(invoice, on=date(2026, 2, 1), reason="紛失", by=by)
    second = reissue(invoice, on=date(2026, 2, 2), reason="再度紛失", by=by)
    original = Document.whole.get(invoice=invoice, edition=0)
    assert [first.edition, second.edition, str(first)] == [1, 2, f"{invoice.number}-1"]
    assert "再発行" not in text_of(original.pdf)
    pages = pages_of(first.pdf)
    assert all("再発行2026年2月1日" in text for text in pages)
    assert "重ねてのお支払いにご注意ください" in pages[0]
    assert _rows(pages_of(original.pdf)) == _rows(pages) != []
    entry = Entry.objects.filter(operation="reissue").order_by("pk")[0]
    assert (entry.subject, entry.reason, entry.actor) == (f"{invoice.number}-1", "紛失", "keiri")
    assert list(documents_are_kept()) == []


@pytest.mark.usefixtures("issued")
@pytest.mark.parametrize(
    ("said", "why"), [({"reason": " "}, "再発行の理由"), ({"on": date(2026, 1, 5)}, "発行日2026-01-06より前")]
)
def test_no_reissue_without_a_reason_or_before_the_issue(said: dict[str, object], why: str) -> None:
    asked = {"on": date(2026, 2, 1), "reason": "紛失", **said}
    with pytest.raises(Refused, match=why):
        reissue(Invoice.objects.order_by("number")[0], by=_finance(), **asked)  # type: ignore[arg-type]
    assert not Document.objects.exists()


@pytest.mark.usefixtures("issued")
def test_a_month_is_one_pdf_with_a_bookmark_an_invoice() -> None:
    make_missing(_month(), by="経理")
    reissue(Invoice.objects.order_by("number")[0], on=date(2026, 2, 1), reason="紛失", by=_finance())
    whole = pypdf.PdfReader(io.BytesIO(b"".join(pdf_of(_month()))), strict=True)
    invoices = list(Invoice.objects.order_by("number"))
    assert [mark["/Title"] for mark in whole.outline] == [f"{one.number} {one.addressee}" for one in invoices]
    for mark, one in zip(whole.outline, invoices, strict=True):
        at = whole.get_destination_page_number(mark)
        assert one.number in whole.pages[at].extract_text()
    single = sum(len(pages_of(document.pdf)) for document in Document.whole.filter(edition=0))
    assert len(whole.pages) == single


@pytest.mark.usefixtures("issued")
def test_a_month_is_a_zip_named_by_day_party_and_amount() -> None:
    make_missing(_month(), by="経理")
    data = b"".join(zip_of(_month()))
    assert data == b"".join(zip_of(_month()))
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        names = archive.namelist()
        for invoice in Invoice.objects.all():
            name = f"20260106_{invoice.addressee}_{invoice.total_yen}_{invoice.number}.pdf"
            assert archive.read(name) == Document.whole.get(invoice=invoice).pdf
    assert len(names) == Invoice.objects.count()


@pytest.mark.parametrize(
    ("addressee", "named"),
    [("甲/乙:丙", "甲＿乙＿丙"), ("..\\x", "＿＿x"), (" a. ", "＿a＿"), ("あ" * 100, "あ" * 60)],
)
def test_a_file_name_is_one_that_every_system_takes(addressee: str, named: str) -> None:
    invoice = Invoice(number="2025-12-00001", total_yen=-5, addressee=addressee)
    document = Document(number="2025-12-00001", on=ON, addressee=addressee, invoice=invoice)
    assert file_name(document) == f"20260106_{named}_-5_2025-12-00001.pdf"


def test_joining_looks_into_no_text_and_takes_nothing_foreign() -> None:
    told = invoice_of([line_of(name="12 0 R (5 0 R)")], number="1 0 R")
    data = printed("invoice", told)
    whole = pypdf.PdfReader(io.BytesIO(b"".join(joined([("(a) 7 0 R", data), ("b", data)]))), strict=True)
    assert [page.extract_text() for page in whole.pages] == [
        page.extract_text() for _time in range(2) for page in pypdf.PdfReader(io.BytesIO(data)).pages
    ]
    assert whole.outline[0]["/Title"] == "(a) 7 0 R"
    with pytest.raises(UnreadableDocumentError):
        list(joined([("x", b"%PDF-1.7 nothing of ours")]))


@pytest.mark.usefixtures("issued")
def test_the_check_finds_bytes_that_are_not_those_that_were_kept() -> None:
    invoice = Invoice.objects.order_by("number")[0]
    document = document_of(invoice, by="経理")
    assert list(documents_are_kept()) == []
    fields = {
        field.attname: getattr(document, field.attname) for field in Document._meta.fields if field.attname != "id"
    }
    Document.objects.create(**fields | {"edition": 1, "reason": "x", "data": document.pdf + b" "})
    (said,) = documents_are_kept()
    assert f"{invoice.number}-1" in said


@pytest.mark.usefixtures("issued")
def test_the_check_finds_a_reissue_without_its_own_original() -> None:
    """That of another invoice is none."""
    first, other = Invoice.objects.order_by("number")[:2]
    original = document_of(other, by="経理")
    fields = {
        field.attname: getattr(original, field.attname) for field in Document._meta.fields if field.attname != "id"
    }
    Document.objects.create(**fields | {"edition": 1, "reason": "x", "number": first.number, "invoice_id": first.pk})
    assert list(documents_are_kept()) == [f"書面{first.number}-1の元の書面がありません。"]


@pytest.mark.parametrize(
    ("sentence", "told"),
    [
        ("2025-04-30終了（I-17）", "2025年4月30日終了"),
        ("2025-04の月額費用の訂正", "2025年4月の月額費用の訂正"),
        ("請求書 2025-04-00001", "請求書 2025-04-00001"),
        ("残余 50,002円 × 5か月 = 250,010円（I-17、保留 I-18）", "残余 50,002円 × 5か月 = 250,010円"),
        ("取消：発生しません（I-18）", "取消：発生しません"),
    ],
)
def test_a_sentence_is_told_in_words_of_customers(sentence: str, told: str) -> None:
    assert for_customers(sentence) == told


@pytest.mark.parametrize(
    ("first", "last", "said"),
    [
        ("2025-04-01", "2025-04-30", "4/1–4/30"),
        ("2025-04-05", "2025-04-05", "4/5"),
        ("2025-03-01", "2025-03-31", "2025/3/1–3/31"),
        ("2025-04-01", "2026-03-31", "2025/4/1–2026/3/31"),
        ("2024-04-30", "2024-04-30", "2024/4/30"),
    ],
)
def test_days_are_short_where_the_month_says_the_rest(first: str, last: str, said: str) -> None:
    assert period(date.fromisoformat(first), date.fromisoformat(last), date(2025, 4, 1)) == said


def test_templates_are_read_by_nobody_else() -> None:
    folder = Path(making.__file__).parents[2] / "formats" / "documents"
    assert {path.name for path in folder.glob("*.typ")} >= {"house.typ", "invoice.typ"}
