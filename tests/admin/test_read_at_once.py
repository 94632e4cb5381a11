"""What pages read of few units in one query is what the close reads table by table; and records read together are those read apart."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.db.models import F
from django.test.utils import CaptureQueriesContext

from billing.facts.ledger import billed, ledger_of_few, left_out
from billing.facts.span import UnitSet, targets_of
from billing.facts.written import written_since
from billing.models import HeldSettlement, Invoice, Month
from billing.operations.correct import CAUSED, causes_from, causes_of
from billing.operations.decide_held import bill_held
from contracts.facts.known import Known
from contracts.facts.load import read_units
from contracts.facts.writing import Writing
from contracts.models import (
    Application,
    Asked,
    BillingStart,
    Change,
    Consent,
    Contract,
    Customer,
    Entry,
    FactsRevision,
    LinkedServiceState,
    ManagementUnit,
    Move,
    Notice,
    SettingChange,
    Target,
    Transfer,
)
from contracts.models.at_once import at_once, records_at_once
from tests.rewrite import rewrite

pytestmark = pytest.mark.usefixtures("one_of_each")


def _put_otherwise() -> None:
    """Facts of every kind written again, taken back, and told out of the order of their days: each in a revision of its own."""
    writing = Writing.begin(by="試験", on=date(2026, 11, 2))
    service = LinkedServiceState.objects.standing().order_by("pk")[0]
    said = {"linked_service_id": service.linked_service_id, "service": service.service, "holder": service.holder}
    writing.add(LinkedServiceState(**said, kind="前の種類", from_on=service.from_on - timedelta(days=90)))
    tier = Contract.objects.filter(module_type="").order_by("pk")[0]
    evidence = {"given_by": "山田", "document": "D-9"}
    for day in (20, 10):
        of_tier = {"contract": tier, "assent": "own_premium_consent", "given_on": date(2026, 10, day)}
        writing.add(Consent(**of_tier, **evidence))
        of_service = {"linked_service_id": service.linked_service_id, "assent": "module_consent"}
        writing.add(Consent(**of_service, given_on=date(2026, 9, day), **evidence))
    start = BillingStart.objects.standing().order_by("pk")[0]
    rewrite([start], starts_on=start.starts_on + timedelta(days=1))
    rewrite(Notice.objects.standing().order_by("pk")[:3], arrived_on=date(2025, 6, 2))
    rewrite([LinkedServiceState.objects.standing().order_by("pk")[3]], item="別の品目")
    change = Change.objects.standing().order_by("pk")[0]
    rewrite([change], effective_on=change.effective_on + timedelta(days=1))
    writing = Writing.begin(by="試験", on=date(2026, 11, 2))
    unit = Transfer.objects.standing()[0].unit
    other = Customer.objects.exclude(pk=unit.customer_id).order_by("pk")[0]
    first = {"giver": unit.customer, "receiver": other, "kind": "transfer", "agreed_on": date(2026, 11, 2)}
    writing.add(Transfer(unit=unit, **first, from_on=date(2026, 12, 1), document="D-9"))
    Writing.begin(by="試験", on=date(2026, 11, 3)).withdraw(Move.objects.standing()[0], because="誤り")
    Writing.begin(by="試験", on=date(2026, 11, 3)).withdraw(Transfer.objects.standing()[0], because="誤り")


def test_few_units_are_read_as_many_are(monkeypatch: pytest.MonkeyPatch) -> None:
    _put_otherwise()
    ids = list(ManagementUnit.objects.order_by("pk").values_list("pk", flat=True))
    # Those that a contract was moved between are asked for apart from each other, and together.
    asked = [ids[:5], ids[5:40], ids[40:], ids]
    now = FactsRevision.current()
    for as_of in (None, 1, *range(now - 8, now)):
        monkeypatch.setattr("contracts.facts.load.FEW", 100)
        few = [read_units(some, as_of=as_of) for some in asked]
        monkeypatch.setattr("contracts.facts.load.FEW", 0)
        for some, one in zip(asked, few, strict=True):
            other = read_units(some, as_of=as_of)
            assert one.units == other.units
            assert one.beside == other.beside
            assert one.targets == other.targets
            assert list(one.targets) == list(other.targets)
            assert (one.holders, one.chains) == (other.holders, other.chains)
            assert set(one.units) <= set(some)
        assert few[0].chains
        assert any(unit.abolitions for unit in few[3].units.values())


def test_three_queries_read_units_whatever_was_written_of_them() -> None:
    moved, alone = (ManagementUnit.objects.filter(contracts_moved=moved)[0] for moved in (True, False))
    for unit, as_of, most in ((moved, None, 3), (moved, 1, 3), (alone, None, 2), (alone, 1, 2)):
        with CaptureQueriesContext(connection) as queries:
            read_units([unit.pk], as_of=as_of)
        assert len(queries) == most


def _has_a_ledger(by: User) -> UnitSet:
    """A unit of which a closed month held a settlement that is decided, and was closed without a target."""
    Month.objects.filter(closed_at=None).update(closed_at=datetime(2026, 10, 20, tzinfo=UTC))
    held = HeldSettlement.objects.order_by("pk")[0]
    held.refresh_from_db()
    bill_held(held, reason="請求する", on=date(2026, 11, 2), by=by)
    return UnitSet([held.unit_id])


def test_the_ledger_of_few_is_that_of_the_close(chief: User) -> None:
    units = _has_a_ledger(chief)
    targets = targets_of(units)
    for known in (
        Known(),
        Known(10**6, datetime(2026, 10, 1, tzinfo=UTC)),
        Known(10**6, datetime(2030, 1, 1, tzinfo=UTC)),
    ):
        found = ledger_of_few(units, targets._ids, known)
        assert found.billed == billed(units, known)
        assert found.left_out == left_out(targets, known)
        assert bool(found.to_bill) == (known.day is None or known.day.year > 2026)
    assert found.billed.sums
    assert found.billed.standing
    assert found.left_out


def test_causes_come_to_the_same_read_with_others() -> None:
    ids = list(ManagementUnit.objects.order_by("pk").values_list("pk", flat=True))
    number = Target.objects.filter(unit=ids[0]).values_list("number", flat=True)[0]
    # What only follows from an entry is no cause of its own.
    Entry.objects.create(actor="試験", operation="take_effect", record="contract", subject=number, unit_id=ids[0])
    (entries,) = at_once((written_since(0).filter(unit__in=ids[:5]), CAUSED))
    found, apart = causes_from(sorted(entries, key=lambda row: row[1])), causes_of(ids[:5], 0)
    assert found.of_target == apart.of_target
    assert found.of_unit == apart.of_unit
    assert len(found.of_unit) > 1
    alone = causes_from([row for row in entries if row[3] == "take_effect"])
    assert not alone.of_unit


def test_values_are_those_of_a_query_by_itself() -> None:
    moments = ("pk", "what", "changed_at", "told_at", "contract__target__number")
    days = ("pk", "given_on", "ends_on", "assent", "contract_id", "linked_service__code")
    lists = ("pk", "shown", "asked_on", "unit__contracts_moved", "asked_by__username")
    asked = [(SettingChange.objects.all(), moments), (Consent.objects.all(), days), (Asked.objects.all(), lists)]
    found = at_once(*asked)
    for (rows, columns), values in zip(asked, found, strict=True):
        assert sorted(values) == sorted(rows.values_list(*columns))
        assert values
    assert at_once((Consent.objects.none(), days)) == [[]]
    assert at_once((Consent.objects.none(), days), (Transfer.objects.all(), ("pk", "from_on")))[1]


def test_records_read_together_are_those_read_apart() -> None:
    newest = F("pk") + 0
    asked = [
        Invoice.objects.annotate(newest=newest).select_related("month").order_by("-newest")[:3],
        Application.objects.annotate(newest=newest)
        .select_related("unit", "decided_by")
        .order_by("state", "-newest")[:5],
        Notice.objects.standing().select_related("target").order_by(F("requested_for").asc(nulls_last=True), "pk")[:4],
        Entry.objects.order_by("-pk")[:8],
        Notice.objects.none()[:4],
    ]
    with CaptureQueriesContext(connection) as queries:
        found = records_at_once(*asked)
        shown = [(str(one), str(getattr(one, "unit", "")), str(getattr(one, "decided_by", ""))) for one in found[1]]
    assert len(queries) == 1
    for rows, records in zip(asked, found, strict=True):
        apart = list(rows)
        assert records == apart
        assert [one.__getstate__().keys() >= {"id"} for one in records] == [True] * len(apart)
        names = [field.attname for field in rows.model._meta.concrete_fields]
        assert [[getattr(one, name) for name in names] for one in records] == [
            [getattr(one, name) for name in names] for one in apart
        ]
    assert shown == [(str(one), str(one.unit), str(one.decided_by)) for one in asked[1]]
    assert len(found[3]) == 8
    assert {one.decided_by for one in found[1]} >= {None} or all(one.decided_by_id for one in found[1])
