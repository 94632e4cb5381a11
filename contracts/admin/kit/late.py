"""A page in two parts: what is looked at first, and what takes a computation, which the page itself asks for once it is there.

The late part of a page has the page's own address with ``?part=late``. Its pieces, each with a name in ``data-late``, are put where the
page has kept their places (contracts/static/contracts/late.js). ``?part=whole``: both at once, for whoever has no script.
"""

from enum import StrEnum

from django.http import HttpRequest


class Part(StrEnum):
    """Which part of a page an address asks for."""

    FIRST = ""
    LATE = "late"
    WHOLE = "whole"


def part_of(request: HttpRequest) -> Part:
    """The part that an address asks for; the first one where it names none that there is."""
    asked = request.GET.get("part", "")
    return Part(asked) if asked in set(Part) else Part.FIRST


def address_of(request: HttpRequest, part: Part) -> str:
    """The address of another part of the page that is looked at, told as of the same days."""
    query = request.GET.copy()
    query["part"] = part.value
    return f"{request.path}?{query.urlencode()}"


def late_places(request: HttpRequest) -> dict[str, str]:
    """What a page needs to keep places for its late part: where the part is, and where all of the page is."""
    return {"late": address_of(request, Part.LATE), "whole": address_of(request, Part.WHOLE)}
