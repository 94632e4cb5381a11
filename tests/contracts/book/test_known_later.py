"""A linked service that changed after recording: what became known later warns, and the exported book goes round (I-28)."""

from datetime import date

import pytest

from contracts.operations.register import register_state
from tests.contracts.book.build import (
    IPS_KIND,
    book,
    ips,
    ips_service,
    must_take,
    priced,
    sheets_of,
    take,
    take_path,
    tier,
)
from tests.contracts.book.test_round_trip import empty, export

pytestmark = pytest.mark.django_db
LINKED = (tier(), ips(), ips_service(), priced("T-1", 100_000), priced("M-IPS", 50_000))
AS_IT_WAS = {"item": "IPS/タイプA", "holder": "C-1", "ends_on": None}


@pytest.mark.parametrize(
    ("became", "clause"),
    [
        pytest.param({"ends_on": date(2025, 9, 30)}, "7-3", id="it ends"),
        pytest.param({"item": "IPS/タイプC"}, "7-5", id="another item"),
        pytest.param({"holder": "株式会社別"}, "7-3", id="another holder"),
    ],
)
def test_what_became_known_later_goes_round(became, clause, tmp_path, django_user_model):
    must_take(book(*LINKED), tmp_path / "1")
    state = {"code": "S-1", "from_on": date(2025, 8, 1), "service": "ips_ids", "kind": IPS_KIND, **AS_IT_WAS, **became}
    register_state(**state, on=date(2025, 7, 20), by=django_user_model.objects.create_user("sales"))
    out = sheets_of(export(tmp_path / "out"))
    empty()
    answer = take_path(tmp_path / "out")
    assert answer.faults == []
    assert clause in {warning["clause"] for warning in answer.warnings}
    assert sheets_of(export(tmp_path / "again")) == out


@pytest.mark.parametrize(
    ("known", "refused"),
    [
        pytest.param("", True, id="from the beginning"),
        pytest.param("2025-03-10", True, id="on the day of the acceptance"),
        pytest.param("2025-03-11", False, id="on the day after it"),
    ],
)
def test_what_was_known_at_the_acceptance_is_held_against_it(known, refused, tmp_path):
    later = ips_service(from_on="2025-08-01", ends_on="2025-09-30", known_on=known)
    answer = take(book(*LINKED, later), tmp_path / "book")
    assert answer.refused is refused
    assert {found["clause"] for found in (answer.faults if refused else answer.warnings)} == {"7-3"}
