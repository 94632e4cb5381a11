"""How a form answers: where the person goes back to, what is refused and where it is said, what was given as people read it."""

from collections.abc import Iterable, Iterator
from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from contracts.admin.kit.columns import iso, thousands
from contracts.admin.kit.language import violation_said, with_clause
from contracts.intake.book import written
from contracts.operations.refusal import Refused


def asked_for(request: HttpRequest) -> str:
    """The page of ours that the person came from and wants to go back to (``?to=``); '' where none is named."""
    page = request.GET.get("to", "")
    return page if url_has_allowed_host_and_scheme(page, allowed_hosts=None) else ""


def say(form: forms.Form, refused: Refused) -> None:
    """Put the reason of a refusal at its field, or above the form; what a unit would break behind it."""
    reason = refused.reason
    message = with_clause(reason.message, reason.clause)
    form.add_error(reason.field if reason.field in form.fields else None, message)
    for finding in getattr(refused, "findings", ()):
        said = {"day": iso(finding.first), "what": violation_said(finding.violation)}
        form.add_error(None, with_clause(_("%(day)sから：%(what)s") % said, finding.violation.clause))


def given_shown(field: forms.BoundField) -> Any:
    """A field's value as people read it."""
    value = field.value()
    choices = dict(_choices(getattr(field.field, "choices", ())))
    if isinstance(value, list):
        # Of records the keys are no texts, what was chosen is.
        by_text = {str(key): name for key, name in choices.items()}
        return _("、").join(str(by_text.get(str(one), one)) for one in value)
    if isinstance(field.field, forms.BooleanField):
        return _("はい") if value else _("いいえ")
    if isinstance(field.field, forms.DateTimeField):
        return str(value or "").replace("T", " ")
    if isinstance(field.field, forms.IntegerField) and (whole := written.whole(value, money=True)):
        return thousands(whole[0])
    return choices.get(str(value), value)


def _choices(offered: Iterable[Any]) -> Iterator[tuple[str, Any]]:
    """Codes and names that can be chosen, those of groups too."""
    for code, name in offered:
        if isinstance(name, list | tuple):
            yield from _choices(name)
        else:
            yield str(code), name
