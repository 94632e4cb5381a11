"""検索: one box on every page. What it finds is a page without a script, and the part of it that a script shows while one types."""

from django.contrib import admin
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext

from billing.models import Invoice
from contracts.admin.kit.columns import page_of
from contracts.admin.search.groups import SHOWN, Hit, Shown, groups_of
from contracts.facts.finding import KINDS, Kind, Search

WHILE_TYPING, ON_THE_PAGE = 5, 20
"""Records of a kind that are shown."""
LONGEST = 200


def search_page(request: HttpRequest) -> HttpResponse:
    """What a term finds for whoever asks; the one record that it finds at once, where a form was sent."""
    search = Search(request.GET.get("q", "")[:LONGEST], kinds=(*KINDS, INVOICES))
    part = request.GET.get("part") == "1"
    kinds = (*SHOWN, SHOWN_INVOICES) if search.term else ()
    groups = groups_of(search, request, kinds, most=WHILE_TYPING if part else ON_THE_PAGE)
    hits = [hit for group in groups for hit in group.hits]
    if len(hits) == 1 and not part:
        return HttpResponseRedirect(hits[0].address)
    context = {"term": search.term, "groups": groups, "searched": bool(search.term)}
    if part:
        return TemplateResponse(request, "admin/search_groups.html", context)
    title = gettext("「%(term)s」の検索") % {"term": search.term} if search.term else gettext("検索")
    return TemplateResponse(
        request, "admin/search.html", {**admin.site.each_context(request), **context, "title": title}
    )


INVOICES = Kind(
    "invoice",
    Invoice,
    "number",
    of=(("customer", lambda ids: Invoice.objects.filter(customer__in=ids).order_by("-pk").values_list("pk")),),
)


def _invoice(row: Invoice) -> Hit:
    said = {"month": f"{row.month.month:%Y-%m}", "total": f"{row.total_yen:,}"}
    return Hit(row.number, row.addressee, gettext("%(month)s ・ %(total)s円") % said, page_of(row))


SHOWN_INVOICES = Shown(Invoice, "invoice", _invoice, Invoice.objects.select_related("month"))
