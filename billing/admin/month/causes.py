"""How the causes of a difference, and what has to be looked at, are called on the pages of a proposal."""

from django.utils.translation import gettext_lazy as _

from billing.operations.beside_last_month import HELD
from billing.terms.bridge import Cause
from contracts.terms.catalog import CATEGORY_NAMES, MODULE_TYPE_NAMES, OPTION_NAMES

CAUSES = {
    Cause.NEW: _("新しい契約・オプション"),
    Cause.ENDED: _("終了した契約・オプション"),
    Cause.PRICE: _("料金の変更"),
    Cause.QUANTITY: _("ライセンス数の変更"),
    Cause.DAYS: _("日割り（月の途中の開始・終了・変更）"),
    Cause.INITIAL: _("初期費用"),
    Cause.INITIAL_BEFORE: _("前月の初期費用"),
    Cause.ONE_TIME: _("一時費用"),
    Cause.ONE_TIME_BEFORE: _("前月の一時費用"),
    Cause.SETTLEMENT: _("解除調定金"),
    Cause.SETTLEMENT_BEFORE: _("前月の解除調定金"),
    Cause.OUTAGE: _("利用不能の減額"),
    Cause.OUTAGE_BEFORE: _("前月の利用不能の減額"),
    Cause.SLA: _("品質保証の減額"),
    Cause.SLA_BEFORE: _("前月の品質保証の減額"),
    Cause.CORRECTION: _("訂正"),
    Cause.CORRECTION_BEFORE: _("前月の訂正"),
}
BEFORE = "_before"
"""How the causes end of which the rows are lines of the month before."""

CAUSE_NAMES = {cause.value: label for cause, label in CAUSES.items() if not cause.value.endswith(BEFORE)}
CAUSE_NAMES |= {HELD: _("保留した解除調定金（請求しません）")}

MONTHLY = (Cause.NEW.value, Cause.ENDED.value, Cause.PRICE.value, Cause.QUANTITY.value, Cause.DAYS.value)
"""The causes of which monthly fees differ."""

FOUND_NAMES = {
    "price_fell": _("単価が前月の5分の1以下になった"),
    "price_rose": _("単価が前月の5倍以上になった"),
    "customer_negative": _("合計がマイナスになる契約者"),
    "customer_zero": _("合計が0円になる契約者"),
    "customer_gone": _("前月はあり、この月は明細がない契約者"),
    "customer_new": _("前月は明細がなく、この月からある契約者"),
    "corrected_down": _("締めた月を減らす訂正"),
    "corrected_up": _("締めた月を増やす訂正"),
    "given_back": _("減額（利用不能・品質保証）"),
    "settled": _("解除調定金"),
    "held": _("保留した解除調定金（請求しません）"),
    "price_down": _("料金が下がった"),
    "price_up": _("料金が上がった"),
    "ended": _("終了した契約・オプション"),
}
GRAVE = frozenset({"price_fell", "price_rose", "customer_negative", "customer_zero", "customer_gone"})
"""What is hardly ever meant: told first, and in the colour of what is wrong."""

TIERS = {str(code): name for code, name in CATEGORY_NAMES.items()}
MODULES = {str(code): name for code, name in MODULE_TYPE_NAMES.items()}
OPTIONS = {str(code): name for code, name in OPTION_NAMES.items()}
KIND_NAMES = {**TIERS, **MODULES, **OPTIONS}
