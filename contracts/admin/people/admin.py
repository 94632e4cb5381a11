"""利用者 and グループ: Django's own screens, on which rights are looked at; they are changed by two (contracts.admin.people.rights)."""

from copy import copy
from functools import partial
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.forms import AdminPasswordChangeForm
from django.contrib.auth.models import Group, User
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.html import format_html_join
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from contracts.admin.people.words import permission_said, role_said
from contracts.facts.person_named import records_naming
from contracts.operations import passwords


def _not_above(request: HttpRequest, person: Any) -> bool:
    return person is None or not person.is_superuser or bool(request.user.is_superuser)


class OnePasswordForm(AdminPasswordChangeForm):  # type: ignore[type-arg]
    """Another's password, for one log-in."""

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.label_suffix = ""
        self.by = by

    def save(self, commit: bool = True) -> Any:
        """Set it, and keep who did; where passwords are switched off for the person there is none to be known."""
        if not self.cleaned_data["set_usable_password"]:
            return super().save(commit)
        passwords.set_by_another(self.user, self.cleaned_data["password1"], by=self.by)
        return self.user


admin.site.unregister(User)
admin.site.unregister(Group)


def _asks(name: str, parameter: str, row: Any) -> dict[str, Any]:
    address = f"{reverse(f'admin:contracts_rightschange_{name}')}?{parameter}={row.pk}"
    return {"address": address, "label": _("権限の変更を依頼"), "weight": "main"}


@admin.register(User)
class PersonAdmin(UserAdmin):  # type: ignore[type-arg]
    """People, and the roles they have."""

    empty_value_display = "—"
    list_display = ("username", "last_name", "first_name", "roles", "is_active")
    actions = None
    show_facets = admin.ShowFacets.NEVER
    change_list_template = "admin/people_list.html"
    list_filter = ("is_active",)
    filter_horizontal = ()
    change_form_template = "admin/person.html"
    add_form_template = "admin/person_add.html"
    delete_confirmation_template = "admin/person_delete.html"
    readonly_fields = ("last_login", "date_joined", "roles", "is_superuser")
    fieldsets = (
        (None, {"fields": ("username", "password")}),
        (_("氏名と連絡先"), {"fields": ("last_name", "first_name", "email")}),
        (_("権限"), {"fields": ("is_active", "roles", "is_superuser")}),
        (_("日時"), {"fields": ("last_login", "date_joined")}),
    )

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

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """Who has logged in, or whom a record names, stays and is switched off; all else of a person goes with them."""
        protected = []
        for person in objs:
            if person.last_login is not None:
                protected.append(gettext("ログインしたことがあります"))
            protected += [str(model._meta.verbose_name) for model in records_naming(person)]
        return [str(person) for person in objs], {_("利用者"): len(objs)}, set(), protected

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """The log-in names whoever did something in the history, so it stays; who was switched off is let in again by two."""
        fields = super().get_readonly_fields(request, obj)
        if obj is None:
            return fields
        return (*fields, "username") if obj.is_active else (*fields, "username", "is_active")

    def save_model(self, request: HttpRequest, obj: Any, form: forms.ModelForm, change: bool) -> None:  # type: ignore[type-arg]
        """A new person may log in, and nothing more until a change of rights is granted; their password is for one log-in."""
        obj.is_staff = True if not change else obj.is_staff
        super().save_model(request, obj, form, change)
        if not change and obj.has_usable_password():
            passwords.first_of(obj, by=_person(request))

    def user_change_password(self, request: HttpRequest, id: str, form_url: str = "") -> HttpResponse:
        """Another's password; one's own is changed where it asks for the old one."""
        if id == str(request.user.pk) and self.has_change_permission(request, request.user):
            messages.info(request, _("自分のパスワードは、この画面で変えます。"))
            return HttpResponseRedirect(reverse("admin:password_change"))
        bound = copy(self)
        bound.change_password_form = partial(OnePasswordForm, by=_person(request))
        answer: HttpResponse = UserAdmin.user_change_password(bound, request, id, form_url)
        return answer

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        row = kwargs.get("obj")
        if row is not None and request.user.has_perm("auth.change_user"):
            context["buttons"] = [_asks("ask-person", "person", row)]
        context |= _called(_("利用者"), row)
        context["adminform"].form.label_suffix = ""
        return super().render_change_form(request, context, *args, **kwargs)


@admin.register(Group)
class RoleAdmin(GroupAdmin):
    """Roles: who may see and do what."""

    list_display = ("called",)
    actions = None
    change_list_template = "admin/people_list.html"
    filter_horizontal = ()
    change_form_template = "admin/person.html"
    fields = ("name", "allowed")

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        """The list under the name that the menu has for it."""
        return super().changelist_view(request, {**(extra_context or {}), "title": _("グループ")})

    @admin.display(description=_("役割"), ordering="name")
    def called(self, row: Group) -> str:
        """The role as it is called."""
        return role_said(row)

    @admin.display(description=_("できること"))
    def allowed(self, row: Group) -> Any:
        """Every permission of the role, as it is called."""
        if row.pk is None:
            return _("登録した後に、権限の変更を依頼してください。")
        held = row.permissions.select_related("content_type").order_by("content_type__app_label", "pk")
        return format_html_join("", "<div>{}</div>", ((permission_said(one),) for one in held))

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return ("allowed",) if obj is None else ("name", "allowed")

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        row = kwargs.get("obj")
        if row is not None and request.user.has_perm("auth.change_group"):
            context["buttons"] = [_asks("ask-role", "role", row)]
        context |= _called(_("グループ"), row)
        context["adminform"].form.label_suffix = ""
        return super().render_change_form(request, context, *args, **kwargs)


def _called(kind: Any, row: Any) -> dict[str, Any]:
    """What the page says it is of: the kind under the name that the menu has for it, and whom or what."""
    if row is None:
        return {"title": gettext("%(kind)sを追加") % {"kind": kind}, "listed": kind, "subtitle": ""}
    return {"title": kind, "listed": kind, "subtitle": role_said(row) if isinstance(row, Group) else str(row)}


def _person(request: HttpRequest) -> User:
    person: User = request.user  # type: ignore[assignment]
    return person
