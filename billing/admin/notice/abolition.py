"""EDRオプションの廃止 (第10条第11項): declared once for all customers, with the count shown first."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from billing.operations.abolishing import rehearse_abolition, rehearse_undoing
from billing.operations.rehearse import TRIAL
from contracts import clock
from contracts.admin.correction.form import DECIDES, GroundForm, ground_of
from contracts.admin.kit.base import Related, list_of
from contracts.admin.kit.columns import column, day, link, number, own_page, plain, thousands
from contracts.admin.kit.fields import day_field, reason_field, text_field
from contracts.admin.kit.told import lost_said, money
from contracts.admin.kit.verb import Given, Verb
from contracts.admin.kit.verbs import ActingAdmin
from contracts.admin.work.job import PROGRESS, STATE
from contracts.models import Abolition, Entry, Job
from contracts.operations.abolition import abolish, extent
from contracts.operations.corrections.of_abolitions import correct_abolition, take_abolition_back, units_of
from contracts.tasks import ask


class AbolitionForm(forms.Form):
    """When the options end, and how their holders were told."""

    announced_on = day_field(_("告知日"))
    ends_on = day_field(_("廃止日"), help_text=_("この日まで利用できます"))
    reference = text_field(_("文書番号"), help_text=_("告知した文書の番号"))
    reason = reason_field(_("理由"))
    counted = forms.IntegerField(widget=forms.HiddenInput, required=False)


def _preview(row: None, given: Given) -> list[str]:
    """The count, and what would be held: the abolition declared and carried out in a rehearsal, which also says what it refuses."""
    found = extent(given["ends_on"])
    held = rehearse_abolition(partial(_abolish, {**given, "counted": found.options}, TRIAL), given["ends_on"])
    said = {"options": found.options, "units": found.units, "customers": found.customers, "day": given["ends_on"]}
    sentences = [
        gettext(
            "契約者%(customers)s者、管理単位%(units)s件の、EDRオプション%(options)s件が%(day)sに終了します（第10条第11項）。"
        )
        % said,
        gettext("それより前に終了するものは、その日に終了します。"),
    ]
    if held is None:
        return [
            *sentences,
            gettext("最低利用期間又は契約期間の満了前に終わるものの解除調定金は、計算して保留します（I-18）。"),
        ]
    yen = {"count": held.held, "yen": thousands(held.yen)}
    sentences.append(
        gettext("解除調定金%(count)s件、合計%(yen)s円を計算して保留します（I-18）。") % yen
        if held.held
        else gettext("保留する解除調定金はありません（I-18）。")
    )
    if held.missing:
        sentences.append(
            gettext("料金のない%(count)s件の解除調定金は計算できません（第13条）。") % {"count": held.missing}
        )
    return sentences


def _abolish(given: Given, by: User) -> Abolition:
    days = {name: given[name] for name in ("announced_on", "ends_on", "reference", "reason")}
    return abolish(**days, counted=given["counted"] or 0, on=clock.today(), by=by)


def _declare(row: None, given: Given, by: User) -> Abolition:
    found = _abolish(given, by)
    transaction.on_commit(lambda: ask("abolition", found.ends_on))
    return found


DECLARE = Verb(
    name="declare",
    label=_("廃止を登録"),
    permission="contracts.add_abolition",
    form=AbolitionForm,
    do=_declare,
    done=_("廃止を登録し、終了の処理を依頼しました。"),
    clause="10-11",
    preview=_preview,
    counted=lambda row, given: {"counted": extent(given["ends_on"]).options},
    weight="grave",
)


class CorrectForm(GroundForm):
    """What the declaration ought to have said."""

    announced_on = day_field(_("告知日"))
    ends_on = day_field(_("廃止日"), help_text=_("この日まで利用できます"))
    reference = text_field(_("文書番号"), help_text=_("告知した文書の番号"))


def _correct(row: Abolition, given: Given, by: User) -> Abolition:
    days = {name: given[name] for name in ("announced_on", "ends_on", "reference")}
    now = correct_abolition(row, **days, ground=ground_of(given, by), on=clock.today(), by=by)
    for on in sorted({row.ends_on, now.ends_on}):
        transaction.on_commit(partial(ask, "abolition", on))
    return now


def _take_back(row: Abolition, given: Given, by: User) -> Abolition:
    gone = take_abolition_back(row, ground=ground_of(given, by), on=clock.today(), by=by)
    transaction.on_commit(partial(ask, "abolition", row.ends_on))
    return gone


def _shown(do: Callable[[Abolition, Given, User], Abolition]) -> Callable[[Abolition, Given], list[str]]:
    """Whose options end otherwise, and what of that is billed: carried out in a rehearsal, unless it is too much to wait for."""

    def preview(row: Abolition, given: Given) -> list[str]:
        ends_on = given.get("ends_on")
        units = units_of(row, ends_on=ends_on)
        said = {"units": f"{len(units):,}", "before": row.ends_on, "after": ends_on or gettext("終了しない")}
        sentence = gettext(
            "管理単位%(units)s件のEDRオプションの終了日が変わります：%(before)s → %(after)s（第10条第11項）。"
        )
        found = rehearse_undoing(partial(do, row, given, lead()), row.ends_on, units)
        if found is None:
            return [sentence % said, gettext("対象が多いため、金額は確定した後の次の締めの提案で確かめてください。")]
        return [sentence % said, *(lost_said(one) for one in found.lost), *money(found)]

    return preview


def lead() -> User:
    """Who acts in the rehearsal of what only leads are offered."""
    return User(username=TRIAL.username, is_superuser=True)


CORRECT = Verb(
    name="correct",
    label=_("訂正"),
    permission=DECIDES,
    form=CorrectForm,
    do=_correct,
    done=_("廃止を訂正し、終了の処理を依頼しました。"),
    clause="10-11",
    offered=lambda row: row.withdrawn_on is None,
    initial=lambda row: {name: getattr(row, name) for name in ("announced_on", "ends_on", "reference")},
    preview=_shown(_correct),
)
TAKE_BACK = Verb(
    name="take-back",
    label=_("取り消す"),
    permission=DECIDES,
    form=GroundForm,
    do=_take_back,
    done=_("廃止を取り消し、終了を元に戻す処理を依頼しました。"),
    clause="10-11",
    offered=lambda row: row.withdrawn_on is None,
    preview=_shown(_take_back),
    weight="grave",
)

JOB_COLUMNS = (
    own_page("on", _("対象日"), lambda row: row.on.isoformat()),
    STATE,
    PROGRESS,
    number("count", _("結果の件数")),
)


@admin.register(Abolition)
class AbolitionAdmin(ActingAdmin):
    """Abolitions, newest first, each with the job that carries it out."""

    list_display = (
        day("ends_on", _("廃止日")),
        day("announced_on", _("告知日")),
        plain("reference", _("文書番号")),
        plain("declared_by", _("登録者")),
        day("withdrawn_on", _("取消日")),
    )
    search_fields = ("reference",)
    search_help_text = _("文書番号で検索します")
    fieldsets = (
        (
            None,
            {
                "fields": (
                    day("ends_on", _("廃止日")),
                    day("announced_on", _("告知日")),
                    plain("reference", _("文書番号")),
                )
            },
        ),
        (_("登録"), {"fields": (plain("reason", _("理由")), plain("declared_by", _("登録者")))}),
        (
            _("訂正"),
            {
                "fields": (
                    day("withdrawn_on", _("取消日")),
                    plain("withdrawn_because", _("取消の理由")),
                    link("replaced_by", _("置き換えた記録")),
                )
            },
        ),
        (
            _("今の状態"),
            {
                "fields": (
                    column("left", _("まだ終了の決まっていないEDRオプション"), lambda row: extent(row.ends_on).options),
                )
            },
        ),
    )
    general_verbs = (DECLARE,)
    verbs = (CORRECT, TAKE_BACK)

    def found(self, term: str) -> Q:
        return Q(reference=term)

    def history_of(self, row: Any) -> str:
        return list_of(Entry, record="abolition", subject=str(row))

    def related(self, row: Any) -> list[Related]:
        return [Related(Job.objects.filter(name="abolition", on=row.ends_on), JOB_COLUMNS)]
