"""Searching by the beginning of a code: what an index answers, whatever the number of rows."""

import unicodedata
from collections.abc import Iterable
from typing import Any

from django.db import connection
from django.db.models import Q, QuerySet

from contracts.models import Application, Customer, ManagementUnit, Target

AT_MOST = 1000
"""Rows that one search brings up; whoever gets as many should type one more letter."""


def typed(term: str) -> str:
    """What was typed, widths folded: 「Ｕ０００１」 is U0001."""
    return unicodedata.normalize("NFKC", term).replace("\x00", "").strip()


def begins(field: str, term: str) -> Q:
    """The condition that a code begins with the term, written so that the code's unique index answers it.

    PostgreSQL keeps an index for LIKE beside each unique text; SQLite's LIKE reads every row, a range does not.
    """
    if connection.vendor == "sqlite":
        return Q(**{f"{field}__gte": term, f"{field}__lt": term + chr(0x10FFFF)})
    return Q(**{f"{field}__startswith": term})


def first_ids(rows: QuerySet[Any], field: str, term: str) -> list[int]:
    """The ids of the first rows, by code, whose code begins with the term."""
    return list(rows.filter(begins(field, term)).order_by(field).values_list("pk", flat=True)[:AT_MOST])


def units_found(term: str) -> list[int]:
    """Management units by the beginning of their own code or of their customer's."""
    customers = first_ids(Customer.objects.all(), "code", term)
    of_customers = ManagementUnit.objects.filter(customer__in=customers).order_by("pk") if customers else ()
    return _together(first_ids(ManagementUnit.objects.all(), "code", term), _ids(of_customers))


def applications_found(term: str) -> list[int]:
    """Applications by the beginning of their number, or of their unit's or customer's code."""
    units = units_found(term)
    of_units = Application.objects.filter(unit__in=units).order_by("pk") if units else ()
    return _together(first_ids(Application.objects.all(), "number", term), _ids(of_units))


def targets_found(term: str) -> list[int]:
    """Contracts and options by the beginning of their number, or of their application's, unit's or customer's."""
    units, applications = units_found(term), first_ids(Application.objects.all(), "number", term)
    of_units = Target.objects.filter(unit__in=units).order_by("pk") if units else ()
    asked_for = Target.objects.filter(application__in=applications).order_by("pk") if applications else ()
    return _together(first_ids(Target.objects.all(), "number", term), _ids(of_units), _ids(asked_for))


def _ids(rows: QuerySet[Any] | tuple[()]) -> list[int]:
    return list(rows.values_list("pk", flat=True)[:AT_MOST]) if isinstance(rows, QuerySet) else []


def _together(*found: Iterable[int]) -> list[int]:
    return list(dict.fromkeys(pk for ids in found for pk in ids))[:AT_MOST]
