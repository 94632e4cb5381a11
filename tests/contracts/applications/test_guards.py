"""What the database itself refuses of applications, history, consents and setting changes, whatever SQL is sent to it."""

import pytest
from django.db import DatabaseError, connection, transaction

from contracts.models import Application, Consent, Contract, Entry, LinkedService, NumberSeries, SettingChange, WorkItem
from contracts.operations import applications as operations
from contracts.operations.register import register_unit
from tests.contracts.applications.form import day, module, moment, tier
from tests.contracts.book import build as had

pytestmark = pytest.mark.django_db

FORM = [tier(), module()]


def run(statement, *values):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values)


def refused(statement, *values, named=""):
    """The statement is refused, by the constraint or guard of that name."""
    with pytest.raises(DatabaseError) as error:
        run(statement, *values)
    cause = error.value.__cause__
    assert named in (cause.diag.constraint_name if connection.vendor == "postgresql" else str(cause))


# History


@pytest.fixture
def told(desk):
    desk.has(had.tier(), had.module())
    assert Entry.objects.count() == 4
    return list(Entry.objects.order_by("pk").values())


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE contracts_entry SET actor = 'x'",
        "UPDATE contracts_entry SET actor = actor",
        "UPDATE contracts_entry SET reason = 'x' WHERE id = (SELECT min(id) FROM contracts_entry)",
        "DELETE FROM contracts_entry",
        "DELETE FROM contracts_entry WHERE id = (SELECT max(id) FROM contracts_entry)",
    ],
)
def test_history_is_only_added_to(told, statement):
    refused(statement, named="entry_only_added")
    assert list(Entry.objects.order_by("pk").values()) == told


def test_history_is_not_replaced(told):
    """REPLACE is a delete in disguise on SQLite; PostgreSQL has an upsert."""
    first = told[0]["id"]
    columns = "id, at, actor, operation, record, subject, reason"
    values = f"SELECT {first}, at, 'x', operation, record, subject, reason FROM contracts_entry WHERE id = {first}"
    if connection.vendor == "sqlite":
        refused(f"REPLACE INTO contracts_entry ({columns}) {values}")
    else:
        upsert = "ON CONFLICT (id) DO UPDATE SET actor = 'x'"
        refused(f"INSERT INTO contracts_entry ({columns}) {values} {upsert}", named="entry_only_added")
    assert list(Entry.objects.order_by("pk").values()) == told


@pytest.mark.postgres
def test_history_is_not_emptied(told):
    refused("TRUNCATE contracts_entry", named="entry_only_added")
    assert Entry.objects.count() == len(told)


def test_history_outlives_its_unit(told, desk):
    """No key holds an entry to its unit: an empty unit's row can go, its entries stay."""
    unit = register_unit(customer=desk.unit().customer, code="U-9", name="支社", by=desk.enters)
    run("DELETE FROM contracts_managementunit WHERE id = %s", unit.pk)
    assert list(Entry.objects.filter(unit_id=unit.pk).values_list("operation", "subject")) == [("register", "U-9")]


# Applications

RECEIVED = {
    "lines": "'[]'",
    "received_on": "'2025-03-06'",
    "entered_by_id": "NULL",
    "four_eyes": "false",
    "state": "'draft'",
    "number": "'AP9'",
    "unit_id": "unit_id + 1",
}


def other_unit(desk):
    desk.has(had.customer(), had.unit(), had.unit("U-2"))


@pytest.mark.parametrize("column", RECEIVED)
def test_what_was_received_is_not_rewritten(desk, column):
    """The form, its day, who entered it, and that two have to look at it: from the receipt on they stand."""
    other_unit(desk)
    desk.received(*FORM)
    refused(f"UPDATE contracts_application SET {column} = {RECEIVED[column]}", named="application_decided")


@pytest.mark.parametrize("column", ["lines", "entered_by_id", "four_eyes"])
def test_a_draft_is_rewritten(desk, column):
    other_unit(desk)
    desk.drafted(*FORM)
    run(f"UPDATE contracts_application SET {column} = {RECEIVED[column]}")


@pytest.mark.parametrize("column", ["number", "unit_id"])
def test_a_draft_keeps_its_number_and_its_unit(desk, column):
    other_unit(desk)
    desk.drafted(*FORM)
    refused(f"UPDATE contracts_application SET {column} = {RECEIVED[column]}", named="application_decided")


def decided(desk, state):
    desk.has()
    application = desk.received(*FORM)
    if state == "accepted":
        desk.accept(application)
    else:
        close = operations.reject if state == "rejected" else operations.withdraw
        close(application, on=day("2025-03-20"), by=desk.decides, reason="理由")
    return application


@pytest.mark.parametrize(
    "change",
    [
        "state = 'received', accepted_on = NULL, closed_on = NULL",
        "state = 'draft', accepted_on = NULL, closed_on = NULL",
        "state = 'rejected', accepted_on = NULL, closed_on = '2025-04-01', reason = '別'",
        "state = 'accepted', accepted_on = '2025-04-01', closed_on = NULL",
        "accepted_on = '2025-04-01'",
        "closed_on = '2025-04-01'",
        "decided_by_id = entered_by_id",
        "reason = '別の理由'",
        "lines = '[]'",
        "received_on = NULL",
        "four_eyes = false",
    ],
)
@pytest.mark.parametrize("state", ["accepted", "rejected", "withdrawn"])
def test_what_was_decided_stays_decided(desk, state, change):
    application = decided(desk, state)
    before = Application.objects.filter(pk=application.pk).values().get()
    refused(f"UPDATE contracts_application SET {change}")
    assert Application.objects.filter(pk=application.pk).values().get() == before


def test_what_a_book_brought_is_decided_too(desk):
    desk.has(had.tier(), had.module())
    refused("UPDATE contracts_application SET accepted_on = '2025-03-11'", named="application_decided")
    refused("UPDATE contracts_application SET state = 'withdrawn'")


def test_the_days_of_another_do_not_matter(desk):
    """A guard looks at what differs: an update that changes nothing of it goes through."""
    application = decided(desk, "accepted")
    run("UPDATE contracts_application SET number = number, state = state, version = version + 1")
    assert Application.objects.get(pk=application.pk).version == application.version + 1


@pytest.mark.parametrize(
    ("state", "days"),
    [
        pytest.param("draft", {"accepted_on": "2025-03-10"}, id="a draft that was accepted"),
        pytest.param("draft", {"closed_on": "2025-03-10"}, id="a draft that was closed"),
        pytest.param("received", {}, id="received on no day"),
        pytest.param(
            "received", {"received_on": "2025-03-05", "accepted_on": "2025-03-10"}, id="received and accepted at once"
        ),
        pytest.param("accepted", {}, id="accepted on no day"),
        pytest.param(
            "accepted", {"accepted_on": "2025-03-10", "closed_on": "2025-03-10"}, id="accepted and closed at once"
        ),
        pytest.param("rejected", {"reason": "理由"}, id="rejected on no day"),
        pytest.param("rejected", {"closed_on": "2025-03-10"}, id="rejected for no reason"),
        pytest.param("withdrawn", {"closed_on": "2025-03-10"}, id="withdrawn for no reason"),
        pytest.param("waiting", {"received_on": "2025-03-05"}, id="a state that is none"),
    ],
)
def test_a_state_and_its_days_agree(desk, state, days):
    desk.has()
    with pytest.raises(DatabaseError), transaction.atomic():
        Application.objects.create(number="AP1", unit=desk.unit(), state=state, **days)


def test_two_people_decide_or_the_database_refuses(desk):
    """Four eyes, once stamped at the receipt, hold against any statement."""
    desk.has()
    desk.received(*FORM)
    own = "UPDATE contracts_application SET state = 'accepted', accepted_on = '2025-03-10', decided_by_id = "
    refused(f"{own}entered_by_id", named="decided_by_another")
    refused(f"{own}NULL", named="application_four_eyes")
    refused(f"{own}entered_by_id, four_eyes = false", named="application_decided")
    run(f"{own}%s", desk.decides.pk)


# Consents


@pytest.fixture
def owners(desk):
    desk.has(had.tier(), had.ips(), had.ips_service())
    return {"service": LinkedService.objects.get(), "tier": Contract.objects.get(target__number="T-1")}


def consent(owners, *, of="service", **said):
    facts = {"assent": "module_consent", "given_on": day("2025-03-01"), "given_by": "甲", "document": "書"}
    owner = {"linked_service": owners["service"]} if of == "service" else {"contract": owners["tier"]}
    if of == "tier":
        facts["assent"] = "own_premium_consent"
    if of == "nothing":
        owner = {}
    if of == "both":
        owner = {"linked_service": owners["service"], "contract": owners["tier"]}
    return Consent.objects.create(**(facts | owner | said))


@pytest.mark.parametrize(
    "said",
    [
        pytest.param({"of": "nothing"}, id="of nothing"),
        pytest.param({"of": "both"}, id="of a service and a tier at once"),
        pytest.param({"of": "service", "assent": "own_premium_consent"}, id="17-1 of a service"),
        pytest.param({"of": "tier", "assent": "premium_consent"}, id="7-4 of a tier"),
        pytest.param({"given_by": ""}, id="given by nobody"),
        pytest.param({"document": ""}, id="on no document"),
        pytest.param({"ends_on": day("2025-02-28")}, id="ended before it was given"),
    ],
)
def test_consents_the_database_refuses(owners, said):
    with pytest.raises(DatabaseError), transaction.atomic():
        consent(owners, **said)
    assert Consent.objects.count() == 0


@pytest.mark.parametrize("of", ["service", "tier"])
def test_a_consent_is_recorded_once_a_day(owners, of):
    consent(owners, of=of, ends_on=day("2025-03-01"))
    with pytest.raises(DatabaseError), transaction.atomic():
        consent(owners, of=of)
    consent(owners, of=of, given_on=day("2025-03-02"))
    if of == "service":
        consent(owners, assent="premium_consent")
    assert Consent.objects.count() == (3 if of == "service" else 2)


# Setting changes, worklist, numbers


def setting_change(owners, **said):
    facts = {"what": "規則", "why": "攻撃", "changed_at": moment("2025-04-10 09:00"), "changed_by": "乙"}
    return SettingChange.objects.create(contract=owners["tier"], **(facts | said))


@pytest.mark.parametrize(
    "said",
    [
        pytest.param({"what": ""}, id="of nothing"),
        pytest.param({"why": ""}, id="for no reason"),
        pytest.param({"told_at": moment("2025-04-10 10:00")}, id="told in no way"),
        pytest.param({"told_how": "電話"}, id="told at no time"),
        pytest.param({"told_at": moment("2025-04-10 08:59"), "told_how": "電話"}, id="told before it was changed"),
    ],
)
def test_setting_changes_the_database_refuses(owners, said):
    with pytest.raises(DatabaseError), transaction.atomic():
        setting_change(owners, **said)


def test_a_setting_change_may_be_told_at_once(owners):
    setting_change(owners, told_at=moment("2025-04-10 09:00"), told_how="電話")
    assert SettingChange.objects.count() == 1


def test_a_row_of_the_worklist_is_of_a_known_kind_and_there_once(desk):
    desk.has()
    row = {"kind": "start", "unit": desk.unit(), "subject": "T-1", "clause": "13", "text": "未定"}
    with pytest.raises(DatabaseError), transaction.atomic():
        WorkItem.objects.create(key="k", **row | {"kind": "whatever"})
    WorkItem.objects.create(key="k", **row)
    with pytest.raises(DatabaseError), transaction.atomic():
        WorkItem.objects.create(key="k", **row)


def test_a_series_of_numbers_is_there_once():
    NumberSeries.objects.create(prefix="SOC", last=3)
    with pytest.raises(DatabaseError), transaction.atomic():
        NumberSeries.objects.create(prefix="SOC")
