"""System checks: the catalogue of the terms is complete (第1条〜第4条, 第10条第2項)."""

from typing import Any

from django.core.checks import CheckMessage, Error, register

from contracts.terms import catalog


@register()
def catalogue_is_complete(**_options: Any) -> list[CheckMessage]:
    """contracts.E001: a part of the catalogue has not as many entries as the terms list."""
    parts = [
        ("1", "カテゴリ", len(catalog.TIER_RANK), 3),
        ("2", "モジュール種別", len(catalog.MODULE_TYPE_NAMES), 10),
        ("3", "種類", sum(1 for _type, kind in catalog.ITEMS if kind), 9),
        ("4", "品目", sum(len(items) for items in catalog.ITEMS.values()), 59),
        ("6-2", "契約できるモジュール", len(set(catalog.MODULES)), 66),
        ("10-2", "オプション", len(catalog.OPTION_NAMES), 8),
        ("10-2(8)", "ライセンス種別", len(catalog.LICENCE_NAMES), 3),
        ("10-2(8)", "EDR製品", len(catalog.PRODUCT_NAMES), 2),
    ]
    return [
        Error(
            f"The catalogue has {found} {name} where the terms list {listed} ({clause}).",
            id="contracts.E001",
            obj=name,
        )
        for clause, name, found, listed in parts
        if found != listed
    ]
