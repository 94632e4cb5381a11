"""通知書: what one letter of a customer ends, of one unit or of several — received, taken back and corrected as one (I-34)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from itertools import groupby

from django.contrib.auth.models import User
from django.db import transaction
from django.utils.translation import gettext as _

from contracts.models import ManagementUnit, Notice
from contracts.operations.notices import NoticeAsked, differs, receive_notice, taken_back
from contracts.operations.refusal import Refused


@transaction.atomic
def receive_letter(
    asked: Mapping[ManagementUnit, NoticeAsked], *, on: date, by: User, reason: str = ""
) -> list[Notice]:
    """受付 of one letter for targets of several units of a customer, as one: all of it or nothing. Raises Refused, also for units
    of several customers.
    """
    if not asked:
        raise Refused(_("対象を一つ以上選んでください。"), field="targets")
    if len({unit.customer_id for unit in asked}) > 1:
        raise Refused(_("一通の通知書は、一人の契約者のものです。"), field="targets", clause="12-1")
    notices: list[Notice] = []
    for unit, one in asked.items():
        letter = notices[0].letter if notices else None
        notices += receive_notice(unit, one, on=on, by=by, reason=reason, letter=letter)
    return notices


@transaction.atomic
def withdraw_letter(notices: Sequence[Notice], *, on: date, document: str, reason: str, by: User) -> list[Notice]:
    """撤回 of the notices that one letter gave, or of some of them, as one (I-34). Raises Refused."""
    said = {"on": on, "document": document, "reason": reason, "by": by}
    done = [taken_back("withdraw_notice", rows, None, **said) for rows in _by_unit(notices)]  # type: ignore[arg-type]
    return [row for rows in done for row in rows]


@transaction.atomic
def correct_letter(
    notices: Sequence[Notice], instead: NoticeAsked, *, on: date, document: str, reason: str, by: User
) -> list[Notice]:
    """訂正 of the notices that one letter gave, as one: each stands as ``instead`` says for its target. Those of a unit that say
    so already stay. Raises Refused, also where all of them do.
    """
    said = {"on": on, "document": document, "reason": reason, "by": by}
    parts = _by_unit(notices)
    otherwise = [rows for rows in parts if differs(rows, _of(rows, instead))] or parts
    done = [taken_back("correct_notice", rows, instead, **said) for rows in otherwise]  # type: ignore[arg-type]
    return [row for rows in done for row in rows]


def of_letter(notice: Notice) -> list[Notice]:
    """The standing notices of the letter that gave this one, in the order of units and targets; itself alone where none is known."""
    if notice.letter is None:
        return [notice]
    rows = Notice.objects.standing().filter(letter=notice.letter)
    return list(rows.select_related("target__unit__customer").order_by("target__unit__code", "target__number"))


def _of(rows: Sequence[Notice], instead: NoticeAsked) -> NoticeAsked:
    return replace(instead, targets=tuple(row.target.number for row in rows))


def _by_unit(notices: Iterable[Notice]) -> list[list[Notice]]:
    ordered = sorted(notices, key=_unit)
    return [list(rows) for _pk, rows in groupby(ordered, key=_unit)]


def _unit(notice: Notice) -> int:
    return notice.target.unit_id
