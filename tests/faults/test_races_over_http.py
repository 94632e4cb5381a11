"""PostgreSQL: every button of every screen pressed by many at once, on rows of one unit. Nobody meets a fault of ours; nothing is stale.

Each verb is pressed TIMES over, two of them one after the other and so beside each other, these shuffled among all others;
``CSOC_RACES=50`` presses each fifty times.
"""

import os
import random
import threading
import uuid
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django import forms
from django.contrib import admin
from django.contrib.auth.models import User
from django.db import connections

from billing.operations.check_ledger import check_ledger
from contracts.admin.kit.days import DayField
from contracts.admin.kit.verbs import ActingAdmin
from contracts.models import Application, Entry, Price, Submission, WorkItem
from contracts.operations import second
from contracts.operations.worklist import refresh_whole_worklist
from tests.admin.conftest import signed_in
from tests.faults.test_one_unit_at_once import worklist
from tests.properties.office import BEGINS, Office
from tests.properties.verbs import VERBS

pytestmark = [pytest.mark.postgres, pytest.mark.usefixtures("transactional_db")]

TIMES = int(os.environ.get("CSOC_RACES", "2"))
TOGETHER = 12
"""Browsers at once: as many as the processes and threads of a large installation would serve."""
NOON = datetime.combine(BEGINS, time(12), ZoneInfo("Asia/Tokyo"))
ROWS = ("draft", "receive") * 4 + ("draft",) * 3 + ("outage", "late_notification", "claim", "setting", "notice")
ROWS += (
    "consent",
    "price",
    "other_price",
    "note",
    "rename",
    "hand_over",
    "draft",
    "receive",
    "reject",
    "group",
    "event",
)
CORRECTED = "amount_yen=123456&from_on=2025-04-01&reference=Q-1&ground=slip&reason=誤り"


@pytest.fixture
def office(tmp_path):
    with time_machine.travel(NOON, tick=False):
        office, chance = Office(tmp_path), random.Random(11)
        for verb in ROWS:
            office.does(verb, VERBS[verb], chance)
            office.on = BEGINS
        price = Price.objects.standing().filter(target__kind="tier").first()
        said = {"screen": "contracts.price", "verb": "correct", "row": f"{price.pk}", "subject": price.target.number}
        said |= {"unit_id": price.target.unit_id, "form": CORRECTED, "shown": []}
        second.ask(**said, on=BEGINS, by=office.people[0])
        refresh_whole_worklist()
        yield office


def filled(field, chance):
    """Something lawful for a field, as far as its kind tells."""
    if isinstance(field, forms.ModelMultipleChoiceField) and not field.required:
        return None
    if isinstance(field, forms.ModelChoiceField):
        return str(field.queryset.values_list("pk", flat=True).first() or "")
    if isinstance(field, forms.MultipleChoiceField) and not field.required:
        return None
    if isinstance(field, forms.ChoiceField):
        values = [value for value in _values(field.choices) if value]
        return chance.choice(values) if values else ""
    if isinstance(field, forms.EmailField):
        return "a@example.jp"
    if isinstance(field, (DayField, forms.DateField)):
        return f"{BEGINS:%Y-%m-%d}"
    if isinstance(field, (forms.DateTimeField, forms.SplitDateTimeField)):
        return f"{BEGINS:%Y-%m-%d} 09:00"
    if isinstance(field, (forms.IntegerField, forms.DecimalField)):
        return "1"
    return "on" if isinstance(field, forms.BooleanField) else f"試験 {chance.randint(1, 9)}"


def _values(choices):
    """The values of a choice, those in its groups too."""
    for value, label in choices:
        yield from _values(label) if isinstance(label, (list, tuple)) else [value]


def _otherwise(given):
    """A correction that says what is recorded corrects nothing: its first day or name is another."""
    for name, value in given.items():
        if isinstance(value, date):
            return given | {name: value + timedelta(days=1)}
        if name in ("name", "note"):
            return given | {name: "訂正後"}
    return given


def presses(chance):
    """(what, address, what is sent) of every verb, for a row that offers it."""
    found = []
    for model, screen in admin.site._registry.items():
        if not isinstance(screen, ActingAdmin):
            continue
        rows = list(model._default_manager.order_by("-pk")[:40])
        for verb in screen.verbs:
            offering = [row for row in rows if _offers(verb, row)]
            if offering:
                # Of the worklist's rows many go while others are at work.
                row = offering[0] if model is not WorkItem else chance.choice(offering)
                found.append(
                    (f"{model.__name__}.{verb.name}", screen.address(verb.name, row), _given(verb, row, chance))
                )
        found += [
            (f"{model.__name__}.{verb.name}", screen.address(verb.name, None), _given(verb, None, chance))
            for verb in screen.general_verbs
        ]
    return found


def _offers(verb, row):
    return getattr(row, "stands", True) and verb.offered(row)


def _given(verb, row, chance):
    form = verb.form(initial=verb.initial(row))
    if verb.fit is not None:
        verb.fit(form, row)
    given = {}
    for name, field in form.fields.items():
        begun = form.get_initial_for_field(field, name)
        given[name] = filled(field, chance) if begun in (None, "", []) else field.prepare_value(begun)
    given = {name: value for name, value in given.items() if value is not None}
    return (_otherwise(given) if verb.name.startswith("correct") else given) | {"confirmed": "1"}


def pressed(clients, asked):
    """Every press, TOGETHER at a time; the status of each by verb."""
    answers, opened, lock = [], [], threading.Lock()
    own = threading.local()

    def press(one):
        what, address, given = one
        if not hasattr(own, "client"):
            with lock:
                own.client = clients.pop()
                opened.append(connections["default"])
        response = own.client.post(address, {**given, "once": str(uuid.uuid4())})
        with lock:
            answers.append((what, response.status_code))

    with ThreadPoolExecutor(TOGETHER) as pool:
        list(pool.map(press, asked))
    for one in opened:  # each thread kept its own, as those of the web server do
        one.inc_thread_sharing()
        one.close()
    return answers


def browsers():
    """People in front of browsers of their own, each as the chief: what is refused is refused by the terms."""
    people = [User.objects.create_superuser(f"chief-{number}") for number in range(TOGETHER)]
    clients = [signed_in(person) for person in people]
    for client in clients:
        client.raise_request_exception = False
    return clients


def sound():
    """Nothing half done: the worklist is what the facts come to, and every form that was carried out is told of once."""
    stood = worklist()
    refresh_whole_worklist()
    assert stood == worklist()
    assert list(check_ledger(recompute=True)) == []
    assert not Submission.objects.filter(led_to="").exists()


def test_every_button_at_once(office):
    chance = random.Random(3)
    found = presses(chance)
    assert len(found) > 45
    pairs = [[one] * 2 for one in found for _ in range(max(1, TIMES // 2))]
    chance.shuffle(pairs)
    asked = [one for pair in pairs for one in pair]
    answers = pressed(browsers(), asked)
    print(Counter(answers))
    assert [answer for answer in answers if answer[1] >= 500] == []
    assert len({what for what, status in answers if status == 302}) > 25, "most of them are really done"
    sound()


def test_fifty_receptions_at_one_unit(office):
    """受付 of fifty drafts of one unit at once: each is received once, each is told of, each has its row."""
    unit = Application.objects.filter(state="draft").first().unit
    drafts = [
        Application.objects.create(
            number=f"AP9{number:07}", unit=unit, state="draft", applied_on=BEGINS, version=1, lines=LINE
        )
        for number in range(50)
    ]
    screen = admin.site._registry[Application]
    given = {"on": f"{BEGINS}", "reason": "契約者の依頼", "confirmed": "1"}
    asked = [("receive", screen.address("receive", row), given) for row in drafts]
    answers = pressed(browsers(), asked * 2)
    assert not [answer for answer in answers if answer[1] >= 500]
    ours = [row.number for row in drafts]
    assert Application.objects.filter(number__in=ours, state="received").count() == 50
    assert Entry.objects.filter(operation="receive", subject__in=ours).count() == 50
    assert WorkItem.objects.filter(unit=unit, subject__in=ours).count() == 50
    sound()


LINE = [{"key": "#1", "verb": "contract", "category": "basic"}]
