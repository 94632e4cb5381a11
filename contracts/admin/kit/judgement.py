"""The panel that says what the terms say to an application: what refuses it, what mends it, what it will do."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from contracts.admin.application.lines import LABELS, VERBS, counted, field_named
from contracts.admin.kit.columns import thousands
from contracts.admin.kit.language import clause_said, filled, violation_said
from contracts.intake.form import Verb, named
from contracts.judge.application import Judgement
from contracts.judge.prospect import AcceptanceOutcome, FeeBrought, outcomes, todos
from contracts.judge.remarks import Remark
from contracts.models.choices import CHANGED, FEES
from contracts.terms.catalog import OptionType
from contracts.terms.days import NOT_YET_KNOWN
from contracts.terms.remedies import remedy
from contracts.terms.unit import Option

DOES = {
    "contracts": _("契約"),
    "options": _("オプション"),
    "changes": _("変更"),
    "linked_services": _("対応サービスの品目"),
    "prices": _("料金"),
}
OF_FORM = {"applied_on": _("申込日"), "accepted_on": _("承諾日")}
"""Fields that the lines of a form share."""


def panel(judgement: Judgement, *, on: date, editable: bool = False) -> dict[str, Any]:
    """The context of the panel; ``editable``: its links lead to the fields of a form, else to the lines of a table."""
    verbs = {key: verb for key, verb, _line in named(judgement.lines)}
    order = {key: position for position, key in enumerate(verbs)}
    remarks = [_said(remark, verbs, editable) for remark in _sorted(judgement.remarks, order)]
    refused = [remark for remark in remarks if remark["refused"]]
    per_licence = {
        option.number
        for option in judgement.after.options
        if isinstance(option, Option) and option.option is OptionType.EDR_LICENCE
    }
    return {
        "on": on,
        "state": "empty" if not verbs else "acceptable" if judgement.acceptable else "refused",
        "refused": refused,
        "warnings": [remark for remark in remarks if not remark["refused"]],
        "outcomes": [_outcome(outcome, per_licence) for outcome in outcomes(judgement, accepted_on=on)],
        "todos": [
            {"number": todo.number, "clause": clause_said(todo.clause), "sentence": filled(todo.text, todo.values)}
            for todo in todos(judgement)
        ],
    }


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


def _outcome(outcome: AcceptanceOutcome, per_licence: set[str]) -> dict[str, Any]:
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
        "fees": list(_fees(outcome.fees, outcome.number in per_licence)),
    }


def _fees(fees: Iterable[FeeBrought], per_licence: bool) -> Iterator[dict[str, Any]]:
    for fee in fees:
        yield {
            "name": dict(FEES)[fee.fee],
            "amount": thousands(fee.amount_yen),
            "due_on": fee.due_on,
            "monthly": fee.fee == "monthly",
            "per_licence": per_licence,
        }
