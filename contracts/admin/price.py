"""料金."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from contracts.admin.base import OfTargetAdmin, by_code
from contracts.admin.columns import choice, day, link, plain, target, yen
from contracts.models import Price

FEE, AMOUNT, FROM, NOTE = (
    choice("fee", _("費目")),
    yen("amount_yen", _("金額（円、税抜）")),
    day("from_on", _("適用日")),
    plain("note", _("備考")),
)
COLUMNS = (FEE, FROM, AMOUNT, NOTE)


@admin.register(Price)
class PriceAdmin(OfTargetAdmin):
    """Prices, newest first."""

    subject_path = "target__number"
    list_display = (FEE, target(), link("target__unit", _("管理単位")), FROM, AMOUNT, NOTE)
    list_select_related = ("target__unit",)
    list_filter = ("fee", by_code("target", _("対象番号"), "target__number"))
    fieldsets = ((None, {"fields": (target(), link("target__unit", _("管理単位")), *COLUMNS)}),)
