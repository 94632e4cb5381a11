"""The catalogue's codes as choices of a field: the code is stored, the terms' name is shown."""

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from contracts.terms import catalog
from contracts.terms.unit import Ground, What


def choices(names: Mapping[str, str]) -> list[tuple[str, str]]:
    """(code, name) in the terms' order. Catalogue names are the same in every language."""
    return [(str(code), name) for code, name in names.items()]


CATEGORIES = choices(catalog.CATEGORY_NAMES)
MODULE_TYPES = choices(catalog.MODULE_TYPE_NAMES)
SERVICES = choices(catalog.SERVICE_NAMES)
OPTIONS = choices(catalog.OPTION_NAMES)
LICENCES = choices(catalog.LICENCE_NAMES)
PRODUCTS = choices(catalog.PRODUCT_NAMES)

GROUNDS = [
    (Ground.NOTICE.value, _("解約通知")),
    (Ground.GENERAL_28_2.value, _("一般規程第28条第2項")),
    (Ground.GENERAL_28_3.value, _("一般規程第28条第3項")),
    (Ground.COMPANY.value, _("当社による解除")),
    (Ground.ABOLISHED.value, _("廃止（第10条第11項）")),
]
CHANGED = [
    (What.CATEGORY.value, _("カテゴリ")),
    (What.ITEM.value, _("品目")),
    (What.RETENTION_YEARS.value, _("保管年数")),
    (What.QUANTITY.value, _("ライセンス数")),
]
FEES = [("initial", _("初期費用")), ("monthly", _("月額費用")), ("one_time", _("一時費用"))]
GUARANTEES = [("uptime", _("稼働率")), ("notification", _("通知"))]
KINDS = [("tier", _("カテゴリの契約")), ("module", _("モジュールの契約")), ("option", _("オプション"))]
