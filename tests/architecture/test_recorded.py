"""Of every table somebody has decided whether it is in the book (docs/decisions/0023), and what is in it is restored."""

from django.apps import apps

from billing.facts.recorded import OF_THE_BOOK
from contracts.facts.recorded import PEOPLE, columns_of
from contracts.intake.book.record_sheets import sheet_name
from contracts.models import FactsRevision
from tests.architecture.test_clause_map import resolve
from tests.architecture.test_papers import DECISIONS, rows

TEXT = next(DECISIONS.glob("0023-*.md")).read_text(encoding="utf-8")
DECIDED = {resolve(model.strip("`")): said for model, said in rows(TEXT)}


def test_every_model_is_in_the_book_or_somebody_has_said_why_not() -> None:
    ours = {model for label in ("contracts", "billing") for model in apps.get_app_config(label).get_models()}
    assert set(DECIDED) == ours


def test_what_is_said_of_each_is_so() -> None:
    sheets = {table.model: sheet_name(table, english=False) for table in OF_THE_BOOK if table is not PEOPLE}
    for model, said in DECIDED.items():
        if model is FactsRevision:
            assert said == "版"
        elif said.startswith("no:"):
            assert model not in sheets
        else:
            named = sheets[model]
            assert said.startswith(named)
            assert said[len(named) :][:1] in ("", ",", ":")


def test_every_column_of_a_table_is_carried() -> None:
    for table in OF_THE_BOOK:
        if table is not PEOPLE:
            carried = {column.field for column in columns_of(table, OF_THE_BOOK)}
            assert carried == set(table.model._meta.concrete_fields)


def test_what_a_row_refers_to_stands_before_it() -> None:
    for at, table in enumerate(OF_THE_BOOK):
        referred = {column.refers_to for column in columns_of(table, OF_THE_BOOK)} - {None}
        assert referred <= {*OF_THE_BOOK[:at]}


def test_no_two_columns_of_a_sheet_are_called_alike() -> None:
    for table in OF_THE_BOOK:
        columns = columns_of(table, OF_THE_BOOK)
        for names in ([column.label for column in columns], [column.name for column in columns]):
            assert len(set(names)) == len(names), table.name
