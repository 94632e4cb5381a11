"""案内と見積書: each says what is judged and billed, under a number of its own, and is kept with what it was made of."""

import json
import re
from datetime import date
from io import StringIO

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.urls import reverse

from billing.formats.documents.printer import printed
from billing.models import BillingParty, ChargeLine, Document
from billing.operations.check_documents import documents_are_kept
from billing.operations.close_month import close_month
from billing.operations.documents.letter import keep_letter
from billing.operations.documents.letters import leaving_letter, quotation, renewal_letter, start_letter
from billing.operations.parties import set_party
from contracts.facts.load import load_units
from contracts.models import Application, Entry, ManagementUnit, Notice
from contracts.operations.refusal import Refused
from contracts.terms.art10_options import in_time, term_of
from tests.admin.conftest import signed_in
from tests.billing.documents import text_of
from tests.contracts.applications.form import Desk, edr, licence, module, premium
from tests.contracts.book import build as had

pytestmark = pytest.mark.django_db
ON = date(2025, 6, 10)

FACTS = had.book(
    had.premium(starts="2025-04-01"),
    had.module(starts="2025-04-01"),
    had.edr(starts="2025-04-01"),
    had.licence("期間ライセンス", 1200, starts="2025-04-01"),
    had.priced("T-1", 480_000, 480_000),
    had.priced("M-1", 50_002, 20_000),
    had.priced("O-EDR", 60_000, 0),
    had.priced("O-LIC", 780, 0),
)
FEES = {"initial_yen": "100000", "monthly_yen": "310000"}
FIRST = [
    premium(initial_yen="480000", monthly_yen="480000"),
    module(key="#2", starts="2025-04-16", **FEES),
    edr(key="#3", initial_yen="0", monthly_yen="60000"),
    licence("mssp", "150", key="#4", initial_yen="10000", monthly_yen="900"),
]


@pytest.fixture
def unit(tmp_path) -> ManagementUnit:
    had.must_take(FACTS, tmp_path)
    return ManagementUnit.objects.get()


@pytest.fixture
def by(db: None) -> User:
    return User.objects.create_superuser("eigyo")


def _given(unit: ManagementUnit, tmp_path, *notices) -> Notice:
    had.must_take(had.book(had.customer(), had.unit(), *notices), tmp_path / "more")
    return Notice.objects.order_by("pk")[0]


def _rows(letter) -> dict[str, tuple[str, ...]]:
    (table,) = letter.tables
    return {row[0]: tuple(row[1:]) for row in table.rows}


def test_a_start_is_told_with_days_fees_and_how_long_it_binds(unit: ManagementUnit, by: User) -> None:
    letter = start_letter(Application.objects.get(), on=ON)
    rows = _rows(letter)
    assert rows.keys() == {"T-1", "M-1", "O-EDR", "O-LIC"}
    assert rows["T-1"] == ("プレミアム", "1", "2025年4月1日", "2025年9月30日", "480,000円", "480,000円")
    assert rows["O-LIC"][1:] == ("1,200", "2025年4月1日", "2026年3月31日（契約期間）", "0円", "780円")
    document = keep_letter(letter, unit, on=ON, by=by)
    text = text_of(Document.whole.get(pk=document.pk).pdf)
    for said in ("利用開始のご案内", "株式会社見本御中", "2025年6月10日", "IN00000001", "M-1", "50,002円", "以上"):
        assert said in text


def test_a_start_is_of_what_is_accepted(unit: ManagementUnit) -> None:
    application = Application.objects.get()
    with pytest.raises(Refused, match="2025-03-10以後"):
        start_letter(application, on=date(2025, 3, 9))
    application.state = "received"
    with pytest.raises(Refused, match="承諾した申込だけ"):
        start_letter(application, on=ON)


def test_leaving_is_told_with_what_ends_with_it_and_the_settlement_that_is_billed(
    unit: ManagementUnit, by: User, tmp_path
) -> None:
    notice = _given(unit, tmp_path, had.notice("M-1", "2025-05-02"))
    letter = leaving_letter(notice, on=date(2025, 5, 9))
    (row,) = _rows(letter).values()
    assert row[1] == "2025年6月1日"
    assert row[2].startswith("第12条")
    call_command(
        "close_month", "2025-03", "--until", "2025-06", "--on", "2025-07-05", stdout=StringIO(), stderr=StringIO()
    )
    (billed,) = ChargeLine.objects.filter(fee="settlement")
    assert letter.sums == {"settlement": billed.amount_yen}
    assert row[3] == f"{billed.amount_yen:,}円"
    assert any("50,002円 × 3か月" in note and "I-" not in note for note in letter.notes)
    text = text_of(Document.whole.get(pk=keep_letter(letter, unit, on=ON, by=by).pk).pdf)
    assert "2025年5月2日に到達した解約のご通知" in text
    assert f"解除調定金の合計{billed.amount_yen:,}円（不課税）" in text


def test_leaving_tells_of_all_that_the_letter_ends(unit: ManagementUnit, tmp_path) -> None:
    notice = _given(unit, tmp_path, had.notice("T-1", "2025-05-02"))
    rows = _rows(leaving_letter(notice, on=date(2025, 5, 9)))
    assert next(iter(rows)) == "T-1"
    assert rows.keys() >= {"T-1", "O-EDR"}
    assert any("とともに終了" in row[2] for number, row in rows.items() if number != "T-1")
    with pytest.raises(Refused, match="2025-05-02以後"):
        leaving_letter(notice, on=date(2025, 5, 1))


def test_a_renewal_is_told_before_the_safe_day_alone(unit: ManagementUnit) -> None:
    (row,) = _rows(renewal_letter(unit, on=date(2025, 12, 1))).values()
    assert row[1:3] == ("1,200", "2026年3月31日")
    assert row[4:] == ("2026年4月1日〜2027年3月31日", "780円", "936,000円")
    told = re.fullmatch(r"(\d+)年(\d+)月(\d+)日", row[3])
    assert told is not None
    deadline = date(*map(int, told.groups()))
    assert in_time(deadline, term_of(date(2025, 4, 1), deadline))
    renewal_letter(unit, on=deadline)
    with pytest.raises(Refused, match="期間ライセンスがありません"):
        renewal_letter(unit, on=date.fromordinal(deadline.toordinal() + 1))


def test_no_renewal_of_what_ends(unit: ManagementUnit, tmp_path) -> None:
    _given(unit, tmp_path, had.notice("O-LIC", "2025-05-02"))
    with pytest.raises(Refused, match="期間ライセンスがありません"):
        renewal_letter(unit, on=date(2025, 12, 1))


@pytest.fixture
def desk(tmp_path) -> Desk:
    return Desk(tmp_path)


def test_a_quotation_says_what_acceptance_then_bills(desk: Desk, by: User) -> None:
    desk.has()
    application = desk.received(*FIRST)
    on = date(2025, 3, 10)
    letter = quotation(application, on=on, valid_until=date(2025, 4, 9))
    assert letter.sums == {"initial": 590_000, "monthly": 480_000 + 310_000 + 60_000 + 135_000}
    assert letter.total == ("月額費用（税込）", 985_000 * 11 // 10, "税抜 985,000円、消費税（10%） 98,500円")
    text = text_of(Document.whole.get(pk=keep_letter(letter, application.unit, on=on, by=by).pk).pdf)
    for said in ("見積書", "¥1,083,500-", "有効期限2025年4月9日", "985,000円（税抜）", "590,000円（税抜）", "150"):
        assert said in text
    assert "以上" not in text
    desk.accept(application)
    close_month(date(2025, 3, 1), on=ON, by="試験")
    close_month(date(2025, 4, 1), on=ON, by="試験")
    close_month(date(2025, 5, 1), on=ON, by="試験")
    may = ChargeLine.objects.filter(month__month=date(2025, 5, 1)).values_list("amount_yen", flat=True)
    assert sum(may) == letter.sums["monthly"]


def test_what_cannot_be_accepted_is_not_quoted(desk: Desk) -> None:
    desk.has()
    lonely = desk.received(edr(key="#1", initial_yen="0", monthly_yen="60000"))
    with pytest.raises(Refused, match="承諾できない申込"):
        quotation(lonely, on=date(2025, 3, 10), valid_until=date(2025, 4, 9))
    with pytest.raises(Refused, match="有効期限"):
        quotation(lonely, on=date(2025, 3, 10), valid_until=date(2025, 3, 9))


def test_letters_are_numbered_kept_and_told_in_the_history(unit: ManagementUnit, by: User) -> None:
    BillingParty.objects.create(
        customer=unit.customer, from_on=date(2025, 1, 1), postal_code="100-0001", address="東京都千代田区", person="見本 花子",
        honorific="様",
    )  # fmt: skip
    letter = start_letter(Application.objects.get(), on=ON)
    numbers = [keep_letter(letter, unit, on=ON, by=by).number for _time in range(2)]
    assert numbers == ["IN00000001", "IN00000002"]
    kept = Document.whole.order_by("pk")[0]
    assert printed("letter", kept.told) == kept.pdf
    assert "〒100-0001東京都千代田区株式会社見本見本花子様" in text_of(kept.pdf)
    entry = Entry.objects.filter(operation="make_document").order_by("pk")[0]
    assert (entry.subject, entry.unit_id, entry.actor) == ("IN00000001", unit.pk, "eigyo")
    assert list(documents_are_kept()) == []


def test_letters_are_shown_first_and_made_by_their_buttons(unit: ManagementUnit, by: User, tmp_path) -> None:
    client = signed_in(by)
    notice = _given(unit, tmp_path, had.notice("M-1", "2025-05-02"))
    asked = {
        "managementunit_leaving-letter": (unit.pk, {"on": "2025-05-09", "notice": str(notice.pk)}, "M-1"),
        "managementunit_renewal-letter": (unit.pk, {"on": "2025-05-09"}, "936,000円"),
        "application_start-letter": (
            Application.objects.get(targets__number="T-1").pk,
            {"on": "2025-06-10"},
            "480,000円",
        ),
    }
    for at, (name, (pk, values, said)) in enumerate(asked.items(), 1):
        address = reverse(f"admin:contracts_{name}", args=[pk])
        assert client.get(address).status_code == 200
        shown = client.post(address, values)
        assert said in shown.text
        assert Document.objects.count() == at - 1
        seen = re.search(r'name="seen" value="(.*?)"', shown.text)
        assert seen is not None
        made = client.post(address, {**values, "confirmed": "1", "seen": seen[1]})
        assert made.status_code == 302
        document = Document.objects.order_by("-pk")[0]
        assert made["Location"] == reverse("admin:billing_document_change", args=[document.pk])
        assert document.number == f"IN{at:08}"
        assert (
            client.get(reverse("admin:billing_document_pdf", args=[document.pk]))["Content-Type"] == "application/pdf"
        )
    assert len(load_units([unit.pk])) == 1


JAPANESE = re.compile("[\u3000-\u30ff一-鿿（），：；]")


def _in_english(unit: ManagementUnit, by: User, *letters) -> list[str]:
    """The letters as they are kept for a party whose language is English, without a Japanese letter; the text of each."""
    set_party(unit.customer, from_on=date(2025, 1, 1), says={"language": "en"}, on=ON, by=by)
    found = []
    for letter in letters:
        document = Document.whole.get(pk=keep_letter(letter, unit, on=ON, by=by).pk)
        text, on_paper = json.dumps(document.told, ensure_ascii=False), text_of(document.pdf)
        # What people named, names of the catalogue, and the issuer's own words stay.
        named = {document.told["addressee"], document.told["issuer"]["name"], *document.told["issuer"]["lines"]}
        for table in document.told["tables"]:
            named |= {row[at] for row in table["rows"] for at, column in enumerate(table["columns"]) if column["wide"]}
        for words in sorted(named, key=len, reverse=True):
            text, on_paper = text.replace(words, ""), on_paper.replace("".join(words.split()), "")
        assert not JAPANESE.search(text), text
        assert not JAPANESE.search(on_paper), on_paper
        found.append(text)
    return found


def test_letters_to_an_english_party_are_in_english(unit: ManagementUnit, by: User, tmp_path) -> None:
    start, renewal = start_letter(Application.objects.get(), on=ON), renewal_letter(unit, on=ON)
    notice = _given(unit, tmp_path, had.notice("T-1", "2025-06-05"), had.notice("O-LIC", "2025-06-05"))
    told = _in_english(unit, by, start, renewal, leaving_letter(notice, on=ON))
    assert "Your application (No. A-1) was accepted on" in told[0]
    assert "Without a notice the terms renew by themselves for the term after renewal (Art. 10, para. 9)" in told[1]
    assert "which arrived on 5 June 2025" in told[2]
    assert "with T-1 (Art." in told[2]
    assert "remainder of the monthly fee" in told[2]


def test_a_quotation_to_an_english_party_is_in_english(desk: Desk, by: User) -> None:
    desk.has()
    draft = desk.received(*FIRST)
    quoted = quotation(draft, on=date(2025, 3, 10), valid_until=date(2025, 7, 10))
    [told] = _in_english(desk.unit(), by, quoted)
    assert "Quotation" in told
    assert "In all until" in told
