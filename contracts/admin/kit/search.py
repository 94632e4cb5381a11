"""Searching by the beginning of a code or by part of a name: what an index answers, whatever the number of rows."""

from django.db import connection
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from contracts.facts.finding import Search, only

FINDS = _(
    "番号・コードの先頭、又は契約者名・管理単位名の一部から検索します。全角・半角、大小文字、かな、ハイフンは問いません。"
)


def begins(field: str, term: str) -> Q:
    """The condition that a text begins with the term, written so that its own index answers it.

    PostgreSQL keeps an index for LIKE beside each unique text; SQLite's LIKE reads every row, a range does not.
    """
    if connection.vendor == "sqlite":
        return Q(**{f"{field}__gte": term, f"{field}__lt": term + chr(0x10FFFF)})
    return Q(**{f"{field}__startswith": term})


def customers_found(term: str) -> list[int]:
    """Customers by their code or name."""
    return Search(term, kinds=only("customer")).ids("customer")


def units_found(term: str) -> list[int]:
    """Management units by their own code or name, or by their customer's."""
    return Search(term, kinds=only("unit")).ids("unit")


def applications_found(term: str) -> list[int]:
    """Applications by their number, or of a unit that is found."""
    return Search(term, kinds=only("application")).ids("application")


def targets_found(term: str) -> list[int]:
    """Contracts and options by their number or their application's, or of a unit that is found."""
    return Search(term, kinds=only("target")).ids("target")


def services_found(term: str) -> list[int]:
    """Linked services by their code, or linked by a contract that is found."""
    return Search(term, kinds=only("service")).ids("service")
