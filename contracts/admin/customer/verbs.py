"""What can be done from the page of a customer: for one of its units where the verb is a unit's."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from contracts.admin.customer.page import HeldUnit
from contracts.admin.kit.by_work import CHOICES_SHOWN, Choice, Group, Loud, by_work, incidents

UNIT_VERBS = (
    ("contracts.enter_application", "admin:contracts_application_new", _("申込を入力"), "main"),
    ("contracts.add_notice", "admin:contracts_notice_receive", _("解約通知を受け付ける"), "grave"),
)
"""Verbs of a unit that a customer's page offers by themselves: permission, screen, label, look."""


def customer_verbs(
    units: Sequence[HeldUnit],
    own: Sequence[dict[str, Any]],
    book: Sequence[dict[str, Any]],
    may: Callable[[str], bool],
) -> dict[str, Any]:
    """The verbs of the page by work. ``own`` are the customer's own buttons, ``book`` those that take its book out."""
    loud, others = list(_of_units(units, may)), list(own)
    if not units:
        # What a customer without a unit needs first is a unit.
        first = [one for one in own if one["address"].endswith("/register-unit/")]
        loud += [Loud(one["label"], one["address"], "main") for one in first]
        others = [one for one in own if one not in first]
    if may("contracts.change_managementunit"):
        address = reverse("admin:contracts_managementunit_hand-over")
        others.append({"address": address, "label": _("担当を引き継ぐ")})
    groups = (Group(_("契約者と管理単位"), others), incidents(may), Group(_("台帳"), list(book)))
    return by_work(loud, groups)


def _of_units(units: Sequence[HeldUnit], may: Callable[[str], bool]) -> Iterator[Loud]:
    for permission, screen, label, weight in UNIT_VERBS:
        if not may(permission):
            continue
        choices = [Choice(f"{unit.row.code} {unit.row.name}", reverse(screen, args=[unit.row.pk])) for unit in units]
        if weight == "grave" and not any(unit.runs for unit in units):
            # There is nothing that a notice could end.
            if units:
                yield Loud(label, weight=weight, why_not=_("終了していない契約・オプションがありません"))
        elif len(choices) == 1:
            yield Loud(label, choices[0].address, weight)
        elif choices:
            if weight == "grave":
                letter = reverse("admin:contracts_notice_letter", args=[units[0].row.customer_id])
                choices.insert(0, Choice(str(_("複数の管理単位をまとめて（一通の通知書）")), letter))
            more = _("ほかの管理単位は、その画面から") if len(choices) > CHOICES_SHOWN else ""
            yield Loud(label, weight=weight, choices=choices[:CHOICES_SHOWN], more=more)
