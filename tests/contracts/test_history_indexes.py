"""The indexes of the history: each answers a question that a screen or a month asks, and nothing is kept for none.

Asked of PostgreSQL's own plans, of a history large enough that reading it whole costs more.
"""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.db.models import Q, QuerySet

from contracts.models import Entry

pytestmark = [pytest.mark.postgres, pytest.mark.django_db]
ROWS, RARE = 60_000, 500
FIRST = datetime(2025, 1, 1, tzinfo=UTC)


@pytest.fixture
def history() -> None:
    """A year of entries, an hour's worth of one kind; one in a thousand is of a record, an operation, a person of its own."""
    Entry.objects.bulk_create(
        (
            Entry(
                actor="rare" if number % RARE == 0 else f"person{number % 7}",
                operation="abolish" if number % RARE == 1 else "add",
                record="abolition" if number % RARE == 2 else "price",
                subject=f"T{number:08}",
                unit_id=number // 10 + 1,
            )
            for number in range(ROWS)
        ),
        batch_size=5000,
    )
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE contracts_entry DISABLE TRIGGER USER")
        cursor.execute("UPDATE contracts_entry SET at = %s + (id %% 60000) * interval '8 minutes'", [FIRST])
        cursor.execute("ALTER TABLE contracts_entry ENABLE TRIGGER USER")
        cursor.execute("ANALYZE contracts_entry")


def newest(condition: Q) -> QuerySet[Entry]:
    """The first page of a list, as the screen asks for it."""
    return Entry.objects.filter(condition).order_by("-pk")[:50]


QUESTIONS = {
    "entry_of_subject": lambda: newest(Q(subject="T00000321")),
    "entry_of_actor": lambda: newest(Q(actor="rare")),
    "entry_of_unit": lambda: newest(Q(unit_id=77)),
    "entry_of_record": lambda: newest(Q(record="abolition")),
    "entry_of_operation": lambda: newest(Q(operation="abolish")),
    "entry_at": lambda: newest(Q(at__gte=FIRST + timedelta(days=9), at__lt=FIRST + timedelta(days=10))),
    "contracts_entry_pkey": lambda: newest(Q()),
}


@pytest.mark.usefixtures("history")
def test_each_index_answers_a_question_and_each_question_has_one() -> None:
    used = {name: indexes_of(question()) for name, question in QUESTIONS.items()}
    assert used == {name: {name} for name in QUESTIONS}
    with connection.cursor() as cursor:
        cursor.execute("SELECT indexname FROM pg_indexes WHERE tablename = 'contracts_entry'")
        assert {name for (name,) in cursor.fetchall()} == set(QUESTIONS)


def indexes_of(rows: QuerySet[Entry]) -> set[str]:
    """The indexes that the plan of the query goes by."""
    found: set[str] = set()

    def look(plan: dict) -> None:
        found.update(name for name in [plan.get("Index Name")] if name)
        for child in plan.get("Plans", ()):
            look(child)

    with connection.cursor() as cursor:
        sql, values = rows.query.sql_with_params()
        cursor.execute(f"EXPLAIN (FORMAT JSON) {sql}", values)
        look(cursor.fetchone()[0][0]["Plan"])
    return found
