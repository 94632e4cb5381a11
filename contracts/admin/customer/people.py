"""利用者 and グループ: Django's own screens, with roles and permissions named in the language of the screen."""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.models import Group, Permission, User
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

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
    "compute_forecast": _("見通しを計算する"),
    "take_bookupload": _("提出された台帳を取り込み、又は却下する"),
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


class NamedChoices:
    """Fields of people and roles whose choices are named in the active language."""

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest | None = None, **kwargs: Any) -> Any:
        if db_field.name in ("permissions", "user_permissions"):
            kwargs |= {"form_class": Permissions, "queryset": permissions(), "widget": forms.CheckboxSelectMultiple}
        elif db_field.name == "groups":
            kwargs |= {"form_class": Roles, "widget": forms.CheckboxSelectMultiple}
        return db_field.formfield(**kwargs)


def _not_above(request: HttpRequest, person: Any) -> bool:
    return person is None or not person.is_superuser or bool(request.user.is_superuser)


admin.site.unregister(User)
admin.site.unregister(Group)


@admin.register(User)
class PersonAdmin(NamedChoices, UserAdmin):  # type: ignore[type-arg]
    """People, and the roles they have."""

    list_display = ("username", "last_name", "first_name", "roles", "is_active")
    list_filter = ("is_active",)
    # Boxes to tick: Django's two lists side by side cannot be worked by everybody.
    filter_horizontal = ()
    readonly_fields = ("last_login", "date_joined")

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        """The list under the name that the menu has for it."""
        return super().changelist_view(request, {**(extra_context or {}), "title": _("利用者")})

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        return super().get_queryset(request).prefetch_related("groups")

    @admin.display(description=_("役割"))
    def roles(self, row: User) -> str:
        """The roles of a person."""
        return gettext("、").join(role_said(group) for group in row.groups.all()) or "—"

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A superuser is changed by a superuser alone: who sets another's password can be them."""
        return super().has_change_permission(request, obj) and _not_above(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_delete_permission(request, obj) and _not_above(request, obj)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Only a superuser makes another one, or gives permissions past the roles."""
        fields = super().get_readonly_fields(request, obj)
        return fields if request.user.is_superuser else (*fields, "is_superuser", "user_permissions")


@admin.register(Group)
class RoleAdmin(NamedChoices, GroupAdmin):
    """Roles: who may see and do what."""

    list_display = ("called",)
    filter_horizontal = ()

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        """The list under the name that the menu has for it."""
        return super().changelist_view(request, {**(extra_context or {}), "title": _("グループ")})

    @admin.display(description=_("役割"), ordering="name")
    def called(self, row: Group) -> str:
        """The role as it is called."""
        return role_said(row)
