"""解約通知: what is shown is what is stored; refused only for what cannot be entered; taken back, nothing is left (I-09, I-34)."""

from dataclasses import replace

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from contracts.models import Effect, Entry, Notice, Target, WorkItem
from contracts.operations.notices import correct_notice, plan_notice, withdraw_notice
from contracts.operations.refusal import Refused
from contracts.terms.unit import Ground
from tests.contracts.book.build import book, edr, licence, module, notice, option, premium, priced, take, tier
from tests.contracts.ends.desk import day

EDR = [premium(), module(), edr(), licence("期間ライセンス")]


def snapshot():
    """Everything that a notice can move."""
    return (
        list(Target.objects.order_by("pk").values_list("number", "ends_on")),
        list(WorkItem.objects.order_by("key").values_list("key", "from_on", "until_on", "shown_from")),
        list(Effect.objects.order_by("pk").values_list("target__number", "kind", "on")),
    )


def test_what_was_shown_is_stored(desk):
    desk.has(*EDR)
    shown = desk.notice("O-EDR", arrived="2025-06-01")
    assert shown == desk.ends() == {"O-EDR": "2025-07-01", "O-LIC": "2025-07-01"}


def test_a_notice_for_the_whole_unit_is_one_entry(desk):
    desk.has(*EDR)
    desk.notice("T-1", "M-1", "O-EDR", "O-LIC", arrived="2025-06-01", names="2025-09-30")
    assert set(desk.ends().values()) == {"2025-09-30"}
    assert Notice.objects.count() == 4


def test_the_end_of_the_term_is_each_targets_own(desk):
    """第5条, 10-9: six months for the module, the year of the licence."""
    desk.has(*EDR)
    desk.notice("M-1", "O-LIC", arrived="2025-06-01", at_term_end=True)
    assert desk.ends() == {"M-1": "2025-09-30", "O-EDR": "2026-03-31", "O-LIC": "2026-03-31"}


@pytest.mark.parametrize(
    ("said", "field"),
    [
        pytest.param({"targets": ()}, "targets", id="of nothing"),
        pytest.param({"targets": ("M-9",)}, "targets", id="of another unit's contract"),
        pytest.param({"arrived": "2025-06-02"}, "arrived_on", id="arrives tomorrow"),
        pytest.param({"arrived": "2025-03-09"}, "arrived_on", id="arrived before the contract was concluded"),
        pytest.param({"ground": Ground.GENERAL_28_2}, "requested_for", id="another ground without its day"),
        pytest.param({"arrived": "2025-05-20"}, "arrived_on", id="the same notice again"),
        pytest.param(
            {"arrived": "2025-11-01", "on": "2025-11-01", "at_term_end": True}, "requested_for", id="no term runs"
        ),
    ],
)
def test_what_cannot_be_entered_is_refused_at_its_field(desk, said, field):
    desk.has(tier(), module())
    desk.notice("M-1", arrived="2025-05-20")
    given = {"targets": ("M-1",), "arrived": "2025-06-01", **said}
    on, targets = day(given.pop("on", "2025-06-01")), given.pop("targets")
    with pytest.raises(Refused) as refused:
        plan_notice(desk.unit, desk.asked(*targets, **given), on=on)
    assert refused.value.reason.field == field


def test_a_notice_is_never_refused_for_what_it_breaks(desk):
    """I-09: the tier ends, its module stays: 7-1 on the worklist from the day after."""
    desk.has(tier(), module())
    assert desk.notice("T-1", arrived="2025-06-01") == {"T-1": "2025-07-01"}
    assert ("eligibility", "M-1", "7-1") in desk.list("2025-07-02", "eligibility")


def test_a_notice_taken_back_leaves_nothing_behind(desk):
    """I-34, cascades included."""
    desk.has(*EDR)
    desk.days_go_by("2025-06-01")
    before = snapshot()
    desk.notice("O-EDR", arrived="2025-06-01")
    assert snapshot() != before
    desk.withdrawn("O-EDR", on="2025-06-01")
    assert snapshot() == before
    assert Notice.objects.get().withdrawal == "同意 1"


def test_after_its_effect_it_is_a_correction_with_a_reason(desk):
    desk.has(*EDR)
    desk.notice("O-EDR", arrived="2025-06-01")
    desk.days_go_by("2025-07-02")
    assert Effect.objects.count() == 2
    with pytest.raises(Refused, match="訂正には理由が必要です"):
        desk.withdrawn("O-EDR", on="2025-07-02")
    desk.withdrawn("O-EDR", on="2025-07-02", reason="別の契約の通知だった")
    assert (desk.ends(), Effect.objects.count()) == ({}, 0)
    told = Entry.objects.filter(operation="undo_effect").values_list("subject", flat=True)
    assert sorted(told) == ["O-EDR", "O-LIC"]


def test_on_its_effect_day_it_can_still_be_taken_back_without_one(desk):
    desk.has(*EDR)
    desk.notice("O-EDR", arrived="2025-06-01")
    desk.withdrawn("O-EDR", on="2025-07-01")
    assert desk.ends() == {}


def test_a_notice_corrected_stands_as_if_it_had_always_been_so(desk):
    desk.has(*EDR)
    desk.notice("O-EDR", arrived="2025-06-01")
    desk.corrected("O-EDR", on="2025-06-05", arrived="2025-06-03", names="2025-08-31")
    assert desk.ends() == {"O-EDR": "2025-08-31", "O-LIC": "2025-08-31"}
    old = Notice.objects.exclude(withdrawn_on=None).get()
    assert old.replaced_by == desk.standing("O-EDR")


def test_of_two_notices_the_other_counts_once_one_is_taken_back(desk):
    desk.has(tier(), module())
    desk.notice("M-1", arrived="2025-06-01")
    desk.notice("M-1", arrived="2025-07-01", on="2025-07-01")
    first = Notice.objects.order_by("arrived_on")[0]
    withdraw_notice(first, on=day("2025-07-01"), document="同意", reason="誤り", by=desk.by)
    assert desk.ends() == {"M-1": "2025-07-31"}


def test_an_end_that_an_application_leans_on_stays(desk):
    """第6条: another tier follows on the day after; without the end the unit would have two."""
    desk.has(tier(), module())
    desk.notice("T-1", arrived="2025-06-01", names="2025-09-30")
    desk.has(tier("アドバンスト", "T-2", application="A-9", accepted="2025-08-01", starts="2025-10-01"))
    before = snapshot()
    with pytest.raises(Refused, match="申込を承諾しているため") as refused:
        desk.withdrawn("T-1", on="2025-08-02")
    assert refused.value.reason.clause in ("6-1", "7-1")
    assert snapshot() == before


def test_twice_taken_back_is_told(desk):
    desk.has(tier(), module())
    desk.notice("M-1", arrived="2025-06-01")
    row = desk.standing("M-1")
    desk.withdrawn("M-1", on="2025-06-02")
    with pytest.raises(Refused, match="2025-06-02に撤回されています"):
        withdraw_notice(row, on=day("2025-06-02"), document="同意", reason="", by=desk.by)


def test_a_withdrawn_notice_can_arrive_again_and_is_not_taken_in_again(desk, tmp_path):
    """The same book, taken in once more, brings nothing back."""
    rows = book(tier(), module(), notice("M-1", "2025-06-01"))
    assert take(rows, tmp_path / "a").faults == []
    desk.withdrawn("M-1", on="2025-06-02")
    answer = take(book(tier(), module(), notice("M-1", "2025-06-01"), priced("M-1", 1)), tmp_path / "b")
    assert (answer.faults, desk.ends()) == ([], {})
    desk.notice("M-1", arrived="2025-06-01")
    assert desk.ends() == {"M-1": "2025-07-01"}


@pytest.mark.parametrize(
    "values",
    [
        pytest.param({"withdrawn_on": "2025-06-02"}, id="withdrawn without a document"),
        pytest.param({"withdrawal": "同意"}, id="a document without a day"),
    ],
)
def test_the_database_holds_what_a_withdrawal_needs(desk, values):
    desk.has(tier(), module())
    desk.notice("M-1", arrived="2025-06-01")
    with pytest.raises(IntegrityError), transaction.atomic():
        Notice.objects.update(**values)


def test_every_step_is_in_the_history(desk):
    desk.has(*EDR)
    first = Entry.objects.order_by("-pk")[0].pk
    desk.notice("O-EDR", arrived="2025-06-01")
    desk.corrected("O-EDR", on="2025-06-05", arrived="2025-06-03")
    desk.withdrawn("O-EDR", on="2025-06-06")
    told = Entry.objects.filter(pk__gt=first).order_by("pk").values_list("operation", "subject")
    assert list(told) == [
        *(("notice", "O-EDR"), ("move_end", "O-EDR"), ("move_end", "O-LIC")),
        *(("correct_notice", "O-EDR"), ("notice", "O-EDR"), ("move_end", "O-EDR"), ("move_end", "O-LIC")),
        *(("withdraw_notice", "O-EDR"), ("move_end", "O-EDR"), ("move_end", "O-LIC")),
    ]


def test_a_large_unit_takes_no_more_queries_than_a_small_one(desk):
    options = [option("ログ保管オプション", "M-1", f"O-{n}", retention_years=1) for n in range(15)]
    desk.has(tier(), module(), *options)
    with CaptureQueriesContext(connection) as queries:
        plan_notice(desk.unit, desk.asked("M-1", arrived="2025-06-01"), on=day("2025-06-01"))
    assert len(queries) <= 9


@pytest.mark.parametrize(
    ("said", "field"),
    [
        pytest.param({"arrived": "2025-06-06"}, "arrived_on", id="arrives tomorrow"),
        pytest.param({"arrived": "2025-03-09"}, "arrived_on", id="arrived before the contract was concluded"),
        pytest.param(
            {"arrived": "2025-06-01", "ground": Ground.COMPANY}, "requested_for", id="a ground without its day"
        ),
        pytest.param({"arrived": "2025-05-20"}, "arrived_on", id="another notice that is there"),
        pytest.param({"arrived": "2025-06-01"}, "", id="nothing else than it says"),
    ],
)
def test_a_correction_takes_no_more_than_a_reception(desk, said, field):
    desk.has(tier(), module())
    desk.notice("M-1", arrived="2025-05-20")
    desk.notice("M-1", arrived="2025-06-01")
    row = Notice.objects.get(arrived_on=day("2025-06-01"))
    with pytest.raises(Refused) as refused:
        correct_notice(row, desk.asked("M-1", **said), on=day("2025-06-05"), document="同意", reason="", by=desk.by)
    assert refused.value.reason.field == field
    assert Notice.objects.get(pk=row.pk).withdrawn_on is None


def test_the_reference_alone_is_put_right(desk):
    desk.has(*EDR)
    desk.notice("O-EDR", arrived="2025-06-01")
    before = desk.ends()
    row, right = desk.standing("O-EDR"), replace(desk.asked("O-EDR", arrived="2025-06-01"), reference="解約 2")
    standing = correct_notice(row, right, on=day("2025-06-05"), document="同意", reason="", by=desk.by)
    assert (standing.reference, desk.ends()) == ("解約 2", before)
    assert Notice.objects.get(pk=row.pk).replaced_by == standing
