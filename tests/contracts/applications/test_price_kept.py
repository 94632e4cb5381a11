"""料金据置 on the form: asked for where a change has no new monthly price, and kept with the change (I-41)."""

import pytest

from contracts.models import Change, WorkItem
from tests.contracts.applications.form import CONSENT, licences, other_item, quoted, refusals, upgrade, years
from tests.contracts.book import build as had
from tests.contracts.book.build import book, must_take

SOUND = [had.tier(), had.module(), had.ips(), had.ips_service()]
SOUND += [had.option("ログ保管オプション", on="M-1", number="O-KEEP", retention_years="1")]


def asked(judgement):
    """(line, field) of the remarks that ask for a price; none stands against acceptance."""
    found = [remark for remark in judgement.remarks if remark.fault and "料金据置" in remark.fault.message]
    assert not any(remark.refused for remark in found)
    return {(remark.line, remark.field, remark.clause) for remark in found}


@pytest.mark.parametrize("line", [upgrade(**CONSENT), other_item(), years("3")])
def test_a_change_without_a_new_price_is_asked_for(line, desk):
    desk.has(*SOUND)
    assert asked(desk.judged(line)) == {("#1", "monthly_yen", "13")}
    assert asked(desk.judged({**line, "monthly_yen": "200000"})) == set()
    assert asked(desk.judged({**line, "keep_price": "yes"})) == set()
    assert refusals(desk.judged(line)) == set()


def test_a_price_on_record_from_that_day_will_do(desk):
    desk.has(*SOUND, had.price("T-1", "monthly", 200_000, "2025-05-01"))
    assert asked(desk.judged(upgrade(**CONSENT))) == set()
    assert asked(desk.judged(upgrade(on="2025-05-02", **CONSENT))) != set()


def test_licences_have_a_price_each(desk):
    desk.has(had.premium(), had.module(), had.edr(), had.licence())
    assert asked(desk.judged(licences("150"))) == set()


def test_what_the_form_says_is_kept_with_the_change(desk, tmp_path):
    desk.has(*SOUND)
    desk.accepted(upgrade(keep_price="yes", **CONSENT))
    assert Change.objects.get().price_kept
    assert not WorkItem.objects.filter(key__endswith="price_kept_silently").exists()


@pytest.mark.parametrize("line", [upgrade(**CONSENT), other_item(), years("3")])
def test_a_price_and_the_old_price_kept_are_not_both_meant(line, desk):
    """I-41: which of them the customer was told, nobody guesses."""
    desk.has(*SOUND)
    both = {**line, "keep_price": "yes", "monthly_yen": "200000"}
    assert refusals(desk.judged(both)) == {("13", "#1", "keep_price")}
    kept, price = {**line, "keep_price": "yes"}, quoted(line["target"], "monthly", "9", "2025-05-01", "#2")
    assert refusals(desk.judged(kept, price)) == {("13", "#1", "keep_price")}
    later = quoted(line["target"], "monthly", "9", "2025-05-02", "#2")
    assert refusals(desk.judged(kept, later)) == set()


def test_a_book_that_says_both_is_warned_of(desk, tmp_path):
    """A price may well have become known after 料金据置: what is on record goes into a copy all the same."""
    desk.has(*SOUND)
    change = had.change("O-KEEP", "retention_years", 3, "2025-06-01", keep_price="はい")
    answer = must_take(book(change, had.price("O-KEEP", "monthly", 9, "2025-06-01")), tmp_path / "both")
    assert [(w["sheet"], w["column"], w["clause"]) for w in answer.warnings] == [("changes", "keep_price", "13")]
