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
    first = Entry.objects.create(operation="add", record="price", actor="person0", subject="T00000000")
    columns = [field.column for field in Entry._meta.concrete_fields if not field.primary_key]
    told = {
        "at": "%(first)s + (n %% 60000) * interval '8 minutes'",
        "actor": "CASE WHEN n %% %(rare)s = 0 THEN 'rare' ELSE 'person' || n %% 7 END",
        "operation": "CASE WHEN n %% %(rare)s = 1 THEN 'abolish' ELSE 'add' END",
        "record": "CASE WHEN n %% %(rare)s = 2 THEN 'abolition' ELSE 'price' END",
        "subject": "'T' || lpad(n::text, 8, '0')",
        "unit_id": "n / 10 + 1",
    }
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE contracts_entry DISABLE TRIGGER USER")
        cursor.execute(
            f"INSERT INTO contracts_entry ({', '.join(columns)}) SELECT {', '.join(told.get(one, one) for one in columns)} "
            "FROM contracts_entry, generate_series(0, %(rows)s - 1) n WHERE id = %(like)s",
            {"first": FIRST, "rare": RARE, "rows": ROWS, "like": first.pk},
        )
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
