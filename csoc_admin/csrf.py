"""A form whose page is older than the last log-in: nothing is written, and the page is opened anew with what was typed."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext

from csoc_admin.errors import sent_from_elsewhere


def opened_anew(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Back to the page of the form, which the browser fills in again (contracts/kept.js); a page that says so to all else.

    Only whoever is signed in is led back, and only to a page of the admin that is looked at: nothing is carried out.
    """
    if not request.user.is_authenticated or not request.path.startswith("/admin/"):
        return sent_from_elsewhere(request)
    messages.warning(
        request,
        gettext(
            "画面を開いた後に、別の画面でログインし直されています。まだ何も記録していません。確かめて、もう一度送ってください。"
        ),
    )
    return HttpResponseRedirect(request.get_full_path())
