"""The admin screens of contracts: one file a screen, facts to look at."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from contracts.admin import (
    abolition,
    application,
    book_import,
    change,
    consent,
    contract,
    customer,
    effect,
    entry,
    job,
    linked_service,
    option,
    people,
    price,
    setting_change,
    unit,
    worklist,
)

__all__ = [
    "abolition",
    "application",
    "book_import",
    "change",
    "consent",
    "contract",
    "customer",
    "effect",
    "entry",
    "job",
    "linked_service",
    "option",
    "people",
    "price",
    "setting_change",
    "unit",
    "worklist",
]

admin.site.site_header = _("IIJ C-SOCサービス 契約・料金管理")
admin.site.site_title = _("契約・料金管理")
admin.site.index_title = _("ホーム")
admin.site.site_url = None
