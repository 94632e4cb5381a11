"""Books and lives that an independent calculation of the terms found to come out otherwise; each the smallest that shows it."""

import pytest

from contracts.models import Target
from tests.billing.ledger import close
from tests.contracts.book.build import book, change, ips, ips_service, must_take, notice, price, priced, take, tier

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
