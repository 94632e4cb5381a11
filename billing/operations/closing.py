"""締めの依頼: asked for on a proposal that still stands, by another person where four eyes are asked for, and carried out once."""

from collections.abc import Collection
from logging import getLogger

from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from billing.models import Month, MonthClosing, Proposal
from billing.operations.close_month import MonthRefusedError, Share, alone, close_month
from billing.operations.told_digests import closing_digest
from contracts.clock import today
from contracts.facts import history
from contracts.models import FactsRevision, Hand
from contracts.operations.four_eyes import among_selves, by_another, hands, is_another, selves
from contracts.operations.refusal import Refused

log = getLogger(__name__)

CLOSES = "billing.close_month"


def is_stale(proposal: Proposal) -> bool:
    """Whether a fact was written since the proposal was computed."""
    return proposal.facts_revision != FactsRevision.current()


@transaction.atomic
def ask_to_close(proposal: Proposal, *, by: User, leave_out: Collection[str] = (), reason: str = "") -> MonthClosing:
    """Ask for the close of a proposed month; to be carried out once this transaction is committed.

    Raises Refused where the proposal is stale, another person has to ask, or parked targets are neither mended nor left out.
    """
    proposal = Proposal.objects.select_for_update(no_key=True, of=("self",)).get(pk=proposal.pk)
    if proposal.state != "done":
        raise Refused(_("この提案はまだ計算されていません。"))
    if is_stale(proposal):
        raise Refused(_("提案を計算した後に事実が変わりました。もう一度提案してください。"))
    if Month.objects.filter(month=proposal.month).exclude(closed_at=None).exists():
        raise Refused(_("%(month)sは締め済みです。") % {"month": proposal})
    if settings.FOUR_EYES:
        by_another(by, _hands(proposal), said=_("提案した人は締められません。別の人が締めてください。"))
    parked = {row["number"] for row in proposal.result["parked"]}
    unknown, missing = sorted(set(leave_out) - parked), sorted(parked - set(leave_out))
    if unknown:
        said = {"numbers": _("、").join(unknown)}
        raise Refused(_("計算できない対象ではないので除外できません：%(numbers)s") % said, field="leave_out")
    if missing:
        said = {"numbers": _("、").join(missing)}
        raise Refused(_("計算できない対象を直すか、除外してください：%(numbers)s") % said, field="leave_out")
    if leave_out and not reason.strip():
        raise Refused(_("除外するには理由が必要です。"), field="reason")
    closing, made = MonthClosing.objects.get_or_create(
        proposal=proposal,
        defaults={
            "asked_by": by,
            "proposed_by_id": proposal.proposed_by_id,
            "four_eyes": settings.FOUR_EYES,
            "leave_out": sorted(leave_out),
            "reason": reason.strip(),
        },
    )
    if not made and closing.state != "failed":
        raise Refused(_("この提案の締めは既に依頼されています。"))
    if not made:
        closing.state, closing.error, closing.asked_by = "waiting", "", by
        closing.leave_out, closing.reason = sorted(leave_out), reason.strip()
        closing.save()
    after: dict[str, object] = {"leave_out": sorted(leave_out)} if leave_out else {}
    after |= {"id": closing.pk, "digest": closing_digest(closing)}
    history.record("ask_close", "month", str(proposal), by=by, after=after, reason=reason)
    return closing


def may_close(proposal: Proposal, by: User) -> bool:
    """Whether the person had no hand in the proposal, or it does not matter."""
    return not settings.FOUR_EYES or is_another(by, _hands(proposal))


def who_may_close(proposal: Proposal) -> list[str]:
    """The log-ins of everybody at work who holds the right and had no hand in the proposal, in order; roles and own rights count."""
    people = User.objects.with_perm(CLOSES, backend="django.contrib.auth.backends.ModelBackend").filter(is_staff=True)
    if settings.FOUR_EYES:
        people = people.exclude(pk__in=selves(_hands(proposal)))
    return sorted(people.values_list("username", flat=True))


def not_to_close(by: User) -> Q:
    """The condition that the person, or who they could have been, had a hand in a proposal."""
    had = Hand.objects.filter(among_selves(by, "person"), record="proposal").values("number")
    return among_selves(by, "proposed_by") | Q(pk__in=had)


def _hands(proposal: Proposal) -> set[int]:
    return hands("proposal", proposal.pk, [proposal.proposed_by_id])


def carry_out(pk: int, *, share: Share = alone) -> str:
    """Close the month that was asked for; the state it comes to. Called again it changes nothing, killed it goes on where it stood.

    ``share`` hands parts of the work to other processes.
    """
    closing = MonthClosing.objects.select_related("proposal", "asked_by").get(pk=pk)
    if closing.state in ("done", "failed"):
        return closing.state
    # Of two that carry out the same, one may be done while the other still tells how far it is.
    rows = MonthClosing.objects.filter(pk=pk).exclude(state="done")
    rows.update(state="running")

    def progress(done: int, total: int) -> None:
        rows.update(done=done, total=total)

    try:
        outcome = close_month(
            closing.proposal.month,
            on=today(),
            by=str(closing.asked_by),
            leave_out=closing.leave_out,
            progress=progress,
            share=share,
            proposed=closing.proposal.facts_revision,
        )
    except MonthRefusedError as error:
        rows.update(state="failed", error=f"{error}"[:500])
        return "failed"
    except Exception as error:
        log.exception("the close of %s failed", closing)
        rows.update(state="failed", error=f"{type(error).__name__}: {error}"[:500])
        return "failed"
    if not outcome.closed:
        waiting = "、".join(parked.number for parked in outcome.parked)
        rows.update(
            state="failed", error=_("計算できない対象があります：%(numbers)s")[:400] % {"numbers": waiting[:90]}
        )
        return "failed"
    rows.update(state="done")
    return "done"
