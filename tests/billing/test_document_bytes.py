"""The bytes of papers: the same from either database, today and after whatever changes later; told by digests that stand here."""

import io
import json
import re
from datetime import date
from hashlib import sha256
from pathlib import Path

import pypdf
import pytest
from django.contrib.auth.models import User
from django.test import override_settings
from pytest_django import Settings

from billing.formats.documents.printer import printed
from billing.models import BillingGroup, Document, Invoice, Month
from billing.operations.close_month import close_month
from billing.operations.documents.in_english import in_english
from billing.operations.documents.invoice_told import (
    AGAIN,
    BUYER_PAYS,
    ENGLISH,
    HOLIDAYS,
    NOTHING_DUE,
    PAID_BACK,
    TAXED,
    told_of,
)
from billing.operations.documents.letter import Table, keep_letter
from billing.operations.documents.letters import RENEWED, leaving_letter
from billing.operations.documents.making import make_missing
from billing.operations.groups import make_group, put_in_group
from billing.operations.invoices import issue_invoices
from billing.operations.parties import set_order_number, set_party
from contracts.models import Customer, ManagementUnit, Notice
from contracts.operations.renaming import rename
from tests.billing.documents import invoice_of, line_of, pages_of, text_of
from tests.billing.issuer_file import ISSUER, OWN
from tests.billing.test_corrections import late
from tests.contracts.book.build import book, customer, module, must_take, notice, outage, price, priced, tier, unit

PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000" + "1f15c4890000000d49444154789c636060606000000005"
    "0001a5f645400000000049454e44ae426082"
)
"""A picture of one point, for the seal."""
ON, LATER = date(2025, 8, 4), date(2026, 2, 2)
TOLD = "d25edfd9d334927303751658fb18cf15aec6868f9ac1434b77c920e004539d2d"
SET = "808182176338c1109796c725ec981d64018c5b0a1f6241fc56d8b671ccfa91bc"
"""SHA-256 of what all papers of the world say, and of the bytes that they are set in. Where the first changes, papers say something else;
where only the second does, the same words are set otherwise (a template, a font, typst): a 再発行 then looks different from the first paper.
"""


def _facts():
    """Units whose codes no two locales put in the same order; a reduction, an end with a settlement, and what comes late."""
    yield from (customer(), customer("C-2", "Ω商会 — 東京"), unit("V-1", of="C-2"))
    for code in ("U-1", "U-10", "U-2", "u-3", "V-1"):
        if code != "V-1":
            yield unit(code)
        yield tier(number=f"T{code}", of=code, application=f"A{code}")
        yield module(number=f"M{code}", of=code, application=f"A{code}")
        yield from (*priced(f"T{code}", 300_001, 50_000), *priced(f"M{code}", 99_999))
    yield outage("TU-2", "2025-05-01 00:00", "2025-05-03 00:00", "2025-05-10")
    yield notice("TU-1", "2025-06-10")


@pytest.fixture
def month_ends(db, tmp_path: Path, settings: Settings) -> Path:
    """Four months closed and issued, with groups and parties; a price that came late corrects what was issued, up and down."""
    (tmp_path / "seal.png").write_bytes(PIXEL)
    file = tmp_path / "finance.toml"
    file.write_text(OWN.read_text(encoding="utf-8") + ISSUER, encoding="utf-8")
    settings.FINANCE_FILE = str(file)
    must_take(book(*_facts()), tmp_path / "book")
    by = User.objects.create_superuser("keiri")
    first = Customer.objects.get(code="C-1")
    group = make_group(customer=first, code="G-1", addressee="情報システム部", by=by)
    units = {row.code: row for row in ManagementUnit.objects.all()}
    put_in_group(group, units=[units["U-2"]], on=ON, by=by)
    set_order_number(units["U-10"], number="PO-77", from_on=date(2025, 4, 1), on=ON, by=by)
    says = {"postal_code": "1020071", "address": "東京都千代田区富士見2-10-2", "person": "髙𠮷 花子", "honorific": "様"}
    set_party(first, from_on=date(2025, 4, 1), says=says, on=ON, by=by)
    set_party(Customer.objects.get(code="C-2"), from_on=date(2025, 4, 1), says={"language": "en"}, on=ON, by=by)
    for month in (4, 5):
        _ended(month)
    late(tmp_path, price("TU-10", "monthly", 310_000, "2025-04-16"), price("TU-2", "monthly", 290_000, "2025-05-01"))
    for month in (6, 7):
        _ended(month)
    keep_letter(leaving_letter(Notice.objects.get(), on=ON), units["U-1"], on=ON, by=by)
    return tmp_path


def _ended(month: int) -> None:
    close_month(date(2025, month, 1), on=ON, by="経理")
    issue_invoices(Month.objects.get(month=date(2025, month, 1)), on=ON, by="経理")


def _said() -> str:
    """What all papers say, in the order of their numbers."""
    issued = Invoice.objects.select_related("month", "customer").filter(month__month__lte=date(2025, 7, 1))
    invoices = list(issued.order_by("number"))
    said = [*told_of(invoices), *told_of(invoices[:1], reissued="再発行 2025年8月4日")]
    letters = list(Document.objects.filter(invoice=None).order_by("number").values_list("told", flat=True))
    return json.dumps([*said, *letters], ensure_ascii=False, sort_keys=True)


def _digest_of(*parts: bytes) -> str:
    return sha256(b"".join(sha256(part).digest() for part in parts)).hexdigest()


def test_papers_are_the_same_on_either_database_and_after_any_later_change(month_ends: Path) -> None:
    make_missing(by="経理")
    kept = {str(one): one.pdf for one in Document.whole.order_by("number")}
    assert len(kept) == Invoice.objects.count() + 1
    said = _said()
    assert all(
        word in said
        for word in ("利用不能の減額", "訂正の対象：2025年4月分", "返還の対象：2025年5月分", "不課税", "様")
    )
    assert (_digest_of(said.encode()), _digest_of(*(kept[number] for number in sorted(kept)))) == (TOLD, SET)
    _changed_later(month_ends)
    assert _said() == said
    assert {str(one): one.pdf for one in Document.whole.order_by("number")} == kept
    for invoice in Invoice.objects.select_related("month", "customer").filter(number__in=kept):
        assert printed("invoice", told_of([invoice])[0]) == kept[invoice.number]


def _changed_later(folder: Path) -> None:
    """Names, parties, groups, order numbers, the issuer and its seal, prices; and another month is closed on all of it."""
    by, said = User.objects.get(), {"reason": "商号変更", "on": LATER}
    first = Customer.objects.get(code="C-1")
    rename(first, name="新しい名前", kana="アタラシイ", from_on=date(2025, 1, 1), by=by, **said)
    for row in ManagementUnit.objects.all():
        rename(row, name=f"新{row.code}", from_on=date(2025, 1, 1), by=by, **said)
        set_order_number(row, number="PO-88", from_on=date(2025, 3, 1), on=LATER, by=by)
    set_party(first, from_on=date(2025, 5, 1), says={"company": "別の会社", "address": "大阪"}, on=LATER, by=by)
    put_in_group(BillingGroup.objects.get(), units=[], on=LATER, by=by)
    (folder / "seal.png").write_bytes(PIXEL + b"\n")
    finance = folder / "finance-later.toml"
    finance.write_text(OWN.read_text(encoding="utf-8") + ISSUER.replace("株式会社発行", "別の発行者"), encoding="utf-8")
    late(folder, price("TU-1", "monthly", 1, "2025-04-02"), price("TU-2", "monthly", 777_777, "2025-04-02"))
    with override_settings(FINANCE_FILE=str(finance)):
        close_month(date(2025, 8, 1), on=LATER, by="経理")
        issue_invoices(Month.objects.get(month=date(2025, 8, 1)), on=LATER, by="経理")


def _heights(data: bytes) -> dict[str, float]:
    """How high the words of the first page stand, in points from its foot; without blanks."""
    found: dict[str, float] = {}

    def seen(text: str, cm: list[float], tm: list[float], *_font: object) -> None:
        if words := "".join(text.split()):
            found.setdefault(words, tm[4] * cm[1] + tm[5] * cm[3] + cm[5])

    pypdf.PdfReader(io.BytesIO(data)).pages[0].extract_text(visitor_text=seen)
    return found


LONG_ADDRESS = {
    "address": [f"東京都千代田区富士見二丁目十番二号のとても長い住所のつづき{at}" for at in range(5)],
    "addressee": "長い名前の会社" * 9,
    "person": "担当者",
}
LONG_ISSUER = {
    "issuer": {
        **{"name": "発行者" * 14, "registration": "T8700110005901", "seal": None},
        "lines": [f"行{at}" for at in range(13)],
    }
}


@pytest.mark.parametrize(
    ("head", "lowest"), [(LONG_ADDRESS, "担当者"), (LONG_ISSUER, "行"), (LONG_ADDRESS | LONG_ISSUER, "担当者")]
)
def test_what_follows_begins_below_a_long_head(head: dict[str, object], lowest: str) -> None:
    seen = _heights(printed("invoice", invoice_of([line_of()], **head)))
    assert seen["請求書"] < min(height for words, height in seen.items() if words.startswith(lowest))
    plain = _heights(printed("invoice", invoice_of([line_of()])))
    assert plain["請求書"] > seen["請求書"], "a short one stays where it was"


def test_figures_longer_than_their_column_are_whole() -> None:
    figures = {"quantity": "1,234,567", "price": "1,234,567,890", "amount": "−12,345,678,901"}
    number = "SOC-00000001-LONGER-THAN-ITS-COLUMN"
    text = text_of(printed("invoice", invoice_of([line_of(number=number, **figures)]))).replace("\u200b", "")
    assert all(figure in text for figure in (number, *figures.values()))


def test_what_is_wide_in_a_letter_stands_in_one_line() -> None:
    """更新のご案内 has eight columns: the name of a licence was set one letter below the other."""
    name = "EDRライセンス（期間ライセンス、Falcon Insight XDR）"
    row = ("SOC00000001", name, "100,000", "2026年3月31日", "2025年12月31日")
    rows = [(*row, "2026年4月1日〜2027年3月31日", "1,780円", "178,000,000円")] * 3
    told = invoice_of([line_of()]) | {"paragraphs": [], "total": None, "facts": [], "notes": [], "closing": True}
    (page,) = pages_of(printed("letter", told | {"tables": [Table(RENEWED, rows, "管理単位 U-1").told()]}))
    assert page.split("\n").count("".join(name.split())) == 3
    assert "内容・契約番号" in page.replace("\n", "")


JAPANESE = re.compile("[぀-ヿ一-鿿]")


def test_an_english_invoice_says_the_same_in_english() -> None:
    """All but names, and how an amount comes about: days, fees, words, sentences, headings."""
    lines = [
        line_of(name="Basic", days="4/1–4/30", fee="月額費用"),
        line_of(
            **{
                "name": "Basic",
                "mark": "返還",
                "fee": "利用不能の減額の訂正",
                "days": "2024/12/1–12/31",
                "tax": "不課税",
            },
            notes=["返還の対象：2024年12月分（請求書 2024-12-00007、2025年1月6日発行）", "訂正の対象：2024年11月分"],
        ),
    ]
    told = invoice_of(
        lines, addressee="A Ltd.", person="B. C", department="Accounting", reissued="再発行 2025年8月4日"
    ) | {
        **{"sentences": [AGAIN, PAID_BACK, NOTHING_DUE], "remarks": [BUYER_PAYS, *HOLIDAYS.values()], "legend": TAXED},
        "issuer": {"name": "D K.K.", "registration": "T8700110005901", "lines": [], "seal": None},
        "subject": "IIJ C-SOCサービス ご利用料金 2025年4月分",
        "days": [["お支払期限", "2025年5月31日"], ["対象期間", "2025年4月1日〜2025年4月30日"]],
        "rates": [
            dict.fromkeys(("taxable", "returned", "returned_tax", "net", "tax", "sum"), "1") | {"called": "10%対象"}
        ],
        "corrects": [["2024-12-00007", "2025年1月6日", "2024年12月分", "−1"]],
        "order_number": "PO-1",
    }
    told["units"][0]["name"] = "Head office"
    english = in_english(told, ENGLISH)
    assert not JAPANESE.search(json.dumps(english, ensure_ascii=False))
    (first, second) = english["units"][0]["lines"]
    assert (first["fee"], first["days"]) == ("Monthly fee", "1 Apr–30 Apr")
    assert (second["fee"], second["days"], second["mark"]) == (
        *("Correction: Reduction for outage", "1 Dec 2024–31 Dec", "return"),
    )
    assert second["notes"] == [
        "Return for December 2024 (invoice 2024-12-00007, issued 6 January 2025)",
        "Correction of November 2024",
    ]
    assert english["days"] == [["Payment due", "31 May 2025"], ["Period", "1 April 2025 – 30 April 2025"]]
    assert (english["title"], english["reissued"]) == ("Invoice", "Reissued 4 August 2025")
    assert english["subject"] == "IIJ C-SOC Service, charges for April 2025"
    text = text_of(printed("invoice", english))
    assert not JAPANESE.search(text)
    for said in ("Attn.B.C", "Registration No.".replace(" ", ""), "Totalbeforetax", "UnitU-0", "OrderNo."):
        assert said in text
    assert told["title"] == "請求書", "the Japanese value stays"


def test_every_sentence_of_the_house_has_its_english() -> None:
    assert ENGLISH.keys() == {AGAIN, PAID_BACK, NOTHING_DUE, BUYER_PAYS, TAXED, *HOLIDAYS.values()}
