"""解釈: the readings taken where the terms are silent or torn, for whoever meets an I-nn on a screen."""

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from contracts.terms.readings import READINGS


def readings(request: HttpRequest) -> HttpResponse:
    """Every reading in one sentence; for who may view contracts."""
    if not request.user.has_perm("contracts.view_contract"):
        raise PermissionDenied
    rows = [(number, gettext(said)) for number, said in READINGS.items()]
    context = admin.site.each_context(request) | {"title": _("解釈"), "rows": rows}
    return TemplateResponse(request, "admin/readings.html", context)
