"""新しい契約者: a customer with its first management unit and, where it has one, its own linked service and the evidence for it."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date

from django.contrib.auth.models import User
from django.db import transaction
from django.utils.translation import gettext as _

from contracts.models import ManagementUnit
from contracts.operations.consents import record_consent
from contracts.operations.refusal import Reason, Refused
from contracts.operations.register import register_customer, register_state, register_unit
from contracts.terms.consents import Assent

FIRST_UNIT = "-1"
"""What the code of a first unit ends in, after its customer's, where it is given no code of its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnService:
    """A linked service that the customer holds itself, from a day on; consents and prerequisites with their evidence."""

    code: str
    service: str
    kind: str
    item: str
    from_on: date
    assents: Sequence[Assent] = ()
    given_by: str = ""
    document: str = ""


@transaction.atomic
def register_first(
    *,
    code: str,
    name: str,
    kana: str = "",
    unit_code: str,
    unit_name: str,
    service: OwnService | None,
    on: date,
    by: User,
) -> ManagementUnit:
    """Register all of it, or nothing. The consents are given on the day from which the service stands.

    Raises Refused where a code is taken, or what the single registrations refuse, at the fields of the one form.
    """
    customer = register_customer(code=code, name=name, kana=kana, by=by)
    with _at({"code": "unit_code"}):
        unit = register_unit(customer=customer, code=unit_code or f"{code}{FIRST_UNIT}", name=unit_name, by=by)
    if service is None:
        return unit
    with _at({"code": "service_code", "from_on": "service_from"}):
        stated = {name: getattr(service, name) for name in ("code", "service", "kind", "item", "from_on")}
        state = register_state(holder=customer.code, ends_on=None, on=on, by=by, **stated)
    if service.assents and not (service.given_by.strip() and service.document.strip()):
        raise Refused(_("同意・前提には、同意した者と文書番号が必要です。"), field="document", clause="7-4")
    with _at({"assent": "assents"}):
        for assent in service.assents:
            record_consent(
                state.linked_service,
                assent=assent,
                given_on=service.from_on,
                given_by=service.given_by,
                document=service.document,
                on=on,
                by=by,
            )
    return unit


@contextmanager
def _at(fields: Mapping[str, str]) -> Iterator[None]:
    """Where a refusal names a field of a single registration, name the field of the one form."""
    try:
        yield
    except Refused as error:
        reason = error.reason
        error.reason = Reason(reason.message, fields.get(reason.field, reason.field), reason.clause)
        raise
