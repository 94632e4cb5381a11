"""仕訳: accounts of the policy, the side an amount stands on, tax once per rate."""

from collections import Counter
from datetime import date

import pytest

from billing.terms.account import Fee, TaxCategory
from billing.terms.journal import TAX, Summed, account_of, postings
from billing.terms.policy import Policy

TAXABLE, RETURN, OUTSIDE = TaxCategory.TAXABLE, TaxCategory.RETURN, TaxCategory.OUT_OF_SCOPE
ACCOUNTS = {
    name: name.upper() for name in ("receivable", "initial", "monthly", "one_time", "settlement", "reduction", "tax")
}


def policy(version="2019-10", percent=10, accounts=ACCOUNTS):
    return Policy(
        version=version,
        from_on=date(2019, 10, 1),
        tax_percent=percent,
        settlement_tax=OUTSIDE,
        due_months=1,
        due_day=31,
        accounts=accounts,
    )


NOW, BEFORE = policy(), policy("2014-04", 8, ACCOUNTS | {"monthly": "OLD MONTHLY"})


def receivable(found):
    balance = Counter()
    for posting in found:
        balance[posting.debit] += posting.yen
        balance[posting.credit] -= posting.yen
    assert sum(balance.values()) == 0
    return balance["RECEIVABLE"]


@pytest.mark.parametrize(
    ("sums", "expected"),
    [
        pytest.param(
            [Summed(NOW, Fee.MONTHLY, TAXABLE, 99_999), Summed(NOW, Fee.INITIAL, TAXABLE, 6)],
            [("RECEIVABLE", "MONTHLY", 99_999), ("RECEIVABLE", "INITIAL", 6), ("RECEIVABLE", "TAX", 10_000)],
            id="tax is rounded once on the sum of 100,005, not per fee",
        ),
        pytest.param(
            [Summed(NOW, Fee.MONTHLY, TAXABLE, 1000), Summed(NOW, Fee.SLA, RETURN, -105)],
            [("RECEIVABLE", "MONTHLY", 1000), ("REDUCTION", "RECEIVABLE", 105), ("RECEIVABLE", "TAX", 89)],
            id="a reduction is a debit of its own account and lowers the taxable sum",
        ),
        pytest.param(
            [Summed(NOW, Fee.SETTLEMENT, OUTSIDE, 754_839)],
            [("RECEIVABLE", "SETTLEMENT", 754_839)],
            id="a settlement outside the scope bears no tax",
        ),
        pytest.param(
            [Summed(NOW, Fee.OUTAGE, RETURN, -1009)],
            [("REDUCTION", "RECEIVABLE", 1009), ("TAX", "RECEIVABLE", 100)],
            id="where reductions outweigh, tax is owed back",
        ),
        pytest.param(
            [Summed(BEFORE, Fee.MONTHLY, TAXABLE, -500), Summed(NOW, Fee.MONTHLY, TAXABLE, 1000)],
            [
                ("OLD MONTHLY", "RECEIVABLE", 500),
                ("RECEIVABLE", "MONTHLY", 1000),
                ("TAX", "RECEIVABLE", 40),
                ("RECEIVABLE", "TAX", 100),
            ],
            id="what corrects an older month goes back over its own accounts at its own rate",
        ),
        pytest.param([Summed(NOW, Fee.MONTHLY, TAXABLE, 0)], [], id="nothing makes no entry"),
    ],
)
def test_postings(sums, expected):
    found = list(postings(sums))
    assert [(posting.debit, posting.credit, posting.yen) for posting in found] == expected
    taxes = sum(
        yen * (1 if debit == "RECEIVABLE" else -1) for debit, credit, yen in expected if "TAX" in (debit, credit)
    )
    assert receivable(found) == sum(summed.amount_yen for summed in sums) + taxes
    assert all(posting.percent for posting in found if posting.of == TAX)


def test_every_fee_but_a_correction_has_an_account():
    """A correction counts under the fee that it corrects, and never reaches the accounts as itself."""
    assert {account_of(fee, NOW) for fee in Fee if fee is not Fee.CORRECTION} < set(ACCOUNTS.values())
    with pytest.raises(KeyError):
        account_of(Fee.CORRECTION, NOW)
