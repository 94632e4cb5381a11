"""A book is judged as a form is: what lies outside a life, what has no price, what was abolished, what cannot be read."""

from datetime import date

import pytest

from contracts import models
from contracts.operations.changes import keep_price
from contracts.operations.refusal import Refused
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
    option,
    places,
    premium,
    price,
    priced,
    sound,
    stored,
    take,
    tier,
)

pytestmark = pytest.mark.django_db
ENDING = [notice("T-1", "2025-05-20", "2025-10-31"), notice("M-1", "2025-05-20", "2025-10-31")]
REPORT = "現地報告オプション"
PRICED = [*priced("T-1", 100_000), *priced("M-1", 50_000)]


def refused_after(first, more, path):
    """The faults of a book that follows another; nothing of it is stored."""
    must_take(first, path / "1")
    before = stored()
    answer = take(more, path / "2")
    assert answer.refused
    assert stored() == before
    return places(more, answer.faults)


def test_a_notice_that_arrived_before_its_target_was_agreed(tmp_path):
    rows = sound(option(REPORT, number="O-R"), notice("O-R", "2025-02-01"))
    answer = take(rows, tmp_path / "book")
    assert places(rows, answer.faults) == {("12-1", "notices", "O-R", "arrived_on")}
    assert stored() == {}


def test_a_change_after_the_end_that_was_known(tmp_path):
    late = book(change("T-1", "カテゴリ", "プレミアム", "2025-12-01", accepted="2025-06-06"))
    assert refused_after(sound(*ENDING), late, tmp_path) == {("9-1", "changes", "T-1", "effective_on")}


def test_a_change_whose_end_became_known_later_is_moot(tmp_path):
    early = change("T-1", "カテゴリ", "プレミアム", "2025-12-01", accepted="2025-05-10")
    must_take(sound(early, *ENDING), tmp_path / "book")


def test_a_change_before_the_start(tmp_path):
    rows = sound(change("T-1", "カテゴリ", "プレミアム", "2025-03-31", accepted="2025-03-20"))
    answer = take(rows, tmp_path / "book")
    assert places(rows, answer.faults) == {("9-1", "changes", "T-1", "effective_on")}


def test_an_option_after_its_contracts_end(tmp_path):
    late = option(REPORT, number="O-Y", application="A-5", accepted="2025-06-05", starts="2025-12-01")
    assert refused_after(sound(*ENDING), book(late), tmp_path) == {("10-2", "options", "O-Y", "contract")}


@pytest.mark.parametrize("number", ["T-1", "M-1"])
def test_an_option_by_the_number_of_a_contract_on_record(number, tmp_path):
    late = book(option(REPORT, number=number, application="A-5"))
    assert refused_after(sound(), late, tmp_path) == {("", "options", number, "number")}


def test_a_contract_by_the_number_of_an_option_on_record(tmp_path):
    more = book(tier(number="O-R", of="U-2", application="A-7"), module(number="M-7", of="U-2", application="A-7"))
    more |= {"units": [*more["units"], {"code": "U-2", "customer": "C-1", "name": "支社"}]}
    found = refused_after(sound(option(REPORT, number="O-R")), more, tmp_path)
    assert ("", "contracts", "O-R", "number") in found


@pytest.mark.parametrize("column", ["item", "module_type"])
def test_a_faulty_contract_to_which_all_else_refers(column, tmp_path):
    kind, row = tier()
    faulty = kind, row | {column: "X"}
    rows = book(
        *(faulty, module(), option(REPORT), change("T-1", "カテゴリ", "プレミアム", "2025-06-01")),
        *(notice("T-1", "2025-07-01"), PRICED),
    )
    answer = take(rows, tmp_path / "book")
    assert answer.refused
    assert {(fault["sheet"], fault["row"], fault["column"]) for fault in answer.faults} == {("contracts", 2, column)}


# 料金据置 (I-41)

UPGRADE = change("T-1", "カテゴリ", "プレミアム", "2025-06-01")


def asked():
    """(subject, from) of the prices that are asked for because of a change."""
    rows = models.WorkItem.objects.filter(kind="price", key__endswith="|price_kept_silently")
    return [(subject, str(day)) for subject, day in rows.values_list("subject", "from_on")]


def kept(fact):
    return fact[0], fact[1] | {"keep_price": "はい"}


@pytest.mark.parametrize(
    ("facts", "warned"),
    [
        pytest.param([UPGRADE], True, id="nothing said"),
        pytest.param([UPGRADE, price("T-1", "monthly", 200_000, "2025-06-01")], False, id="a new price"),
        pytest.param([UPGRADE, price("T-1", "monthly", 200_000, "2025-06-02")], True, id="a price from another day"),
        pytest.param([kept(UPGRADE)], False, id="the price is kept"),
        pytest.param(
            [
                UPGRADE,
                notice("T-1", "2025-05-12", "2025-05-31", "gp28_2"),
                notice("M-1", "2025-05-12", "2025-05-31", "gp28_2"),
            ],
            False,
            id="it never takes effect",
        ),
    ],
)
def test_a_change_without_a_new_price_is_asked_for(facts, warned, tmp_path):
    rows = sound(*PRICED, *facts, price("T-1", "one_time", 1, "2025-05-10"))
    answer = must_take(rows, tmp_path / "book")
    found = [fault for fault in places(rows, answer.warnings) if fault[1] == "changes" and fault[3] == "keep_price"]
    assert found == ([("13", "changes", "T-1", "keep_price")] if warned else [])
    assert asked() == ([("T-1", "2025-06-01")] if warned else [])


def test_a_price_that_comes_later_is_what_was_asked_for(tmp_path):
    must_take(sound(*PRICED, UPGRADE), tmp_path / "1")
    assert asked()
    must_take(book(price("T-1", "monthly", 200_000, "2025-06-01")), tmp_path / "2")
    assert asked() == []


def test_that_the_price_is_kept_can_be_recorded_later(tmp_path, django_user_model):
    must_take(sound(*PRICED, UPGRADE), tmp_path / "1")
    by = django_user_model.objects.create_user("sales")
    change_ = models.Change.objects.get()
    with_price = keep_price(change_, reference="注文書 3", on=date(2025, 7, 1), by=by)
    assert with_price.price_kept
    assert asked() == []
    assert list(models.Change.objects.order_by("pk").values_list("price_kept", "withdrawn_on", "replaced_by")) == [
        (False, date(2025, 7, 1), with_price.pk),
        (True, None, None),
    ]
    with pytest.raises(Refused):
        keep_price(with_price, reference="注文書 3", on=date(2025, 7, 1), by=by)


def test_a_price_from_the_day_and_a_kept_price_cannot_both_be(tmp_path, django_user_model):
    must_take(sound(*PRICED, UPGRADE, price("T-1", "monthly", 200_000, "2025-06-01")), tmp_path / "1")
    by = django_user_model.objects.create_user("sales")
    with pytest.raises(Refused):
        keep_price(models.Change.objects.get(), reference="注文書 3", on=date(2025, 7, 1), by=by)


@pytest.mark.parametrize(
    ("more", "what"),
    [
        (change("M-IPS", "品目", "IPS/タイプB", "2025-06-01"), "item"),
        (change("O-KEEP", "保管年数", "3", "2025-06-01"), "retention_years"),
    ],
)
def test_an_item_and_years_have_a_price_too(more, what, tmp_path):
    keeps = option("ログ保管オプション", on="M-1", number="O-KEEP", retention_years="1")
    linked = [ips(), ips_service(), ips_service("IPS/タイプB", from_on="2025-06-01")] if what == "item" else []
    must_take(book(tier(), module(), keeps, *linked, more), tmp_path / "book")
    assert asked() == [(more[1]["target"], "2025-06-01")]


def test_licences_have_not(tmp_path):
    rows = book(premium(), module(), edr(), licence(), change("O-LIC", "ライセンス数", "150", "2025-06-01"))
    must_take(rows, tmp_path / "book")
    assert asked() == []
