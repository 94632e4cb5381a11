"""The history is worded whatever an entry says: any kind of record, any name, any JSON, on the page and in the CSV."""

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contracts.admin.kit.words import MODELS, differences
from contracts.admin.records.entry import _changes as changes
from contracts.models import Entry
from contracts.models.choices import OPERATIONS, RECORDS
from tests.effort import examples

TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=12)
PLAIN = (
    st.none() | st.booleans() | st.integers(-(10**20), 10**20) | st.floats(allow_nan=False, allow_infinity=False) | TEXT
)
JSON = st.recursive(
    PLAIN | st.sampled_from(["category", "9999-12-31T23:59:59Z", "0001-01-01T00:00:00+09:00", "2025-13-45T00:00:00Z"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=6,
)
NAMES = sorted(
    {field.name for model in MODELS.values() for field in model._meta.get_fields()} | {"to", "what", "lines"}
)
VALUES = st.dictionaries(st.sampled_from(NAMES) | TEXT, JSON, max_size=4)
KINDS = st.sampled_from([code for code, _name in RECORDS] + ["of_tomorrow", ""])
DONE = st.sampled_from([code for code, _name in OPERATIONS] + ["undone"])


@settings(max_examples=examples(100), deadline=None)
@given(KINDS, VALUES | JSON, VALUES | JSON)
def test_any_values_of_any_record_are_worded(record, before, after):
    entry = Entry(record=record, operation="close", subject="X", before=before, after=after)
    for label, was, now in differences(entry):
        assert isinstance(label, str)
        assert isinstance(f"{was}{now}", str)
    assert isinstance(changes(entry), str)


@pytest.mark.parametrize("record", MODELS)
def test_every_field_and_relation_of_every_record_has_a_word(record):
    """Its relations seen from the other end among them: the units of a billing group broke the page for everybody."""
    for field in MODELS[record]._meta.get_fields():
        entry = Entry(record=record, operation="close", subject="X", before=None, after={field.name: ["甲", "乙"]})
        [(label, _was, now)] = [*differences(entry)] or [("x", None, "甲、乙")]
        assert label
        assert now == "甲、乙"


@pytest.mark.django_db
@settings(max_examples=examples(12), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(KINDS, DONE, TEXT, VALUES | JSON, VALUES | JSON)
def test_any_entry_is_on_the_page_and_in_the_csv(db, record, operation, subject, before, after):
    user, _made = User.objects.get_or_create(username="auditor", is_superuser=True, is_staff=True)
    client = Client()
    client.force_login(user)
    entry = Entry.objects.create(
        actor="甲", operation=operation, record=record, subject=subject, before=before, after=after
    )
    assert client.get(reverse("admin:contracts_entry_changelist")).status_code == 200
    assert client.get(reverse("admin:contracts_entry_change", args=[entry.pk])).status_code == 200
    assert b"".join(client.get(reverse("admin:contracts_entry_csv")).streaming_content)
