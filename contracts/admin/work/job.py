"""定時処理 and 期限のお知らせ: what ran by itself, how far it came, what failed and why — and the buttons to run it again."""

from datetime import date
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin
from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Q
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from contracts import clock
from contracts.admin.kit.base import list_of
from contracts.admin.kit.columns import choice, column, day, iso, moment, number, plain
from contracts.admin.kit.days import day_typed
from contracts.admin.kit.fields import reason_field
from contracts.admin.kit.verb import Given, Verb
from contracts.admin.kit.verbs import ActingAdmin
from contracts.models import Digest, Entry, Job
from contracts.models.choices import JOBS
from contracts.operations.digest import resend
from contracts.operations.jobs import missed, run_again
from contracts.tasks import ask

CHANGE = "contracts.change_job"


class ReasonForm(forms.Form):
    """Why a job is to run again."""

    reason = reason_field(_("理由"))


def _dispatch(name: str, on: date) -> None:
    transaction.on_commit(lambda: ask(name, on))


def _again(row: Job, given: Given, by: User) -> Job:
    job = run_again(row, by=by, reason=given["reason"])
    _dispatch(job.name, job.on)
    return job


def _go_on(row: Job, given: Given, by: User) -> Job:
    _dispatch(row.name, row.on)
    return row


def _resent(row: Digest, given: Given, by: User) -> Digest:
    digest = resend(row, by=by)
    _dispatch("digest", digest.on)
    return digest


AGAIN = Verb(
    name="again",
    label=_("再実行"),
    permission=CHANGE,
    form=ReasonForm,
    do=_again,
    done=_("再実行を依頼しました。"),
    offered=lambda row: row.state in ("done", "stopped"),
    weight="main",
)
GO_ON = Verb(
    name="go-on",
    label=_("続きを実行"),
    permission=CHANGE,
    form=forms.Form,
    do=_go_on,
    done=_("続きの実行を依頼しました。"),
    offered=lambda row: row.state in ("waiting", "running"),
    help=_("処理が途中で止まっているとき、続きから実行します。実行中の処理には影響しません。"),
)
RESEND = Verb(
    name="resend",
    label=_("もう一度送る"),
    permission="contracts.change_digest",
    form=forms.Form,
    do=_resent,
    done=_("もう一度送るように依頼しました。"),
    offered=lambda row: row.state != "waiting",
    help=_("送信中のまま残ったお知らせは、届いたかどうか分かりません。宛先に確かめてから送ってください。"),
)


def _progress(row: Job) -> str:
    return f"{row.done:,} / {row.total:,}"


def _failed(row: Job) -> Any:
    return format_html_join("", "<p>{}：{}</p>", ((found["what"], found["why"]) for found in row.failed)) or None


NAME, ON, STATE = choice("name", _("処理")), day("on", _("対象日")), choice("state", _("状態"))
STARTED, FINISHED = moment("started_at", _("開始日時")), moment("finished_at", _("終了日時"))
PROGRESS, COUNT = column("progress", _("処理済み"), _progress), number("count", _("結果の件数"))
ATTEMPTS, ERROR = number("attempts", _("進まなかった試行")), plain("error", _("エラー"))
FAILURES = column("failures", _("処理できなかったもの"), lambda row: len(row.failed) or None)


@admin.register(Job)
class JobAdmin(ActingAdmin):
    """The runs, newest first."""

    list_display = (ON, NAME, STATE, PROGRESS, COUNT, FAILURES, ERROR, STARTED, FINISHED)
    list_filter = ("name", "state")
    ordering = ("-on", "-pk")
    search_fields = ("on",)
    search_help_text = _("対象日から検索します（例：2025-04-01）")
    fieldsets = (
        (None, {"fields": (NAME, ON, STATE, PROGRESS, COUNT)}),
        (_("実行"), {"fields": (STARTED, FINISHED, ATTEMPTS, plain("asked_by", _("依頼者")))}),
        (_("問題"), {"fields": (ERROR, column("failed", _("処理できなかったもの"), _failed))}),
    )
    verbs = (AGAIN, GO_ON)

    def found(self, term: str) -> Q:
        day = day_typed(term)
        return Q(on=day) if day else Q(pk__in=())

    def history_of(self, row: Any) -> str:
        return list_of(Entry, record="job", subject=str(row))

    def heading(self, row: Any) -> str:
        return f"{row.get_name_display()} {row.on}"


@admin.register(Digest)
class DigestAdmin(ActingAdmin):
    """The mails, newest first."""

    list_display = (
        ON,
        plain("person", _("宛先")),
        plain("subject", _("件名")),
        STATE,
        moment("sent_at", _("送信日時")),
        ERROR,
    )
    list_select_related = ("person",)
    list_filter = ("state",)
    search_fields = ("person__username",)
    search_help_text = _("宛先の利用者名で検索します")
    fieldsets = (
        (None, {"fields": (ON, plain("person", _("宛先")), STATE, moment("sent_at", _("送信日時")), ERROR)}),
        (_("内容"), {"fields": (plain("subject", _("件名")), plain("body", _("本文")))}),
    )
    verbs = (RESEND,)

    def found(self, term: str) -> Q:
        return Q(person__username=term)

    def heading(self, row: Any) -> str:
        return f"{row.person} {row.on}"


def not_run(request: HttpRequest) -> list[str]:
    """A sentence for each scheduled job that ought to have run by now and has not; for whoever may see the jobs."""
    if not request.user.has_perm("contracts.view_job"):
        return []
    now = timezone.localtime(clock.now())
    due = [job.name for job in settings.SCHEDULE if now.time() >= job.at]
    names = dict(JOBS)
    never = gettext("まだ一度も済んでいません")
    return [
        gettext("定時処理「%(job)s」が%(day)sの分まで済んでいません（最後に済んだ日：%(last)s）。")
        % {"job": names[name], "day": iso(now.date()), "last": iso(last) or never}
        for name, last in missed(due, on=now.date())
    ]
