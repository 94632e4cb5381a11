"""What is done about 利用不能 and 品質保証の違背: recorded, put down to somebody, claimed and decided."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from django.contrib.auth.models import User
from django.db.models import QuerySet
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from billing.admin.incident import forms
from billing.admin.incident.would import sentences, stands
from billing.operations.if_granted import reduced
from contracts import clock
from contracts.admin.kit.columns import minute, page_of
from contracts.admin.kit.verbs import Given, Verb
from contracts.judge.claims import CLAIMED
from contracts.models import Breach, Outage
from contracts.operations.claims import decide_fault, grant_claim, receive_claim, refuse_claim
from contracts.operations.incidents import (
    overlapped,
    plan_outage,
    plan_uptime,
    record_notification,
    record_outage,
    record_uptime,
    restore_outage,
)

DECIDES = "contracts.decide_claim"
OVERLAPS_SHOWN = 20


def _undecided(row: Any) -> bool:
    return stands(row) == CLAIMED


def _follows_grant(row: Any, given: Given, rehearsal: Any) -> list[str]:
    """The months that are reduced and by what, in the words of the lines; what touches closed months comes behind."""
    number = row.contract.target.number
    found = reduced(row, rehearsal.before.granted(number), rehearsal.after.granted(number))
    by_month: Counter[str] = Counter()
    for reduction in found.reductions:
        by_month[f"{reduction.granted_on:%Y-%m}"] += reduction.amount_yen
    open_month, closed_month = (
        gettext("%(month)sの請求で%(yen)s円を減額します。"),
        gettext("%(month)sの請求で%(yen)s円を減額します（締め済みのため、訂正明細になります）。"),
    )
    closing = f"{rehearsal.next_month:%Y-%m}" if rehearsal.next_month else ""
    return [
        *(
            (closed_month if month < closing else open_month) % {"month": month, "yen": f"{yen:,}"}
            for month, yen in by_month.items()
        ),
        *sentences(found),
    ]


def _units(row: Any, given: Given) -> list[int]:
    return [row.contract.target.unit_id]


def _asked(given: Given) -> dict[str, Any]:
    return {name: value for name, value in given.items() if name != "counted"}


def _outages(given: Given) -> QuerySet[Any]:
    return plan_outage(now=clock.now(), **_asked(given))


def _months(given: Given) -> QuerySet[Any]:
    return plan_uptime(on=clock.today(), **_asked(given))


def _said_of(number: int) -> str:
    return gettext("%(number)s件の契約に記録します。") % {"number": f"{number:,}"}


def _shown_of_outage(row: None, given: Given) -> list[str]:
    found = _outages(given)
    return [_said_of(found.count()), *_overlaps(overlapped(found, given["known_at"], given["restored_at"]))]


def _overlaps(found: QuerySet[Outage]) -> Iterator[str]:
    """One sentence a record that it overlaps, leading to it: hours do not run twice (I-38)."""
    count = found.count()
    sentence = gettext(
        "%(number)sには、重なる記録（%(known)s〜%(restored)s）があります。一つの状態として数え、時間を二重に数えません"
        "（I-38）。同じ事象なら、新しく記録せずに先の記録を改めてください："
    )
    for row in found.select_related("contract__target")[:OVERLAPS_SHOWN]:
        said = {"number": row.contract.target, "known": minute(row.known_at)}
        said["restored"] = minute(row.restored_at) or gettext("継続中")
        yield format_html('{}<a href="{}">{}</a>', sentence % said, page_of(row), gettext("先の記録を開く"))
    if count > OVERLAPS_SHOWN:
        yield gettext("ほかにも重なる記録があります（全部で%(count)s件）。") % {"count": f"{count:,}"}


def _record_outage(row: None, given: Given, by: User) -> None:
    record_outage(by=by, now=clock.now(), **given)


def _record_uptime(row: None, given: Given, by: User) -> None:
    record_uptime(by=by, on=clock.today(), **given)


def _record_notification(row: None, given: Given, by: User) -> Breach:
    return record_notification(by=by, now=clock.now(), **given)


def of_claims(change: str) -> tuple[Verb, ...]:
    """What is done about the claim of an outage or a breach; ``change`` is the permission to keep such records."""
    return (
        Verb(
            name="decide-fault",
            label=_("帰責を決める"),
            permission=change,
            form=forms.FaultForm,
            do=lambda row, given, by: decide_fault(
                row, by=by, fault=given["fault"], reason=given["fault_reason"], on=clock.today()
            ),
            done=_("帰責を決めました。"),
            clause="11-2",
            offered=lambda row: not row.decision and not (row.claimed_on and not row.source),
            initial=lambda row: {"fault": row.fault, "fault_reason": row.fault_reason},
            help=_("契約者の義務違反によるもの、当社の責に帰さないものは、減額しません。"),
        ),
        Verb(
            name="receive-claim",
            label=_("請求を受け付ける"),
            permission=change,
            form=forms.ClaimForm,
            do=lambda row, given, by: receive_claim(row, on=clock.today(), by=by, **given),
            done=_("請求を記録しました。"),
            clause="15",
            offered=lambda row: row.claimed_on is None,
            initial=lambda row: {"claimed_on": clock.today()},
            help=_(
                "利用不能が続く間も受け付けます。減額は復旧した後に認めます（I-37）。期限を過ぎた請求も記録します。"
                "その場合、権利は失われています。"
            ),
            weight="main",
        ),
        Verb(
            name="grant",
            label=_("認める"),
            permission=DECIDES,
            form=forms.GrantForm,
            do=lambda row, given, by: grant_claim(row, on=clock.today(), by=by, **given),
            done=_("請求を認めました。"),
            clause="15",
            offered=_undecided,
            follows=_follows_grant,
            units=_units,
            weight="main",
        ),
        Verb(
            name="refuse",
            label=_("認めない"),
            permission=DECIDES,
            form=forms.RefuseForm,
            do=lambda row, given, by: refuse_claim(row, on=clock.today(), by=by, **given),
            done=_("請求を認めないことに決めました。"),
            clause="15",
            offered=_undecided,
            weight="grave",
        ),
    )


RESTORE = Verb(
    name="restore",
    label=_("復旧を記録"),
    permission="contracts.change_outage",
    form=forms.RestoreForm,
    do=lambda row, given, by: restore_outage(row, by=by, now=clock.now(), **given),
    done=_("復旧を記録しました。"),
    clause="15-1",
    offered=lambda row: row.restored_at is None,
    initial=lambda row: {"restored_at": clock.now()},
    weight="main",
)
RECORD_OUTAGE = Verb(
    name="record",
    label=_("利用不能を記録"),
    permission="contracts.add_outage",
    form=forms.OutageForm,
    do=_record_outage,
    done=_("利用不能を記録しました。"),
    clause="15-1",
    initial=lambda row: {"known_at": clock.now()},
    preview=_shown_of_outage,
    counted=lambda row, given: {"counted": _outages(given).count()},
    help=_("一つの事象で利用できなくなった契約を、まとめて記録します。"),
    weight="main",
)
RECORD_UPTIME = Verb(
    name="record-uptime",
    label=_("稼働率を記録"),
    permission="contracts.add_breach",
    form=forms.UptimeForm,
    do=_record_uptime,
    done=_("稼働率の違背を記録しました。"),
    clause="11-1(1)",
    preview=lambda row, given: [
        _said_of(_months(given).count()),
        gettext("ベーシックの契約には品質保証がないため、記録しません（第11条第1項）。"),
    ],
    counted=lambda row, given: {"counted": _months(given).count()},
    help=_("99.9%を下回った月の稼働率を、保証する契約すべてに記録します。"),
    weight="main",
)
RECORD_NOTIFICATION = Verb(
    name="record-notification",
    label=_("通知の遅れを記録"),
    permission="contracts.add_breach",
    form=forms.NotificationForm,
    do=_record_notification,
    done=_("通知の遅れを記録しました。"),
    clause="11-1(2)",
    help=_("重要なセキュリティインシデントの検知から通知までが15分を超えたときに記録します。"),
)
