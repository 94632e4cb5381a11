"""経理の今日: the month to close and what stands in its way, what is held, undecided, not issued, to be paid out, and the last check of the
ledger — each sentence with the page where it is done.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.db.models import (
    BigIntegerField,
    BooleanField,
    CharField,
    Count,
    Exists,
    ExpressionWrapper,
    F,
    IntegerField,
    Max,
    OuterRef,
    QuerySet,
    Subquery,
    Sum,
    Value,
)
from django.db.models.functions import Cast
from django.urls import reverse
from django.utils.translation import gettext

from billing.admin.check.ledger import found
from billing.admin.invoice.wanted import UNDELIVERED, UNPAID
from billing.models import Invoice, LedgerCheck, Month, ParkedTarget, Proposal
from billing.operations.closing import not_to_close
from billing.operations.decide_held import waiting
from billing.operations.documents.mail import not_delivered
from billing.operations.propose import UNFINISHED
from contracts import clock
from contracts.admin.kit.base import list_of
from contracts.admin.kit.columns import minute, page_of, thousands
from contracts.models import FactsRevision, WorkItem
from contracts.terms.days import next_month

PROPOSES, CLOSES = "billing.propose_month", "billing.close_month"
DECIDES, ISSUES = "billing.decide_heldsettlement", "billing.issue_invoice"
CLAIMS, CHECKS = "contracts.decide_claim", "billing.ask_ledgercheck"
FINANCE = (PROPOSES, CLOSES, DECIDES, ISSUES)
MONTHS_LOOKED_AT = 36
"""Months back in which one without invoices is told; what is older has been closed before there were any."""


@dataclass(frozen=True, slots=True)
class Step:
    """One sentence: what stands so, what to do about it and where ('': nothing is to be done by the person)."""

    said: str
    verb: str = ""
    address: str = ""
    grave: bool = False
    """Whether something is wrong, or money is at stake for as long as nobody decides."""


def month_now(person: User, *, today: date) -> list[Step]:
    """What finance has before it; nothing for whoever has no part in it. Three queries."""
    if not any(person.has_perm(permission) for permission in FINANCE):
        return []
    issued = Exists(Invoice.objects.filter(month=OuterRef("pk")))
    revision = Subquery(FactsRevision.objects.filter(pk=1).values("revision")[:1])
    known = list(
        Month.objects.order_by("-month").annotate(issued=issued, revision=revision, **CHECK)[:MONTHS_LOOKED_AT]
    )
    if not known:
        return [Step(gettext("まだ一つの月も締めていません。"), *_proposing(person))]
    steps = list(_next(person, known[0], today))
    closed = [month for month in known if month.closed_at]
    if closed:
        steps += _left_out(closed[0])
    figures = _figures(person, issued=any(month.issued for month in closed))
    if person.has_perm(ISSUES):
        steps += _unissued(closed)
        steps += _undelivered(*figures[UNDELIVERED])
        steps += _refunds(*figures[REFUNDS])
    if person.has_perm(DECIDES):
        steps += _held(*figures[HELD])
    if person.has_perm(CLAIMS):
        steps += _claims(*figures[CLAIMED])
    if person.has_perm(CHECKS) and closed:
        steps += _checked(known[0])
    return steps


REFUNDS, HELD, CLAIMED = "refunds", "held", "claimed"
CHECK_OF = ("pk", "state", "asked_at", "finished_at", "fault_count")
CHECK = {f"check_{name}": Subquery(LedgerCheck.objects.order_by("-pk").values(name)[:1]) for name in CHECK_OF}
"""The last check is no matter of any month: it comes along, so that it is no question of its own."""


def _figures(person: User, *, issued: bool) -> dict[str, tuple[int, int]]:
    """How many invoices mailed in vain, refunds that nobody has marked as paid back (where invoices were ``issued`` at all), held settlements and undecided claims the person may decide, and yen of each: one query."""
    asked: list[QuerySet[Any, Any]] = []
    if person.has_perm(ISSUES) and issued:
        asked.append(_summed(UNDELIVERED, Invoice.objects.filter(not_delivered()), Sum("total_yen")))
        asked.append(_summed(REFUNDS, Invoice.objects.filter(total_yen__lt=0, paid_on=None), Sum("total_yen")))
    if person.has_perm(DECIDES):
        asked.append(_summed(HELD, waiting(), Sum("amount_yen")))
    if person.has_perm(CLAIMS):
        # Of one contract what is at stake counts once.
        asked.append(_summed(CLAIMED, WorkItem.objects.filter(kind="claim"), Max("stake_yen"), by="subject"))
    found: defaultdict[str, tuple[int, int]] = defaultdict(lambda: (0, 0))
    if asked:
        for what, one, count, yen in asked[0].union(*asked[1:], all=True):
            before = found[what]
            found[what] = (before[0] + (1 if one else count), before[1] + int(yen or 0))
    return found


def _summed(what: str, rows: QuerySet[Any], yen: Any, *, by: str = "") -> QuerySet[Any, Any]:
    """Rows counted and summed up, by a column or in all, as (what, the column's value, how many, yen)."""
    named = rows.order_by().annotate(
        of_what=Value(what, CharField()), one=Cast(F(by) if by else Value(""), CharField())
    )
    sums = named.values("of_what", "one").annotate(many=Count("pk"), sum_yen=Cast(yen, BigIntegerField()))
    found: QuerySet[Any, Any] = sums.values_list("of_what", "one", Cast("many", IntegerField()), "sum_yen")
    return found


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
    proposals = Proposal.objects.filter(month=month).annotate(
        own=ExpressionWrapper(not_to_close(person), BooleanField())
    )
    proposal = proposals.select_related("proposed_by", "closing").order_by("-pk").first()
    if proposal is None:
        yield Step(gettext("次に締める月は%(month)sです。まだ提案がありません。") % name, *_proposing(person))
        return
    page = page_of(proposal)
    if proposal.state in UNFINISHED:
        yield Step(gettext("%(month)sの提案を計算しています。") % name, gettext("提案を見る"), page)
    elif proposal.state != "done":
        yield Step(gettext("%(month)sの提案を計算できませんでした。") % name, gettext("理由を見る"), page)
    elif proposal.facts_revision != (newest.revision or 0):  # type: ignore[attr-defined]
        said = gettext("%(month)sの提案の後に、事実が変わりました。") % name
        yield Step(said, gettext("もう一度提案する"), page)
    else:
        by_another = settings.FOUR_EYES and proposal.own
        yield _proposed(proposal, page, closes=person.has_perm(CLOSES) and not by_another)


def _proposed(proposal: Proposal, page: str, *, closes: bool) -> Step:
    said = {
        **{"month": f"{proposal}", "yen": thousands(proposal.total_yen), "who": f"{proposal.proposed_by}"},
        "parked": len(proposal.result["parked"]),
    }
    if said["parked"]:
        text = gettext("%(month)sの提案（%(who)s、%(yen)s円）に、計算できない対象が%(parked)s件あります。") % said
        return Step(text, gettext("直す対象を見る"), page, grave=True)
    text = gettext("%(month)sの提案（%(who)s、%(yen)s円）が締めを待っています。") % said
    if not closes:
        return Step(gettext("%(said)s別の人が締めます。") % {"said": text}, gettext("提案を見る"), page)
    return Step(text, gettext("提案を確かめて締める"), page)


def _left_out(last: Month) -> Iterator[Step]:
    """What the last month was closed without: it is billed once it can be computed."""
    if last.left_out:
        said = {"month": f"{last}", "count": len(last.left_out)}
        text = (
            gettext("%(month)sは、計算できない対象%(count)s件を除いて締めました。直すと、次の月に請求されます。") % said
        )
        yield Step(text, gettext("除いた対象を見る"), list_of(ParkedTarget, month=f"{last}"), grave=True)


def _unissued(closed: Sequence[Any]) -> Iterator[Step]:
    """Closed months without invoices, the newest first; a verb for the oldest, which comes first."""
    waiting = [month for month in closed if month.line_count and not month.issued]
    if not waiting:
        return
    verb, place = gettext("請求書を発行する"), page_of(waiting[-1])
    if len(waiting) == 1:
        yield Step(gettext("%(month)sの請求書をまだ発行していません。") % {"month": f"{waiting[0]}"}, verb, place)
        return
    said = {"count": len(waiting), "first": f"{waiting[-1]}", "last": f"{waiting[0]}"}
    yield Step(
        gettext("請求書を発行していない締めた月が%(count)sか月あります（%(first)sから%(last)sまで）。") % said,
        verb,
        place,
    )


def _refunds(count: int, yen: int) -> Iterator[Step]:
    """What invoices have to give back and nobody has marked as paid back, of whatever month: they come to less than nothing."""
    if count:
        said = {"count": count, "yen": thousands(-yen)}
        text = gettext("返金する額の請求書%(count)s件（%(yen)s円）が、返金又は次の請求との相殺を待っています。") % said
        yield Step(text, gettext("請求書を見る"), list_of(Invoice, yen_to="-1", state=UNPAID), grave=True)


def _undelivered(count: int, yen: int) -> Iterator[Step]:
    """Invoices of which a mail could not leave or came back, and that nobody has sent otherwise since."""
    if count:
        said = {"count": count, "yen": thousands(yen)}
        text = gettext("メールが届かなかった請求書%(count)s件（%(yen)s円）を、まだ送り直していません。") % said
        yield Step(text, gettext("請求書を見る"), list_of(Invoice, state=UNDELIVERED), grave=True)


def _claims(count: int, yen: int) -> Iterator[Step]:
    if count:
        said = {"count": count, "yen": thousands(yen)}
        text = gettext("減額の請求%(count)s件（関わる額%(yen)s円）が、決定を待っています。") % said
        yield Step(text, gettext("決定する"), list_of(WorkItem, kind__exact="claim"), grave=True)


def _checked(newest: Any) -> Iterator[Step]:
    """The last check of the ledger, which came along with the newest month, and the way to another."""
    last = LedgerCheck(**{name: getattr(newest, f"check_{name}") for name in CHECK_OF})
    if last.pk is None:
        yield Step(
            gettext("台帳をまだ検査していません。"), gettext("検査する"), reverse("admin:billing_ledgercheck_ask")
        )
        return
    said = {"at": minute(last.finished_at or last.asked_at), "state": found(last)}
    text = gettext("台帳の最後の検査：%(at)s、%(state)s。") % said
    if last.sound:
        yield Step(text, gettext("もう一度検査する"), reverse("admin:billing_ledgercheck_ask"))
    else:
        yield Step(text, gettext("結果を見る"), page_of(last), grave=last.state in ("done", "failed"))


def _held(count: int, yen: int) -> Iterator[Step]:
    if count:
        said = {"count": count, "yen": thousands(yen)}
        text = gettext("保留した解除調定金%(count)s件（%(yen)s円）が、請求か免除の決定を待っています。") % said
        yield Step(text, gettext("決定する"), list_of(waiting().model), grave=True)


def today_of(person: User) -> list[Step]:
    """What finance has before it today."""
    return month_now(person, today=clock.today())
