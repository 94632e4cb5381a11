"""前月と並べて: what of a proposal differs from the month before is found both ways, row by row, and every figure opens its rows."""

from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from django.contrib.auth.models import User
from django.db.models import Sum
from django.test import Client

from billing.facts.span import ranges_beside
from billing.models import Proposal, ProposalCustomer, ProposalDifference
from billing.operations.beside_last_month import FOUND, found_in, so_far
from billing.operations.propose import _begun, _compute_part, ask_to_propose, propose_month
from tests.admin.conftest import signed_in
from tests.billing.ledger import close
from tests.billing.test_corrections import late
from tests.contracts.book.build import book, customer, module, must_take, notice, outage, price, priced, tier, unit
from tests.worlds import world

JUNE, ON = date(2025, 6, 1), date(2027, 1, 5)

pytestmark = pytest.mark.django_db


@pytest.fixture
def by() -> User:
    return User.objects.create_superuser("keiri")


def of_own(letter: str, yen: int, **said: str) -> list[tuple[str, dict[str, str]]]:
    """A customer of their own with one contract, and a module at 1,000 yen beside it."""
    return [
        customer(f"C-{letter}", f"{letter}商事"),
        unit(f"U-{letter}", f"C-{letter}"),
        tier(number=f"T-{letter}", of=f"U-{letter}", application=f"A-{letter}", **said),
        module(number=f"M-{letter}", of=f"U-{letter}", application=f"A-{letter}", **said),
        *priced(f"T-{letter}", yen, from_on=said.get("starts", "2025-04-01")),
        *priced(f"M-{letter}", 1_000, from_on=said.get("starts", "2025-04-01")),
    ]


def _before_june() -> None:
    """April and May closed. Since then: a price fell by 99 % from May on (C-FELL), another rose from June on (C-ROSE); who gave
    notice is gone (C-GONE), who began is new (C-NEW), an outage is granted in June.
    """
    rows = book(
        *(*of_own("FELL", 300_000), *of_own("ROSE", 50_000), *of_own("GONE", 80_000)),
        *of_own("NEW", 70_000, accepted="2025-05-20", starts="2025-06-01"),
        *of_own("STAY", 120_000),
        outage("M-STAY", "2025-06-01 00:00", "2025-06-04 00:00", "2025-06-10"),
        notice("T-GONE", "2025-04-20"),
        notice("M-GONE", "2025-04-20"),
    )
    with TemporaryDirectory() as folder:
        must_take(rows, Path(folder))
        close("2025-04", until="2025-05")
        late(Path(folder), price("T-FELL", "monthly", 3_000, "2025-05-01"))
        late(Path(folder), price("T-ROSE", "monthly", 250_000, "2025-06-01"))


before_june = world("April and May closed, and June other than May in every way", _before_june)


@pytest.fixture
def june(before_june: None, by: User) -> Proposal:
    """The proposal of June."""
    return propose_month(JUNE, on=ON, by=by)


def customers(found: Proposal) -> dict[str, tuple[str, int, int]]:
    rows = found.customers.values_list("customer__code", "kind", "before_yen", "now_yen")
    return {code: (kind, before, now) for code, kind, before, now in rows}


def test_what_fell_vanished_and_turned_is_told_first(june: Proposal) -> None:
    found = found_in(june)
    assert list(found)[:5] == ["price_fell", "price_rose", "customer_negative", "customer_gone", "customer_new"]
    assert found["price_fell"] == [1, -297_000]
    assert found["price_rose"] == [1, 200_000]
    assert found["corrected_down"] == [1, -297_000]
    assert found["given_back"][0] == 1
    assert june.result["unusual"][0]["why"] == "price_fell"
    gone = customers(june)["C-GONE"]
    assert (gone[0], gone[2], customers(june)["C-NEW"]) == ("gone", 0, ("new", 0, 71_000))
    assert customers(june)["C-FELL"] == ("stays", 301_000, 4_000 - 297_000)
    assert found["customer_negative"] == [1, 4_000 - 297_000 - 301_000], "that one alone"
    assert found["customer_gone"] == [1, -gone[1]]


def test_the_rows_of_each_cause_are_its_figure(june: Proposal) -> None:
    for cause, (count, yen) in june.result["bridge"].items():
        rows = june.differences.filter(cause=cause)
        if not cause.endswith("_before"):
            assert (rows.count(), rows.aggregate(yen=Sum("yen"))["yen"]) == (count, yen), cause
    price_rows = june.differences.filter(cause="price").order_by("yen")
    assert [(row.target.number, row.before_yen, row.now_yen) for row in price_rows] == [
        ("T-FELL", 300_000, 3_000),
        ("T-ROSE", 50_000, 250_000),
    ]
    assert june.customers.aggregate(yen=Sum("yen"))["yen"] == june.total_yen - june.result["last"]["yen"]


def test_who_comes_to_nothing_is_told_and_a_customer_as_before_is_not(by: User, tmp_path: Path) -> None:
    rows = book(*of_own("ZERO", 31_000), *of_own("SAME", 50_000))
    must_take(rows, tmp_path)
    close("2025-04", until="2025-05")
    late(tmp_path, price("T-ZERO", "monthly", 15_000, "2025-05-01"))
    found = propose_month(JUNE, on=ON, by=by)
    assert customers(found) == {"C-ZERO": ("stays", 32_000, 0)}
    assert found.result["found"]["customer_zero"] == [1, -32_000]


def test_a_first_month_has_nothing_beside_it(by: User, tmp_path: Path) -> None:
    must_take(book(*of_own("A", 100_000)), tmp_path)
    found = propose_month(date(2025, 4, 1), on=ON, by=by)
    assert found.result["found"] == {}
    assert not ProposalDifference.objects.exists()
    assert not ProposalCustomer.objects.exists()


def test_a_later_proposal_takes_the_place_of_an_earlier_one(june: Proposal, by: User) -> None:
    again = propose_month(JUNE, on=ON, by=by)
    assert again.result["found"] == june.result["found"]
    assert not june.differences.exists()
    assert not june.customers.exists()
    assert again.differences.count() > 0
    assert again.customers.count() > 0


def test_a_proposal_of_another_month_stays_as_it_was(june: Proposal, by: User) -> None:
    def kept() -> tuple[int, int]:
        return june.differences.count(), june.customers.count()

    before = kept()
    close("2025-06")
    propose_month(date(2025, 7, 1), on=ON, by=by)
    assert kept() == before
    assert min(before) > 0


def test_while_it_grows_its_differences_are_there(june: Proposal, by: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("billing.operations.propose.UNITS_AT_ONCE", 1)
    growing = ask_to_propose(JUNE, on=ON, by=by)
    _begun(growing.pk)
    first, *_others = ranges_beside([], 1)
    _compute_part(growing.pk, first)
    _compute_part(growing.pk, first)
    assert so_far(growing) == {"price": [1, -297_000], "correction": [1, -297_000]}
    page = signed_in(by).get(f"/admin/billing/proposal/{growing.pk}/change/").text
    assert "ここまでに見つかった前月との差" in page
    assert "−297,000" in page


def rows_page(client: Client, found: Proposal, **asked: str):
    return client.get(f"/admin/billing/proposal/{found.pk}/rows/", asked)


def test_every_figure_opens_its_rows(june: Proposal, by: User) -> None:
    client = signed_in(by)
    for code, (count, _yen) in june.result["found"].items():
        answer = rows_page(client, june, of=code)
        assert len(answer.context["rows"]) == count, code
    page = client.get(f"/admin/billing/proposal/{june.pk}/change/").text
    for code in june.result["found"]:
        assert f"/rows/?of={code}" in page
    down = rows_page(client, june, order="down").context["rows"]
    assert [row["number"] for row in down][:1] == ["T-FELL"]
    assert rows_page(client, june, order="up").context["rows"][0]["number"] == "T-ROSE"
    own = rows_page(client, june, customer="C-ROSE").context["rows"]
    assert {row["number"] for row in own} == {"T-ROSE"}
    assert "C-GONE" in rows_page(client, june, of="customers").text
    kinds = rows_page(client, june, kind="advanced").context["rows"]
    assert {row["number"] for row in kinds} == {"T-FELL", "T-ROSE", "T-GONE", "T-NEW"}


@pytest.mark.parametrize("given", ["\x00", "[]", "9" * 40, "none", "-1"])
def test_whatever_the_address_says_it_answers(june: Proposal, by: User, given: str) -> None:
    for name in ("of", "kind", "customer", "order", "p"):
        assert rows_page(signed_in(by), june, **{name: given}).status_code == 200


def test_only_who_may_see_proposals_sees_their_rows(june: Proposal) -> None:
    nobody = User.objects.create_user("nobody", is_staff=True)
    assert rows_page(signed_in(nobody), june).status_code == 403
    assert signed_in(User.objects.get(username="keiri")).get("/admin/billing/proposal/999999/rows/").status_code == 404


def test_each_thing_found_has_a_name() -> None:
    names = {found.code for found in FOUND}
    assert len(names) == len(FOUND)
