"""A price put right by a lead, as our own slip: what most tests of money need of a correction."""

from contracts.operations.corrections.ground import Ground
from contracts.operations.corrections.kind import put_right
from contracts.operations.corrections.of_targets import PRICES
from contracts.terms.putting_right import Basis


def correct_price(price, *, amount_yen, reference, on, by, reason):
    """The row that stands in the place of the price."""
    ground = Ground(basis=Basis.SLIP, reason=reason, leads=True)
    says = {"amount_yen": amount_yen, "reference": reference}
    (put,) = put_right(PRICES, [price], says, ground=ground, on=on, by=by)
    return put.now
