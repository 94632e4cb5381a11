"""What became of a month's invoices: asked once for a page, however many of its verbs and links hang on it."""

from typing import NamedTuple

from django.db.models import Count, Exists, OuterRef, Q, Sum
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from billing.admin.invoice.wanted import OVERDUE, STATE, UNPAID, UNSENT
from billing.models import Document, Invoice, Month
from billing.terms.paper import Sending
from contracts import clock
from contracts.admin.kit.base import list_of
from contracts.admin.kit.columns import thousands

_KEPT = "became"


class Became(NamedTuple):
    """How many invoices of a month are issued, have their PDF, wait to be sent, of those by mail, are not paid, and are overdue; and
    the yen of all of them, of what is not sent, not paid, overdue: what is paid back counts below zero.
    """

    issued: int
    made: int
    unsent: int
    to_mail: int
    unpaid: int
    overdue: int
    yen: int | None
    unsent_yen: int | None
    unpaid_yen: int | None
    overdue_yen: int | None


def became(month: Month) -> Became:
    """What became of the invoices of a month: one query for each record that a page has read."""
    kept: Became | None = month.__dict__.get(_KEPT)
    if kept is None:
        unpaid = Q(paid_on=None) & ~Q(total_yen=0)
        overdue = unpaid & Q(due_on__lt=clock.today())
        made = Exists(Document.objects.filter(invoice=OuterRef("pk"), edition=0))
        kept = month.__dict__[_KEPT] = Became(
            **month.invoices.aggregate(
                issued=Count("pk"),
                made=Count("pk", filter=made),
                unsent=Count("pk", filter=Q(sent_on=None)),
                to_mail=Count("pk", filter=Q(sent_on=None, sending=Sending.MAIL)),
                unpaid=Count("pk", filter=unpaid),
                overdue=Count("pk", filter=overdue),
                yen=Sum("total_yen"),
                unsent_yen=Sum("total_yen", filter=Q(sent_on=None)),
                unpaid_yen=Sum("total_yen", filter=unpaid),
                overdue_yen=Sum("total_yen", filter=overdue),
            )
        )
    return kept


def told(month: Month) -> SafeString | None:
    """What became of the month's invoices as its page tells it: each count leads to its invoices; None before the issue."""
    found = became(month)
    if not found.issued:
        return None
    rows: tuple[tuple[str, int, int | None, dict[str, str]], ...] = (
        (gettext("発行"), found.issued, found.yen, {}),
        (gettext("未送付"), found.unsent, found.unsent_yen, {STATE: UNSENT}),
        (gettext("未入金"), found.unpaid, found.unpaid_yen, {STATE: UNPAID}),
        (gettext("期限超過"), found.overdue, found.overdue_yen, {STATE: OVERDUE}),
    )
    cells = (
        (list_of(Invoice, month=f"{month}", **narrowed), name, thousands(count), thousands(yen or 0))
        for name, count, yen, narrowed in rows
    )
    drawn = '<tr><th scope="row"><a href="{}">{}</a></th><td class="number">{}</td><td class="number">{}</td></tr>'
    return format_html(
        '<table class="small"><thead><tr><th scope="col">{}</th><th scope="col" class="number">{}</th>'
        '<th scope="col" class="number">{}</th></tr></thead><tbody>{}</tbody></table>',
        gettext("請求書"),
        gettext("件数"),
        gettext("金額（円、税込）"),
        format_html_join("", drawn, cells),
    )
