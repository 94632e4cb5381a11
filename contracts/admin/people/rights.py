"""権限の変更: asked for by one, granted by another; and the list of who may do what."""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth.models import Group, User
from django.urls import URLPattern, path
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from contracts.admin.kit.columns import choice, column, moment, page_of, plain
from contracts.admin.kit.fields import reason_field
from contracts.admin.kit.search import begins
from contracts.admin.kit.verb import Given, Verb
from contracts.admin.kit.verbs import ActingAdmin
from contracts.admin.people.may import may
from contracts.admin.people.words import Permissions, Roles, permissions, role_said, said_of_rights
from contracts.models import RightsChange
from contracts.operations import rights
from contracts.operations.rights import ACTIVE, SUPERUSER

DECIDES = "contracts.decide_rightschange"
WORDS = [(SUPERUSER, _("全権（superuser）")), (ACTIVE, _("有効（ログインできる）"))]


class People(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A choice of people, by log-in and name."""

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.username} {obj.get_full_name()}".strip()


class OneRole(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A choice of one role, as it is called."""

    def label_from_instance(self, obj: Any) -> str:
        return role_said(obj)


def _roles(label: Any) -> Roles:
    box = forms.CheckboxSelectMultiple
    return Roles(label=label, queryset=Group.objects.order_by("name"), required=False, widget=box)


def _words(label: Any, choices: Any) -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(label=label, choices=choices, required=False, widget=forms.CheckboxSelectMultiple)


class PersonForm(forms.Form):
    """What a person is given and loses."""

    person = People(label=_("利用者"), queryset=User.objects.order_by("username"))
    give_roles = _roles(_("与える役割"))
    take_roles = _roles(_("外す役割"))
    give_words = _words(_("与えるもの"), WORDS)
    take_words = _words(_("外すもの"), WORDS[:1])
    because = reason_field(_("理由"))


class RoleForm(forms.Form):
    """What a role is given and loses."""

    role = OneRole(label=_("役割"), queryset=Group.objects.order_by("name"))
    gives = Permissions(
        label=_("与える権限"), queryset=permissions(), required=False, widget=forms.CheckboxSelectMultiple
    )
    takes = Permissions(
        label=_("外す権限"), queryset=permissions(), required=False, widget=forms.CheckboxSelectMultiple
    )
    because = reason_field(_("理由"))


class WhyForm(forms.Form):
    """Why nothing changes."""

    reason = reason_field(_("却下の理由"))


def _named(rows: Any) -> list[str]:
    return [f"{row.content_type.app_label}.{row.codename}" for row in rows]


def _of_person(given: Given) -> dict[str, Any]:
    gives = [*(row.name for row in given["give_roles"]), *given["give_words"]]
    takes = [*(row.name for row in given["take_roles"]), *given["take_words"]]
    return {"gives": gives, "takes": takes, "because": given["because"]}


def _of_role(given: Given) -> dict[str, Any]:
    return {"gives": _named(given["gives"]), "takes": _named(given["takes"]), "because": given["because"]}


def _told(whose: Any, gives: Any, takes: Any) -> list[str]:
    said = {"whose": whose, "gives": said_of_rights(gives), "takes": said_of_rights(takes)}
    return [
        gettext("%(whose)s に与える：%(gives)s") % said,
        gettext("%(whose)s から外す：%(takes)s") % said,
    ]


def _grants(row: Any, given: Given) -> list[str]:
    return [
        *_told(row.person or role_said(row.role), row.gives, row.takes),
        gettext("対象の人のログインは終わります。"),
    ]


def _asks_of_person(row: Any, given: Given) -> list[str]:
    asked = _of_person(given)
    return [
        *_told(given["person"], asked["gives"], asked["takes"]),
        gettext("別の人が許可するまで、何も変わりません。"),
    ]


def _asks_of_role(row: Any, given: Given) -> list[str]:
    asked = _of_role(given)
    said = _told(role_said(given["role"]), asked["gives"], asked["takes"])
    return [*said, gettext("別の人が許可するまで、何も変わりません。")]


def _waits(row: Any) -> bool:
    return bool(row.state == "waiting")


def _may_grant(row: Any, by: User) -> bool:
    return by.has_perm(DECIDES) and rights.may_grant(row, by)


def _shown(change: Any, result: Any) -> str:
    return page_of(result)


ASK_PERSON = Verb(
    name="ask-person",
    label=_("利用者の権限の変更を依頼"),
    permission="auth.change_user",
    form=PersonForm,
    do=lambda row, given, by: rights.ask_of_person(given["person"], **_of_person(given), by=by),
    done=_("権限の変更を依頼しました。別の人が許可するまで、何も変わりません。"),
    preview=_asks_of_person,
    by_address=("person",),
    then=_shown,
    weight="main",
)
ASK_ROLE = Verb(
    name="ask-role",
    label=_("役割の権限の変更を依頼"),
    permission="auth.change_group",
    form=RoleForm,
    do=lambda row, given, by: rights.ask_of_role(given["role"], **_of_role(given), by=by),
    done=_("権限の変更を依頼しました。別の人が許可するまで、何も変わりません。"),
    preview=_asks_of_role,
    by_address=("role",),
    then=_shown,
)
GRANT = Verb(
    name="grant",
    label=_("許可する"),
    permission=DECIDES,
    form=forms.Form,
    do=lambda row, given, by: rights.grant(row, by=by),
    done=_("許可しました。"),
    offered=_waits,
    open_to=_may_grant,
    preview=_grants,
    then=_shown,
    help=_("依頼した人とは別の人が許可します。自分の権限の変更は許可できません。"),
    weight="main",
)
REFUSE = Verb(
    name="refuse",
    label=_("却下する"),
    permission=DECIDES,
    form=WhyForm,
    do=lambda row, given, by: rights.refuse(row, by=by, **given),
    done=_("却下しました。"),
    offered=_waits,
    then=_shown,
    weight="grave",
)

AT, WHOSE = moment("at", _("依頼日時")), column("whose", _("対象"), lambda row: row.person or role_said(row.role))
BY, STATE = plain("asked_by", _("依頼者"), name="asker"), choice("state", _("状態"))
GIVES = column("given", _("与える権限"), lambda row: said_of_rights(row.gives))
TAKES = column("taken", _("外す権限"), lambda row: said_of_rights(row.takes))
DECIDED = (plain("decided_by", _("決定者"), name="decider"), moment("decided_at", _("決定日時")))


@admin.register(RightsChange)
class RightsChangeAdmin(ActingAdmin):
    """Changes of rights, the newest first: what waits for a decision, and what was decided by whom."""

    subject_path = "person__username"
    list_display = (AT, WHOSE, BY, STATE, *DECIDED)
    list_select_related = ("person", "role", "asked_by", "decided_by")
    list_filter = ("state",)
    search_fields = ("person__username",)
    search_help_text = _("利用者名の先頭から検索します")
    fieldsets = (
        (None, {"fields": (WHOSE, GIVES, TAKES, plain("because", _("依頼の理由")), AT, BY)}),
        (_("決定"), {"fields": (STATE, *DECIDED, plain("reason", _("却下の理由")))}),
    )
    general_verbs = (ASK_PERSON, ASK_ROLE)
    verbs = (GRANT, REFUSE)

    def get_urls(self) -> list[URLPattern]:
        return [path("may/", self.admin_site.admin_view(may), name="contracts_rights"), *super().get_urls()]

    def found(self, term: str) -> Any:
        return begins("person__username", term)

    def history_of(self, row: Any) -> str:
        return super().history_of(row) if row.person_id else ""

    def heading(self, row: Any) -> str:
        return str(row.person or role_said(row.role))
