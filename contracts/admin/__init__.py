"""The admin screens of contracts: a room a kind of record or work, and the pieces that they share (kit)."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

import contracts.admin.application.admin
import contracts.admin.correction.admin
import contracts.admin.customer.admin
import contracts.admin.people.admin
import contracts.admin.people.rights
import contracts.admin.records.book_import
import contracts.admin.records.change
import contracts.admin.records.consent
import contracts.admin.records.contract
import contracts.admin.records.entry
import contracts.admin.records.linked_service
import contracts.admin.records.move
import contracts.admin.records.name
import contracts.admin.records.option
import contracts.admin.records.price
import contracts.admin.records.setting_change
import contracts.admin.records.transfer
import contracts.admin.unit.admin
import contracts.admin.work.asked
import contracts.admin.work.effect
import contracts.admin.work.hand_over
import contracts.admin.work.item
import contracts.admin.work.job  # noqa: F401

admin.site.site_header = _("IIJ C-SOCサービス 契約・料金管理")
admin.site.site_title = _("契約・料金管理")
admin.site.index_title = _("ホーム")
admin.site.site_url = None
