"""The tax of an invoice over its entries: never a yen off, whatever was sold, given back, corrected or taken back."""

from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from billing.terms.account import Fee, TaxCategory
from billing.terms.invoice import Part, amounts
from billing.terms.journal import TAX, Summed, postings
from billing.terms.policy import Policy
from billing.terms.slip import Slip, allocated, split
from billing.terms.tax import tax_yen
from tests.effort import examples

MONTH = date(2025, 10, 1)
ACCOUNTS = {role: role for role in ("receivable", "initial", "monthly", "one_time", "settlement", "reduction", "tax")}


def policy(percent):
    return Policy(
        version=f"{percent}",
        from_on=MONTH,
        tax_percent=percent,
        settlement_tax=TaxCategory.OUT_OF_SCOPE,
        due_months=1,
        due_day=31,
        accounts=ACCOUNTS,
    )


SUMS = st.lists(
    st.builds(
        Summed,
        st.sampled_from([policy(8), policy(10)]),
        st.sampled_from([fee for fee in Fee if fee is not Fee.CORRECTION]),
        st.sampled_from(TaxCategory),
        st.integers(-60, 60) | st.integers(-(10**9), 10**9),
        st.none() | st.just(date(2025, 8, 1)),
    ),
    max_size=8,
)


@settings(max_examples=examples(400), deadline=None)
@given(sums=SUMS)
def test_the_split_is_the_invoice(sums):
    found = split(sums, MONTH)
    invoice = amounts(
        Part(
            one.policy.tax_percent if one.tax_category in {"taxable", "taxable_return"} else 0,
            *(one.tax_category, one.amount_yen),
        )
        for one in sums
    )
    assert sum(one.tax_yen for one in found) == invoice.tax_yen
    assert sum(one.gross_yen for one in found) == invoice.total_yen
    for one in found:
        assert one.net_yen != 0
        assert one.tax_yen * one.net_yen >= 0, "tax has the sign of its base"
        assert one.tax_yen == 0 or one.percent is not None
    for percent in (8, 10):
        returned = [one for one in found if one.percent == percent and one.category is TaxCategory.RETURN]
        assert sum(one.tax_yen for one in returned) == tax_yen(sum(one.net_yen for one in returned), percent)


@settings(max_examples=examples(200), deadline=None)
@given(sums=SUMS)
def test_the_split_is_the_journal(sums):
    """What the report of the journal puts on the receivable and on the tax account is what the entries put there."""
    posted = list(postings(sums))
    signed = [(posting, posting.yen if posting.debit == "receivable" else -posting.yen) for posting in posted]
    found = split(sums, MONTH)
    assert sum(yen for _posting, yen in signed) == sum(one.gross_yen for one in found)
    assert sum(yen for posting, yen in signed if posting.of == TAX) == sum(one.tax_yen for one in found)


def test_the_remainder_goes_to_the_largest():
    assert allocated([15, 15, 19], 4, 10) == [1, 1, 2]
    assert allocated([19, 15, 15], 4, 10) == [2, 1, 1]
    assert allocated([9, 9, -18], 0, 10) == [1, 0, -1]


def test_where_no_base_has_the_sign_of_the_remainder_the_largest_bears_less():
    assert allocated([-10, -9], 0, 10) == [0, 0]


def test_the_example():
    sums = [
        Summed(policy(10), Fee.MONTHLY, TaxCategory.TAXABLE, 1_000_000),
        Summed(policy(10), Fee.SETTLEMENT, TaxCategory.OUT_OF_SCOPE, 754_839),
        Summed(policy(10), Fee.OUTAGE, TaxCategory.RETURN, -16_000, None, date(2025, 9, 1)),
    ]
    found = [(one.fee, one.net_yen, one.tax_yen, one.month) for one in split(sums, MONTH)]
    assert found == [
        (Fee.MONTHLY, 1_000_000, 100_000, MONTH),
        (Fee.OUTAGE, -16_000, -1_600, date(2025, 9, 1)),
        (Fee.SETTLEMENT, 754_839, 0, MONTH),
    ]


def test_corrections_stand_apart_after_what_is_the_months_own():
    sums = [
        Summed(policy(10), Fee.MONTHLY, TaxCategory.TAXABLE, 7, date(2025, 8, 1)),
        Summed(policy(10), Fee.MONTHLY, TaxCategory.TAXABLE, 100),
    ]
    assert [(one.net_yen, one.corrects, one.month) for one in split(sums, MONTH)] == [
        (100, False, MONTH),
        (7, True, date(2025, 8, 1)),
    ]


def test_a_slips_own_number_says_revision_and_reversal():
    slip = Slip("2025-10-00001", "", 1, False, MONTH, MONTH, "", "", None, "", None, ())
    assert slip.number == "2025-10-00001"
    assert slip.reversed().number == "2025-10-00001-"
