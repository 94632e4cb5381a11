"""The history proves itself: every entry is linked to the one before it, and the first place where that does not hold is named."""

import threading
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone

from contracts.facts import chain, history
from contracts.models import ChainHead, Entry, EntryLink
from tests.contracts.history.past_the_guards import unguarded

pytestmark = pytest.mark.django_db


def written(count, subject="X"):
    """So many entries, of every kind of value."""
    for number in range(count):
        values = {"day": timezone.localdate(), "name": "株式会社髙橋\t\\\n", "list": [1, None, "２"], "yen": -(10**15)}
        history.record(
            "register", "customer", f"{subject}-{number}", by="試験", before=None, after=values, reason="理由"
        )


def test_every_entry_is_linked_and_the_chain_holds():
    written(5)
    history.record_all(Entry(actor="a", operation="import", record="price", subject=f"P-{n}") for n in range(3000))
    assert chain.sweep() == 3005
    assert chain.sweep() == 0
    assert chain.first_break() is None
    assert chain.head() == (3005, EntryLink.objects.get(position=3005).sha256)
    assert not chain.waiting().exists()


def test_an_entry_is_linked_right_after_its_commit(django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        written(3)
    assert EntryLink.objects.count() == 3
    assert chain.first_break() is None


def test_of_what_is_rolled_back_nothing_is_linked(django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True) as callbacks:
        with transaction.atomic():
            written(1, "gone")
            transaction.set_rollback(True)
        written(1)
    assert len(callbacks) == 1
    assert EntryLink.objects.count() == 1


def test_the_same_entries_in_the_same_order_have_the_same_hashes_and_others_have_others():
    written(2)
    chain.sweep()
    first, second = EntryLink.objects.order_by("position")
    assert first.sha256 != second.sha256
    said = Entry.objects.filter(pk=first.entry).values_list(*chain.SAID).get()
    assert chain.link_of("", 1, said) == first.sha256
    assert chain.link_of("", 2, said) != first.sha256
    assert chain.link_of("0", 1, said) != first.sha256


CHANGED = {
    "at": "'2020-01-01 00:00:00+00:00'",
    "actor": "'x'",
    "operation": "'close'",
    "record": "'month'",
    "subject": "'x'",
    "unit_id": "77",
    "reason": "'x'",
    "before": "'{}'",
    "after": "'{}'",
    "id": "9999",
}


def test_every_column_of_an_entry_is_in_its_hash():
    assert set(CHANGED) == {field.column for field in Entry._meta.concrete_fields}


@pytest.mark.parametrize("column", CHANGED)
def test_an_entry_that_was_changed_is_the_first_break(column):
    written(6)
    chain.sweep()
    third = EntryLink.objects.get(position=3).entry
    unguarded([Entry], f"UPDATE contracts_entry SET {column} = {CHANGED[column]} WHERE id = {third}")
    found = chain.first_break()
    assert found == (3, third, "entry_missing" if column == "id" else "entry_differs")


def test_an_entry_that_is_gone_is_the_first_break():
    written(6)
    chain.sweep()
    fourth = EntryLink.objects.get(position=4).entry
    unguarded([Entry], f"DELETE FROM contracts_entry WHERE id = {fourth}")
    assert chain.first_break() == (4, fourth, "entry_missing")


def test_two_entries_that_changed_places_are_found():
    written(6)
    chain.sweep()
    two, three = EntryLink.objects.filter(position__in=(2, 3)).order_by("position").values_list("entry", flat=True)
    unguarded(
        [EntryLink],
        f"UPDATE contracts_entrylink SET entry = 99999 WHERE entry = {two}",
        f"UPDATE contracts_entrylink SET entry = {two} WHERE entry = {three}",
        f"UPDATE contracts_entrylink SET entry = {three} WHERE entry = 99999",
    )
    assert chain.first_break() == (2, three, "entry_differs")


@pytest.mark.parametrize(
    ("statement", "position", "what"),
    [
        ("DELETE FROM contracts_entrylink WHERE position = 2", 2, "link_missing"),
        ("DELETE FROM contracts_entrylink WHERE position = 5", 5, "head_differs"),
        ("UPDATE contracts_entrylink SET sha256 = 'x' WHERE position = 2", 2, "entry_differs"),
        ("UPDATE contracts_chainhead SET sha256 = 'x'", 5, "head_differs"),
        ("UPDATE contracts_chainhead SET position = 4", 4, "head_differs"),
    ],
)
def test_a_link_that_was_tampered_with_is_found(statement, position, what):
    written(5)
    chain.sweep()
    unguarded([EntryLink, ChainHead], statement)
    found = chain.first_break()
    assert found is not None
    assert (found.position, found.what) == (position, what)


def test_what_a_writer_passes_over_the_next_one_links(django_capture_on_commit_callbacks):
    Entry.objects.bulk_create(Entry(actor="a", operation="import", record="price", subject="P") for _n in range(2))
    with django_capture_on_commit_callbacks(execute=True):
        written(1)
    assert EntryLink.objects.count() == 3


def test_a_transaction_of_many_entries_links_once(django_capture_on_commit_callbacks, monkeypatch):
    linked = []
    monkeypatch.setattr(chain, "link_after", lambda entry, link=chain.link_after: linked.append(link(entry)))
    with django_capture_on_commit_callbacks(execute=True):
        written(7)
    assert len(linked) == 1
    assert EntryLink.objects.count() == 7


@pytest.mark.django_db(transaction=True)
def test_what_was_written_after_a_savepoint_that_was_undone_is_linked():
    with transaction.atomic():
        with transaction.atomic():
            written(1, "undone")
            transaction.set_rollback(True)
        written(2, "kept")
    assert EntryLink.objects.count() == Entry.objects.filter(subject__startswith="kept").count() == 2


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_a_writer_does_not_wait_for_the_disk_a_second_time(monkeypatch):
    """Links are made anew where they are lost; what was done itself is kept before it is said to be done."""
    asked = []
    monkeypatch.setattr(chain, "link_of", lambda *said, link=chain.link_of: asked.append(_synchronous()) or link(*said))
    written(1)
    assert asked == ["off"]
    with connection.cursor() as cursor:
        cursor.execute("SET synchronous_commit = on")
    assert _synchronous() == "on"
    written(1)
    assert asked == ["off", "off"]
    assert _synchronous() == "on", "of its own transaction alone"


def _synchronous():
    with connection.cursor() as cursor:
        cursor.execute("SHOW synchronous_commit")
        return cursor.fetchone()[0]


def test_a_writer_links_no_more_than_its_share(django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        history.record_all(Entry(actor="a", operation="import", record="price", subject="P") for _n in range(1200))
    assert EntryLink.objects.count() == chain.AFTER_A_COMMIT
    assert chain.sweep() == 1200 - chain.AFTER_A_COMMIT
    assert chain.first_break() is None


def test_a_whole_sweep_goes_on_from_what_is_settled_and_finds_what_came_late(monkeypatch):
    written(3)
    ids = list(Entry.objects.order_by("pk").values_list("pk", flat=True))
    monkeypatch.setattr(chain, "now", lambda: timezone.now() + 2 * chain.SETTLED)
    assert chain.sweep(whole=True) == 3
    assert ChainHead.objects.get().swept_to == ids[-1]
    written(1)
    monkeypatch.setattr(chain, "now", lambda: timezone.now() - timedelta(days=9))
    assert chain.sweep() == 1
    assert chain.first_break() is None


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_nobody_waits_for_another_and_nothing_is_left_out():
    """Eight writers, of whom one is long at it: all are linked, each once, and nobody waited for the long one."""
    begun, go_on = threading.Event(), threading.Event()

    def long_one():
        with transaction.atomic():
            written(1, "long")
            begun.set()
            go_on.wait(20)
        connection.close()

    def writer(name):
        for _round in range(10):
            with transaction.atomic():
                written(3, name)
        connection.close()

    slow = threading.Thread(target=long_one)
    slow.start()
    begun.wait(20)
    others = [threading.Thread(target=writer, args=(f"W{n}",)) for n in range(8)]
    for thread in others:
        thread.start()
    for thread in others:
        thread.join(60)
    # The long one has the lowest number, and is not committed yet: it is linked in its turn, after the others.
    assert not any(thread.is_alive() for thread in others)
    go_on.set()
    slow.join(20)
    chain.sweep(whole=True)
    assert EntryLink.objects.count() == Entry.objects.count() == 241
    assert sorted(EntryLink.objects.values_list("entry", flat=True)) == sorted(
        Entry.objects.values_list("pk", flat=True)
    )
    assert chain.first_break() is None


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_where_others_link_a_writer_goes_on():
    written(1)
    held, go_on = threading.Event(), threading.Event()

    def holder():
        with transaction.atomic():
            ChainHead.objects.select_for_update().get(pk=1)
            held.set()
            go_on.wait(20)
        connection.close()

    thread = threading.Thread(target=holder)
    thread.start()
    held.wait(20)
    written(1)
    assert EntryLink.objects.count() == 1
    go_on.set()
    thread.join(20)
    assert chain.sweep() == 1
