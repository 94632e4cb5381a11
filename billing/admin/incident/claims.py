"""What is done about the claim of an outage or a breach, or of those of one event: fault, claim, decision (第11条第2項, 第15条)."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from billing.admin.incident import forms
from billing.admin.incident.event import chosen, each_named, fitted, undecided, units_of
from billing.admin.incident.would import sentences
from billing.operations.if_granted import Reduced, reduced
from contracts import clock
from contracts.admin.kit.columns import page_of
from contracts.admin.kit.verb import Given, Verb
from contracts.operations.claims import decide_fault, grant_claim, no_grant, receive_claim, refuse_claim, together

DECIDES = "contracts.decide_claim"


def _follows_grant(row: Any, given: Given, rehearsal: Any) -> list[str]:
    """The months that are reduced and by what, in the words of the lines; what touches closed months comes behind."""
    rows = chosen(row, given)
    if len(rows) == 1:
        found = _reduced(row, rehearsal)
        return [*_months(found, rehearsal), *sentences(found)]
    return [*each_named(row, given), *_each_reduced(rows, rehearsal)]


def _each_reduced(rows: list[Any], rehearsal: Any) -> Iterator[str]:
    """A sum a contract, and of all of them."""
    yen = 0
    for one in rows:
        found = _reduced(one, rehearsal)
        yen += found.yen
        said = {"number": one.contract.target.number}
        if found.missing is not None:
            yield gettext("%(number)s：計算できません：%(why)s") % (said | {"why": found.missing.reason})
        else:
            yield gettext("%(number)s：%(yen)s円") % (said | {"yen": f"{found.yen:,}"})
    yield gettext("減額の合計：%(yen)s円") % {"yen": f"{yen:,}"}


def _reduced(row: Any, rehearsal: Any) -> Reduced:
    number = row.contract.target.number
    return reduced(row, rehearsal.before.granted(number), rehearsal.after.granted(number))


def _months(found: Reduced, rehearsal: Any) -> Iterator[str]:
    by_month: Counter[str] = Counter()
    for reduction in found.reductions:
        by_month[f"{reduction.granted_on:%Y-%m}"] += reduction.amount_yen
    open_month, closed_month = (
        gettext("%(month)sの請求で%(yen)s円を減額します。"),
        gettext("%(month)sの請求で%(yen)s円を減額します（締め済みのため、訂正明細になります）。"),
    )
    closing = f"{rehearsal.next_month:%Y-%m}" if rehearsal.next_month else ""
    for month, yen in by_month.items():
        yield (closed_month if month < closing else open_month) % {"month": month, "yen": f"{yen:,}"}


def _follows_refusal(row: Any, given: Given, rehearsal: Any) -> list[str]:
    return each_named(row, given)


def _said(given: Given) -> dict[str, Any]:
    return {name: value for name, value in given.items() if name != "together"}


def _claim_verb(
    name: str, label: Any, permission: str, form: Any, do: Any, done: Any, offered: Any, **more: Any
) -> Verb:
    """A verb that is done to the record and to those chosen with it, in one transaction."""
    more.setdefault("follows", each_named)
    return Verb(
        name=name,
        label=label,
        permission=permission,
        form=form,
        do=lambda row, given, by: together(
            chosen(row, given), lambda one: do(one, on=clock.today(), by=by, **_said(given))
        ),
        done=done,
        offered=offered,
        fit=fitted(offered),
        units=units_of,
        then=lambda row, rows: page_of(rows[0]),
        **more,
    )


def _decide_fault(row: Any, *, fault: str, fault_reason: str, **said: Any) -> Any:
    return decide_fault(row, fault=fault, reason=fault_reason, **said)


def _unjudged(row: Any) -> bool:
    """Whether its claim can be decided only once somebody has said who is at fault (11-2)."""
    return undecided(row) and not row.fault


def _no_grant(row: Any) -> Any:
    return no_grant(row.fault) if undecided(row) else ""


def of_claims(change: str) -> tuple[Verb, ...]:
    """What is done about the claim of an outage or a breach; ``change`` is the permission to keep such records."""
    return (
        _claim_verb(
            *("decide-fault", _("帰責を決める"), change, forms.FaultForm, _decide_fault, _("帰責を決めました。")),
            lambda row: not row.decision and not (row.claimed_on and not row.source),
            clause="11-2",
            initial=lambda row: {"fault": row.fault, "fault_reason": row.fault_reason},
            awaited=_unjudged,
            bills=False,
            help=_("契約者の義務違反によるもの、当社の責に帰さないものは、減額しません。"),
        ),
        _claim_verb(
            *(
                "receive-claim",
                _("請求を受け付ける"),
                change,
                forms.ClaimForm,
                receive_claim,
                _("請求を記録しました。"),
            ),
            lambda row: row.claimed_on is None,
            clause="15",
            initial=lambda row: {"claimed_on": clock.today()},
            bills=False,
            help=_(
                "利用不能が続く間も受け付けます。減額は復旧した後に認めます（I-37）。期限を過ぎた請求も記録します。"
                "その場合、権利は失われています。"
            ),
            weight="main",
        ),
        _claim_verb(
            *("grant", _("認める"), DECIDES, forms.GrantForm, grant_claim, _("請求を認めました。"), undecided),
            clause="15",
            follows=_follows_grant,
            why_not=_no_grant,
            weight="main",
        ),
        _claim_verb(
            *("refuse", _("認めない"), DECIDES, forms.RefuseForm, refuse_claim),
            _("請求を認めないことに決めました。"),
            undecided,
            clause="15",
            bills=False,
            weight="grave",
        ),
    )
