"""A wrong fact put right in any way and at any time comes to the same total as the right fact from the start, kind by kind (I-50)."""

from datetime import date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from billing.operations.check_ledger import check_ledger
from contracts.models import BillingStart, Breach, Change, Notice, Outage, Price
from contracts.operations.corrections.kind import put_right, take_back
from contracts.operations.corrections.of_incidents import BREACHES, OUTAGES, correct_decision
from contracts.operations.corrections.of_targets import CHANGES, PRICES, STARTS
from contracts.operations.letters import correct_letter, withdraw_letter
from contracts.operations.notices import NoticeAsked
from tests.billing.ledger import close
from tests.contracts.book.build import (
    book,
    breach,
    change,
    edr,
    ips,
    ips_service,
    licence,
    must_take,
    notice,
    outage,
    premium,
    price,
    priced,
    tier,
)
from tests.contracts.corrections.desk import agreed
from tests.effort import examples
from tests.properties.test_corrections import totals

LEDGER = ["2025-03", "2025-04", "2025-05", "2025-06"]
ON = date(2025, 8, 10)
UNIT = [premium(), edr(), licence(), *priced("T-1", 300_000, 10_000), *priced("O-EDR", 50_000), *priced("O-LIC", 100)]
CONSENTED = {"premium_consent_on": "2020-01-01"}
BASIC = [
    tier("ベーシック", **CONSENTED),
    ips(),
    ips_service(**CONSENTED),
    *priced("T-1", 100_000),
    *priced("M-IPS", 1000),
]
DAYS = st.dates(date(2025, 4, 2), date(2025, 6, 20))


def of_fee(fee):
    rows = Price.objects.standing().filter(target__number="T-1", fee=fee)
    return list(rows.order_by("-from_on")[:1])


def of(model, **narrowed):
    return list(model.objects.standing().filter(**narrowed))


def put(by, kind, rows, **says):
    put_right(kind, rows, says, ground=agreed(), on=ON, by=by)


def undo(by, kind, rows):
    take_back(kind, rows, ground=agreed(), on=ON, by=by)


def moment(day, hours=0):
    return timezone.make_aware(datetime.combine(day, time())) + timedelta(hours=hours)


class Monthly:
    """The amount of a monthly price."""

    facts, wrong = UNIT, st.integers(0, 500_000)

    def rows(self, yen=270_000):
        return [price("T-1", "monthly", yen, "2025-05-10")]

    def right(self, by, yen=270_000):
        put(by, PRICES, of_fee("monthly"), amount_yen=yen)


class MonthlyDay(Monthly):
    """The day from which a monthly price counts."""

    wrong = DAYS

    def rows(self, day=date(2025, 5, 10)):
        return [price("T-1", "monthly", 270_000, day.isoformat())]

    def right(self, by, day=date(2025, 5, 10)):
        put(by, PRICES, of_fee("monthly"), from_on=day)


class Initial(Monthly):
    """The amount of the initial fee."""

    facts = [fact for fact in UNIT if fact[0] != "prices" or fact[1]["fee"] != "initial" or fact[1]["target"] != "T-1"]

    def rows(self, yen=12_000):
        return [price("T-1", "initial", yen)]

    def right(self, by, yen=12_000):
        put(by, PRICES, of_fee("initial"), amount_yen=yen)


class OneTime(Monthly):
    """The amount and the day of a one-time fee."""

    wrong = DAYS

    def rows(self, day=date(2025, 5, 10)):
        return [price("T-1", "one_time", day.day * 1000, day.isoformat())]

    def right(self, by, day=date(2025, 5, 10)):
        put(by, PRICES, of_fee("one_time"), amount_yen=day.day * 1000, from_on=day)


class NoPrice(Monthly):
    """A price that was never quoted."""

    wrong = DAYS

    def rows(self, day=None):
        return [price("T-1", "monthly", 270_000, day.isoformat())] if day else []

    def right(self, by, day=None):
        if day:
            put(by, PRICES, of_fee("monthly"), from_on=day)
        else:
            undo(by, PRICES, of_fee("monthly"))


class Licences:
    """How many licences a change came to, and from when."""

    facts, wrong = UNIT, st.tuples(st.integers(100, 3000), DAYS)

    def rows(self, told=(200, date(2025, 5, 16))):
        said = {"application": "A-2", "accepted": "2025-04-01"}
        return [change("O-LIC", "ライセンス数", str(told[0]), told[1].isoformat(), **said)]

    def right(self, by, told=(200, date(2025, 5, 16))):
        put(by, CHANGES, of(Change), to_number=told[0], effective_on=told[1])


class NoLicences(Licences):
    """A change that never was, with the price that came with it."""

    def rows(self, told=None):
        if told is None:
            return []
        sheet, quoted = price("O-LIC", "monthly", 90, told[1].isoformat())
        return [*Licences.rows(self, told), (sheet, {**quoted, "application": "A-2"})]

    def right(self, by, told=None):
        if told is None:
            undo(by, CHANGES, of(Change))
        else:
            Licences.right(self, by, told)


class Upgrade:
    """An upgrade that never was, with the fee that it brought (別紙2-3(1))."""

    facts, wrong = BASIC, DAYS

    def rows(self, day=None):
        if day is None:
            return []
        sheet, fee = price("T-1", "one_time", 7_000, day.isoformat())
        said = {"application": "A-2", "accepted": "2025-04-01"}
        upgrade = change("T-1", "カテゴリ", "プレミアム", day.isoformat(), keep_price="はい", **said)
        return [upgrade, (sheet, {**fee, "application": "A-2"})]

    def right(self, by, day=None):
        if day is None:
            undo(by, CHANGES, of(Change))
        else:
            put(by, CHANGES, of(Change), effective_on=day)


class Start:
    """課金開始日 of all that began together."""

    wrong = st.dates(date(2025, 3, 20), date(2025, 6, 20))
    facts = ()

    def rows(self, day=date(2025, 4, 10)):
        starts = day.isoformat()
        prices = [priced(number, yen, from_on=starts) for number, yen in (("T-1", 300_000), ("O-EDR", 7), ("O-LIC", 9))]
        return [premium(starts=starts), edr(starts=starts), licence(starts=starts), *prices]

    def right(self, by, day=date(2025, 4, 10)):
        put(by, STARTS, of(BillingStart), starts_on=day)


class Moments:
    """When an outage was known and over, in whole hours."""

    facts = UNIT
    wrong = st.tuples(st.dates(date(2025, 4, 2), date(2025, 5, 10)), st.integers(24, 200))

    def rows(self, told=(date(2025, 4, 20), 60)):
        known, over = moment(told[0]), moment(*told)
        named = [f"{timezone.localtime(one):%Y-%m-%d %H:%M}" for one in (known, over)]
        return [outage("T-1", *named, "2025-05-20")]

    def right(self, by, told=(date(2025, 4, 20), 60)):
        put(by, OUTAGES, of(Outage), known_at=moment(told[0]), restored_at=moment(*told))


class ClaimDay(Moments):
    """When a claim came."""

    wrong = st.dates(date(2025, 4, 25), date(2025, 6, 20))

    def rows(self, day=date(2025, 5, 20)):
        return [outage("T-1", "2025-04-20 00:00", "2025-04-22 12:00", day.isoformat())]

    def right(self, by, day=date(2025, 5, 20)):
        put(by, OUTAGES, of(Outage), claimed_on=day)


class Refused(Moments):
    """A claim that was granted and ought not to have been."""

    wrong = st.just("granted")

    def rows(self, decision="refused"):
        return [outage("T-1", "2025-04-20 00:00", "2025-04-22 12:00", "2025-05-20" if decision == "granted" else "")]

    def right(self, by, decision="refused"):
        fault = "company" if decision == "granted" else "customer"
        said = {"fault": fault, "fault_reason": "調査", "ground": agreed(), "on": ON, "by": by}
        correct_decision(of(Outage), decision=decision, **said)


class BreachClaim(Moments):
    """When a breach was claimed."""

    wrong = st.dates(date(2025, 4, 25), date(2025, 5, 15))

    def rows(self, day=date(2025, 5, 2)):
        return [breach("T-1", "2025-04-20 00:00", day.isoformat())]

    def right(self, by, day=date(2025, 5, 2)):
        put(by, BREACHES, of(Breach), claimed_on=day)


class Ended:
    """A notice of another day (I-34), with the settlement of what ended too early."""

    facts, wrong = UNIT, DAYS

    def rows(self, day=date(2025, 5, 16)):
        return [notice("O-EDR", "2025-04-01", day.isoformat())]

    def right(self, by, day=date(2025, 5, 16)):
        instead = NoticeAsked(("O-EDR",), date(2025, 4, 1), day)
        correct_letter(of(Notice), instead, on=ON, document="同意 1", reason="誤り", by=by)


class NotEnded(Ended):
    """A notice that never arrived."""

    def rows(self, day=None):
        return [notice("O-EDR", "2025-04-01", day.isoformat())] if day else []

    def right(self, by, day=None):
        if day:
            return Ended.right(self, by, day)
        return withdraw_letter(of(Notice), on=ON, document="同意 1", reason="誤り", by=by)


KINDS = [Monthly, MonthlyDay, Initial, OneTime, NoPrice, Licences, NoLicences, Upgrade, Start, Moments, ClaimDay]
KINDS += [Refused, BreachClaim, Ended, NotEnded]
FEW = settings(
    deadline=None,
    max_examples=examples(2, at_night=3),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


def ledger_of(kind, first, puts):
    """The totals of a ledger in which the fact is taken in so, and put right so after so many closes; then it is taken back."""
    with TemporaryDirectory() as folder, transaction.atomic():
        by = User.objects.create_superuser("責任者")
        must_take(book(*kind.facts, *(kind.rows(*first))), Path(folder) / "book")
        for closed, month in enumerate(LEDGER):
            for after, to in puts:
                if after == closed:
                    kind.right(by, *to)
            close(month)
        if puts:  # without corrections it is a ledger like any other
            assert list(check_ledger(recompute=True)) == []
        found = totals()
        transaction.set_rollback(True)
    return found


@cache
def right_from_the_start(kind):
    return ledger_of(kind(), (), [])


@pytest.mark.django_db
@pytest.mark.parametrize("kind", KINDS)
@FEW
@given(st.data())
def test_put_right_it_is_as_if_right_from_the_start(kind, data):
    """Wrong at first; put right wrongly, perhaps twice; right in the end, each after any number of closes."""
    (right,) = kind.right.__defaults__
    wrong = kind.wrong.filter(lambda told: told != right)
    first, *others = data.draw(st.lists(wrong, min_size=1, max_size=3, unique=True))
    puts = [*((other,) for other in others), ()]
    # The first example that is tried is the simplest: here it is the fact put right when three months were billed by it.
    open_still = st.lists(st.integers(0, 3), min_size=len(puts), max_size=len(puts))
    afters = sorted(3 - months for months in data.draw(open_still))
    assert ledger_of(kind(), (first,), list(zip(afters, puts, strict=True))) == right_from_the_start(kind)
