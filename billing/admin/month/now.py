"""経理の今日: the month to close and how far it is, what is held, what is not issued — each sentence with the page where it is done."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.contrib.auth.models import User
from django.db.models import Count, Sum
from django.urls import reverse
from django.utils.translation import gettext

from billing.models import Month, Proposal
from billing.operations.closing import is_stale
from billing.operations.decide_held import waiting
from billing.operations.propose import UNFINISHED
from contracts import clock
from contracts.admin.kit.base import list_of
from contracts.admin.kit.columns import page_of, thousands
from contracts.terms.days import next_month

PROPOSES, CLOSES = "billing.propose_month", "billing.close_month"
DECIDES, ISSUES = "billing.decide_heldsettlement", "billing.issue_invoice"
FINANCE = (PROPOSES, CLOSES, DECIDES, ISSUES)


@dataclass(frozen=True, slots=True)
class Step:
    """One sentence: what stands so, what to do about it and where ('': nothing is to be done by the person)."""

    said: str
    verb: str = ""
    address: str = ""


def month_now(person: User, *, today: date) -> list[Step]:
    """What finance has before it; nothing for whoever has no part in it. At most five queries."""
    if not any(person.has_perm(permission) for permission in FINANCE):
        return []
    newest = Month.objects.order_by("-month").first()
    if newest is None:
        return [Step(gettext("まだ一つの月も締めていません。"), *_proposing(person))]
    steps = list(_next(person, newest, today))
    if person.has_perm(ISSUES):
        steps += _unissued(newest)
    if person.has_perm(DECIDES):
        steps += _held()
    return steps


def _proposing(person: User) -> tuple[str, str]:
    may = person.has_perm(PROPOSES)
    return (gettext("次の月を提案"), reverse("admin:billing_proposal_propose")) if may else ("", "")


def _next(person: User, newest: Month, today: date) -> Iterator[Step]:
    """The month that comes next in the ledger: proposed or not, by whom, and whether the proposal still stands."""
    month = next_month(newest.month) if newest.closed_at else newest.month
    name = {"month": f"{month:%Y-%m}"}
    if next_month(month) > today:
        yield Step(gettext("%(month)sまで締めました。") % {"month": f"{newest}"})
        return
    proposal = Proposal.objects.filter(month=month).select_related("proposed_by", "closing").order_by("-pk").first()
    if proposal is None:
        yield Step(gettext("次に締める月は%(month)sです。まだ提案がありません。") % name, *_proposing(person))
        return
    page = page_of(proposal)
    if proposal.state in UNFINISHED:
        yield Step(gettext("%(month)sの提案を計算しています。") % name, gettext("提案を見る"), page)
    elif proposal.state != "done":
        yield Step(gettext("%(month)sの提案を計算できませんでした。") % name, gettext("理由を見る"), page)
    elif is_stale(proposal):
        said = gettext("%(month)sの提案の後に、事実が変わりました。") % name
        yield Step(said, gettext("もう一度提案する"), page)
    else:
        yield _proposed(person, proposal, page)


def _proposed(person: User, proposal: Proposal, page: str) -> Step:
    said = {
        **{"month": f"{proposal}", "yen": thousands(proposal.total_yen), "who": f"{proposal.proposed_by}"},
        "parked": len(proposal.result["parked"]),
    }
    if said["parked"]:
        text = gettext("%(month)sの提案（%(who)s、%(yen)s円）に、計算できない対象が%(parked)s件あります。") % said
        return Step(text, gettext("直す対象を見る"), page)
    text = gettext("%(month)sの提案（%(who)s、%(yen)s円）が締めを待っています。") % said
    by_another = settings.FOUR_EYES and proposal.proposed_by_id == person.pk
    if by_another or not person.has_perm(CLOSES):
        return Step(gettext("%(said)s別の人が締めます。") % {"said": text}, gettext("提案を見る"), page)
    return Step(text, gettext("提案を確かめて締める"), page)


def _unissued(newest: Month) -> Iterator[Step]:
    last = Month.objects.exclude(closed_at=None).order_by("-month").first() if newest.closed_at is None else newest
    if last is not None and last.line_count and not last.invoices.exists():
        said = gettext("%(month)sの請求書をまだ発行していません。") % {"month": f"{last}"}
        yield Step(said, gettext("請求書を発行する"), page_of(last))


def _held() -> Iterator[Step]:
    held = waiting().aggregate(count=Count("pk"), yen=Sum("amount_yen"))
    if held["count"]:
        said = {"count": held["count"], "yen": thousands(held["yen"])}
        text = gettext("保留した解除調定金%(count)s件（%(yen)s円）が、請求か免除の決定を待っています。") % said
        yield Step(text, gettext("決定する"), list_of(waiting().model))


def today_of(person: User) -> list[Step]:
    """What finance has before it today."""
    return month_now(person, today=clock.today())
