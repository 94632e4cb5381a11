"""What the pages of a notice have in common: the operation rehearsed, shown, and carried out as it was shown."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from django import forms
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext

from billing.admin.notice.forms import asked_of
from billing.admin.notice.panel import Way, panel
from billing.operations.rehearse import Rehearsal, confirm, rehearse
from contracts import clock
from contracts.admin.kit.answers import say
from contracts.judge.following import choices, without
from contracts.models import ManagementUnit, Notice
from contracts.operations.refusal import Refused


@dataclass(frozen=True, kw_only=True)
class NoticePage:
    """What one of the pages does, to one unit or to several of a customer: ``do`` is the operation on the form's values, ``after`` the page to go to from its result."""

    title: str
    said: str
    units: Sequence[ManagementUnit]
    form: forms.Form
    do: Callable[[Mapping[str, Any]], Any]
    after: Callable[[Any], str]
    ways: Callable[[Mapping[str, Any], Rehearsal[Any]], list[Way]] = lambda given, rehearsal: []
    notice: Notice | None = None

    @property
    def _ids(self) -> list[int]:
        return [unit.pk for unit in self.units]

    @property
    def subtitle(self) -> str:
        """Whose contracts they are: the unit's where it is one, else the customer's."""
        first = self.units[0]
        said = [first.code, first.customer.name, first.name] if len(self.units) == 1 else _of_customer(first)
        return " ".join(said)

    def told(self, result: Any) -> Any:
        """What is said once it is done: of a notice received with the way to it, where it is corrected or taken back."""
        if self.notice is not None:
            return self.said
        address = reverse("admin:contracts_notice_change", args=[result[0].pk])
        label = gettext("記録した通知を開く（%(count)s件）") % {"count": len(result)}
        return format_html('{} <a href="{}">{}</a>', self.said, address, label)

    def shown(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """The panel of what would follow. Raises Refused."""
        rehearsal = rehearse(lambda: self.do(given), self._ids)
        found = panel(rehearsal, self.ways(given, rehearsal), on=clock.today())
        return found | {"seen": _mark(rehearsal, given)}

    def shown_or_refused(self, given: Mapping[str, Any]) -> dict[str, Any] | None:
        """The panel again, or the refusal at the form."""
        try:
            return self.shown(given)
        except Refused as refused:
            say(self.form, refused)
            return None

    def confirmed(self, given: Mapping[str, Any], seen: str) -> Any:
        """Do it as it was shown. Raises OutdatedError where that no longer holds, and Refused."""
        return confirm(lambda: self.do(given), self._ids, holds=lambda rehearsal: _mark(rehearsal, given) == seen)


def _of_customer(unit: ManagementUnit) -> list[str]:
    return [unit.customer.code, unit.customer.name]


def _mark(rehearsal: Rehearsal[Any], given: Mapping[str, Any]) -> str:
    return rehearsal.mark(sorted(given.items()))


def ways_of(given: Mapping[str, Any], rehearsal: Rehearsal[Any], do: Any) -> Iterator[Way]:
    """The ways to give notice for one of an EDR pair, each rehearsed (I-14); none for other notices."""
    if len(rehearsal.after.units) != 1:
        return
    ((pk, after),), (before,) = rehearsal.after.units.items(), rehearsal.before.units.values()
    added = [notice for notice in after.notices if notice not in before.notices]
    for way in choices(without(after, added), added[0]) if len(added) == 1 else ():
        asked = replace(asked_of(given, [way.target.number]), requested_for=way.named, at_term_end=False)
        yield way, rehearse(partial(do, given, asked), [pk], ledger=False)
