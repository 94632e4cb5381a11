"""Papers and screens call a category and an item as the edition of their day does (附則)."""

import pytest
from django.db.models import Q

from contracts.facts.load import load_units
from contracts.facts.names import called_on, names_of
from contracts.models import Target
from contracts.terms.editions import with_edition
from tests.contracts.book.build import book, module, must_take, premium, priced, service, tier
from tests.terms.build import day
from tests.terms.made_up import MADE_UP

pytestmark = pytest.mark.django_db

ENDPOINT = "IIJセキュアエンドポイントサービス"


def names(on):
    """What the contracts are called on a day: by the paper's way and by the unit's."""
    unit = next(iter(load_units(Target.objects.values_list("unit_id", flat=True).distinct()).values()))
    of_unit = called_on(unit, day(on))
    papers = names_of(Q())
    found = {number: papers.on(pk, day(on)).line for pk, number in Target.objects.values_list("pk", "number")}
    assert found == of_unit
    return found


def test_a_tier_of_before_2021_is_called_as_it_was_then(tmp_path):
    must_take(
        book(tier(accepted="2020-01-10", starts="2020-02-01"), module(accepted="2020-01-10", starts="2020-02-01")),
        tmp_path,
    )
    assert names("2021-04-30") == {"T-1": "IIJ C-SOCサービス", "M-1": "クラウドログ収集モジュール"}
    assert names("2021-05-01") == {"T-1": "アドバンスト", "M-1": "クラウドログ収集モジュール"}


def test_an_item_is_called_as_the_edition_of_the_day_and_a_book_may_call_it_so(tmp_path):
    with with_edition(MADE_UP):
        facts = [
            service(ENDPOINT, item="アンチウイルス:Aurora"),
            premium(),
            module("IIJセキュアエンドポイント連携モジュール", item="アンチウイルス:Aurora", linked_service="S-1"),
            *priced("M-1", 100),
        ]
        must_take(book(*facts), tmp_path)
        kind = "IIJセキュアエンドポイント連携モジュール"
        assert names("2026-03-31")["M-1"] == f"{kind} アンチウイルス:Cylance"
        assert names("2026-04-01")["M-1"] == f"{kind} アンチウイルス:Aurora"
    assert names("2026-04-01")["M-1"] == f"{kind} アンチウイルス:Cylance"
