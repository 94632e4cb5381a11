"""利用不能 and 品質保証の違背 recorded, for all contracts concerned, which are named first. Claims: billing.admin.incident.claims."""

from collections.abc import Iterator
from typing import Any

from django.contrib.auth.models import User
from django.db.models import QuerySet
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from billing.admin.incident import forms
from contracts import clock
from contracts.admin.kit.columns import minute, page_of
from contracts.admin.kit.verb import Given, Verb
from contracts.models import Breach, Contract, Outage
from contracts.operations.concerned import overlapped
from contracts.operations.incidents import (
    plan_outage,
    plan_uptime,
    record_notification,
    record_outage,
    record_uptime,
    restore_outage,
)

OVERLAPS_SHOWN = 20
NAMES_SHOWN = 50


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
    return [
        _said_of(found.count()),
        *_names(found),
        *_overlaps(overlapped(found, given["known_at"], given["restored_at"])),
    ]


def _names(found: QuerySet[Contract]) -> Iterator[str]:
    """The contracts concerned with their customers and units: of very many the first."""
    rows = list(found.select_related("target__unit__customer")[: NAMES_SHOWN + 1])
    for contract in rows[:NAMES_SHOWN]:
        unit = contract.target.unit
        yield f"{contract.target.number} {unit.customer.name} {unit.name}"
    if len(rows) > NAMES_SHOWN:
        yield gettext("ほかにもあります（先頭の%(count)s件を示しています）。") % {"count": NAMES_SHOWN}


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
    by_address=("numbers",),
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
    by_address=("numbers",),
    preview=lambda row, given: [
        _said_of(_months(given).count()),
        *_names(_months(given)),
        gettext("ベーシックの契約には品質保証がないため、記録しません（第11条第1項）。"),
    ],
    counted=lambda row, given: {"counted": _months(given).count()},
    help=_("保証基準（別紙1第1項）を下回った月の稼働率を、保証する契約すべてに記録します。"),
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
    help=_("重要なセキュリティインシデントの検知から通知までが保証基準（別紙1第2項）の時間を超えたときに記録します。"),
)
