"""What can be done from the page of a management unit, by work."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from contracts.admin.kit.by_work import Group, Loud, by_work, incidents
from contracts.models import ManagementUnit


def unit_verbs(
    row: ManagementUnit,
    own: Sequence[dict[str, Any]],
    book: Sequence[dict[str, Any]],
    may: Callable[[str], bool],
    *,
    runs: bool,
    contracts: Sequence[str],
) -> dict[str, Any]:
    """The verbs of the page. ``own`` are the unit's own buttons, ``book`` those that take its book out.

    ``contracts``: the numbers of those in use, with which a record of an outage begins. ``runs``: whether anything of it has not ended. Where nothing does, a notice would be refused: it is greyed, and says why.
    """
    groups = (
        Group(_("管理単位"), list(own)),
        incidents(may, contracts),
        Group(_("台帳"), list(book)),
    )
    return by_work(_loud(row, may, runs), groups)


def _loud(row: ManagementUnit, may: Callable[[str], bool], runs: bool) -> Iterator[Loud]:
    if may("contracts.enter_application"):
        yield Loud(_("申込を入力"), reverse("admin:contracts_application_new", args=[row.pk]), "main")
    if may("contracts.add_notice"):
        address = reverse("admin:contracts_notice_receive", args=[row.pk])
        why_not = "" if runs else _("終了していない契約・オプションがありません")
        yield Loud(_("解約通知を受け付ける"), address, "grave", why_not=why_not)
    if may("contracts.view_managementunit") and may("contracts.view_price"):
        yield Loud(_("解約・変更の見通し"), reverse("admin:contracts_managementunit_leaving", args=[row.pk]))
