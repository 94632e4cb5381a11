"""変更の見通し."""

from django.http import HttpRequest, HttpResponse


def changing_page(request: HttpRequest, unit_id: int) -> HttpResponse:
    return HttpResponse()
