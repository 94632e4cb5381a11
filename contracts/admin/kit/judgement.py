"""The panel that says what the terms say to an application: what refuses it, what mends it, what it will do."""

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from contracts.admin.application.lines import LABELS, VERBS, category_said, counted, field_named, readable
from contracts.admin.kit.columns import thousands, times_said
from contracts.admin.kit.following import Totals
from contracts.admin.kit.language import clause_said, filled, violation_said
from contracts.intake.form import Verb, named
from contracts.judge.application import Judgement
from contracts.judge.mending import mending_line
from contracts.judge.points import Point
from contracts.judge.prospect import AcceptanceOutcome, FeeBrought, outcomes, todos
from contracts.judge.remarks import Remark
from contracts.models.choices import CHANGED, FEES
from contracts.terms.catalog import OptionType
from contracts.terms.days import NOT_YET_KNOWN
from contracts.terms.remedies import remedy
from contracts.terms.unit import What, changes_of, in_force

DOES = {
    "contracts": _("契約"),
    "options": _("オプション"),
    "changes": _("変更"),
    "linked_services": _("対応サービスの品目"),
    "prices": _("料金"),
}
OF_FORM = {"applied_on": _("申込日"), "accepted_on": _("承諾日")}
"""Fields that the lines of a form share."""


def panel(
    judgement: Judgement,
    *,
    on: date,
    editable: bool = False,
    totals: Totals | None = None,
    points: Sequence[Point] = (),
    known: Collection[str] = (),
    corrections: Sequence[str] = (),
    bills: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """The context of the panel; ``editable``: its links lead to the fields of a form, else to the lines of a table.

    ``totals`` is what it comes to in yen, ``points`` what is to be looked at again, of which ``known`` were ticked,
    ``corrections`` what closed months are corrected by, ``bills`` what the next months bill with it and without.
    """
    verbs = {key: verb for key, verb, _line in named(judgement.lines)}
    order = {key: position for position, key in enumerate(verbs)}
    remarks = [
        _said(remark, verbs, editable) | {"mend": _mend(remark, judgement) if editable else None}
        for remark in _sorted(judgement.remarks, order)
    ]
    refused = [remark for remark in remarks if remark["refused"]]
    licences = {
        option.number: in_force(
            option.quantity, changes_of(judgement.after.changes, option.number, What.QUANTITY), date.max
        )
        for option in judgement.after.options
        if option.option is OptionType.EDR_LICENCE
    }
    return {
        "on": on,
        "totals": _totals(totals) if totals and verbs else None,
        "editable": editable,
        "corrections": corrections,
        "bills": bills,
        "points": [_point(point, verbs, editable) for point in points if point.key not in known],
        "known": [_point(point, verbs, editable) for point in points if point.key in known],
        "state": "empty" if not verbs else "acceptable" if judgement.acceptable else "refused",
        "refused": refused,
        "warnings": [remark for remark in remarks if not remark["refused"]],
        "outcomes": [_outcome(outcome, licences) for outcome in outcomes(judgement, accepted_on=on)],
        "todos": [
            {"number": todo.number, "clause": clause_said(todo.clause), "sentence": filled(todo.text, todo.values)}
            for todo in todos(judgement)
        ],
    }


def _point(point: Point, verbs: Mapping[str, Verb], editable: bool) -> dict[str, Any]:
    """A point as the panel draws it, with the address of its field."""
    return {
        "key": point.key,
        "line": point.line,
        "verb": VERBS[verbs[point.line]] if point.line in verbs else "",
        "label": OF_FORM.get(point.field) or LABELS.get(point.field, ""),
        "sentence": filled(point.text, point.values),
        "anchor": _anchor(point.field, point.line.removeprefix("#"), editable),
    }


def _totals(found: Totals) -> dict[str, Any]:
    """The totals as the panel draws them: what each figure is, the figure, and what it rests on."""
    month = f"{found.first_month:%Y-%m}" if found.first_month else ""
    until = found.committed_until.isoformat() if found.committed_until else ""
    rows = [
        (gettext("承諾で生じる額（初期費用・一時費用）"), found.initial_yen, ""),
        (gettext("月額の合計"), found.monthly_yen, gettext("すべて始まった後の1か月分。変更は差額")),
        (gettext("最初の請求に加わる額"), found.first_yen, gettext("%(month)s分") % {"month": month} if month else ""),
        (
            gettext("最低利用期間の合計"),
            found.committed_yen,
            gettext("%(day)sまで。初期費用を含む") % {"day": until} if until else "",
        ),
    ]
    missing = dict.fromkeys(error.number for error in found.missing)
    return {
        "rows": [{"name": name, "yen": thousands(yen), "note": note} for name, yen, note in rows],
        "missing": gettext("、").join(missing),
    }


def _mend(remark: Remark, judgement: Judgement) -> dict[str, str] | None:
    """What the button of a remark does: the line as data, and what the button says."""
    line = mending_line(remark, judgement) if remark.refused else None
    if line is None:
        return None
    content = _asked_for(line)
    sentence = gettext("%(key)sを%(what)sにする") if "key" in line else gettext("この行を加える：%(what)s")
    return {"line": json.dumps(line), "label": sentence % {"key": line.get("key", ""), "what": content}}


def _asked_for(line: Mapping[str, str]) -> str:
    """What a line asks for in words: 新しいオプション EDRライセンス."""
    if "key" in line:
        return category_said(line["category"])
    (read,) = readable([{"key": "", **line}], {})
    return " ".join(str(part) for part in (read["verb"], read["content"]) if part)


def marks(found: Mapping[str, Any]) -> dict[tuple[str, str], list[str]]:
    """What the panel says of each field of each line, for a page that marks them without a script."""
    said: dict[tuple[str, str], list[str]] = {}
    for remark in found["refused"]:
        said.setdefault((remark["key"], remark["field"]), []).append(remark["sentence"])
    return said


def _sorted(remarks: Iterable[Remark], order: Mapping[str, int]) -> list[Remark]:
    """In the order of the form; what no line causes comes last."""
    return sorted(remarks, key=lambda remark: (order.get(remark.line, len(order)), remark.first or date.min))


def _said(remark: Remark, verbs: Mapping[str, Verb], editable: bool) -> dict[str, Any]:
    verb = verbs.get(remark.line)
    field = remark.field if remark.field in OF_FORM else field_named(verb, remark.field)
    position = remark.line.removeprefix("#")
    label = OF_FORM.get(field) or (LABELS.get(field, "") if remark.line else "")
    violation = remark.violation
    said = {
        "key": remark.line,
        "verb": VERBS[verb] if verb else "",
        "field": field,
        "label": label,
        "clause": clause_said(remark.clause),
        "refused": remark.refused,
        "targets": [number for number in violation.targets if number != remark.line] if violation else [],
        "anchor": _anchor(field, position, editable),
    }
    if violation is None:
        return {**said, "sentence": remark.fault.said() if remark.fault else "", "remedy": ""}
    mends = remedy(violation)
    return {
        **said,
        "sentence": violation_said(violation),
        "remedy": gettext(mends) if mends else "",
        "period": (None if remark.first in (None, NOT_YET_KNOWN) else remark.first, remark.last),
    }


def _anchor(field: str, position: str, editable: bool) -> str:
    if field in OF_FORM:
        return "id_applied_on" if editable else ""
    if not position:
        return ""
    return f"line-{position}-{field}" if editable else f"line-{position}"


def _outcome(outcome: AcceptanceOutcome, licences: Mapping[str, Any]) -> dict[str, Any]:
    changed = counted(outcome.what, outcome.before), counted(outcome.what, outcome.after)
    return {
        "kind": DOES[outcome.sheet],
        "begins": outcome.sheet in ("contracts", "options"),
        "number": outcome.number,
        "name": outcome.name,
        "what": dict(CHANGED).get(outcome.what, ""),
        "before": changed[0],
        "after": changed[1],
        "from_on": outcome.from_on,
        "until": outcome.committed_until,
        "renews": outcome.clause == "10-9",
        "clause": clause_said(outcome.clause),
        "fees": list(_fees(outcome.fees, licences.get(outcome.number))),
    }


def _fees(fees: Iterable[FeeBrought], licences: Any) -> Iterator[dict[str, Any]]:
    for fee in fees:
        yield {
            "name": dict(FEES)[fee.fee],
            "amount": thousands(fee.amount_yen),
            "due_on": fee.due_on,
            "monthly": fee.fee == "monthly",
            "times": times_said(fee.amount_yen, licences) if licences and fee.fee == "monthly" else "",
        }
