"""設定変更 under 第17条: what was changed, why and when; and when the customer was told."""

from datetime import timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin
from django.contrib.auth.models import User
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from contracts import clock
from contracts.admin.kit.base import OfTargetAdmin, by_code
from contracts.admin.kit.columns import column, link, minute, moment, own_page, plain
from contracts.admin.kit.days import MomentField
from contracts.admin.kit.fields import text_field
from contracts.admin.kit.verb import Given, Verb
from contracts.admin.kit.verbs import ActingAdmin
from contracts.models import Contract, SettingChange
from contracts.operations.setting_changes import record_setting_change, tell_customer
from contracts.terms.catalog import LOG_MODULES, ModuleType


class RecordForm(forms.Form):
    """What was changed, why and when."""

    what = text_field(_("変更した設定"), most=500)
    why = text_field(_("変更の理由"), most=500)
    changed_at = MomentField(label=_("変更日時"))


class TellForm(forms.Form):
    """When and how the customer was told."""

    told_at = MomentField(label=_("報告日時"))
    how = text_field(_("報告の方法"), help_text=_("メール、電話など"))


def _record(row: Contract, given: Given, by: User) -> SettingChange:
    return record_setting_change(row, by=by, now=clock.now(), **given)


def _tell(row: SettingChange, given: Given, by: User) -> SettingChange:
    return tell_customer(row, by=by, now=clock.now(), **given)


def _links_a_service(row: Contract) -> bool:
    return bool(row.module_type) and ModuleType(row.module_type) not in LOG_MODULES


RECORD = Verb(
    name="record-setting-change",
    label=_("設定変更を記録"),
    permission="contracts.add_settingchange",
    form=RecordForm,
    do=_record,
    done=_("設定変更を記録しました。契約者への報告をお忘れなく。"),
    clause="17-1",
    offered=_links_a_service,
    initial=lambda row: {"changed_at": clock.now()},
    help=_("契約者に確認せずに対応サービスの設定を変更したときに記録します。"),
)
TELL = Verb(
    name="tell",
    label=_("契約者への報告を記録"),
    permission="contracts.change_settingchange",
    form=TellForm,
    do=_tell,
    done=_("契約者への報告を記録しました。"),
    clause="17-2",
    offered=lambda row: row.told_at is None,
    initial=lambda row: {"told_at": clock.now()},
)


def _standing(row: SettingChange) -> str:
    if row.told_at is not None:
        return gettext("報告済み")
    due = row.changed_at + timedelta(hours=settings.TOLD_WITHIN_HOURS)
    late = gettext("未報告（期限%(due)sを過ぎています）") if due < clock.now() else gettext("未報告（期限%(due)s）")
    return late % {"due": minute(due)}


class ToldFilter(admin.SimpleListFilter):
    """Whether the customer has been told."""

    title = _("報告")
    parameter_name = "told"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("no", _("未報告")), ("yes", _("報告済み"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(told_at__isnull=self.value() == "no") if self.value() else queryset


CHANGED, TOLD = moment("changed_at", _("変更日時")), moment("told_at", _("報告日時"))
WHAT, WHY = plain("what", _("変更した設定")), plain("why", _("変更の理由"))
STANDING = column("standing", _("報告"), _standing)
COLUMNS = (own_page("changed_at", _("変更日時"), lambda row: minute(row.changed_at)), WHAT, WHY, STANDING)


@admin.register(SettingChange)
class SettingChangeAdmin(ActingAdmin, OfTargetAdmin):
    """Setting changes, newest first."""

    subject_path = "contract__target__number"
    target_path, number_path = "contract__target", "contract__target__number"
    whose_path = "contract__target__unit__customer__name"
    list_display = (
        CHANGED,
        link("contract__target", _("契約番号")),
        link("contract__target__unit", _("管理単位")),
        WHAT,
        STANDING,
    )
    list_select_related = ("contract__target__unit",)
    list_filter = (ToldFilter, by_code("contract", _("契約番号"), "contract__target__number"))
    fieldsets = (
        (None, {"fields": (link("contract__target", _("契約番号")), link("contract__target__unit", _("管理単位")))}),
        (_("設定変更"), {"fields": (WHAT, WHY, CHANGED, plain("changed_by", _("記録者")))}),
        (_("報告"), {"fields": (STANDING, TOLD, plain("told_how", _("報告の方法")), plain("told_by", _("報告者")))}),
    )
    verbs = (TELL,)
