"""The words of an invoice beside its lines: an address block that names nobody twice, an issuer that can be printed and paid to."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.terms.due_day import HolidayRule
from billing.terms.issuer import Issuing, faults, issuing_on
from billing.terms.paper import Addressee, Bank, Issuer, Paper
from tests.properties.facts import MODERATE

ISSUER = Issuer(name="株式会社発行", registration="T8700110005901", postal_code="102-0071")
BANK = Bank(
    key="main",
    name="青空銀行",
    code="0001",
    branch="本店",
    branch_code="001",
    kind="普通",
    number="1234567",
    holder="カ）ハッコウ",
)


@pytest.mark.parametrize(
    ("said", "lines"),
    [
        pytest.param({}, ("甲社 御中",), id="a name alone"),
        pytest.param(
            {
                "postal_code": "100-0001",
                "address": "東京都千代田区1-1",
                "building": "甲ビル3階",
                "department": "経理部",
            },
            ("〒100-0001", "東京都千代田区1-1", "甲ビル3階", "甲社", "経理部 御中"),
            id="a department",
        ),
        pytest.param(
            {"department": "経理部", "person": "山田花子", "honorific": "様"},
            ("甲社", "経理部", "山田花子 様"),
            id="a person, and 御中 nowhere",
        ),
    ],
)
def test_an_address_block(said: dict[str, str], lines: tuple[str, ...]) -> None:
    assert Addressee(company="甲社", **said).lines == lines


def test_an_account_in_one_line() -> None:
    assert str(BANK) == "青空銀行（0001） 本店（001） 普通 1234567 カ）ハッコウ"
    assert str(replace(BANK, code="", branch_code="")) == "青空銀行 本店 普通 1234567 カ）ハッコウ"


TEXTS = st.text(max_size=10)


@MODERATE
@given(
    st.builds(Addressee, company=TEXTS, address=TEXTS, person=TEXTS),
    st.sampled_from([None, BANK]),
    st.sampled_from(HolidayRule),
)
def test_what_is_kept_is_read_back(addressee: Addressee, bank: Bank | None, holiday: HolidayRule) -> None:
    paper = Paper(addressee=addressee, issuer=ISSUER, bank=bank, holiday=holiday)
    assert Paper.read(paper.as_kept()) == paper


def test_words_that_were_not_known_when_it_was_kept_are_as_if_never_given() -> None:
    kept = Paper(addressee=Addressee(company="甲社"), issuer=ISSUER).as_kept()
    del kept["addressee"]["language"], kept["holiday"]
    kept["issuer"]["once_known"] = "x"
    assert Paper.read(kept) == Paper(addressee=Addressee(company="甲社"), issuer=ISSUER)


FIRST, LATER = Issuing(date(2020, 1, 1), ISSUER, (BANK,)), Issuing(date(2025, 4, 1), ISSUER)


def test_the_issuer_of_a_day() -> None:
    known = (FIRST, LATER)
    assert issuing_on(known, date(2019, 12, 31)) is None
    assert issuing_on(known, date(2025, 3, 31)) is FIRST
    assert issuing_on(known, date(2025, 4, 1)) is LATER


def test_the_first_account_is_for_whoever_has_no_other() -> None:
    other = replace(BANK, key="other")
    issuing = replace(FIRST, banks=(BANK, other))
    assert issuing.bank("") is BANK
    assert issuing.bank("other") is other
    assert issuing.bank("gone") is None
    assert LATER.bank("") is None


@pytest.mark.parametrize(
    ("issuing", "said"),
    [
        pytest.param(
            replace(FIRST, issuer=replace(ISSUER, registration="T8700110005902")), "検査用数字", id="check digit"
        ),
        pytest.param(replace(FIRST, issuer=replace(ISSUER, name=" ")), "nameが空", id="no name"),
        pytest.param(replace(FIRST, issuer=replace(ISSUER, postal_code="1020071")), "123-4567", id="postal code"),
        pytest.param(replace(FIRST, banks=(BANK, BANK)), "「main」が2つ", id="an account twice"),
        pytest.param(replace(FIRST, banks=(replace(BANK, number="123456"),)), "7桁", id="a number too short"),
        pytest.param(replace(FIRST, banks=(replace(BANK, number="１２３４５６７"),)), "7桁", id="full-width digits"),
        pytest.param(replace(FIRST, banks=(replace(BANK, kind="別段"),)), "kindは", id="no kind of account"),
        pytest.param(replace(FIRST, banks=(replace(BANK, code="1"),)), "4桁", id="a bank's code"),
        pytest.param(replace(FIRST, banks=(replace(BANK, branch_code="1"),)), "3桁", id="a branch's code"),
        pytest.param(replace(FIRST, banks=(replace(BANK, holder=""),)), "holderが空", id="no holder"),
    ],
)
def test_what_cannot_be_printed_or_paid_to(issuing: Issuing, said: str) -> None:
    found = list(faults([issuing]))
    assert len(found) == 1
    assert said in found[0]


def test_a_sound_issuer_has_no_fault_and_of_one_day_there_is_one() -> None:
    assert list(faults([FIRST, LATER])) == []
    assert list(faults([FIRST, replace(LATER, from_on=FIRST.from_on)])) == [
        "[[issuer]]の適用日2020-01-01が2つあります。"
    ]
