"""The slips of a month for an accounting package: its invoices as the package is to have them, and as it had them before."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, replace
from datetime import date
from typing import Any, NamedTuple

from django.db.models import QuerySet
from django.utils.translation import gettext, override

from billing.models import JournalSlip, Month
from billing.models.line import FEES
from billing.reports import JOURNAL
from billing.reports.filters import asked, filters_of
from billing.reports.journal import sums_of
from billing.terms.account import TaxCategory
from billing.terms.packages import LONGEST, NAMES, PackageMapping, UnmappedError
from billing.terms.slip import Account, Slip, SlipEntry, Split, split
from contracts.models.bulk import slices
from contracts.operations.refusal import Refused
from contracts.terms.days import month_period

NO_ACCOUNT = Account("")
MOST_TOLD = 20
"""Customers with too long a name that are told one by one."""


class ToTakeOut(NamedTuple):
    """A slip that the package does not have yet, and the invoice that it is of."""

    invoice: int
    slip: Slip


def to_take_out(month: Month, mapping: PackageMapping) -> Iterator[ToTakeOut]:
    """Of each invoice what the package lacks: nothing where it has it as it is, a reversal before it where it has it otherwise.

    Some hundreds of invoices at a time. Raises Refused where a slip is not its invoice, or the mapping has no word for it.
    """
    for some in slices(_named(month, mapping)):
        invoices = {row.number: row for row in month.invoices.filter(number__in=[slip.invoice for slip in some])}
        had = {row.invoice_id: row for row in _taken_out(mapping.package, [row.pk for row in invoices.values()])}
        for slip in some:
            invoice = invoices[slip.invoice]
            if slip.total_yen != invoice.total_yen:
                message = gettext("請求書%(number)sの仕訳%(slip)s円が、請求金額%(invoice)s円と異なります。")
                shown = {"slip": f"{slip.total_yen:,}", "invoice": f"{invoice.total_yen:,}"}
                raise Refused(message % {"number": invoice.number, **shown})
            for one in _lacking(replace(slip, due_on=invoice.due_on), had.get(invoice.pk), mapping):
                yield ToTakeOut(invoice.pk, one)


def stored(slip: Slip) -> dict[str, Any]:
    """A slip as a row keeps it."""
    days = {"on": slip.on.isoformat(), "due_on": slip.due_on.isoformat()}
    return {**asdict(slip), **days}


def slip_of(content: dict[str, Any]) -> Slip:
    """A slip as it was kept."""
    days = {name: date.fromisoformat(content[name]) for name in ("on", "due_on")}
    accounts = {name: Account(**content[name]) for name in ("receivable", "tax_account")}
    entries = tuple(_kept_entry(entry) for entry in content["entries"])
    return Slip(**{**content, **days, **accounts, "entries": entries})


def _kept_entry(content: dict[str, Any]) -> SlipEntry:
    read = {"category": TaxCategory(content["category"]), "account": Account(**content["account"])}
    return SlipEntry(**{**content, **read})


def _taken_out(package: str, invoices: list[int]) -> QuerySet[JournalSlip]:
    """What the package had of these invoices, the last of each last."""
    return JournalSlip.objects.filter(package=package, invoice__in=invoices).select_related("file").order_by("pk")


def _lacking(slip: Slip, had: JournalSlip | None, mapping: PackageMapping) -> Iterator[Slip]:
    if had is None:
        yield from [slip] if slip.entries else []
        return
    before = slip_of(had.content)
    again = replace(slip, revision=had.revision)
    if not had.reversal:
        if again == before:
            return
        if had.file.form != mapping.form:
            message = gettext(
                "請求書%(number)sは、形式「%(form)s」で取り出した後に変わっています。取消も同じ形式で取り出してください。"
            )
            raise Refused(message % {"number": slip.invoice, "form": had.file.get_form_display()})
        yield before.reversed()
    if slip.entries:
        yield replace(slip, revision=had.revision + 1)


def _named(month: Month, mapping: PackageMapping) -> Iterator[Slip]:
    """Every invoice's slip in the package's words, in the order of customers. Raises Refused in the end where some cannot be called so."""
    wanted = asked(filters_of(JOURNAL, {"month": str(month)}))
    assert wanted is not None, f"the month {month} cannot be asked for"
    on = month_period(month.month).last
    with override("ja"):
        fees = {code: str(label) for code, label in FEES}
    too_long: dict[str, str] = {}
    try:
        for recipient, (code, name), sums in sums_of(wanted, by_month=True):
            if not recipient.invoice:
                raise Refused(gettext("契約者%(code)sの明細に、請求書のないものがあります。") % {"code": code})
            partner = mapping.partner_of(code, name)
            if not mapping.takes_partner(partner):
                too_long.setdefault(code, partner)
            entries = tuple(_entry(one, mapping, fees) for one in split(sums, month.month))
            yield Slip(
                invoice=recipient.invoice,
                group=recipient.group,
                revision=1,
                reversal=False,
                on=on,
                due_on=on,
                customer=code,
                partner=partner,
                receivable=mapping.account("receivable"),
                receivable_tax=mapping.receivable_tax,
                tax_account=mapping.accounts.get("tax", NO_ACCOUNT),
                entries=entries,
            )
    except UnmappedError as unmapped:
        raise Refused(str(unmapped)) from None
    if too_long:
        _refuse_names(too_long, mapping)


def _refuse_names(too_long: Mapping[str, str], mapping: PackageMapping) -> None:
    """Cut to what the package takes, two customers could be one sub-account: finance says what they are called there."""
    told = [f"{code}「{partner}」" for code, partner in too_long.items()]
    if len(told) > MOST_TOLD:
        told = [*told[:MOST_TOLD], gettext("ほか%(count)s件") % {"count": f"{len(told) - MOST_TOLD:,}"}]
    message = gettext(
        "%(package)sの補助科目は半角%(most)s字までです。長い名称：%(named)s。経理の設定の[journal.partners]に略称を書いてください。"
    )
    said = {"package": NAMES[mapping.package], "most": LONGEST[mapping.package]}
    raise Refused(message % {**said, "named": gettext("、").join(told)})


def _entry(one: Split, mapping: PackageMapping, fees: dict[str, str]) -> SlipEntry:
    return SlipEntry(
        words=f"{fees[one.fee]}の訂正" if one.corrects else fees[one.fee],
        month=f"{one.month:%Y-%m}",
        category=one.category,
        percent=one.percent,
        net_yen=one.net_yen,
        tax_yen=one.tax_yen,
        account=mapping.account_of(one.fee),
        tax_name=mapping.tax_name(one.category, one.percent),
    )
