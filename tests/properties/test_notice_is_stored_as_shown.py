"""A preview equals what is then stored, whatever notices arrive for whatever targets; taken back in any order, nothing is left."""

from datetime import date, timedelta

import pytest
from django.contrib.auth.models import User
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contracts.facts.load import load_units
from contracts.models import Effect, ManagementUnit, Notice, Target, WorkItem
from contracts.operations.notices import (
    NoticeAsked,
    plan_notice,
    receive_notice,
    withdraw_notice,
)
from contracts.operations.refusal import Refused
from contracts.terms.art12_termination import ends
from contracts.terms.unit import Ground
from tests.contracts.book.build import book, edr, licence, module, option, premium, priced, take
from tests.effort import examples

TODAY = date(2026, 6, 30)
NUMBERS = ("T-1", "M-CLOUD", "M-M365", "O-CLOUD", "O-M365", "O-EDR", "O-LIC")
UNIT = [
    premium(),
    module(number="M-CLOUD"),
    module("Microsoft 365ログ収集モジュール", number="M-M365"),
    option("クラウドログ監視オプション", "M-CLOUD", "O-CLOUD"),
    option("Microsoft 365ログ監視オプション", "M-M365", "O-M365"),
    edr(),
    licence("期間ライセンス"),
    *(row for number in NUMBERS for row in priced(number, 1000)),
]
DAYS = st.dates(date(2025, 3, 10), TODAY)
ASKED = st.builds(
    NoticeAsked,
    targets=st.lists(st.sampled_from(NUMBERS), min_size=1, max_size=3, unique=True).map(tuple),
    arrived_on=DAYS,
    requested_for=st.none() | DAYS,
    at_term_end=st.booleans(),
    ground=st.sampled_from([Ground.NOTICE, Ground.NOTICE, Ground.GENERAL_28_2, Ground.COMPANY]),
)
FEW = settings(
    deadline=None, max_examples=examples(8, at_night=240), suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@pytest.fixture
def unit(db: None, tmp_path) -> ManagementUnit:
    assert take(book(*UNIT), tmp_path).faults == []
    return ManagementUnit.objects.get()


def stored() -> dict[str, date | None]:
    return dict(Target.objects.values_list("number", "ends_on"))


def everything() -> tuple[object, ...]:
    items = WorkItem.objects.order_by("key").values_list("key", "from_on", "until_on")
    effects = Effect.objects.order_by("target", "kind", "on").values_list("target__number", "kind", "on")
    return stored(), list(items), list(effects)


@FEW
@given(st.lists(ASKED, min_size=1, max_size=4), st.randoms())
def test_what_is_shown_is_stored_and_taken_back_leaves_nothing(unit, asked, random):
    with transaction.atomic():
        by = User.objects.create_user("anybody")
        receive = plan_notice(unit, NoticeAsked(("T-1",), TODAY, TODAY + timedelta(days=400)), on=TODAY)
        assert receive.moved
        before = None
        for one in asked:
            try:
                plan = plan_notice(unit, one, on=TODAY)
            except Refused:
                continue
            if before is None:
                receive_notice(unit, one, on=TODAY, by=by)
                withdraw_all(random, by)
                before = everything()
                plan = plan_notice(unit, one, on=TODAY)
            known = stored()
            receive_notice(unit, one, on=TODAY, by=by)
            shown = {move.target.number: move.after and move.after.on for move in plan.moved}
            assert stored() == known | shown
            assert stored() == {
                number: (end.on if (end := ends(load_units([unit.pk])[unit.pk]).get(number)) else None)
                for number in known
            }
        if before is not None:
            withdraw_all(random, by)
            assert everything() == before
        transaction.set_rollback(True)


def withdraw_all(random, by):
    rows = list(Notice.objects.filter(withdrawn_on=None).order_by("pk"))
    for row in random.sample(rows, len(rows)):
        withdraw_notice(row, on=TODAY, document="同意", reason="試験", by=by)
