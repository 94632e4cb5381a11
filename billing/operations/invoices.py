"""請求書の発行: every invoice of a closed month at once, numbered without a gap, or none of them."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Count, Sum
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from billing.facts.bank_days import banks_open
from billing.facts.parties import Recipient, groups_on
from billing.facts.policy import policies
from billing.models import BillingGroup, ChargeLine, Invoice, InvoiceRate, InvoiceUnit, Month
from billing.models.bulk import copy_all
from billing.operations.papers import Chosen, papers_of
from billing.operations.statement import COLUMNS, statements
from billing.operations.told_digests import invoices_digest
from billing.terms.account import TaxCategory
from billing.terms.due_day import due_day
from billing.terms.invoice import Amounts, Part, amounts
from billing.terms.policy import Policy, policy_on
from contracts.facts import history
from contracts.facts.party_names import named
from contracts.models import Customer
from contracts.models.bulk import create_all, slices
from contracts.operations.refusal import Refused
from contracts.operations.rehearsal import marked
from contracts.terms.days import month_period


@transaction.atomic
def issue_invoices(month: Month, *, on: date, by: User | str) -> int:
    """Issue an invoice to each customer or billing group with lines in the month; how many. Issued once, they stay: a second call adds none.

    ``on`` is the day of issue, by which the party and the issuer are found (I-71), and before which nothing falls due (I-70).
    Raises Refused where the month is not closed, is not over on the day, or what an invoice has to say is wrong.
    """
    month = Month.objects.select_for_update(no_key=True).get(pk=month.pk)
    if month.closed_at is None:
        raise Refused(_("%(month)sはまだ締められていません。") % {"month": month})
    if Invoice.objects.filter(month=month).exists():
        return 0
    last = month_period(month.month).last
    if on < last:
        raise Refused(
            _("発行日は、%(month)sの末日（%(day)s）以後にしてください（I-70）。") % {"month": month, "day": last},
            field="on",
        )
    groups = groups_on(last)
    found = _amounts(month, groups)
    names = _names(found, month)
    policy = policy_on(policies(), month.month)
    ordered = sorted(found, key=lambda recipient: names[recipient])
    papers = papers_of({recipient: names[recipient] for recipient in ordered}, on=on, policy=policy)
    invoices = [
        _invoice(month, f"{month}-{position:05}", recipient, papers[recipient], found[recipient], on=on, policy=policy)
        for position, recipient in enumerate(ordered, 1)
    ]
    create_all(Invoice, invoices)
    stored = dict(Invoice.objects.filter(month=month).values_list("number", "pk"))
    ids = {recipient: stored[invoice.number] for recipient, invoice in zip(ordered, invoices, strict=True)}
    create_all(InvoiceRate, _rates(found, ids))
    copy_all(InvoiceUnit, COLUMNS, statements(month, _invoice_of_units(month, ids, groups)))
    total = sum(invoice.total_yen for invoice in invoices)
    history.record(
        "issue",
        "invoice",
        str(month),
        by=marked(str(by)),
        after={
            "number": f"{invoices[0].number} – {invoices[-1].number}" if invoices else "",
            "total_yen": total,
            "digest": invoices_digest(month),
        },
    )
    return len(invoices)


def _invoice(
    month: Month,
    number: str,
    recipient: Recipient,
    chosen: Chosen,
    found: tuple[Amounts, int],
    *,
    on: date,
    policy: Policy,
) -> Invoice:
    """The invoice of a recipient, to be stored."""
    sums, count = found
    paper = chosen.paper
    return Invoice(
        number=number,
        month=month,
        customer_id=recipient[0],
        group_id=recipient[1],
        addressee=paper.addressee.company,
        issuer=paper.issuer.name,
        registration=paper.issuer.registration,
        issued_on=on,
        due_on=due_day(month.month, chosen.terms, issued_on=on, is_open=banks_open),
        line_count=count,
        out_of_scope_yen=sums.out_of_scope_yen,
        tax_yen=sums.tax_yen,
        total_yen=sums.total_yen,
        policy=policy.version,
        paper=paper.as_kept(),
        sending=paper.addressee.sending,
    )


def _amounts(month: Month, groups: Mapping[tuple[int, int], int]) -> dict[Recipient, tuple[Amounts, int]]:
    """What each recipient's invoice comes to, and its number of lines: three queries and the sums of units, no line is read."""
    percents = {row: policy_on(policies(), row).tax_percent for row in _months_of(month)}
    lines = ChargeLine.objects.filter(month=month).annotate(of=Coalesce("corrects_month", "month__month"))
    sums = lines.values_list("customer_id", "unit_id", "tax_category", "of").annotate(Sum("amount_yen"), Count("pk"))
    parts: defaultdict[Recipient, list[Part]] = defaultdict(list)
    counts: defaultdict[Recipient, int] = defaultdict(int)
    for customer, unit, category, of, yen, count in sums.order_by("customer_id").iterator():
        recipient = customer, groups.get((customer, unit))
        parts[recipient].append(Part(percents[of], TaxCategory(category), yen))
        counts[recipient] += count
    return {recipient: (amounts(of_it), counts[recipient]) for recipient, of_it in parts.items()}


def _months_of(month: Month) -> list[date]:
    """The months whose rates the lines are taxed at: the month's own, and those that it corrects."""
    corrected = ChargeLine.objects.filter(month=month, corrects_month__isnull=False)
    return [month.month, *filter(None, corrected.values_list("corrects_month", flat=True).distinct())]


def _names(recipients: Any, month: Month) -> dict[Recipient, tuple[str, str, str]]:
    """Customer's code, group's code and addressee of each recipient: a customer's name of the month's last day (I-52)."""
    customers: dict[int, tuple[str, str]] = {}
    name = named("customer", "", on=month_period(month.month).last)
    for some in slices(sorted({customer for customer, _group in recipients})):
        rows = Customer.objects.filter(pk__in=some).annotate(called=name).values_list("pk", "code", "called")
        customers |= {pk: (code, name) for pk, code, name in rows}
    groups = {group.pk: group for group in BillingGroup.objects.all()}
    return {
        (customer, group): (customers[customer][0], groups[group].code, groups[group].addressee)
        if group
        else (customers[customer][0], "", customers[customer][1])
        for customer, group in recipients
    }


def _rates(found: dict[Recipient, tuple[Amounts, int]], ids: dict[Recipient, int]) -> Iterator[InvoiceRate]:
    for recipient, (sums, _count) in found.items():
        for rate in sums.rates:
            yield InvoiceRate(
                invoice_id=ids[recipient],
                percent=rate.percent,
                taxable_yen=rate.taxable_yen,
                returned_yen=rate.returned_yen,
                tax_yen=rate.tax_yen,
            )


def _invoice_of_units(
    month: Month, ids: Mapping[Recipient, int], groups: Mapping[tuple[int, int], int]
) -> dict[tuple[int, int], int]:
    """The id of the invoice of each customer and unit."""
    units = ChargeLine.objects.filter(month=month).order_by().values_list("customer_id", "unit_id").distinct()
    return {whose: ids[whose[0], groups.get(whose)] for whose in units.iterator()}
