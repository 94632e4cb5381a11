"""Roles and permissions as they are called in the language of the screen."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.contrib.auth.models import Group, Permission
from django.db.models import QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from contracts.operations.rights import ACTIVE, SUPERUSER

ROLES = {
    "営業担当": _("営業担当"),
    "営業責任者": _("営業責任者"),
    "経理": _("経理"),
    "監査": _("監査"),
    "管理者": _("管理者"),
}
"""The roles that come with the product (billing.0011), as they are called."""

ACTIONS = {"view": _("閲覧"), "add": _("追加"), "change": _("変更"), "delete": _("削除")}
OWN = {
    "enter_application": _("申込を入力し、受け付ける"),
    "decide_application": _("申込を承諾又は拒絶する"),
    "confirm_asked": _("確認待ちの操作を確定し、又は差し戻す"),
    "decide_correction": _("契約者を拘束する事実を訂正する"),
    "decide_claim": _("減額の請求を認めるか決める"),
    "decide_heldsettlement": _("保留した解除調定金を請求又は免除する"),
    "export_report": _("帳票を書き出す"),
    "issue_invoice": _("請求書を発行する"),
    "propose_month": _("月次の提案を計算する"),
    "close_month": _("月次を締める"),
    "ask_ledgercheck": _("台帳の検査を依頼する"),
    "compute_forecast": _("見通しを計算する"),
    "take_bookupload": _("提出された台帳を取り込み、又は却下する"),
    "mark_invoice": _("請求書の送付と入金を記録する"),
    "make_document": _("お客様への書面を再発行し、メールで送る"),
    "make_letter": _("お客様への案内と見積書を作る"),
    "decide_rightschange": _("権限の変更を許可又は却下する"),
}
APPS = ("auth", "contracts", "billing")


def role_said(group: Group) -> str:
    """A role as it is called in the active language; a group of one's own as it was named."""
    return str(ROLES.get(group.name, group.name))


def permission_said(permission: Permission) -> str:
    """A permission: what kind of record, and what may be done with it."""
    if permission.codename in OWN:
        return str(OWN[permission.codename])
    action = permission.codename.partition("_")[0]
    model = permission.content_type.model_class()
    name = model._meta.verbose_name if model else permission.content_type.model
    return gettext("%(record)s：%(action)s") % {"record": name, "action": ACTIONS.get(action, permission.name)}


class Roles(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]
    """A choice of roles, as they are called."""

    def label_from_instance(self, obj: Any) -> str:
        return role_said(obj)


class Permissions(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]
    """A choice of permissions, as they are called."""

    def label_from_instance(self, obj: Any) -> str:
        return permission_said(obj)


def permissions() -> QuerySet[Permission]:
    """The permissions that anything here asks for."""
    return Permission.objects.filter(content_type__app_label__in=APPS).select_related("content_type")


def said_of_rights(names: Iterable[str]) -> str:
    """What a change of rights gives or takes, in words: roles, everything, log-in, permissions by their names."""
    named = {f"{row.content_type.app_label}.{row.codename}": row for row in permissions()} if names else {}
    said = []
    for name in names:
        word = {SUPERUSER: gettext("全権"), ACTIVE: gettext("有効（ログインできる）")}.get(name)
        if word is None:
            word = permission_said(named[name]) if name in named else str(ROLES.get(name, name))
        said.append(word)
    return gettext("、").join(said) or "—"
