"""What the pages of a contract and of an option show alike: changes, prices, notices, and the way to the lines."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from contracts.admin.kit.base import Related, list_of
from contracts.admin.records import change, price
from contracts.admin.work import effect
from contracts.facts.change_order import IN_ORDER
from contracts.models import Change, Customer, Effect, ManagementUnit, Notice, Price, Target


def target(row: Target) -> list[Related]:
    """Changes, prices, notices and effects of a contract or an option."""
    of_target = {"target": row.number}
    changes = Change.objects.standing().filter(target=row).select_related("application").order_by(*IN_ORDER)
    prices = Price.objects.filter(target=row).order_by("fee", "from_on", "pk")
    notices = Notice.objects.filter(target=row).order_by("arrived_on", "pk")
    effects = Effect.objects.filter(target=row).order_by("on", "pk")
    return [
        Related(changes, change.COLUMNS, list_of(Change, **of_target)),
        Related(prices, price.COLUMNS, list_of(Price, **of_target)),
        Related(notices, more=list_of(Notice, **of_target)),
        Related(effects, effect.COLUMNS, list_of(Effect, **of_target)),
    ]


def book_out(request: HttpRequest, row: Customer | ManagementUnit) -> list[dict[str, Any]]:
    """The button that takes out the book of a customer or of a unit, for whoever may; its screen is known by name only."""
    if not request.user.has_perm("billing.export_report"):
        return []
    of = "customer" if isinstance(row, Customer) else "unit"
    query = urlencode({of: row.code, "to": request.path})
    address = f"{reverse('admin:contracts_bookupload_out')}?{query}"
    return [{"address": address, "label": _("台帳を書き出す"), "weight": ""}]


def lines(row: Target) -> list[tuple[Any, str]]:
    """The way to the lines charged for a contract or an option; the ledger's screens are known by name only."""
    address = reverse("admin:billing_chargeline_changelist")
    return [(_("この対象の料金明細"), f"{address}?{urlencode({'target': row.number})}")]
