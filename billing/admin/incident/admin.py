"""利用不能 and 品質保証の違背: recorded, their claims received and decided, each with the reduction that it would come to."""

from typing import Any

from django.contrib import admin
from django.contrib.auth.models import User
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from billing.admin.incident import forms
from billing.admin.incident.columns import (
    BREACH_COLUMNS,
    CLAIMED_ON,
    CONTRACT,
    DEADLINE,
    FAULT,
    GUARANTEE,
    KNOWN,
    OCCURRED,
    OUTAGE_COLUMNS,
    RESTORED,
    SAFE,
    STANDING,
    UNIT,
)
from billing.operations.claiming import Granted, as_if_granted
from contracts import clock
from contracts.admin.kit.base import OfTargetAdmin, by_code
from contracts.admin.kit.columns import column, day, moment, plain
from contracts.admin.kit.language import with_clause
from contracts.admin.kit.verbs import ActingAdmin, Given, Verb
from contracts.judge.claims import CLAIMED, EXCUSED, LAPSED, OPEN, REFUSED, standing
from contracts.models import Breach, Outage
from contracts.operations.claims import decide_fault, grant_claim, plain_of, receive_claim, refuse_claim
from contracts.operations.incidents import (
    outage_concerned,
    record_notification,
    record_outage,
    record_uptime,
    restore_outage,
    uptime_concerned,
)

DECIDES = "contracts.decide_claim"


def _stands(row: Any) -> str:
    return standing(plain_of(row), clock.today())


def _undecided(row: Any) -> bool:
    return _stands(row) == CLAIMED


def _sentences(found: Granted) -> list[str]:
    """What a claim would come to, month by month, in the words of its lines; then the cap and the flag."""
    if found.missing is not None:
        return [with_clause(gettext("計算できません：%(why)s") % {"why": found.missing.reason}, found.missing.clause)]
    if found.again:
        return [gettext("同じ月の同じ保証事項について既に認めているため、減額はありません（I-20）。")]
    if not found.reductions:
        return [gettext("減額になる日はありません。")]
    said = [with_clause(reduction.basis, reduction.clause) for reduction in found.reductions]
    if found.above_a_month:
        said.append(gettext("1か月の月額を超えています。利用不能だけの減額に限度はありません（I-22）。"))
    most = max(reduction.unit_price_yen for reduction in found.reductions)
    said.append(
        gettext(
            "第15条第1項と第2項の減額が重なる月は、合わせて月額費用の%(most)s円（第1項だけの額がそれより多い月はその額）が限度です（第15条第2項、I-26）。"
        )
        % {"most": f"{most:,}"}
    )
    return said


def _would(row: Any) -> Any:
    """The reduction: the sum first, then the sentences behind it."""
    stands = _stands(row)
    if stands == OPEN:
        return gettext("復旧を記録すると計算します。")
    if stands in (LAPSED, EXCUSED, REFUSED):
        return gettext("減額はありません。")
    found = as_if_granted(row, clock.today())
    total = format_html("<p><strong>{}</strong></p>", gettext("%(yen)s円") % {"yen": f"{found.yen:,}"})
    return total + format_html_join("", "<p>{}</p>", ((sentence,) for sentence in _sentences(found)))


def _follows_grant(row: Any, given: Given) -> list[str]:
    found = as_if_granted(row, clock.today())
    granted_on = max((reduction.granted_on for reduction in found.reductions), default=row.claimed_on)
    month = {"yen": f"{found.yen:,}", "month": f"{granted_on:%Y-%m}"}
    return [
        gettext("%(month)sの請求で%(yen)s円を減額します（締め済みなら、次に締める月の訂正明細）。") % month,
        *_sentences(found),
    ]


def _said_of(number: int) -> str:
    return gettext("%(number)s件の契約に記録します。") % {"number": f"{number:,}"}


def _outages(given: Given) -> QuerySet[Any]:
    return outage_concerned(given["known_at"], numbers=given["numbers"], kinds=given["kinds"])


def _months(given: Given) -> QuerySet[Any]:
    return uptime_concerned(given["month"], numbers=given["numbers"], kinds=given["kinds"])


def _record_outage(row: None, given: Given, by: User) -> None:
    record_outage(by=by, now=clock.now(), **given)


def _record_uptime(row: None, given: Given, by: User) -> None:
    record_uptime(by=by, on=clock.today(), **given)


def _record_notification(row: None, given: Given, by: User) -> Breach:
    return record_notification(by=by, now=clock.now(), **given)


def _verbs(change: str) -> tuple[Verb, ...]:
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
            offered=lambda row: row.claimed_on is None and _stands(row) != OPEN,
            initial=lambda row: {"claimed_on": clock.today()},
            help=_("期限を過ぎた請求も記録します。その場合、権利は失われています。"),
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
            preview=_follows_grant,
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
    preview=lambda row, given: [_said_of(_outages(given).count())],
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

WOULD = column("would", _("認めた場合の減額（円）"), _would)
FAULT_FIELDS = (FAULT, plain("fault_reason", _("帰責の理由")))
CLAIM_FIELDS = (STANDING, DEADLINE, SAFE, CLAIMED_ON, plain("claim_document", _("請求の文書番号")))
DECIDED_FIELDS = (
    WOULD,
    plain("decision_reason", _("認否の理由")),
    plain("decided_by", _("決定者")),
    day("decided_on", _("決定日")),
)


def _fieldsets(*own: Any) -> Any:
    return (
        (None, {"fields": (CONTRACT, UNIT, *own)}),
        (_("帰責"), {"fields": FAULT_FIELDS}),
        (_("減額の請求"), {"fields": CLAIM_FIELDS}),
        (_("減額"), {"fields": DECIDED_FIELDS}),
    )


class ClaimFilter(admin.SimpleListFilter):
    """Claims that wait for a decision, and what was decided."""

    title = _("請求の状態")
    parameter_name = "claim"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        said = (("none", _("未請求")), ("waiting", _("請求済み・未決定")), ("granted", _("認めた")))
        return [*said, ("refused", _("認めない"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        chosen: dict[str, dict[str, Any]] = {
            "none": {"claimed_on": None},
            "waiting": {"claimed_on__isnull": False, "decision": "", "source": "recorded"},
            "granted": {"decision": "granted"},
            "refused": {"decision": "refused"},
        }
        return queryset.filter(**chosen.get(self.value() or "", {}))


class OfContractAdmin(ActingAdmin, OfTargetAdmin):
    """Facts about a contract."""

    subject_path = "contract__target__number"
    target_path = "contract"
    number_path = "contract__target__number"
    list_select_related = ("contract__target__unit",)
    search_fields = ("contract__target__number",)
    search_help_text = _("契約番号、申込番号、管理単位コード又は契約者コードの先頭から検索します")


@admin.register(Outage)
class OutageAdmin(OfContractAdmin):
    """Outages, newest first."""

    beside = OUTAGE_COLUMNS
    list_display = (KNOWN, CONTRACT, UNIT, RESTORED, FAULT, CLAIMED_ON, DEADLINE, STANDING)
    list_filter = (ClaimFilter, "fault", by_code("contract", _("契約番号"), "contract__target__number"))
    fieldsets = _fieldsets(KNOWN, RESTORED)
    general_verbs = (RECORD_OUTAGE,)
    verbs = (RESTORE, *_verbs("contracts.change_outage"))


@admin.register(Breach)
class BreachAdmin(OfContractAdmin):
    """Breaches of a guarantee, newest first."""

    beside = BREACH_COLUMNS
    list_display = (OCCURRED, CONTRACT, UNIT, GUARANTEE, FAULT, CLAIMED_ON, DEADLINE, STANDING)
    list_filter = ("guarantee", ClaimFilter, "fault", by_code("contract", _("契約番号"), "contract__target__number"))
    fieldsets = _fieldsets(
        OCCURRED,
        GUARANTEE,
        plain("measured_percent", _("稼働率（%）")),
        moment("detected_at", _("検知日時")),
        moment("notified_at", _("通知日時")),
    )
    general_verbs = (RECORD_UPTIME, RECORD_NOTIFICATION)
    verbs = _verbs("contracts.change_breach")
