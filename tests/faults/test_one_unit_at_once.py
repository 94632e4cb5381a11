"""PostgreSQL: many people at one unit at once, each verb beside each: nobody meets an error, and the worklist is what the facts come to."""

import copy
import random
import threading
from collections import Counter
from datetime import datetime, time
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core.exceptions import ObjectDoesNotExist
from django.db import connections, transaction

from billing.operations.check_ledger import check_ledger
from contracts.models import WorkItem
from contracts.operations.refusal import Refused
from contracts.operations.worklist import refresh_whole_worklist
from tests.properties.office import BEGINS, NothingThereError, Office
from tests.properties.verbs import IN_TURN, VERBS

pytestmark = [pytest.mark.postgres, pytest.mark.usefixtures("transactional_db")]

PEOPLE = 12
"""People at once. Together they do every verb as often as a test says, dealt out in an order that nobody chose."""
NOON = datetime.combine(BEGINS, time(12), ZoneInfo("Asia/Tokyo"))
SHOWN = ("key", "unit_id", "kind", "subject", "clause", "text", "values", "from_on", "until_on", "due_on", "stake_yen")


@pytest.fixture
def office(tmp_path):
    with time_machine.travel(NOON, tick=False):
        office, chance = Office(tmp_path), random.Random(7)
        for verb in ("draft", "receive", "draft", "ask", "event", "setting", "note", "rename", "draft", "receive"):
            office.does(verb, VERBS[verb], chance)
            office.on = BEGINS
        yield office


class AtOnce(Office):
    """One of several people in the same office, on the same day."""

    def __init__(self, office, place, seed):
        self.__dict__ |= copy.copy(office.__dict__)
        self.count, self.done, self.faults = 1000 * (place + 1), Counter(), []
        self.chance = random.Random(f"{seed}-{place}")

    def one(self, rows):
        """As people find it on a page: gone a moment later is gone."""
        try:
            return super().one(rows)
        except ObjectDoesNotExist:
            raise NothingThereError from None

    def goes_on(self, verbs):
        for name in verbs:
            self.by, self.count = self.chance.choice(self.people), self.count + 1
            try:
                with transaction.atomic():
                    VERBS[name](self)
                self.done[name] += 1
            except (Refused, NothingThereError):
                self.done["refused"] += 1
            except Exception as error:
                self.faults.append(f"{name}: {type(error).__name__}: {error}")


def at_once(office, seed, verbs):
    """Everybody begins together; what was done, and what went wrong."""
    people = [AtOnce(office, place, seed) for place in range(PEOPLE)]
    dealt = random.Random(seed).sample(verbs, len(verbs))
    begin = threading.Barrier(PEOPLE)

    def works(place, person):
        begin.wait()
        try:
            person.goes_on(dealt[place::PEOPLE])
        finally:
            connections.close_all()

    threads = [threading.Thread(target=works, args=each, daemon=True) for each in enumerate(people)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=300)
    assert not any(thread.is_alive() for thread in threads)
    return sum((person.done for person in people), Counter()), [fault for person in people for fault in person.faults]


NOT_AT_ONCE = {"book", "brought", "second_unit"}
"""Books have their own (test_books_side_by_side); here they would be refused as each other's contradiction."""


def worklist():
    return sorted(map(repr, WorkItem.objects.values_list(*SHOWN)))


DESK = (
    "draft",
    "receive",
    "receive",
    "send_back",
    "reopen",
    "reject",
    "acknowledge",
    "give_up",
    "saved_again",
    "accept",
)
DESK += (
    "note",
    "note",
    "done_outside",
    "not_done_after_all",
    "ask",
    "hand_back",
    "hand_over",
    "assign",
    "setting",
    "tell",
)


@pytest.mark.parametrize("verbs", [sorted({*IN_TURN} - NOT_AT_ONCE) * 3, DESK * 9], ids=["any", "desk"])
def test_every_verb_beside_every_verb(office, verbs):
    done, faults = at_once(office, 1, verbs)
    assert faults == []
    print(done)
    assert sum(done.values()) == len(verbs)
    stood = worklist()
    refresh_whole_worklist()
    assert stood == worklist()
    assert list(check_ledger(recompute=True)) == []
