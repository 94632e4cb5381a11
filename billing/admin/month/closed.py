"""月次, with what each fee came to, what was parked and what was held."""

from typing import Any

from django.contrib import admin
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from billing.admin.document import of_month
from billing.admin.invoice.marks import MONTH_SENT
from billing.admin.kit.filters import in_month
from billing.admin.month import issue, line, parked
from billing.admin.month.became import became, told
from billing.admin.reports import journals
from billing.models import ChargeLine, HeldSettlement, Invoice, JournalFile, Month, ParkedTarget
from billing.models.line import FEES
from billing.operations.kept_sums import fees_of
from contracts.admin.kit.base import Related, asks_for_one, list_of
from contracts.admin.kit.columns import column, moment, number, thousands, who, yen
from contracts.admin.kit.verbs import ActingAdmin
from contracts.admin.kit.words import LISTED, MODELS
from contracts.models import Entry

# The history names a month's values, and leads to it, as it does with the facts.
MODELS["month"] = Month
LISTED["month"] = (Month, "q")


def name_of(row: Month) -> str:
    """A month as 2025-04."""
    return f"{row.month:%Y-%m}"


def _state(row: Month) -> str:
    return gettext("締め済み") if row.closed_at else gettext("計算中")


def _by_fee(row: Month) -> Any:
    """A small table: lines and yen by fee, corrections by the fee that they correct."""
    totals = {(one.fee, one.corrects): (thousands(one.lines), thousands(one.yen)) for one in fees_of(row)}
    cells = [
        (list_of(ChargeLine, month=name_of(row), fee=fee), line.fee_said(fee, corrects), *totals[fee, corrects])
        for fee, _label in FEES
        for corrects in ("", *dict(FEES))
        if (fee, corrects) in totals
    ]
    drawn = '<tr><th scope="row"><a href="{}">{}</a></th><td class="number">{}</td><td class="number">{}</td></tr>'
    return format_html(
        '<table class="small"><thead><tr><th scope="col">{}</th><th scope="col" class="number">{}</th>'
        '<th scope="col" class="number">{}</th></tr></thead><tbody>{}</tbody></table>',
        gettext("費目"),
        gettext("明細数"),
        gettext("金額（円、税抜）"),
        format_html_join("", drawn, cells),
    )


MONTH, STATE = column("month_name", _("月"), name_of), column("state", _("状態"), _state)
CLOSED_AT, CLOSED_BY = moment("closed_at", _("締め日時")), who("closed_by", _("締めた人"))
LINES, TOTAL = number("line_count", _("明細数")), yen("total_yen", _("合計（円、税抜）"))
LEFT_OUT = column("left_out", _("除外した対象"), lambda row: "、".join(map(str, row.left_out)) or None)
REVISION = number("facts_revision", _("事実の版"))


@admin.register(Month)
class MonthAdmin(ActingAdmin):
    """The months of the ledger, newest first."""

    list_display = (MONTH, STATE, LINES, TOTAL, CLOSED_AT, CLOSED_BY)
    ordering = ("-month",)
    search_fields = ("month",)
    search_help_text = _("月から検索します（例：2025-04）")
    fieldsets = (
        (None, {"fields": (MONTH, STATE, CLOSED_AT, CLOSED_BY, REVISION, of_month.MADE)}),
        (_("合計"), {"fields": (LINES, TOTAL, column("by_fee", _("費目ごと"), _by_fee), LEFT_OUT)}),
        (_("請求書"), {"fields": (column("invoices", _("送付と入金"), told),)}),
    )

    verbs = (issue.ISSUE, of_month.MAKE, of_month.MAIL, MONTH_SENT, journals.TAKE_OUT)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows = super().get_queryset(request)
        # Its one question of files that went to a package comes along with the month.
        files = JournalFile.objects.filter(month=OuterRef("pk"))
        return rows.annotate(has_files=Exists(files)) if asks_for_one(request) else rows

    def history_of(self, row: Any) -> str:
        return list_of(Entry, record="month", subject=str(row))

    def found(self, term: str) -> Q:
        return in_month("month", term)

    def related(self, row: Any) -> list[Related]:
        of_month = {"month": name_of(row)}
        parked_targets = ParkedTarget.objects.filter(month=row).select_related("target").order_by("pk")
        held = HeldSettlement.objects.filter(month=row).select_related("target").order_by("pk")
        return [
            Related(parked_targets, parked.COLUMNS, list_of(ParkedTarget, **of_month)),
            Related(held, line.HELD_COLUMNS, list_of(HeldSettlement, **of_month)),
        ]

    def links(self, row: Any) -> list[tuple[Any, str]]:
        found: list[tuple[Any, str]] = [(_("この月の料金明細"), list_of(ChargeLine, month=name_of(row)))]
        if became(row).issued:
            found.append((_("この月の請求書"), list_of(Invoice, month=name_of(row))))
            found += of_month.links(row)
        if row.has_files:
            found.append((_("会計ソフトへの仕訳"), list_of(JournalFile, q=name_of(row))))
        return found
