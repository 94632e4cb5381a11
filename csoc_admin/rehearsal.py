"""予行 on pages: while REHEARSAL is on, every page says so."""

from django.conf import settings
from django.http import HttpRequest


def rehearsal(request: HttpRequest) -> dict[str, bool]:
    """Whether this is a rehearsal, for every template."""
    return {"is_rehearsal": settings.REHEARSAL}
