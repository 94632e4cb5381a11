"""第6条（契約の単位）."""

from contracts.terms.art06_units import surplus_modules, surplus_tiers
from contracts.terms.catalog import Category, ModuleType
from tests.terms.build import clauses, module, notice, tier, unit

DEVICE = ModuleType.DEVICE_LOG


def test_of_two_tier_contracts_the_earlier_accepted_is_kept():
    earlier, later = tier(number="T-9", accepted="2025-01-10"), tier(number="T-1", accepted="2025-02-10")
    assert surplus_tiers([later, earlier]) == [later]
    assert surplus_tiers([earlier]) == []


def test_two_contracts_of_one_item_are_one_too_many():
    first = module(DEVICE, item="タイプ1", number="M-1", accepted="2025-01-10")
    again = module(DEVICE, item="タイプ1", number="M-2", accepted="2025-02-10")
    other = module(DEVICE, item="タイプ2", number="M-3")
    assert list(surplus_modules([(c, c.module) for c in (again, other, first)])) == [(again, first)]


def test_where_there_is_no_item_the_type_is_the_unit():
    # I-06: クラウドログ収集 has no items, so one contract of the type itself.
    assert clauses(unit(tier(), module(number="M-1"), module(number="M-2"))) == ["6-2"]


def test_a_tier_contract_may_follow_another_the_day_after():
    facts = unit(
        tier(Category.BASIC, "T-1", starts="2024-04-01"),
        tier(Category.ADVANCED, "T-2", starts="2025-07-01"),
        module(starts="2025-07-01"),
        notice("T-1", "2025-05-01", "2025-06-30"),
    )
    assert clauses(facts, "2025-07-01") == []
    assert "6-1" not in clauses(facts, "2025-06-30")


def test_a_module_contract_may_follow_another_of_the_same_item_the_day_after():
    facts = unit(
        tier(),
        module(number="M-1"),
        module(number="M-2", starts="2025-07-01"),
        notice("M-1", "2025-05-01", "2025-06-30"),
    )
    assert clauses(facts, "2025-06-30") == clauses(facts, "2025-07-01") == []


def test_two_contracts_on_the_last_day_of_the_first_are_one_too_many():
    facts = unit(
        tier(),
        module(number="M-1"),
        module(number="M-2", starts="2025-06-30"),
        notice("M-1", "2025-05-01", "2025-06-30"),
    )
    # I-03: the last day is still served.
    assert clauses(facts, "2025-06-30") == ["6-2"]
