"""送付済み and 入金済み: marked by hand or of a list of receipts, all that fits to the yen or nothing, and taken back with a reason."""

from datetime import date, timedelta
from itertools import permutations

import pytest
from django.contrib.auth.models import User
from django.db import IntegrityError, connection, transaction

from billing.formats.receipts_file import UnreadableReceiptsError, read_receipts
from billing.models import Invoice, InvoiceMark, Month, Receipts
from billing.operations import receipts as operations
from billing.operations.check_ledger import check_ledger
from billing.operations.close_month import close_month
from billing.operations.invoices import issue_invoices
from billing.operations.marks import mark_month_sent, mark_paid, mark_sent, take_mark_back
from billing.operations.receipts import keep_receipts, matched, receipts_in, take_receipts
from contracts import clock
from contracts.models import Entry
from contracts.operations.import_book import import_book
from contracts.operations.refusal import Refused
from tests.conftest import SAMPLE
from tests.worlds import world

ISSUED, ON = date(2026, 1, 5), date(2026, 1, 30)


def _issued() -> None:
    """The sample with the invoices of December."""
    User.objects.create_user("keiri")
    import_book(SAMPLE, by="試験", on=clock.today())
    month = close_month(date(2025, 12, 1), on=ISSUED, by="試験")
    assert month
    issue_invoices(Month.objects.get(), on=ISSUED, by="経理")


issued = world("the sample with December's invoices", _issued)


def keiri() -> User:
    return User.objects.get(username="keiri")


def invoices() -> list[Invoice]:
    return list(Invoice.objects.order_by("number"))


def csv(*rows: tuple[object, ...], head: str = "請求書番号,入金日,金額,振込人名", encoding: str = "utf-8") -> bytes:
    return "\r\n".join([head, *(",".join(map(str, row)) for row in rows)]).encode(encoding)


@pytest.mark.usefixtures("issued")
def test_sent_and_paid_are_marked_once_and_seen() -> None:
    invoice = invoices()[0]
    mark_sent(invoice, sent_on=ISSUED, way="post", on=ON, by=keiri())
    mark = mark_paid(invoice, paid_on=ON, note="カ）アオバ", on=ON, by=keiri())
    invoice.refresh_from_db()
    assert (invoice.sent_on, invoice.paid_on) == (ISSUED, ON)
    assert mark.amount_yen == invoice.total_yen
    with pytest.raises(Refused, match="既に送付済み"):
        mark_sent(invoice, sent_on=ON, way="post", on=ON, by=keiri())
    with pytest.raises(Refused, match="既に入金済み"):
        mark_paid(invoice, paid_on=ON, on=ON, by=keiri())
    assert Entry.objects.filter(record="invoice_mark", subject=invoice.number).count() == 2
    assert list(check_ledger()) == []


@pytest.mark.usefixtures("issued")
def test_a_mark_is_of_a_day_that_can_be() -> None:
    invoice = invoices()[0]
    for on in (ON + timedelta(1), ISSUED - timedelta(1)):
        with pytest.raises(Refused):
            mark_sent(invoice, sent_on=on, way="post", on=ON, by=keiri())
    with pytest.raises(Refused, match="今日まで"):
        mark_paid(invoice, paid_on=ON + timedelta(1), on=ON, by=keiri())
    assert not InvoiceMark.objects.exists()


@pytest.mark.usefixtures("issued")
def test_a_mark_is_taken_back_with_a_reason_and_can_be_made_again() -> None:
    invoice = invoices()[0]
    mark = mark_paid(invoice, paid_on=ON, on=ON, by=keiri())
    with pytest.raises(Refused, match="理由"):
        take_mark_back(mark, reason=" ", by=keiri())
    take_mark_back(mark, reason="別の契約者の入金", by=keiri())
    invoice.refresh_from_db()
    assert invoice.paid_on is None
    with pytest.raises(Refused, match="既に取り消されています"):
        take_mark_back(mark, reason="二度", by=keiri())
    mark_paid(invoice, paid_on=ISSUED, on=ON, by=keiri())
    invoice.refresh_from_db()
    assert invoice.paid_on == ISSUED
    assert list(check_ledger()) == []


@pytest.mark.usefixtures("issued")
def test_all_of_a_month_that_go_one_way_are_sent_at_once() -> None:
    first, month = invoices()[0], Month.objects.get()
    mark_sent(first, sent_on=ON, way="mail", on=ON, by=keiri())
    with pytest.raises(Refused, match="まだ送付していない請求書はありません"):
        mark_month_sent(month, way="mail", sent_on=ON, on=ON, by=keiri())
    with pytest.raises(Refused, match="発行日"):
        mark_month_sent(month, way="post", sent_on=ISSUED - timedelta(1), on=ON, by=keiri())
    with pytest.raises(Refused, match="今日まで"):
        mark_month_sent(month, way="post", sent_on=ON + timedelta(1), on=ON, by=keiri())
    assert mark_month_sent(month, way="post", sent_on=ISSUED, on=ON, by=keiri()) == len(invoices()) - 1
    assert not Invoice.objects.filter(sent_on=None).exists()
    first.refresh_from_db()
    assert first.sent_on == ON
    assert list(check_ledger()) == []


@pytest.mark.usefixtures("issued")
@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE billing_invoicemark SET done_on = '2026-01-06'",
        "UPDATE billing_invoicemark SET amount_yen = 1",
        "DELETE FROM billing_invoicemark",
    ],
)
def test_a_mark_stays_what_it_is(sql: str) -> None:
    mark_paid(invoices()[0], paid_on=ON, on=ON, by=keiri())
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)


@pytest.mark.usefixtures("issued")
def test_the_check_finds_an_invoice_that_is_paid_by_no_mark() -> None:
    first, second = invoices()[:2]
    mark_paid(first, paid_on=ON, on=ON, by=keiri())
    Invoice.objects.filter(pk=first.pk).update(paid_on=ISSUED)
    Invoice.objects.filter(pk=second.pk).update(sent_on=ON)
    found = [fault for fault in check_ledger() if "その記録と異なります" in fault]
    assert len(found) == 2
    assert first.number in found[1]
    assert second.number in found[0]


@pytest.mark.usefixtures("issued")
def test_what_fits_to_the_yen_is_marked_and_the_rest_is_told() -> None:
    one, two, three, four, five, six, *_rest = invoices()
    mark_paid(six, paid_on=ISSUED, on=ON, by=keiri())
    rows = [
        (one.number, "2026/1/30", one.total_yen, "カ）アオバ"),
        (two.number, "2026-01-30", two.total_yen - 440, "手数料"),
        (three.number, "2026-01-30", three.total_yen, ""),
        (three.number, "2026-01-30", three.total_yen, ""),
        (four.number, "2026-02-01", four.total_yen, ""),
        (five.number, "いつか", five.total_yen, ""),
        (six.number, "2026-01-30", six.total_yen, ""),
        ("2025-12-99999", "2026-01-30", 1, ""),
        ("", "2026-01-30", 1, ""),
        (_rest[0].number, "2026-01-04", _rest[0].total_yen, ""),
    ]
    row = keep_receipts("入金.csv", csv(*rows), by=keiri())
    assert not InvoiceMark.objects.filter(receipts=row).exists()
    taken = take_receipts(row, on=ON, by=keiri())
    assert (taken.count, taken.yen, taken.doubtful) == (1, one.total_yen, 9)
    one.refresh_from_db()
    assert one.paid_on == date(2026, 1, 30)
    assert Invoice.objects.exclude(paid_on=None).count() == 2
    doubts = [one["doubt"] for one in taken.receipts.doubtful]
    said = [
        "差額-440円",
        "2行",
        "2行",
        "今日より後",
        "読めません",
        "既に入金済み",
        "この番号の請求書",
        "番号がありません",
        "より前",
    ]
    assert [part in doubt for part, doubt in zip(said, doubts, strict=True)] == [True] * 9, doubts
    with pytest.raises(Refused, match="既に記録されています"):
        take_receipts(row, on=ON, by=keiri())
    assert list(check_ledger()) == []


@pytest.mark.usefixtures("issued")
def test_a_list_is_read_once_and_one_of_which_nothing_fits_marks_nothing() -> None:
    content = csv(("2025-12-00001", "2026-01-30", 1, ""))
    row = keep_receipts("a.csv", content, by=keiri())
    with pytest.raises(Refused, match="同じ内容のファイル"):
        keep_receipts("b.csv", content, by=keiri())
    with pytest.raises(Refused, match="合う行がありません"):
        take_receipts(row, on=ON, by=keiri())
    row.refresh_from_db()
    assert row.taken_at is None
    with pytest.raises(Refused, match="見出しがありません"):
        keep_receipts("c.csv", b"a,b\n1,2", by=keiri())


@pytest.mark.usefixtures("issued")
def test_what_fails_half_way_marks_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [(one.number, "2026-01-30", one.total_yen, "") for one in invoices()]
    row = keep_receipts("a.csv", csv(*rows), by=keiri())

    def fails(*args: object, **said: object) -> None:
        raise OSError("途中で止まる")

    monkeypatch.setattr(operations.history, "record", fails)
    with pytest.raises(OSError, match="途中"):
        take_receipts(row, on=ON, by=keiri())
    assert not InvoiceMark.objects.exists()
    assert not Invoice.objects.exclude(paid_on=None).exists()
    assert Receipts.objects.get().taken_at is None


@pytest.mark.usefixtures("issued")
def test_a_number_is_found_in_what_the_payer_wrote() -> None:
    one = invoices()[0]
    content = csv(
        ("2026.1.30", f"￥{one.total_yen}", "ｱｵﾊﾞ　２０２５-12-00001 分"),
        head="取引日,お預り金額,摘要",
        encoding="cp932",
    )
    row = keep_receipts("bank.csv", content, by=keiri())
    [match] = matched(receipts_in(row), on=ON)
    assert (match.invoice, match.doubt) == (one, "")


@pytest.mark.parametrize("columns", list(permutations(["請求書番号", "入金日", "入金額"])))
def test_the_order_of_columns_means_nothing(columns: tuple[str, ...]) -> None:
    values = {"請求書番号": "2025-12-00001", "入金日": "2026年1月30日", "入金額": '"1,234円"'}
    content = csv(tuple(values[name] for name in columns), head=",".join(columns))
    [row] = read_receipts(b"\xef\xbb\xbf" + content)
    assert (row.number, row.on, row.yen, row.line) == ("2025-12-00001", date(2026, 1, 30), 1234, 2)


@pytest.mark.parametrize("dash", "-－‐–—―−ーｰ")
def test_whatever_stands_for_a_hyphen_the_number_is_found(dash: str) -> None:
    number = f"2025{dash}12{dash}00001"
    [own] = read_receipts(f"請求書番号,入金日,金額\n{number},2026-01-30,1\n".encode())
    [beside] = read_receipts(f"摘要,入金日,金額\nｱｵﾊﾞ {number},2026-01-30,1\n".encode())
    assert own.number == beside.number == "2025-12-00001"
    assert own.payer == ""
    assert beside.payer.startswith("アオバ")


@pytest.mark.parametrize(
    ("written", "yen"),
    [
        *((f"{sign}1,234", -1234) for sign in "-－−▲△"),
        *(("1234.00", 1234), ("¥1,234.0", 1234), ("+1234", 1234), ("１，２３４円", 1234), ("0", 0)),
        *((bad, None) for bad in ("1234.50", "1,234.", "12▲34", "--1", "", "約1234", "1e3", "9" * 16)),
    ],
)
def test_an_amount_is_read_as_banks_write_it_or_not_at_all(written: str, yen: int | None) -> None:
    [row] = read_receipts(f'請求書番号,入金日,金額\n2025-12-00001,2026-01-30,"{written}"\n'.encode())
    assert row.yen == yen


def test_lines_of_the_banks_own_and_empty_ones_are_passed_over() -> None:
    content = "青空銀行 入出金明細\n\n請求書番号,入金日,金額\n2025-12-00001,2026-01-30,-500\n,,\n".encode()
    [row] = read_receipts(content)
    assert (row.line, row.yen) == (4, -500)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        pytest.param(b"\x81", "文字コード", id="no encoding of ours"),
        pytest.param(b"", "見出し", id="empty"),
        pytest.param("入金日,金額\n".encode(), "行がありません", id="headings alone"),
        pytest.param("入金日,金額\n".encode() + b"2026-01-30,1\n" * 20_001, "20,000まで", id="too many rows"),
        pytest.param(b"x" * 5_000_001, "5,000,000バイトまで", id="too large"),
    ],
)
def test_what_is_no_list_of_receipts_is_said(content: bytes, said: str) -> None:
    with pytest.raises(UnreadableReceiptsError, match=said):
        read_receipts(content)
