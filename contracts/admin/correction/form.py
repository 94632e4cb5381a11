"""What every correction asks for: the ground, the document that shows it, the reason (I-50, I-51)."""

from typing import Any

from django import forms
from django.contrib.auth.models import User
from django.utils.translation import gettext_lazy as _

from contracts.admin.kit.fields import reason_field, text_field
from contracts.admin.kit.verb import Given
from contracts.models.choices import BASES
from contracts.operations.corrections.ground import Ground
from contracts.terms.putting_right import Basis

DECIDES = "contracts.decide_correction"
"""The permission to put right what binds the customer, and what others recorded."""


class GroundForm(forms.Form):
    """The ground of a correction; what is to be otherwise is added by the form of a kind."""

    ground = forms.ChoiceField(label=_("訂正の根拠"), choices=BASES, initial=Basis.SLIP.value, widget=forms.RadioSelect)
    document = text_field(
        _("訂正の文書番号"), required=False, help_text=_("契約者との合意によるときは、合意を示す書面の番号")
    )
    reason = reason_field(_("理由"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # What is put right comes first, on what ground behind it.
        self.order_fields([name for name in self.fields if name not in ("ground", "document", "reason")])


def ground_of(given: Given, by: User) -> Ground:
    """The ground that was given, by whom."""
    return Ground(
        basis=Basis(given["ground"]),
        document=given["document"],
        reason=given["reason"],
        leads=by.has_perm(DECIDES),
    )


def own(given: Given) -> dict[str, Any]:
    """What the form of a kind gave beside the ground."""
    return {name: value for name, value in given.items() if name not in ("ground", "document", "reason")}
