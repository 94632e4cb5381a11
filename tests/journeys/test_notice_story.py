"""From notice to end with a moving clock: the jobs of every morning, what they record, and nothing more (第10条第8項〜第11項, 第12条)."""

import pytest
from django.conf import settings
from django.test import override_settings

from billing.models import LedgerCheck
from contracts.models import WorkItem
from contracts.operations.jobs import run
from contracts.terms.unit import Ground
from tests.contracts.book.build import edr, licence, module, option, premium, tier
from tests.contracts.ends import desk as ends_desk
from tests.contracts.ends.desk import day

M365 = [
    *(tier(), module("Microsoft 365ログ収集モジュール")),
    option("Microsoft 365ログ監視オプション", "M-1", "O-1"),
]
CLOUD = [tier(), module(), option("クラウドログ監視オプション", "M-1", "O-1")]
TERM = [premium(), module(), edr(), licence("期間ライセンス")]


class Desk(ends_desk.Desk):
    """The check of the ledger, whose job is done whatever it finds, is carried out where a story ends: of all that it wrote."""

    def days_go_by(self, first, last=None):
        with override_settings(SCHEDULE=[scheduled for scheduled in settings.SCHEDULE if scheduled.name != "check"]):
            super().days_go_by(first, last)
        self.last = day(last or first)

    def nothing_more(self):
        super().nothing_more()
        assert run("check", self.last).state == "done"
        assert LedgerCheck.objects.get().faults == []


@pytest.fixture
def desk(db, tmp_path, django_user_model):
    return Desk(tmp_path, django_user_model)


@pytest.mark.parametrize(
    ("facts", "first", "second", "clause", "own"),
    [
        pytest.param(CLOUD, "O-1", "M-1", "12-2", "10-10", id="12-2: the option stops, the module with it"),
        pytest.param(CLOUD, "M-1", "O-1", "12-2", "12-1", id="12-2: the module ends, the option with it"),
        pytest.param(M365, "O-1", "M-1", "12-3", "10-10", id="12-3: the option stops, the module with it"),
        pytest.param(M365, "M-1", "O-1", "12-3", "12-1", id="12-3 (I-13): the module ends, the option with it"),
        pytest.param(TERM, "O-EDR", "O-LIC", "12-4", "10-10", id="12-4: the operation stops, the licence with it"),
    ],
)
def test_a_pair_from_notice_to_end(desk, facts, first, second, clause, own):
    desk.has(*facts)
    desk.days_go_by("2025-05-30", "2025-06-01")
    assert desk.list("2025-06-01", "pair", "ending") == []
    shown = desk.notice(first, arrived="2025-06-01")
    assert shown == {first: "2025-07-01", second: "2025-07-01"}
    assert desk.list("2025-06-01", "pair", "ending") == [("ending", first, own), ("pair", second, clause)]
    desk.days_go_by("2025-06-02")
    desk.days_go_by("2025-06-30", "2025-07-01")
    desk.happened()  # I-03: the day of the end is still served
    desk.days_go_by("2025-07-02")
    expected = sorted([("2025-07-01", first, "ended", own), ("2025-07-01", second, "ended", clause)])
    desk.happened(*expected)
    desk.days_go_by("2025-07-03")
    desk.days_go_by("2025-07-10")
    assert desk.list("2025-07-03", "pair", "ending") == []
    desk.nothing_more()


def test_the_licence_takes_the_operation_with_it_on_its_ninetieth_day(desk):
    """12-4 the other way: a 期間ライセンス needs 90 days (10-10)."""
    desk.has(*TERM)
    assert desk.notice("O-LIC", arrived="2025-06-01") == {"O-EDR": "2025-08-30", "O-LIC": "2025-08-30"}
    desk.days_go_by("2025-08-31")
    desk.happened(("2025-08-30", "O-EDR", "ended", "12-4"), ("2025-08-30", "O-LIC", "ended", "10-10"))
    desk.nothing_more()


@pytest.mark.parametrize(
    ("arrived", "names", "end", "clause", "renewed"),
    [
        pytest.param("2025-11-15", "2026-03-31", "2026-03-31", "10-9", [], id="10-9: in time"),
        pytest.param(
            "2025-12-31", "2026-03-31", "2026-03-31", "10-9", [], id="10-9, I-11: on the deadline, 90 days to 03-31"
        ),
        pytest.param(
            "2026-01-01",
            "2026-03-31",
            "2026-04-01",
            "10-10",
            ["2026-04-01"],
            id="I-12: the day after it, effective a day too late",
        ),
        pytest.param(
            "2026-01-15", "2026-03-31", "2026-04-15", "10-10", ["2026-04-01"], id="I-12: late, the term has renewed"
        ),
        pytest.param("2026-01-15", None, "2026-04-15", "10-10", ["2026-04-01"], id="10-10: late, no day named"),
        pytest.param("2025-12-15", None, "2026-03-15", "10-10", [], id="10-10: 90 days before the term's end"),
        pytest.param(
            "2025-12-15", "2026-06-30", "2026-06-30", "10-10", ["2026-04-01"], id="in time, but names a later day"
        ),
        pytest.param(
            "2026-04-10", None, "2026-07-09", "10-10", ["2026-04-01"], id="10-10: after the term's end, in the next"
        ),
    ],
)
def test_a_term_licence_from_notice_to_end(desk, arrived, names, end, clause, renewed):
    """A term to 2026-03-31: in time by 2025-12-31 (I-10); what has not ended by the term's end has renewed (I-12)."""
    desk.has(*TERM)
    desk.days_go_by(arrived)
    if names or not renewed or arrived < "2026-04-01":
        desk.happened()
    else:
        desk.happened(("2026-04-01", "O-LIC", "renewed", "10-9"))
    desk.notice("O-LIC", arrived=arrived, names=names)
    assert desk.ends() == {"O-EDR": end, "O-LIC": end}
    before_end = [] if arrived >= "2026-04-01" else renewed
    desk.days_go_by(end)
    desk.happened(*[(on, "O-LIC", "renewed", "10-9") for on in before_end])
    desk.days_go_by("2026-12-31")
    desk.happened((end, "O-EDR", "ended", "12-4"), (end, "O-LIC", "ended", clause))
    desk.nothing_more()


def test_without_a_notice_it_renews_every_year_and_is_reminded_of(desk):
    """10-9: the deadline 2025-12-31, from 90 days before; the safe day 2025-12-28 (I-33); the next year again."""
    desk.has(*TERM)
    row = [("renewal", "O-LIC", "10-9")]
    desk.days_go_by("2025-10-01")
    assert desk.list("2025-10-01", "renewal") == []
    desk.days_go_by("2025-10-02")
    assert desk.list("2025-10-02", "renewal") == row
    item = WorkItem.objects.get(kind="renewal")
    assert item.values == {"last": "2026-03-31", "deadline": "2025-12-31", "safe": "2025-12-28"}
    desk.days_go_by("2025-12-31")
    assert desk.list("2025-12-31", "renewal") == row
    desk.days_go_by("2026-01-01", "2026-01-02")
    assert desk.list("2026-01-02", "renewal") == []
    desk.days_go_by("2026-04-01")
    desk.happened(("2026-04-01", "O-LIC", "renewed", "10-9"))
    desk.days_go_by("2027-04-02")
    desk.happened(("2027-04-01", "O-LIC", "renewed", "10-9"))
    desk.nothing_more()


def test_several_notices_for_one_target(desk):
    """I-15: the earlier effect counts, in whichever order they arrive."""
    desk.has(tier(), module())
    desk.notice("M-1", arrived="2025-06-01", names="2025-12-31")
    assert desk.ends() == {"M-1": "2025-12-31"}
    desk.notice("M-1", arrived="2025-06-10")
    assert desk.ends() == {"M-1": "2025-07-10"}
    assert desk.notice("M-1", arrived="2025-06-20", names="2025-09-30") == {}
    desk.days_go_by("2025-07-11")
    desk.happened(("2025-07-10", "M-1", "ended", "12-1"))
    desk.days_go_by("2026-01-15")
    desk.nothing_more()


def test_a_notice_withdrawn_before_its_end(desk):
    """I-34: nothing ends, and the list is as if there had been no notice."""
    desk.has(*TERM)
    desk.notice("O-EDR", arrived="2025-06-01")
    desk.days_go_by("2025-06-02", "2025-06-03")
    desk.days_go_by("2025-06-10")
    desk.withdrawn("O-EDR", on="2025-06-10")
    desk.days_go_by("2025-06-11", "2025-06-12")
    desk.days_go_by("2025-06-30", "2025-07-02")
    desk.days_go_by("2025-07-10")
    assert (desk.ends(), desk.list("2025-07-10", "pair", "ending")) == ({}, [])
    desk.happened()
    desk.nothing_more()


def test_a_notice_found_to_be_wrong_after_its_end(desk):
    """I-34: corrected with a reason; the licence had gone on, and had renewed."""
    desk.has(*TERM)
    desk.notice("O-LIC", arrived="2025-06-01")
    desk.days_go_by("2026-03-01")
    desk.happened(("2025-08-30", "O-EDR", "ended", "12-4"), ("2025-08-30", "O-LIC", "ended", "10-10"))
    desk.withdrawn("O-LIC", on="2026-04-10", reason="別の契約者の通知だった")
    desk.told = set()
    desk.happened(("2026-04-01", "O-LIC", "renewed", "10-9"))
    desk.days_go_by("2026-05-01")
    desk.nothing_more()


def test_a_week_missed_is_caught_up_in_one_run(desk):
    desk.has(tier(), module())
    desk.notice("M-1", arrived="2025-06-01")
    desk.days_go_by("2025-06-28")
    desk.days_go_by("2025-07-08")
    desk.happened(("2025-07-01", "M-1", "ended", "12-1"))
    desk.nothing_more()


def test_monitoring_ends_and_the_module_is_left_alone(desk):
    """I-09, I-15: no rule joins 個別ログ監視 and its module; the list says so until the module ends too."""
    device = module("個別ログ収集モジュール", item="タイプ1", ready_on="2025-03-20")
    desk.has(tier(), device, option("個別ログ監視オプション", "M-1", "O-1"))
    desk.notice("O-1", arrived="2025-06-01")
    assert desk.list("2025-06-01", "alone") == [("alone", "M-1", "7-8")]
    desk.notice("M-1", arrived="2025-06-05", names="2025-07-31")
    desk.days_go_by("2025-08-01")
    assert desk.list("2025-08-01", "alone") == []


@pytest.mark.parametrize(
    ("ground", "clause"),
    [
        pytest.param(Ground.GENERAL_28_2, "一般規程28-2", id="一般規程28条2項"),
        pytest.param(Ground.GENERAL_28_3, "一般規程28-3", id="一般規程28条3項"),
        pytest.param(Ground.COMPANY, "", id="the company"),
    ],
)
def test_other_grounds_end_on_the_day_named(desk, ground, clause):
    desk.has(tier(), module())
    desk.notice("M-1", arrived="2025-06-01", names="2025-06-05", ground=ground)
    desk.days_go_by("2025-06-06")
    desk.happened(("2025-06-05", "M-1", "ended", clause))
    desk.nothing_more()
