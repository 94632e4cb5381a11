"""A change as it was previewed is what then is billed: accepted, the next three months bill just that, and without it just the other."""

from collections.abc import Callable
from datetime import date

import pytest
from django.contrib.auth.models import User
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from billing.models import ChargeLine, ParkedTarget
from billing.operations.bill import Bill
from billing.operations.close_month import close_month
from billing.operations.coming_bills import beside
from billing.operations.rehearse import rehearse
from contracts.models import ManagementUnit
from contracts.operations import applications
from contracts.operations.notices import NoticeAsked, receive_notice
from tests.contracts.applications import form
from tests.contracts.book.build import (
    book,
    edr,
    ips,
    ips_service,
    licence,
    module,
    must_take,
    option,
    premium,
    priced,
)
from tests.effort import examples

ON, LATE = date(2025, 8, 10), date(2026, 6, 1)
MONTHS = (date(2025, 8, 1), date(2025, 9, 1), date(2025, 10, 1))
YEN = st.integers(0, 300_001).map(str)
BEGINS = st.dates(date(2025, 4, 10), date(2025, 11, 5)).map(date.isoformat)
FEW = settings(
    deadline=None,
    max_examples=examples(7, at_night=200),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
U1 = [
    *(premium(), module(), edr(), licence("MSSPライセンス", 107), ips_service(), ips()),
    option("ログ保管オプション", "M-1", "O-KEEP", retention_years=1),
    *(row for number in ("T-1", "M-1", "M-IPS", "O-EDR", "O-KEEP") for row in priced(number, 100_003)),
    *priced("O-LIC", 101),
]


@st.composite
def lines(draw):
    """One thing that the terms let be asked for of the unit, with or without its prices."""
    on, monthly = draw(BEGINS), draw(YEN)
    kind = draw(st.sampled_from(["licences", "years", "item", "report", "licence", "price"]))
    if kind == "licences":
        return [form.licences(str(draw(st.integers(100, 300))), on, target="O-LIC")]
    if kind == "years":
        return [form.years("3", on, **draw(st.sampled_from([{"monthly_yen": monthly}, {"keep_price": "yes"}])))]
    if kind == "item":
        return [form.other_item(on=on, one_time_yen=draw(YEN), monthly_yen=monthly)]
    if kind == "report":
        return [form.option("on_site_report", "T-1", "#1", starts=on, monthly_yen=monthly, initial_yen=draw(YEN))]
    if kind == "licence":
        money = {"monthly_yen": "97", "initial_yen": draw(st.sampled_from(["7000", ""]))}
        return [form.licence("customer", "13", "T-1", "#1", starts=on, **money)]
    return [form.quoted("M-1", "monthly", monthly, on)]


@pytest.mark.django_db
@FEW
@given(lines(), st.none() | st.sampled_from(["M-1", "O-EDR"]))
def test_the_next_months_bill_what_was_previewed(tmp_path_factory, asked, ended):
    with transaction.atomic():
        must_take(book(*U1), tmp_path_factory.mktemp("book"))
        unit, by = ManagementUnit.objects.get(), User.objects.create_user("decides")
        for month in (4, 5, 6, 7):
            close_month(date(2025, month, 1), on=LATE, by="試験")
        if ended:
            receive_notice(unit, NoticeAsked((ended,), ON), on=ON, by=by)

        def trial() -> None:
            applications.trial(unit, lines=asked, applied_on=ON, on=ON, by=by)

        try:
            found = beside(rehearse(trial, [unit.pk]), today=ON)
        except applications.NotAcceptableError:
            transaction.set_rollback(True)
            return
        assert [one.month for one in found] == list(MONTHS)
        billed(lambda: None, [one.without for one in found])
        billed(lambda: accepted(unit, asked, by), [one.having for one in found])
        assert all(sum(yen for _name, yen in one.more) == one.yen - one.without_yen for one in found)
        transaction.set_rollback(True)


def accepted(unit: ManagementUnit, asked: list[dict[str, str]], by: User) -> None:
    """The same received and accepted, by another person."""
    enters = User.objects.create_user("enters")
    draft = applications.save_draft(None, unit=unit, lines=asked, applied_on=ON, version=0, by=enters)
    row = applications.receive(draft, on=ON, by=enters)
    applications.accept(row, on=ON, by=by, seen=applications.judge(row, on=ON).seen)


def billed(do: Callable[[], None], shown: list[Bill]) -> None:
    """The closes of three months come to the bills; taken back."""
    with transaction.atomic():
        do()
        for bill in shown:
            missing = sorted(bill.unbillable)
            close_month(bill.month, on=LATE, by="試験", leave_out=missing)
            rows = ChargeLine.objects.filter(month__month=bill.month).values_list("fee", "amount_yen")
            fees: dict[str, int] = {}
            for fee, yen in rows:
                fees[fee] = fees.get(fee, 0) + yen
            assert {fee: yen for fee, yen in fees.items() if yen} == {f: y for f, y in bill.by_fee.items() if y}
            parked = ParkedTarget.objects.filter(month__month=bill.month).values_list("target__number", flat=True)
            assert sorted(set(parked)) == missing
        transaction.set_rollback(True)
