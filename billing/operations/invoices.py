"""請求書の発行: every invoice of a closed month at once, numbered without a gap, or none of them."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Count, Sum
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from billing.facts.policy import policies
from billing.models import BillingGroup, BillingGroupUnit, ChargeLine, Invoice, InvoiceRate, InvoiceUnit, Month
from billing.models.bulk import copy_all
from billing.operations.statement import COLUMNS, statements
from billing.terms.account import TaxCategory
from billing.terms.invoice import Amounts, Part, amounts, due_on
from billing.terms.policy import policy_on
from billing.terms.registration import fault_of
from contracts.facts import history
from contracts.facts.party_names import named
from contracts.models import Customer, ManagementUnit
from contracts.models.bulk import create_all, slices
from contracts.operations.refusal import Refused
from contracts.operations.rehearsal import marked
from contracts.terms.days import month_period

Recipient = tuple[int, int | None]
"""Whom an invoice is for: the customer's id, and the billing group's, if any."""


@transaction.atomic
def issue_invoices(month: Month, *, on: date, by: User | str) -> int:
    """Issue an invoice to each customer or billing group with lines in the month; how many. Issued once, they stay: a second call adds none.

    ``on`` is the day of issue. Raises Refused where the month is not closed or the registration number is wrong.
    """
    month = Month.objects.select_for_update().get(pk=month.pk)
    if month.closed_at is None:
        raise Refused(_("%(month)sはまだ締められていません。") % {"month": month})
    fault = fault_of(settings.INVOICE_REGISTRATION)
    if fault:
        raise Refused(_(fault))
    if Invoice.objects.filter(month=month).exists():
        return 0
    found = _amounts(month)
    names = _names(found, month)
    policy = policy_on(policies(), month.month)
    ordered = sorted(found, key=lambda recipient: names[recipient])
    invoices = [
        Invoice(
            number=f"{month}-{position:05}",
            month=month,
            customer_id=recipient[0],
            group_id=recipient[1],
            addressee=names[recipient][2],
            issuer=settings.INVOICE_ISSUER,
            registration=settings.INVOICE_REGISTRATION,
            issued_on=on,
            due_on=due_on(month.month, policy),
            line_count=found[recipient][1],
            out_of_scope_yen=found[recipient][0].out_of_scope_yen,
            tax_yen=found[recipient][0].tax_yen,
            total_yen=found[recipient][0].total_yen,
            policy=policy.version,
        )
        for position, recipient in enumerate(ordered, 1)
    ]
    create_all(Invoice, invoices)
    stored = dict(Invoice.objects.filter(month=month).values_list("number", "pk"))
    ids = {recipient: stored[invoice.number] for recipient, invoice in zip(ordered, invoices, strict=True)}
    create_all(InvoiceRate, _rates(found, ids))
    copy_all(InvoiceUnit, COLUMNS, statements(month, _invoice_of_units(month, ids)))
    total = sum(invoice.total_yen for invoice in invoices)
    history.record(
        "issue",
        "invoice",
        str(month),
        by=marked(str(by)),
        after={"number": f"{invoices[0].number} – {invoices[-1].number}" if invoices else "", "total_yen": total},
    )
    return len(invoices)


def _amounts(month: Month) -> dict[Recipient, tuple[Amounts, int]]:
    """What each recipient's invoice comes to, and its number of lines: three queries and the sums of units, no line is read."""
    percents = {row: policy_on(policies(), row).tax_percent for row in _months_of(month)}
    groups = _groups()
    lines = ChargeLine.objects.filter(month=month).annotate(of=Coalesce("corrects_month", "month__month"))
    sums = lines.values_list("customer_id", "unit_id", "tax_category", "of").annotate(Sum("amount_yen"), Count("pk"))
    parts: defaultdict[Recipient, list[Part]] = defaultdict(list)
    counts: defaultdict[Recipient, int] = defaultdict(int)
    for customer, unit, category, of, yen, count in sums.order_by("customer_id").iterator():
        recipient = customer, groups.get((customer, unit))
        parts[recipient].append(Part(percents[of], TaxCategory(category), yen))
        counts[recipient] += count
    return {recipient: (amounts(of_it), counts[recipient]) for recipient, of_it in parts.items()}


def _groups() -> dict[tuple[int, int], int]:
    """The billing group of each unit that has one, by its customer and the unit: another customer's lines are not for it."""
    rows = BillingGroupUnit.objects.values_list("group__customer_id", "unit_id", "group_id")
    return {(customer, unit): group for customer, unit, group in rows}


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


def _invoice_of_units(month: Month, ids: dict[Recipient, int]) -> dict[tuple[int, int], int]:
    """The id of the invoice of each customer and unit."""
    groups = _groups()
    units = ChargeLine.objects.filter(month=month).order_by().values_list("customer_id", "unit_id").distinct()
    return {whose: ids[whose[0], groups.get(whose)] for whose in units.iterator()}


@transaction.atomic
def make_group(*, customer: Customer, code: str, addressee: str, by: User) -> BillingGroup:
    """Make a billing group of a customer. Raises Refused where the code is taken."""
    if BillingGroup.objects.filter(code=code).exists():
        raise Refused(_("グループコード「%(code)s」は既に使われています。") % {"code": code}, field="code")
    group = BillingGroup.objects.create(customer=customer, code=code, addressee=addressee)
    history.record("register", "billing_group", code, by=by, after=history.values_of(group))
    return group


@transaction.atomic
def put_in_group(group: BillingGroup, *, units: list[ManagementUnit], by: User) -> BillingGroup:
    """Say which units of its customer a group has; it counts for invoices issued from now on. Raises Refused."""
    group = BillingGroup.objects.select_for_update().get(pk=group.pk)
    strange = [unit.code for unit in units if unit.customer_id != group.customer_id]
    if strange:
        sentence = _("%(units)sは、グループの契約者の管理単位ではありません。")
        raise Refused(sentence % {"units": _("、").join(strange)}, field="units")
    # A group of the customer before has no say any more.
    BillingGroupUnit.objects.filter(unit__in=units).exclude(group__customer=group.customer_id).delete()
    elsewhere = BillingGroupUnit.objects.filter(unit__in=units).exclude(group=group).select_related("group", "unit")
    if elsewhere:
        sentence = _("%(unit)sは、グループ%(group)sに属しています。")
        said = {"unit": elsewhere[0].unit.code, "group": elsewhere[0].group.code}
        raise Refused(sentence % said, field="units")
    before = sorted(group.units.values_list("unit__code", flat=True))
    group.units.all().delete()
    BillingGroupUnit.objects.bulk_create(BillingGroupUnit(group=group, unit=unit) for unit in units)
    after = sorted(unit.code for unit in units)
    history.record("group", "billing_group", group.code, by=by, before={"units": before}, after={"units": after})
    return group
