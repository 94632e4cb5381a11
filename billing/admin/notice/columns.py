"""解約通知 in tables and sentences: the day on which it takes effect and why, computed from the facts of the whole unit.

Its screen shows what an end costs as well, and is billing's (billing.admin.notice.admin).
"""

from django.utils.html import format_html_join
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from contracts.admin.kit.columns import choice, column, day, iso, link, own_page, plain, target
from contracts.admin.kit.language import clause_said
from contracts.admin.kit.naming import name_on
from contracts.facts.load import load_units
from contracts.models import Notice
from contracts.operations.notices import plain_of
from contracts.terms.art12_termination import ends, notice_effect
from contracts.terms.timeline import Timeline
from contracts.terms.unit import ContradictionError, Unit


def sentences(row: Notice) -> list[str]:
    """What becomes of the notice: the day it would take effect by itself, and the day its target ends for good."""
    if row.withdrawn_on is not None:
        return [
            gettext("この通知は%(day)sに撤回され、効力を持ちません（I-34）。") % {"day": row.withdrawn_on.isoformat()}
        ]
    unit = load_units([row.target.unit_id])[row.target.unit_id]
    try:
        return [_by_itself(row, unit), _in_the_end(row, unit)]
    except ContradictionError as found:
        return [gettext(found.reason) + _clause(found.clause)]


def _by_itself(row: Notice, unit: Unit) -> str:
    subject = next(found for found in unit.targets if found.number == row.target.number)
    effect = notice_effect(subject, plain_of(row))
    sentence = gettext("この通知は%(day)sに効力を生じます%(clause)s。")
    return sentence % {"day": effect.on.isoformat(), "clause": _clause(effect.clause, *effect.readings)}


def _in_the_end(row: Notice, unit: Unit) -> str:
    end = ends(unit)[row.target.number]
    subject = next(found for found in unit.targets if found.number == row.target.number)
    name = name_on(subject, Timeline(unit), end.on)
    if end.after:
        sentence = gettext("%(number)sは、%(after)sの終了に伴い、%(day)sに終了します%(clause)s。")
    else:
        sentence = gettext("%(number)sは、%(day)sに終了します%(clause)s。")
    clause = _clause(end.clause, *end.readings)
    return sentence % {
        "number": f"{row.target.number} {name}",
        "after": end.after,
        "day": end.on.isoformat(),
        "clause": clause,
    }


def _clause(clause: str, *readings: str) -> str:
    said = [part for part in (clause_said(clause), *readings) if part]
    return gettext("（%(what)s）") % {"what": gettext("、").join(said)} if said else ""


TARGET, UNIT = target(), link("target__unit", _("管理単位"))
CUSTOMER = link("target__unit__customer", _("契約者"))
ARRIVED, REQUESTED = day("arrived_on", _("到達日")), day("requested_for", _("指定日"))
GROUND = choice("ground", _("根拠"))
REFERENCE = plain("reference", _("解約申込書の番号"))
WITHDRAWN = day("withdrawn_on", _("撤回日"))
WITHDRAWAL = plain("withdrawal", _("撤回の文書番号"))
ENDS = day("target__ends_on", _("対象の終了日"))
EFFECT = column("effect", _("効力"), lambda row: format_html_join("", "<p>{}</p>", ([s] for s in sentences(row))))
COLUMNS = (
    own_page("arrived_on", _("到達日"), lambda row: iso(row.arrived_on)),
    REQUESTED,
    GROUND,
    REFERENCE,
    WITHDRAWN,
)
OF_LETTER = (COLUMNS[0], TARGET, UNIT, REQUESTED, ENDS)
"""The columns of the other notices of a letter, on the page of one of them."""
