"""月次の提案: what the month would come to, against the month before, and the button that closes it."""

from datetime import date
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.urls import path, reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from billing.admin.kit.filters import in_month
from billing.admin.month.proposal_page import growing, page, who_closes
from billing.admin.month.proposal_rows import view as rows_page
from billing.models import Month, MonthClosing, Proposal
from billing.operations.closing import CLOSES, ask_to_close, is_stale, may_close
from billing.operations.propose import UNFINISHED, ask_to_propose, next_to_propose
from billing.tasks import ask, ask_for_proposal
from contracts import clock
from contracts.admin.kit.base import list_of
from contracts.admin.kit.columns import choice, column, moment, number, plain, thousands, yen
from contracts.admin.kit.days import MonthField
from contracts.admin.kit.fields import reason_field
from contracts.admin.kit.following import Rehearsal
from contracts.admin.kit.verb import Given, Verb
from contracts.admin.kit.verbs import ActingAdmin
from contracts.models import Entry

PROPOSE_MAY = "billing.propose_month"


class MonthForm(forms.Form):
    """The month to propose."""

    month = MonthField(label=_("月"))


class CloseForm(forms.Form):
    """What to close without, and why."""

    leave_out = forms.CharField(
        label=_("除外する対象"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("計算できない対象のうち、除いて締めるものの番号。一行に一つ"),
    )
    reason = reason_field(_("除外の理由"), required=False)


def _asked_for(month: date, by: User) -> Proposal:
    proposal = ask_to_propose(month, on=clock.today(), by=by)
    transaction.on_commit(lambda: ask_for_proposal(proposal.pk))
    return proposal


def _propose(row: None, given: Given, by: User) -> Proposal:
    return _asked_for(given["month"], by)


def _again(row: Proposal, given: Given, by: User) -> Proposal:
    return _asked_for(row.month, by)


def _compute_on(row: Proposal, given: Given, by: User) -> Proposal:
    transaction.on_commit(lambda: ask_for_proposal(row.pk))
    return row


def _fit_close(form: Any, row: Proposal) -> None:
    """Nothing is asked about leaving out where all of the month can be computed."""
    if not row.result["parked"] and not form.data.get("leave_out"):
        form.fields.clear()


def _left_out(given: Given) -> list[str]:
    return str(given.get("leave_out", "")).split()


def _close(row: Proposal, given: Given, by: User) -> Proposal:
    closing = ask_to_close(row, by=by, leave_out=_left_out(given), reason=given.get("reason", ""))
    transaction.on_commit(lambda: ask(closing.pk))
    return row


def _go_on(row: MonthClosing, given: Given, by: User) -> MonthClosing:
    transaction.on_commit(lambda: ask(row.pk))
    return row


def _follows(row: Proposal, given: Given, rehearsal: Rehearsal) -> list[str]:
    """What would be stored: the proposal, which the asking for the close holds to stand still."""
    said = {"month": row, "lines": thousands(row.line_count), "yen": thousands(row.total_yen)}
    sentences = [
        gettext("%(month)sを締めます：明細%(lines)s行、合計%(yen)s円（税抜）。") % said,
        gettext("締めた月の明細は変えられません。後から届いた事実は、次の月の訂正になります。"),
    ]
    left_out = _left_out(given)
    if left_out:
        sentences.append(gettext("除外する対象：%(numbers)s") % {"numbers": gettext("、").join(left_out)})
    return sentences


def _open(row: Proposal) -> bool:
    """Whether it waits for its close; asked once for a page."""
    kept: bool | None = row.__dict__.get("is_open")
    if kept is None:
        kept = row.__dict__["is_open"] = _waits(row)
    return kept


def _waits(row: Proposal) -> bool:
    closing = getattr(row, "closing", None)
    closed = Month.objects.filter(month=row.month).exclude(closed_at=None).exists()
    proposed = row.state == "done" and not is_stale(row)
    return not closed and proposed and (closing is None or closing.state == "failed")


PROPOSE = Verb(
    name="propose",
    label=_("次の月を提案"),
    permission=PROPOSE_MAY,
    form=MonthForm,
    do=_propose,
    done=_("提案の計算を依頼しました。"),
    initial=lambda row: {"month": next_to_propose()},
    help=_("月の全体を計算し、明細を保存せずに結果だけを示します。"),
    weight="main",
)
AGAIN = Verb(
    name="again",
    label=_("もう一度提案"),
    permission=PROPOSE_MAY,
    form=forms.Form,
    do=_again,
    done=_("提案の計算を依頼しました。"),
    help=_("今の事実で、月の全体を計算し直します。明細は保存しません。"),
    offered=lambda row: row.state not in UNFINISHED and next_to_propose() in (row.month, None),
)
COMPUTE_ON = Verb(
    name="compute-on",
    label=_("続きを実行"),
    permission=PROPOSE_MAY,
    form=forms.Form,
    do=_compute_on,
    done=_("続きの実行を依頼しました。"),
    offered=lambda row: row.state in UNFINISHED,
)
CLOSE = Verb(
    name="close",
    label=_("締める"),
    permission=CLOSES,
    form=CloseForm,
    do=_close,
    done=_("締めを依頼しました。"),
    offered=_open,
    fit=_fit_close,
    open_to=may_close,
    follows=_follows,
    weight="main",
)

MONTH = column("month_name", _("月"), str)
LINES, TOTAL = number("line_count", _("明細数")), yen("total_yen", _("合計（円、税抜）"))
AT, BY = moment("proposed_at", _("提案日時")), plain("proposed_by", _("提案者"))


def _state(row: Proposal) -> str:
    closing = getattr(row, "closing", None)
    if closing is not None:
        return str(closing.get_state_display())
    return str(row.get_state_display())


STATE = column("state", _("状態"), _state)


@admin.register(Proposal)
class ProposalAdmin(ActingAdmin):
    """Proposals, newest first."""

    list_display = (MONTH, STATE, LINES, TOTAL, AT, BY)
    list_select_related = ("proposed_by", "closing")
    search_fields = ("month",)
    search_help_text = _("月から検索します（例：2025-04）")
    fieldsets = ((None, {"fields": (MONTH, STATE, AT, BY)}),)
    change_form_template = "admin/proposal.html"
    verbs = (CLOSE, AGAIN, COMPUTE_ON)
    general_verbs = (PROPOSE,)

    def get_urls(self) -> list[Any]:
        rows = path("<int:pk>/rows/", self.admin_site.admin_view(self._rows), name="billing_proposal_rows")
        return [rows, *super().get_urls()]

    def _rows(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The rows behind a figure."""
        return rows_page(request, pk, site=self.admin_site)

    def found(self, term: str) -> Q:
        return in_month("month", term)

    def history_of(self, row: Any) -> str:
        return list_of(Entry, record="month", subject=str(row))

    def links(self, row: Any) -> list[tuple[Any, str]]:
        month = Month.objects.filter(month=row.month).exclude(closed_at=None).first()
        return [(_("締めた月"), reverse("admin:billing_month_change", args=[month.pk]))] if month else []

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        row = kwargs["obj"]
        closing = MonthClosing.objects.filter(proposal=row).select_related("asked_by").first()
        context |= (page(row) if row.state == "done" else growing(row)) | {"closing": closing, "stale": is_stale(row)}
        context["who_closes"] = who_closes(row, request.user) if _open(row) else ""  # type: ignore[arg-type]
        answer = super().render_change_form(request, context, *args, **kwargs)
        if row.state in UNFINISHED or (closing is not None and closing.state in UNFINISHED):
            answer.headers["Refresh"] = "3"
        return answer


@admin.register(MonthClosing)
class MonthClosingAdmin(ActingAdmin):
    """Who asked for which close, and what became of it."""

    list_display = (
        *(
            MONTH,
            choice("state", _("状態")),
            column("progress", _("処理済み"), lambda row: f"{row.done:,} / {row.total:,}"),
        ),
        *(plain("asked_by", _("依頼者")), moment("asked_at", _("依頼日時")), plain("error", _("エラー"))),
    )
    list_select_related = ("proposal", "asked_by", "proposed_by")
    search_fields = ("proposal__month",)
    search_help_text = _("月から検索します（例：2025-04）")
    fieldsets = (
        (None, {"fields": (MONTH, choice("state", _("状態")), plain("error", _("エラー")))}),
        (_("依頼"), {"fields": (plain("asked_by", _("依頼者")), moment("asked_at", _("依頼日時")), plain("proposed_by", _("提案者")))}),
        (_("除外"), {"fields": (column("left_out", _("除外する対象"), lambda row: ", ".join(row.leave_out) or None), plain("reason", _("除外の理由")))}),
    )  # fmt: skip
    verbs = (
        Verb(
            name="go-on",
            label=_("続きを実行"),
            permission=CLOSES,
            form=forms.Form,
            do=_go_on,
            done=_("続きの実行を依頼しました。"),
            offered=lambda row: row.state in ("waiting", "running"),
        ),
    )

    def found(self, term: str) -> Q:
        return in_month("proposal__month", term)

    def history_of(self, row: Any) -> str:
        return list_of(Entry, record="month", subject=str(row))
