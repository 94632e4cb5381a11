"""請求書の宛先と発行者: the words of a month's invoices beside their lines, as they stand on the day of issue (I-71)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from hashlib import sha256

from django.utils.translation import gettext as _

from billing.facts.issuer import issuers, seal_of, with_seal
from billing.facts.parties import Recipient, parties_on
from billing.models import BillingParty, KeptSeal
from billing.terms.due_day import HolidayRule, PaymentTerms
from billing.terms.issuer import Issuing, issuing_on
from billing.terms.paper import Addressee, Paper
from billing.terms.policy import Policy
from billing.terms.registration import fault_of
from contracts.operations.refusal import Refused

SHOWN = 20
"""Parties that are named when their account is wrong."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """What an invoice says of both sides, and the payment terms that its due day follows."""

    paper: Paper
    terms: PaymentTerms


def papers_of(
    recipients: Mapping[Recipient, tuple[str, str, str]], *, on: date, policy: Policy
) -> dict[Recipient, Chosen]:
    """The words of each recipient's invoice; ``recipients`` have the customer's code, the group's code, and the name of either.

    Keeps the issuer's seal. Raises Refused where the issuer's data are wrong, or a party names an account that the issuer lacks.
    """
    issuing = _issuing(on)
    issuer = with_seal(issuing)
    _keep_seal(issuing)
    parties = parties_on(on, recipients.keys())
    found, lacking = {}, []
    for recipient, (code, group, name) in recipients.items():
        row = parties.get(recipient)
        key = row.bank if row else ""
        bank = issuing.bank(key)
        if key and bank is None:
            lacking.append(f"{group or code}「{key}」")
        terms = terms_of(row) or policy.terms
        paper = Paper(
            addressee=addressee_of(row, code=code, name=name), issuer=issuer, bank=bank, holiday=terms.holiday
        )
        found[recipient] = Chosen(paper, terms)
    if lacking:
        named = _("、").join([*lacking[:SHOWN], *(["…"] if len(lacking) > SHOWN else [])])
        said = {"named": named, "day": on}
        raise Refused(_("請求先の振込先が、%(day)sの発行者にありません：%(named)s（I-71）。") % said)
    return found


def _issuing(on: date) -> Issuing:
    issuing = issuing_on(issuers(), on)
    if issuing is None:
        raise Refused(_("%(day)sの発行者が、経理の設定にありません。") % {"day": on}, field="on")
    if fault := fault_of(issuing.issuer.registration):
        raise Refused(_(fault))
    return issuing


def _keep_seal(issuing: Issuing) -> None:
    seal = seal_of(issuing)
    if seal is not None:
        media_type, content = seal
        said = {"media_type": media_type, "content": content}
        KeptSeal.objects.get_or_create(sha256=sha256(content).hexdigest(), defaults=said)


def terms_of(row: BillingParty | None) -> PaymentTerms | None:
    """The payment terms that were agreed with a party; None for those of all."""
    if row is None or row.due_months is None or row.due_day is None:
        return None
    return PaymentTerms(row.due_months, row.due_day, HolidayRule(row.due_holiday))


def addressee_of(row: BillingParty | None, *, code: str, name: str) -> Addressee:
    """Whom an invoice is addressed to; without a party, the customer or group by its name alone."""
    if row is None:
        return Addressee(company=name, customer_number=code)
    return Addressee(
        company=row.company or name,
        honorific=row.honorific,
        postal_code=row.postal_code,
        address=row.address,
        building=row.building,
        department=row.department,
        person=row.person,
        email=row.email,
        sending=row.sending,
        customer_number=row.customer_number or code,
        order_number=row.order_number,
        language=row.language,
    )
