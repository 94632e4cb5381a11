"""提案の内訳: the rows behind a figure of a proposal — each contract or customer beside the month before."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Count, QuerySet, Sum
from django.db.models.functions import Abs
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from billing.admin.month.causes import CAUSE_NAMES, FOUND_NAMES, KIND_NAMES, MONTHLY
from billing.models import ChargeLine, Month, Proposal
from billing.operations.beside_last_month import FOUND, customers_of, differences_of, found_in
from contracts.admin.kit.base import list_of
from contracts.admin.kit.columns import page_of, thousands
from contracts.admin.kit.told import signed
from contracts.facts.party_names import named
from contracts.models import Customer
from contracts.terms.days import month_period

ROWS_A_PAGE = 100
CUSTOMERS, OF_MONTHLY = "customers", "monthly"
ORDERS: dict[str, tuple[Any, tuple[Any, ...]]] = {
    "": (_("差の大きい順"), (Abs("yen").desc(), "pk")),
    "down": (_("減った順"), ("yen", "pk")),
    "up": (_("増えた順"), ("-yen", "pk")),
    "customer": (_("契約者の順"), ("customer__code", "pk")),
}
FOUND_BY_CODE = {found.code: found for found in FOUND}


def rows_of(proposal: int, **narrowed: str) -> str:
    """The address of the rows: of a proposal by its id: ``of`` a cause, or what was found; of a ``kind``, of a ``customer`` by its code."""
    query = urlencode({name: value for name, value in narrowed.items() if value})
    return f"{reverse('admin:billing_proposal_rows', args=[proposal])}?{query}"


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked for: ``of`` a cause or something found ('' for all), of whom, in which order."""

    of: str
    kind: str
    customer: str
    order: str

    @property
    def of_customers(self) -> bool:
        """Whether each row is a customer."""
        return self.of == CUSTOMERS or (self.of in FOUND_BY_CODE and FOUND_BY_CODE[self.of].of_customers)


def view(request: HttpRequest, pk: int, *, site: Any) -> HttpResponse:
    """One page of the rows, under what narrows them."""
    if not request.user.has_perm("billing.view_proposal"):
        raise PermissionDenied
    proposal = Proposal.objects.filter(pk=pk).first()
    if proposal is None:
        raise Http404
    asked = _asked(request)
    rows = _asked_for(proposal, asked)
    whole = rows.order_by().aggregate(count=Count("pk"), yen=Sum("yen"))
    page = Paginator(_shown(proposal, asked, rows), ROWS_A_PAGE).get_page(request.GET.get("p"))
    query = request.GET.copy()
    query.pop("p", None)
    last = Month.last_closed(before=proposal.month)
    shown = [(_customer_row if asked.of_customers else _target_row)(last, row) for row in page]
    context = site.each_context(request) | {
        "title": gettext("%(month)sの提案の内訳") % {"month": proposal},
        "proposal": proposal,
        "place": page_of(proposal),
        "asked": asked,
        "what": _what(asked),
        "count": thousands(whole["count"]),
        "yen": signed(whole["yen"] or 0),
        "rows": shown,
        "page": page,
        "pages": page.paginator.get_elided_page_range(page.number),
        "query": query.urlencode(),
        "chosen": _choices(proposal, asked),
        "orders": [(code, label, code == asked.order) for code, (label, _by) in ORDERS.items()],
        "last": last,
    }
    return TemplateResponse(request, "admin/proposal_rows.html", context)


def _asked_for(proposal: Proposal, asked: Asked) -> QuerySet[Any]:
    rows: QuerySet[Any] = customers_of(proposal) if asked.of_customers else differences_of(proposal)
    if asked.of in FOUND_BY_CODE:
        rows = rows.filter(FOUND_BY_CODE[asked.of].rows)
    elif asked.of == OF_MONTHLY:
        rows = rows.filter(cause__in=MONTHLY)
    elif asked.of in CAUSE_NAMES:
        rows = rows.filter(cause=asked.of)
    if asked.kind and not asked.of_customers:
        rows = rows.filter(kind=asked.kind)
    if asked.customer:
        # Asked for apart: joined, the planner goes through the rows of all.
        rows = rows.filter(customer__in=list(Customer.objects.filter(code=asked.customer).values_list("pk", flat=True)))
    return rows


def _asked(request: HttpRequest) -> Asked:
    """What the address says; what it says of nothing that there is, it does not say."""
    given = {name: request.GET.get(name, "") for name in ("of", "kind", "customer", "order")}
    known = {"of": {*FOUND_BY_CODE, *CAUSE_NAMES, OF_MONTHLY, CUSTOMERS}, "kind": KIND_NAMES, "order": ORDERS}
    kept = {name: given[name] if given[name] in codes else "" for name, codes in known.items()}
    return Asked(**kept, customer=given["customer"].replace("\x00", "")[:64])


def _shown(proposal: Proposal, asked: Asked, rows: QuerySet[Any]) -> QuerySet[Any]:
    """In the order asked for, each with what its customer is called on the month's last day (I-52)."""
    related = ("customer",) if asked.of_customers else ("customer", "unit", "target")
    rows = rows.annotate(called=named("customer", "customer", on=month_period(proposal.month).last))
    return rows.select_related(*related).order_by(*ORDERS[asked.order][1])


def _target_row(last: Month | None, row: Any) -> dict[str, Any]:
    """A contract or an option and one cause."""
    prices = ""
    if row.cause in ("price", "quantity") and row.price_before != row.price_now:
        prices = f"{thousands(row.price_before)} → {thousands(row.price_now)}"
    return {
        "customer": row.customer,
        "customer_place": page_of(row.customer),
        "called": row.called,
        "unit": row.unit,
        "unit_place": page_of(row.unit),
        "number": row.target.number,
        "place": page_of(row.target),
        "cause": CAUSE_NAMES.get(row.cause, row.cause),
        "before": thousands(row.before_yen),
        "now": thousands(row.now_yen),
        "yen": signed(row.yen),
        "minus": row.yen < 0,
        "prices": prices,
        "basis": row.basis,
        "lines": list_of(ChargeLine, month=f"{last}", target=row.target.number) if last and row.before_yen else "",
    }


def _customer_row(last: Month | None, row: Any) -> dict[str, Any]:
    """A customer, and the way to what of it differs and to its lines of the month before."""
    code = row.customer.code
    return {
        "customer": row.customer,
        "customer_place": page_of(row.customer),
        "called": row.called,
        "kind": row.get_kind_display(),
        "before": thousands(row.before_yen),
        "now": thousands(row.now_yen),
        "yen": signed(row.yen),
        "minus": row.yen < 0,
        "grave": row.now_yen <= 0,
        "rows": rows_of(row.proposal_id, customer=code),
        "lines": list_of(ChargeLine, month=f"{last}", customer=code) if last and row.kind != "new" else "",
    }


def _choices(proposal: Proposal, asked: Asked) -> list[tuple[str, list[tuple[str, Any, bool]]]]:
    """What can be looked at: what was found, causes, or customers, each chosen or not."""
    found = [(code, FOUND_NAMES[code], code == asked.of) for code in found_in(proposal)]
    causes = [
        (code, label, code == asked.of)
        for code, label in CAUSE_NAMES.items()
        if code in proposal.result.get("bridge", {}) and code not in FOUND_BY_CODE
    ]
    every = [("", gettext("契約・オプションのすべての差"), not asked.of)]
    every += [(CUSTOMERS, gettext("契約者のすべての差"), asked.of == CUSTOMERS)]
    return [(gettext("すべて"), every), (gettext("確かめること"), found), (gettext("差の原因"), causes)]


def _what(asked: Asked) -> str:
    """What the rows are, as a heading."""
    if asked.of_customers:
        return str(FOUND_NAMES.get(asked.of, _("契約者のすべての差")))
    what = FOUND_NAMES.get(asked.of) or CAUSE_NAMES.get(asked.of)
    if asked.of == OF_MONTHLY:
        what = _("月額費用の差")
    found = [str(what or _("契約・オプションのすべての差"))]
    found += [str(KIND_NAMES[asked.kind])] if asked.kind else []
    return " / ".join(found)
