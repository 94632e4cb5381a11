"""引継ぎ: whose units go to whom, from which day on; and what waits for its day, to be seen and taken back."""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth.models import User
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from contracts import clock
from contracts.admin.kit.columns import choice, column, day, iso, plain, who
from contracts.admin.kit.fields import day_field
from contracts.admin.kit.search import begins
from contracts.admin.kit.verb import Given, Verb
from contracts.admin.kit.verbs import ActingAdmin
from contracts.models import HandOver, ManagementUnit
from contracts.operations.hand_over import hand_over, looked_after, take_back, waiting_for

SHOWN = 50
BY_ROLE = "django.contrib.auth.backends.ModelBackend"
"""Where rights come from roles."""


def account_managers() -> QuerySet[User]:
    """Those who can look after a unit: whoever may enter an application for it."""
    people = User.objects.with_perm("contracts.enter_application", backend=BY_ROLE).filter(is_staff=True)
    return people.order_by("username")


def _looking_after() -> QuerySet[User]:
    """Those who look after a unit today."""
    own = ManagementUnit.objects.filter(account_manager=OuterRef("pk"))
    return User.objects.filter(Exists(own)).order_by("username")


class HandOverForm(forms.Form):
    """Whose units go to whom, from which day on: all of them, or those named."""

    person = forms.ModelChoiceField(
        label=_("今の営業担当"),
        queryset=_looking_after(),
        empty_label=_("選んでください"),
        help_text=_("管理単位を担当している人から選びます"),
    )
    to = forms.ModelChoiceField(
        label=_("引き継ぐ人"),
        required=False,
        queryset=account_managers(),
        empty_label=_("担当なし"),
    )
    from_on = day_field(_("引継日"), help_text=_("先の日なら、その日の早朝に引き継ぎます"))
    codes = forms.CharField(
        label=_("管理単位コード"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("一部だけのとき。複数なら空白か改行で区切ります。空欄なら、引継日にその人が担当する管理単位すべて"),
    )
    counted = forms.IntegerField(widget=forms.HiddenInput, required=False)


def _codes(given: Given) -> list[str]:
    typed: str = given["codes"]
    return typed.replace("、", " ").replace(",", " ").split()


def _shown(row: None, given: Given) -> list[str]:
    """The units with their customers; of very many the first."""
    found = looked_after(given["person"], codes=_codes(given)).select_related("customer")
    count = found.count()
    said = {"number": f"{count:,}", "person": given["person"], "to": given["to"] or gettext("担当なし")}
    said |= {"day": iso(given["from_on"])}
    names = [f"{unit.code} {unit.customer.name} {unit.name}" for unit in found[:SHOWN]]
    more = (
        [gettext("ほかにもあります（先頭の%(count)s件を示しています）。") % {"count": SHOWN}] if count > SHOWN else []
    )
    later = given["from_on"] > clock.today()
    first = (
        gettext("%(day)sから、管理単位%(number)s件の担当が%(person)sから%(to)sに変わります。") % said
        if later
        else gettext("管理単位%(number)s件の担当が%(person)sから%(to)sに変わります。") % said
    )
    every = later and not _codes(given)
    return [
        first,
        *names,
        *more,
        *([gettext("それまでに担当が増減すれば、引継日のすべてを引き継ぎます。")] if every else []),
    ]


def _hand_over(row: None, given: Given, by: User) -> None:
    said = {name: given[name] for name in ("to", "from_on", "counted")}
    hand_over(given["person"], codes=_codes(given), on=clock.today(), by=by, **said)


HAND_OVER = Verb(
    name="hand-over",
    label=_("担当を引き継ぐ"),
    permission="contracts.change_managementunit",
    form=HandOverForm,
    do=_hand_over,
    done=_("担当の引継ぎを記録しました。"),
    preview=_shown,
    counted=lambda row, given: {"counted": looked_after(given["person"], codes=_codes(given)).count()},
    initial=lambda row: {"from_on": clock.today()},
)
TAKE_BACK = Verb(
    name="take-back",
    label=_("取り消す"),
    permission="contracts.change_managementunit",
    form=forms.Form,
    do=lambda row, given, by: take_back(row, on=clock.today(), by=by),
    done=_("引継ぎを取り消しました。"),
    help=_("予定した引継ぎをやめます。管理単位は、今の営業担当のままです。"),
    offered=lambda row: row.state == "waiting",
    weight="grave",
)


def to_come(row: ManagementUnit) -> str:
    """To whom the unit goes and from which day on; '' where nothing is planned."""
    said = [
        {"day": iso(one.from_on), "to": one.to or gettext("担当なし"), "person": one.person} for one in waiting_for(row)
    ]
    return gettext("、").join(gettext("%(day)sに%(person)sから%(to)sへ") % one for one in said)


def _codes_said(row: HandOver) -> str:
    return gettext("、").join(row.handed if row.state == "done" else row.codes) or gettext("すべて")


FROM, STATE = day("from_on", _("引継日")), choice("state", _("状態"))
PERSON, TO = plain("person", _("今の営業担当"), name="giver"), plain("to", _("引き継ぐ人"), name="taker")
CODES, ASKED = column("codes", _("管理単位コード"), _codes_said), plain("asked_by", _("記録者"))


@admin.register(HandOver)
class HandOverAdmin(ActingAdmin):
    """Hand-overs, newest first: what waits, was carried out or taken back."""

    list_display = (FROM, PERSON, TO, CODES, STATE, ASKED, day("asked_on", _("記録日")))
    list_select_related = ("person", "to")
    list_filter = ("state",)
    search_fields = ("person__username",)
    search_help_text = _("今の営業担当のユーザー名の先頭から検索します")
    fieldsets = (
        (None, {"fields": (FROM, PERSON, TO, CODES, STATE)}),
        (
            _("記録"),
            {
                "fields": (
                    ASKED,
                    day("asked_on", _("記録日")),
                    day("closed_on", _("実施日・取消日")),
                    who("closed_by", _("実施者・取消者")),
                )
            },
        ),
    )
    verbs = (TAKE_BACK,)

    def found(self, term: str) -> Q:
        return begins("person__username", term)

    def heading(self, row: Any) -> str:
        return f"{row.person} {iso(row.from_on)}"
