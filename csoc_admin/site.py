"""The back office as a site: its pages ask the month's own computation what an operation would bring."""

from collections.abc import Callable, Collection, Sequence
from datetime import date
from functools import wraps
from typing import Any

from django.contrib import messages
from django.contrib.admin import AdminSite
from django.db.models import F, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext

from billing.facts.ledger import closed_months
from billing.facts.parties import parties_of
from billing.models import Invoice
from billing.operations.bills_of_units import Bills, Monthly, bills, monthly
from billing.operations.coming_bills import Beside, beside
from billing.operations.rehearse import Rehearsal, confirm, rehearse
from billing.operations.totals import Totals, totals
from contracts.facts.known import Known
from contracts.facts.load import Loaded
from contracts.judge.application import Judgement
from contracts.terms.days import next_month
from csoc_admin.once import View, once


class Office(AdminSite):
    """Screens of contracts know nothing of money: what their verbs would bring in yen they ask for here."""

    def admin_view(self, view: View, cacheable: bool = False) -> View:  # type: ignore[override]
        """Every view of the site: for whoever signed in, and each form carried out once."""
        inner: View = super().admin_view(once(view), cacheable)

        @wraps(inner)
        def answered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if request.method == "POST" and not request.user.is_authenticated and not request.path.endswith("/logout/"):
                messages.warning(
                    request,
                    gettext(
                        "ログインが切れています。まだ何も記録していません。ログインすると、入力した画面に戻ります。"
                    ),
                )
            return inner(request, *args, **kwargs)

        return answered

    def rehearse(
        self, do: Callable[[], Any], units: Collection[int], *, ledger: bool, wait: bool = True
    ) -> Rehearsal[Any]:
        """What an operation on those units would bring, with ``ledger`` to months too. Raises what it refuses."""
        return rehearse(do, units, ledger=ledger, wait=wait)

    def confirm(
        self, do: Callable[[], Any], units: Collection[int], *, holds: Callable[[Rehearsal[Any]], bool], ledger: bool
    ) -> Any:
        """Carry an operation out, should what was shown still hold."""
        return confirm(do, units, holds=holds, ledger=ledger)

    def billed(self, rehearsal: Rehearsal[Any], *, today: date) -> Sequence[Beside]:
        """The bills that come next, without what was rehearsed and with it; the unit is what was rehearsed on."""
        return beside(rehearsal, today=today)

    def totals(self, judgement: Judgement, *, accepted_on: date) -> Totals:
        """What a judged application comes to in yen, were it accepted on that day."""
        return totals(judgement, accepted_on=accepted_on)

    def first_open_month(self) -> date | None:
        """The first day of the month that is closed next; None while none has been closed."""
        months = closed_months()
        return next_month(max(months)) if months else None

    def monthly(self, read: Loaded, *, on: date) -> Monthly:
        """What units that have been read are charged a month as they stand on a day."""
        return monthly(read, on=on)

    def bills(self, read: Loaded, *, on: date, today: date, known: Known, payer: int | None = None) -> Bills:
        """The bills of units that have been read (``payer``: a customer's alone) and why they differ."""
        return bills(read, on=on, today=today, known=known, payer=payer)

    def invoices_of(self, customer_id: int, *, known: Known) -> QuerySet[Invoice]:
        """The invoices of a customer, the newest first; ``known``: those that were issued by then."""
        rows = Invoice.objects.filter(customer=customer_id)
        if known.day is not None:
            rows = rows.filter(issued_on__lte=known.day)
        # Ordered by what no index has: the planner would read the invoices of all customers from the newest on.
        return rows.annotate(newest=F("pk") + 0).select_related("month").order_by("-newest")

    def parties_of(self, customer_id: int) -> QuerySet[Any]:
        """Whom the invoices of a customer and its groups go to, as it stands."""
        return parties_of(customer_id)
