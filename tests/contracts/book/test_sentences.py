"""What is wrong with a book is said in the language of the screen; to a program and on the command line it is Japanese."""

import pytest
from django.utils.translation import override

from contracts import clock
from contracts.intake.faults import BookError, Fault
from contracts.intake.sentence import Sentence
from contracts.operations.import_book import import_book
from tests.admin.test_english import NAMES
from tests.admin.test_translations import JAPANESE
from tests.contracts.book.build import (
    START,
    as_folder,
    book,
    customer,
    module,
    notice,
    outage,
    price,
    sound,
    tier,
    unit,
)
from tests.contracts.book.test_refusals import each_case


def test_a_sentence_is_text_and_is_said_anew():
    sentence = Sentence("{label}：{what}", label="保管年数", what=Sentence("整数で書いてください（{raw}）", raw="三"))
    assert sentence == "保管年数：整数で書いてください（三）"
    with override("en"):
        assert sentence.said() == "Years of retention: Write a whole number (三)"
    with override("ja"):
        assert sentence.said() == sentence


def test_a_plain_message_is_said_too():
    with override("en"):
        assert Fault("contracts", 2, "number", "契約番号と同じ番号です").said() == "A contract has this number"


def test_what_somebody_wrote_is_quoted_as_it_is():
    cell = Sentence("整数で書いてください（{raw}）", raw="契約")
    with override("en"):
        assert Sentence("{label}：{what}", label="契約", what=cell).said() == "Contract: Write a whole number (契約)"


def test_the_terms_names_stay_and_their_none_does_not():
    text = "{licence}の最低利用ライセンス数は{minimum}です（{quantity}）"
    with override("en"):
        said = Sentence(text, licence="MSSPライセンス", minimum="100", quantity="なし").said()
    assert said == "The least number of licences of MSSPライセンス is 100 (none)"


def told(rows, path):
    """The faults and the warnings of a book."""
    try:
        return import_book(as_folder(rows, path), by="tests", dry_run=True, on=clock.today()).warnings
    except BookError as error:
        return error.faults


def japanese_of(faults, rows):
    """Japanese in what the faults say that is neither a name of the catalogue nor written in the book."""
    written = {str(value) for of_sheet in rows.values() for row in of_sheet for value in row.values()}
    found = {}
    for fault in faults:
        said = fault.said()
        for name in sorted({*written, *NAMES} - {""}, key=len, reverse=True):
            said = said.replace(name, " ")
        if JAPANESE.search(said):
            found[fault.message] = fault.said()
    return found


@pytest.mark.django_db
@each_case
def test_every_refusal_is_said_in_english(case, tmp_path):
    faults = told(case.broken, tmp_path)
    assert faults
    with override("en"):
        assert japanese_of(faults, case.broken) == {}


@pytest.mark.django_db
def test_what_a_book_has_wrong_in_its_form_is_said_in_english(tmp_path):
    rows = sound(
        customer("C-1", "別の名前の会社"),
        customer("C-2", "x" * 300),
        customer("C-3", "二行\nに"),
        price("T-1", "monthly", "百円"),
        price("T-1", "yearly", "-1", "2025-02-29"),
        price("X-1", "initial", 10**11, "2025-04-01 09:00"),
        outage("M-1", "きのう", "2025-06-01 10:00"),
        module(number="M-2", application="A-1", accepted="2025-03-11"),
        module("架空モジュール", number="M-3", links="S-9"),
    )
    rows["extras"] = [{"code": "X"}]
    faults = told(rows, tmp_path)
    assert len(faults) > 10
    with override("en"):
        assert japanese_of(faults, rows) == {}


@pytest.mark.django_db
def test_what_differs_from_the_record_or_from_another_row_is_said_in_english(tmp_path):
    import_book(as_folder(sound(), tmp_path / "first"), by="tests", on=clock.today())
    rows = sound(customer("C-1", "改名した会社"), unit(), customer("C-2"), customer("C-2", "改名した会社"))
    rows["contracts"][0] = rows["contracts"][0] | {"premium_consent_on": "2025-01-01"}
    faults = told(rows, tmp_path / "second")
    with override("en"):
        assert {fault.said() for fault in faults} == {
            "Customer name differs from what is on record (株式会社見本)",
            "Customer name differs from row 3 (株式会社見本)",
            "Special terms agreed on differs from what is on record (empty)",
        }


@pytest.mark.django_db
@pytest.mark.parametrize("starts", [START, ""], ids=["from a day", "from the start of charges"])
def test_a_judgement_names_unit_target_and_days_in_english(starts, tmp_path):
    with override("en"):
        faults = told(book(tier(starts=starts)), tmp_path)
        days = f"from {starts}" if starts else "from the start of charges"
        assert [fault.said() for fault in faults] == [
            "A management unit under アドバンスト needs at least one module or the EDR operation option "
            f"[management unit U-1, T-1, {days}]"
        ]


@pytest.mark.django_db
def test_a_warning_is_said_in_english(tmp_path):
    rows = sound(notice("M-1", "2025-05-01"), notice("T-1", "2025-06-01"))
    (warning,) = told(rows, tmp_path)
    assert warning.message.endswith("［管理単位U-1、T-1、2025-06-01〜2025-07-01］")
    with override("en"):
        assert warning.said().endswith(" [management unit U-1, T-1, 2025-06-01 to 2025-07-01]")
