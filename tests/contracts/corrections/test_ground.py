"""Who may put what right, on which ground (I-50, I-51): refused unless it holds, and kept with it where it does."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import DatabaseError, connection, transaction

from contracts.models import Change, Entry, FactCorrection, Price
from contracts.operations.corrections.kind import put_right, take_back
from contracts.operations.corrections.of_targets import CHANGES, PRICES
from contracts.operations.prices import quote
from contracts.operations.refusal import Refused
from tests.contracts.book.build import book, change, edr, licence, must_take, premium, priced
from tests.contracts.corrections.desk import agreed, change_of, price_of, recorded, slip

TODAY, TOMORROW = date(2025, 6, 10), date(2025, 6, 11)


@pytest.fixture(autouse=True)
def in_june():
    with time_machine.travel(datetime(2025, 6, 10, 12, tzinfo=ZoneInfo("Asia/Tokyo")), tick=False):
        yield


@pytest.fixture
def unit(db, tmp_path):
    """Taken in by the book today, by somebody else."""
    rows = [premium(), edr(), licence(), *priced("T-1", 300_000), *priced("O-EDR", 1), *priced("O-LIC", 100)]
    must_take(book(*rows, change("O-LIC", "ライセンス数", "2000", "2025-05-01", accepted="2025-04-20")), tmp_path)


@pytest.fixture
def quoted(unit, clerk):
    """A price that the clerk quoted today."""
    target = price_of("T-1").target
    return quote(
        *(target,), fee="monthly", amount_yen=310_000, from_on=TODAY, reference="Q", note="", on=TODAY, by=clerk
    )


@pytest.mark.parametrize(
    ("ground", "field", "said"),
    [
        pytest.param(agreed(document=" "), "document", "文書番号が必要", id="agreed on no document"),
        pytest.param(agreed(reason=" "), "reason", "理由が必要", id="no reason"),
        pytest.param(slip(reason=""), "reason", "理由が必要", id="a slip without a reason"),
        pytest.param(agreed(leads=False), "ground", "責任者が行います", id="agreed, by somebody who is no lead"),
        pytest.param(slip(leads=False), "ground", "自分が今日記録したものではありません", id="a slip of another"),
    ],
)
def test_a_ground_that_does_not_hold_is_refused(unit, lead, ground, field, said):
    with pytest.raises(Refused) as refused:
        lead.right("change", change_of("O-LIC"), ground=ground, to_number=200)
    assert (refused.value.reason.field, refused.value.reason.clause) == (field, "9-1")
    assert said in refused.value.reason.message
    assert change_of("O-LIC").to_number == 2000
    assert recorded() == []


def test_what_was_put_right_keeps_its_ground(unit, lead):
    was = change_of("O-LIC")
    (put,) = lead.right("change", was, ground=agreed("合意書 7", "注文書と違う"), to_number=200)
    row = FactCorrection.objects.get()
    assert (row.ground, row.document, row.reason, row.by) == ("agreed", "合意書 7", "注文書と違う", "責任者")
    assert (row.kind, row.subject, row.was, row.now) == ("change", "O-LIC", was.pk, put.now.pk)
    was.refresh_from_db()
    assert (was.to_number, was.withdrawn_because, was.replaced_by_id) == (2000, "注文書と違う", put.now.pk)
    entry = Entry.objects.filter(operation="correct").get()
    assert (entry.before["to_number"], entry.after["to_number"], entry.reason) == (2000, 200, "注文書と違う")
    assert (entry.after["correction_ground"], entry.after["correction_document"]) == ("agreed", "合意書 7")


def test_a_clerk_puts_their_own_slip_of_today_right(quoted, clerk):
    said = {"ground": slip(leads=False), "on": TODAY, "by": clerk}
    (put,) = put_right(PRICES, [quoted], {"amount_yen": 301_000}, **said)
    assert put.now.amount_yen == 301_000
    put_right(PRICES, [put.now], {"amount_yen": 302_000}, **said)
    now = Price.objects.standing().get(from_on=TODAY)
    take_back(PRICES, [now], **said)
    assert recorded() == [("price", "T-1", "slip", True)] * 2 + [("price", "T-1", "slip", False)]


def test_tomorrow_it_is_a_leads(quoted, clerk):
    with pytest.raises(Refused, match="自分が今日記録したものではありません"):
        put_right(PRICES, [quoted], {"amount_yen": 1}, ground=slip(leads=False), on=TOMORROW, by=clerk)
    put_right(PRICES, [quoted], {"amount_yen": 1}, ground=slip(), on=TOMORROW, by=clerk)


def test_what_stood_before_the_own_row_of_today_is_not_ones_own(unit, lead, clerk):
    """The clerk says the quantity anew; its day was said by the book."""
    own = Change.objects.get(pk=change_of("O-LIC").pk)
    (put,) = put_right(CHANGES, [own], {"to_number": 300}, ground=slip(), on=TODAY, by=clerk)
    said = {"ground": slip(leads=False), "on": TODAY, "by": clerk}
    with pytest.raises(Refused, match="今日より前に、又はほかの人が"):
        put_right(CHANGES, [put.now], {"effective_on": date(2025, 6, 1)}, **said)
    with pytest.raises(Refused, match="今日より前に、又はほかの人が"):
        take_back(CHANGES, [put.now], **said)
    put_right(CHANGES, [put.now], {"to_number": 400}, **said)


def test_a_row_that_stands_no_more_is_not_put_right(unit, lead):
    was = change_of("O-LIC")
    lead.right("change", was, to_number=200)
    with pytest.raises(Refused, match="置き換えられています"):
        lead.right("change", was, to_number=300)


def test_nothing_otherwise_is_nothing(unit, lead):
    with pytest.raises(Refused, match="記録済みの内容と同じ"):
        lead.right("change", change_of("O-LIC"), to_number=2000)
    assert recorded() == []


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE contracts_factcorrection SET reason = 'x'",
        "DELETE FROM contracts_factcorrection",
        "UPDATE contracts_change SET to_number = 1 WHERE withdrawn_on IS NULL",
        "UPDATE contracts_change SET withdrawn_on = NULL, withdrawn_in = NULL, replaced_by_id = NULL",
    ],
)
def test_the_database_loses_nothing_of_it(unit, lead, statement):
    lead.right("change", change_of("O-LIC"), to_number=200)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.parametrize(
    "values",
    [
        {"ground": "agreed", "document": ""},
        {"ground": "other", "document": "合意"},
        {"reason": ""},
    ],
)
def test_the_database_keeps_no_correction_without_its_ground(unit, lead, values):
    lead.right("change", change_of("O-LIC"), to_number=200)
    row = FactCorrection.objects.get()
    row.pk, row.was = None, 999
    for name, value in values.items():
        setattr(row, name, value)
    with pytest.raises(DatabaseError), transaction.atomic():
        row.save(force_insert=True)
