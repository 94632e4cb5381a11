"""一つの事象: the records of one event that struck several contracts, judged, claimed and decided together or for a selection."""

from collections.abc import Callable, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from billing.admin.incident.would import stands
from contracts.admin.kit.columns import iso
from contracts.judge.claims import CLAIMED
from contracts.models import Breach, Outage
from contracts.operations.claims import plain_of
from contracts.operations.incidents import of_event

Given = Mapping[str, Any]
Incident = Outage | Breach
Offered = Callable[[Any], bool]


class EventForm(forms.Form):
    """The other contracts of the event for which the same is done."""

    together = forms.MultipleChoiceField(
        label=_("同じ事象の契約"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("選んだ契約を、この契約とともに扱います。同じ契約者の契約を選んであります。"),
    )


def fitted(offered: Offered) -> Callable[[Any, Any], None]:
    """The form's choices: the other records of the event that are in a state for the verb, those of the customer chosen."""

    def fit(form: Any, row: Incident) -> None:
        others = [one for one in _event(row) if one.pk != row.pk and offered(one)]
        if not others:
            del form.fields["together"]
            return
        customer = row.contract.target.unit.customer_id
        form.fields["together"].choices = [(str(one.contract_id), named(one)) for one in others]
        own = [str(one.contract_id) for one in others if one.contract.target.unit.customer_id == customer]
        form.initial.setdefault("together", own)

    return fit


def chosen(row: Incident, given: Given) -> list[Incident]:
    """The record, and those of its event that were chosen with it."""
    together = set(given.get("together", ()))
    if not together:
        return [row]
    return [row, *(one for one in _event(row) if one.pk != row.pk and str(one.contract_id) in together)]


def _event(row: Any) -> list[Any]:
    return of_event(row)


def units_of(row: Incident, given: Given) -> list[int]:
    """The units of all of them."""
    return sorted({one.contract.target.unit_id for one in chosen(row, given)})


def named(row: Incident) -> str:
    """Whose contract it is, and until when it may be claimed."""
    target = row.contract.target
    said = {"number": target.number, "customer": target.unit.customer.name, "unit": target.unit.name}
    said["deadline"] = iso(plain_of(row).deadline) or gettext("復旧待ち")
    return gettext("%(number)s %(customer)s %(unit)s（請求の期限：%(deadline)s）") % said


def each_named(row: Incident, given: Given, _rehearsal: Any = None) -> list[str]:
    """A sentence a contract where there are several; one by itself says what it is on its own page."""
    rows = chosen(row, given)
    if len(rows) == 1:
        return []
    count = gettext("%(number)s件の契約について行います。") % {"number": len(rows)}
    return [count, *(named(one) for one in rows)]


def undecided(row: Incident) -> bool:
    """Whether its claim waits for a decision."""
    return stands(row) == CLAIMED
