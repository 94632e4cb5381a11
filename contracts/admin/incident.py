"""利用不能 and 品質保証の違背."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from contracts.admin.base import OfTargetAdmin, by_code
from contracts.admin.columns import choice, day, link, moment
from contracts.models import Breach, Outage

CONTRACT = link("contract__target", _("契約番号"), name="contract")
UNIT = link("contract__target__unit", _("管理単位"))
CLAIMED = day("claimed_on", _("請求日"))
OUTAGE_COLUMNS = (moment("known_at", _("覚知日時")), moment("restored_at", _("復旧日時")), CLAIMED)
BREACH_COLUMNS = (moment("occurred_at", _("発生日時")), choice("guarantee", _("保証事項")), CLAIMED)


class OfContractAdmin(OfTargetAdmin):
    """Facts about a contract."""

    subject_path = "contract__target__number"
    target_path = "contract"
    number_path = "contract__target__number"
    list_select_related = ("contract__target__unit",)
    search_fields = ("contract__target__number",)
    search_help_text = _("契約番号、申込番号、管理単位コード又は契約者コードの先頭から検索します")


@admin.register(Outage)
class OutageAdmin(OfContractAdmin):
    """Outages, newest first."""

    list_display = (OUTAGE_COLUMNS[0], CONTRACT, UNIT, *OUTAGE_COLUMNS[1:])
    list_filter = (by_code("contract", _("契約番号"), "contract__target__number"),)
    fieldsets = ((None, {"fields": (CONTRACT, UNIT, *OUTAGE_COLUMNS)}),)


@admin.register(Breach)
class BreachAdmin(OfContractAdmin):
    """Breaches of a guarantee, newest first."""

    list_display = (BREACH_COLUMNS[0], CONTRACT, UNIT, *BREACH_COLUMNS[1:])
    list_filter = ("guarantee", by_code("contract", _("契約番号"), "contract__target__number"))
    fieldsets = ((None, {"fields": (CONTRACT, UNIT, *BREACH_COLUMNS)}),)
