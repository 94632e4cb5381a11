"""月次の提案 and the asking for its close: the whole computation without a line stored; closed on it once, by another person."""

from datetime import date
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import IntegrityError, connection, transaction
from django.db.models import Count, Sum
from django.test import Client
from django.test.utils import CaptureQueriesContext
from kombu.exceptions import OperationalError
from pytest_django import Settings

from billing.facts.span import UnitRange, ranges_beside
from billing.models import ChargeLine, Month, MonthClosing, Proposal, ProposalPart
from billing.operations import close_month as close_operation
from billing.operations import closing as operations
from billing.operations import propose as proposing
from billing.operations.close_month import close_month
from billing.operations.closing import ask_to_close, carry_out, is_stale
from billing.operations.proposal_sums import Sums
from billing.operations.propose import ask_to_propose, compute_proposal, next_to_propose, propose_month
from billing.tasks import ask, propose
from contracts import clock
from contracts.models import Entry, FactsRevision, Price
from contracts.operations.import_book import import_book
from contracts.operations.refusal import Refused
from tests.conftest import SAMPLE
from tests.rewrite import rewrite
from tests.worlds import world

ON = date(2026, 11, 23)


book = world("the sample", lambda: import_book(SAMPLE, by="試験", on=clock.today()))


@pytest.fixture
def finance(db: None) -> User:
    return User.objects.create_user("keiri")


@pytest.fixture
def chief(db: None) -> User:
    return User.objects.create_user("kacho")


@pytest.mark.usefixtures("book")
def test_every_months_proposal_is_what_its_close_then_stores(finance: User) -> None:
    """Count, total, fees; and the bridge from the month before adds up to the yen."""
    month = date(2025, 1, 1)
    while month <= date(2026, 10, 1):
        found = propose_month(month, on=ON, by=finance)
        assert not ChargeLine.objects.filter(month__month=month).exists()
        close_month(month, on=ON, by="試験")
        row = Month.objects.get(month=month)
        assert (found.line_count, found.total_yen) == (row.line_count, row.total_yen)
        sums = ChargeLine.objects.filter(month=row).values_list("fee").annotate(Count("pk"), Sum("amount_yen"))
        assert found.result["fees"] == {fee: [count, yen] for fee, count, yen in sums}
        assert sum(yen for _count, yen in found.result["kinds"].values()) == row.total_yen
        if found.result["last"]:
            bridge = sum(yen for _count, yen in found.result["bridge"].values())
            assert found.result["last"]["yen"] + bridge == row.total_yen
            rows_are_the_figures(found)
        month = date(month.year + month.month // 12, month.month % 12 + 1, 1)


def rows_are_the_figures(found: Proposal) -> None:
    """The rows behind each cause are as many as it says and come to its yen; the customers' come to the whole difference."""
    causes = found.differences.exclude(cause="held").values_list("cause").annotate(Count("pk"), Sum("yen"))
    of_now = {cause: value for cause, value in found.result["bridge"].items() if not cause.endswith("_before")}
    assert {cause: [count, yen] for cause, count, yen in causes} == of_now
    assert found.differences.filter(cause="held").count() == found.result["held"]["count"]
    differs = found.customers.aggregate(yen=Sum("yen"))["yen"] or 0
    assert found.result["last"]["yen"] + differs == found.total_yen


@pytest.mark.usefixtures("book")
def test_the_months_turn_is_the_ledgers(finance: User) -> None:
    assert next_to_propose() is None
    close_month(date(2025, 1, 1), on=ON, by="試験")
    assert next_to_propose() == date(2025, 2, 1)
    with pytest.raises(Refused, match="次に締める月は2025-02です"):
        propose_month(date(2025, 3, 1), on=ON, by=finance)
    with pytest.raises(Refused, match="まだ終わっていません"):
        propose_month(date(2025, 2, 1), on=date(2025, 2, 28), by=finance)


@pytest.mark.usefixtures("book")
def test_a_fact_written_since_makes_it_stale(finance: User, chief: User) -> None:
    found = propose_month(date(2025, 1, 1), on=ON, by=finance)
    assert not is_stale(found)
    FactsRevision.advance()
    assert is_stale(found)
    with pytest.raises(Refused, match="事実が変わりました"):
        ask_to_close(found, by=chief)


@pytest.mark.usefixtures("book")
def test_another_person_closes(finance: User, chief: User, settings: Settings) -> None:
    found = propose_month(date(2025, 1, 1), on=ON, by=finance)
    with pytest.raises(Refused, match="提案した人は締められません"):
        ask_to_close(found, by=finance)
    closing = ask_to_close(found, by=chief)
    assert carry_out(closing.pk) == carry_out(closing.pk) == "done"
    assert Month.objects.get().closed_by == "kacho"
    with pytest.raises(IntegrityError), transaction.atomic():
        MonthClosing.objects.update(asked_by=finance)
    told = Entry.objects.filter(record="month").order_by("pk").values_list("operation", flat=True)
    assert list(told) == ["propose", "ask_close", "close"]


@pytest.mark.usefixtures("book")
def test_where_two_are_not_asked_for_one_may(finance: User, settings: Settings) -> None:
    settings.FOUR_EYES = False
    found = propose_month(date(2025, 1, 1), on=ON, by=finance)
    assert carry_out(ask_to_close(found, by=finance).pk) == "done"


@pytest.mark.usefixtures("book")
def test_a_parked_target_is_mended_or_left_out_with_a_reason(finance: User, chief: User) -> None:
    """第13条: no price, no billing."""
    for month in (1, 2, 3, 4):
        close_month(date(2025, month, 1), on=ON, by="試験")
    number = ChargeLine.objects.filter(fee="monthly").order_by("pk").select_related("target")[0].target.number
    early = Price.objects.filter(target__number=number, fee="monthly", from_on__lt=date(2025, 6, 1))
    rewrite(early, from_on=date(2030, 1, 1))
    found = propose_month(date(2025, 5, 1), on=ON, by=finance)
    assert [row["number"] for row in found.result["parked"]] == [number]
    with pytest.raises(Refused, match=f"直すか、除外してください：{number}"):
        ask_to_close(found, by=chief)
    with pytest.raises(Refused, match="除外するには理由が必要です"):
        ask_to_close(found, by=chief, leave_out=[number])
    with pytest.raises(Refused, match="除外できません：SOC-X"):
        ask_to_close(found, by=chief, leave_out=[number, "SOC-X"])
    closing = ask_to_close(found, by=chief, leave_out=[number], reason="見積中")
    assert carry_out(closing.pk) == "done"
    assert Month.objects.get(month=date(2025, 5, 1)).left_out == [number]


@pytest.mark.usefixtures("book")
def test_a_close_that_failed_says_why_and_is_asked_for_again(
    finance: User, chief: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = propose_month(date(2025, 1, 1), on=ON, by=finance)
    closing = ask_to_close(found, by=chief)

    def fails(*args: object, **kwargs: object) -> None:
        raise OSError("ディスクがいっぱい")

    with monkeypatch.context() as broken:
        broken.setattr(operations, "close_month", fails)
        assert carry_out(closing.pk) == "failed"
    closing.refresh_from_db()
    assert "ディスクがいっぱい" in closing.error
    FactsRevision.advance()
    with pytest.raises(Refused, match="事実が変わりました"):
        ask_to_close(found, by=chief)
    again = propose_month(date(2025, 1, 1), on=ON, by=finance)
    assert carry_out(ask_to_close(again, by=chief).pk) == "done"


@pytest.mark.usefixtures("book")
def test_asked_twice_is_told(finance: User, chief: User) -> None:
    found = propose_month(date(2025, 1, 1), on=ON, by=finance)
    ask_to_close(found, by=chief)
    with pytest.raises(Refused, match="既に依頼されています"):
        ask_to_close(found, by=chief)


@pytest.mark.usefixtures("book")
def test_a_proposal_takes_a_fixed_number_of_queries(finance: User) -> None:
    with CaptureQueriesContext(connection) as queries:
        propose_month(date(2025, 1, 1), on=ON, by=finance)
    # By ids a range takes more and smaller queries than by joins; as many for a range of any size that lies together.
    assert len(queries) <= 75
    assert Proposal.objects.count() == 1


@pytest.mark.usefixtures("book")
@pytest.mark.parametrize("when", ["before the work", "while it is computed"])
def test_a_fact_written_after_the_asking_stops_the_close(
    finance: User, chief: User, monkeypatch: pytest.MonkeyPatch, when: str
) -> None:
    """Nobody closes on figures that nobody has seen."""
    found = propose_month(date(2025, 1, 1), on=ON, by=finance)
    closing = ask_to_close(found, by=chief)
    if when == "before the work":
        FactsRevision.advance()
    else:
        compute = close_operation.compute_range

        def changes(*given: object) -> None:
            compute(*given)
            FactsRevision.advance()

        monkeypatch.setattr(close_operation, "compute_range", changes)
    assert carry_out(closing.pk) == "failed"
    closing.refresh_from_db()
    assert "事実が変わりました" in closing.error
    assert not Month.objects.exclude(closed_at=None).exists()


def test_a_broker_that_does_not_answer_leaves_the_closing_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*args: object, **kwargs: object) -> None:
        raise OperationalError("no broker")

    monkeypatch.setattr("billing.tasks.close.apply_async", fails)
    ask(1)


@pytest.fixture
def small_ranges(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(proposing, "UNITS_AT_ONCE", 7)


@pytest.mark.usefixtures("book")
def test_parts_put_together_are_the_whole(finance: User, monkeypatch: pytest.MonkeyPatch) -> None:
    """However the units are cut, and in whatever order the bridge, the unusual and the largest customers come by."""
    close_month(date(2025, 1, 1), on=ON, by="試験")
    whole = propose_month(date(2025, 2, 1), on=ON, by=finance)
    monkeypatch.setattr(proposing, "UNITS_AT_ONCE", 4)
    parts = propose_month(date(2025, 2, 1), on=ON, by=finance)
    assert (parts.line_count, parts.total_yen) == (whole.line_count, whole.total_yen)
    assert parts.result == whole.result
    assert (parts.state, parts.done, parts.total) == ("done", 30, 30)
    assert not ProposalPart.objects.exists()


@pytest.mark.usefixtures("book", "small_ranges")
def test_a_proposal_that_was_killed_goes_on_where_it_stood(finance: User, monkeypatch: pytest.MonkeyPatch) -> None:
    compute, asked = proposing._computed, list[int]()

    def dies(month: date, revision: int, units: UnitRange) -> Sums:
        asked.append(units.after)
        if len(asked) == 3:
            raise OSError("停電")
        return compute(month, revision, units)

    found = ask_to_propose(date(2025, 1, 1), on=ON, by=finance)
    monkeypatch.setattr(proposing, "_computed", dies)
    with pytest.raises(OSError, match="停電"):
        proposing._compute(found.pk)
    found.refresh_from_db()
    assert (found.state, found.done, found.parts.count()) == ("running", 14, 2)
    assert found.line_count > 0
    with pytest.raises(Refused, match="まだ計算されていません"):
        ask_to_close(found, by=finance)
    assert ask_to_propose(date(2025, 1, 1), on=ON, by=finance) == found
    assert compute_proposal(found.pk) == compute_proposal(found.pk) == "done"
    assert len(asked) == len(set(asked)) + 1
    found.refresh_from_db()
    close_month(date(2025, 1, 1), on=ON, by="試験")
    assert (found.line_count, found.total_yen) == Month.objects.values_list("line_count", "total_yen").get()


def part_of(found: Proposal, *numbers: int) -> None:
    """Compute some of its ranges, by their numbers, as another process beside would."""
    proposing._begun(found.pk)
    ranges = list(ranges_beside([], proposing.UNITS_AT_ONCE))
    for number in numbers:
        proposing._compute_part(found.pk, ranges[number])


@pytest.mark.usefixtures("book", "small_ranges")
def test_parts_may_come_in_any_order_and_each_counts_once(finance: User) -> None:
    """Processes beside each other leave gaps, are killed, and come to what another has done."""
    whole = propose_month(date(2025, 1, 1), on=ON, by=finance)
    found = ask_to_propose(date(2025, 1, 1), on=ON, by=finance)
    part_of(found, 3, 1, 1)
    found.refresh_from_db()
    assert (found.done, found.parts.count()) == (14, 2)
    assert compute_proposal(found.pk) == "done"
    part_of(found, 0, 4)
    found.refresh_from_db()
    assert (found.state, found.done, found.parts.count()) == ("done", 30, 0)
    assert (found.line_count, found.total_yen, found.result) == (whole.line_count, whole.total_yen, whole.result)


@pytest.mark.usefixtures("book", "small_ranges")
def test_a_fact_written_while_it_is_computed_makes_it_stale(finance: User, monkeypatch: pytest.MonkeyPatch) -> None:
    found = ask_to_propose(date(2025, 1, 1), on=ON, by=finance)
    FactsRevision.advance()
    part_of(found, 0)
    FactsRevision.advance()
    assert compute_proposal(found.pk) == "done"
    found.refresh_from_db()
    assert is_stale(found)


@pytest.mark.usefixtures("book")
def test_a_proposal_that_fails_says_why(finance: User, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*args: object) -> None:
        raise OSError("ディスクがいっぱい")

    found = ask_to_propose(date(2025, 1, 1), on=ON, by=finance)
    monkeypatch.setattr(proposing, "_computed", fails)
    assert compute_proposal(found.pk) == "failed"
    found.refresh_from_db()
    assert "ディスクがいっぱい" in found.error


@pytest.mark.usefixtures("book", "small_ranges")
def test_the_page_of_a_growing_proposal(
    finance: User, admin_client: Client, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    monkeypatch.setattr(propose, "apply_async", lambda given, **_: propose.apply(given))  # as without a broker
    found = ask_to_propose(date(2025, 1, 1), on=ON, by=finance)
    part_of(found, 0)
    answer = admin_client.get(f"/admin/billing/proposal/{found.pk}/change/")
    assert answer.headers["Refresh"] == "3"
    assert "管理単位 7 / 30" in answer.content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        answer = admin_client.post(f"/admin/billing/proposal/{found.pk}/compute-on/", {"confirmed": "1"})
    found.refresh_from_db()
    assert (answer.status_code, found.state) == (302, "done")
