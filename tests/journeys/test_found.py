"""Books and lives that an independent calculation of the terms found to come out otherwise; each the smallest that shows it."""

import pytest

from contracts.models import Target
from tests.billing.ledger import close
from tests.contracts.book.build import (
    book,
    change,
    edr,
    ips,
    ips_service,
    licence,
    module,
    must_take,
    notice,
    premium,
    price,
    priced,
    take,
    tier,
)

pytestmark = pytest.mark.django_db

UPGRADED = [
    ips_service(premium_consent_on="2020-01-01"),
    tier("ベーシック"),
    ips(),
    *priced("T-1", 100_000),
    *priced("M-IPS", 50_000),
    change("T-1", "category", "アドバンスト", "2025-06-20", accepted="2025-05-10"),
    price("T-1", "one_time", 9_000, "2025-05-10"),
    price("T-1", "monthly", 200_000, "2025-06-20"),
]


def test_a_late_notice_is_taken_though_a_change_of_its_target_is_stored(tmp_path):
    """I-09: arrived before the change was accepted, recorded after; the notice stands, and what it makes moot is said."""
    must_take(book(*UPGRADED), tmp_path / "first")
    close("2025-04")
    answer = take(book(notice("T-1", "2025-04-20"), notice("M-IPS", "2025-04-20")), tmp_path / "late")
    assert answer.faults == []
    assert "9-1" in {warning["clause"] for warning in answer.warnings}
    assert {f"{on}" for on in Target.objects.values_list("ends_on", flat=True)} == {"2025-05-20"}


def test_a_change_of_the_same_book_as_the_notice_is_refused(tmp_path):
    """9-1, I-28: whoever applies with a notice at hand applies for what results."""
    answer = take(book(*UPGRADED, notice("T-1", "2025-04-20"), notice("M-IPS", "2025-04-20")), tmp_path)
    assert answer.clauses == {"9-1"}


def test_a_late_notice_is_taken_though_an_option_of_its_contract_is_stored(tmp_path):
    """I-09, 10-2: the second licence was to begin after the end of the tier; a change of it in the same book changes nothing."""
    facts = [premium(), module(), edr(), licence()]
    second = licence("顧客ライセンス", number="O-LIC2", application="A-2", accepted="2025-05-20", starts="2025-07-01")
    must_take(book(*facts, second), tmp_path / "first")
    late = book(notice("T-1", "2025-05-01"), change("O-LIC2", "quantity", 7, "2025-08-01", application="A-3"))
    answer = take(late, tmp_path / "late")
    assert answer.faults == []
    assert "10-2" in {warning["clause"] for warning in answer.warnings}
    assert f"{Target.objects.get(number='O-LIC2').ends_on}" == "2025-05-31"


def test_an_option_applied_for_with_the_notice_at_hand_is_refused(tmp_path):
    """10-2: the book that brings both is judged as the application would have been."""
    must_take(book(premium(), module(), edr(), licence()), tmp_path / "first")
    second = licence("顧客ライセンス", number="O-LIC2", application="A-2", accepted="2025-05-20", starts="2025-07-01")
    answer = take(book(notice("T-1", "2025-05-01"), second), tmp_path / "late")
    assert "10-2" in answer.clauses
    assert answer.refused


def test_what_a_late_notice_made_moot_holds_up_no_later_book(tmp_path):
    """Said once it is stored, it stands against neither the next notice nor the next application of its unit."""
    facts = [premium(), module(), edr(), licence()]
    second = licence("顧客ライセンス", number="O-LIC2", application="A-2", accepted="2025-05-20", starts="2025-07-01")
    must_take(book(*facts, second), tmp_path / "first")
    must_take(book(notice("T-1", "2025-05-01")), tmp_path / "late")
    assert take(book(notice("M-1", "2025-05-03")), tmp_path / "another").faults == []
    again = book(premium("T-2", application="A-3", starts="2025-06-01"))
    again |= {"customers": [], "units": []}
    assert take({name: rows for name, rows in again.items() if rows}, tmp_path / "again").clauses <= {"7-1"}
