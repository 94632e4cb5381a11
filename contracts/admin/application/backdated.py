"""Starts and changes in closed months: what they would correct is shown while the form is filled in, and confirmed on acceptance."""

from collections.abc import Mapping
from datetime import date

from django.conf import settings
from django.contrib.auth.models import User
from django.utils.translation import gettext

from contracts.admin.kit.days import day_typed
from contracts.admin.kit.following import Rehearsal, Rehearses, is_large
from contracts.admin.kit.told import closed_months, signed
from contracts.intake.form import Line, named
from contracts.intake.refilled import STARTS
from contracts.judge.application import Judgement
from contracts.models import ManagementUnit
from contracts.operations.applications import trial, units_concerned
from contracts.operations.refusal import Refused


def corrections_of(
    site: Rehearses, unit: ManagementUnit, judgement: Judgement, *, applied_on: date, on: date, by: User
) -> list[str]:
    """The closed months that a form would touch, with their yen, by its own acceptance rehearsed; nothing where none is touched.

    Rehearsed only where a day of the form lies in a closed month, and where the form can be accepted as it stands.
    """
    first_open = site.first_open_month()
    if first_open is None or not judgement.acceptable or not _begins_before(judgement.lines, first_open):
        return []
    try:
        rehearsal = site.rehearse(
            lambda: trial(unit, lines=judgement.lines, applied_on=applied_on, on=on, by=by),
            units_concerned(judgement),
            ledger=True,
        )
    except Refused as refused:
        return [refused.reason.message]
    said = list(closed_months(rehearsal))
    if is_large(rehearsal):
        said.append(
            gettext("承諾するときに、営業責任者が訂正の額を確認します（%(yen)s円以上）。")
            % {"yen": f"{settings.LARGE_CORRECTION_YEN:,}"}
        )
    return said


def confirmation_of(rehearsal: Rehearsal) -> str:
    """What the lead confirms with a tick of its own; '' where nothing of the kind is large."""
    if not is_large(rehearsal):
        return ""
    sentence = gettext("締め済みの月の訂正 %(yen)s円（%(months)s）を確認しました")
    months = gettext("、").join(f"{month:%Y-%m}" for month in rehearsal.corrections)
    return sentence % {"yen": signed(sum(rehearsal.corrections.values())), "months": months}


def _begins_before(lines: list[Line] | list[dict[str, str]], first_open: date) -> bool:
    return any(_day(line, STARTS.get(verb, "from_on")) < first_open for _key, verb, line in named(lines))


def _day(line: Mapping[str, str], name: str) -> date:
    return day_typed(line.get(name, "")) or date.max
