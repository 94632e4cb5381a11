"""A process that is killed (SIGKILL) while it accepts an application: nothing half done, and accepting again ends well."""

import signal

import pytest

from tests.contracts.applications.form import CONSENT, edr, licence, upgrade
from tests.contracts.book.build import book, ips, ips_service, tier
from tests.faults.test_killed import Product

PEOPLE = """
from datetime import date
from django.contrib.auth.models import User
from contracts.models import Application, ManagementUnit
from contracts.operations import applications as desk
enters, _ = User.objects.get_or_create(username='enters')
decides, _ = User.objects.get_or_create(username='decides')
"""
RECEIVE = """
draft = desk.save_draft(None, unit=ManagementUnit.objects.get(), lines={lines}, applied_on=date(2025, 3, 1), version=0, by=enters)
desk.receive(draft, on=date(2025, 3, 5), by=enters, reason="試験")
"""
ACCEPT = """
application = Application.objects.get(state='received')
seen = desk.judge(application, on=date(2025, 3, 10)).seen
desk.accept(application, on=date(2025, 3, 10), by=decides, seen=seen)
"""
DIE_AFTER = """
from contracts.facts import history
from contracts.operations import accepted, applications
from contracts.facts import save as write_rows
def then_die(owner, name):
    step = getattr(owner, name)
    def stepped(*arguments, **said):
        step(*arguments, **said)
        os.kill(os.getpid(), signal.SIGKILL)
    setattr(owner, name, stepped)
then_die({step})
"""
LINES = [upgrade(one_time_yen="7", **CONSENT), edr("T-1", starts="2025-05-01"), licence(on="T-1", starts="2025-05-01")]
STEPS = {
    "the decision is written": "applications.Application, 'save'",
    "the facts are written": "write_rows.FactsWriter, 'write'",
    "the consents are written": "accepted, '_write_consents'",
    "the history is written": "history, 'record_all'",
    "the worklist is brought up": "applications, 'refresh_worklist'",
}


@pytest.fixture(scope="module")
def received(tmp_path_factory, migrated):
    """A unit's book taken in, and an application for it received: each test begins with a copy."""
    product = Product(tmp_path_factory.mktemp("received"), migrated)
    product.run(product.take(book(tier(), ips(), ips_service())))
    product.run(PEOPLE, RECEIVE.format(lines=LINES))
    return product


@pytest.fixture
def product(tmp_path, received):
    return Product(tmp_path, received)


def everything(product):
    """Every row of the tables of facts, and of the state of applications."""
    return product.facts(), product.rows("SELECT number, state, version, lines FROM contracts_application")


@pytest.mark.parametrize("step", STEPS.values(), ids=STEPS)
def test_killed_while_accepting(step, product):
    before = everything(product)
    assert product.run(PEOPLE, DIE_AFTER.format(step=step), ACCEPT) == -signal.SIGKILL
    assert everything(product) == before
    assert product.run(PEOPLE, ACCEPT) == 0
    facts, applications = everything(product)
    assert [state for _number, state, _version, _lines in applications] == ["accepted", "accepted"]
    grown = {name: facts[name] - before[0][name] for name in facts if facts[name] != before[0][name]}
    assert grown == {
        "contracts_billingstart": 2,
        "contracts_change": 1,
        "contracts_consent": 1,
        "contracts_entry": 1 + 1 + 1 + 2 + 1,
        "contracts_entrylink": 1 + 1 + 1 + 2 + 1,
        "contracts_option": 2,
        "contracts_numberseries": 1,
        "contracts_price": 1,
        "contracts_revisionmoment": 1,
        "contracts_target": 2,
        # Decided; the new options have no initial fee yet, and nobody has said that the old price goes on (I-41).
        "contracts_workitem": -1 + 2 + 1,
    }
