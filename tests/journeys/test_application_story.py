"""One management unit from its first form on: refused, mended, accepted by a second person, upgraded, a consent withdrawn and mended.

Each step has its day on the clock; at the end every line, every row of the worklist and every entry of the history is told.
"""

from datetime import datetime

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from billing.operations.rehearse import rehearse
from contracts import clock
from contracts.clock import now, today
from contracts.models import Consent, Contract, Entry, LinkedService, ManagementUnit, NumberSeries, Target
from contracts.operations import applications as operations
from contracts.operations.applications import NotAcceptableError
from contracts.operations.consents import end_consent, record_consent, units_of
from contracts.operations.readiness import record_readiness
from contracts.operations.refusal import Refused
from contracts.operations.register import register_customer, register_state, register_unit
from contracts.operations.setting_changes import record_setting_change, tell_customer
from contracts.terms.consents import Assent
from tests.contracts.applications.form import (
    CONSENT,
    edr,
    licence,
    module,
    moment,
    option,
    refusals,
    tier,
    upgrade,
    worklist,
)

FIRST = [
    tier(initial_yen="50,000", monthly_yen="300,000", quotation="Q-1"),
    module("swg", item="タイプF", links="S-1", initial_yen="20,000", monthly_yen="100,000", quotation="Q-1"),
]
SECOND = [
    upgrade(on="2025-07-01", target="SOC00000001", one_time_yen="80,000", monthly_yen="600,000", quotation="Q-2"),
    module("m365_log", starts="2025-07-01", initial_yen="10,000", monthly_yen="50,000"),
    option("m365_log_monitoring", "#2", starts="2025-07-01", initial_yen="0", monthly_yen="5,000"),
    edr("SOC00000001", "#4", starts="2025-07-01", initial_yen="30,000", monthly_yen="40,000"),
    licence(quantity="120", on="SOC00000001", key="#5", starts="2025-07-01", initial_yen="0", monthly_yen="500"),
]
WITH_CONSENT = [SECOND[0] | CONSENT | {"premium_consent_on": "2025-06-09", "consent_document": "同意書 7"}, *SECOND[1:]]
OTHER = "別会社"


class Life:
    """The unit, the two people who look after it, and the clock."""

    def __init__(self, clock):
        self.clock = clock
        self.enters = User.objects.create_user("aoki")
        self.decides = User.objects.create_user("baba")
        self.told = 0

    def on(self, day, time="10:00"):
        """It is that day, at that time in Japan."""
        self.clock.move_to(datetime.fromisoformat(f"{day}T{time}:00+09:00"))

    @property
    def unit(self):
        return ManagementUnit.objects.get(code="U-1")

    def judged(self, application):
        return refusals(operations.judge(application, on=today()))

    def accept(self, application, by):
        seen, newest = operations.judge(application, on=today()).seen, operations.newest_entry()
        return operations.accept(application, on=today(), by=by, seen=seen, entries_seen=newest)

    def consents(self, assent, document, given_on=None):
        return record_consent(
            LinkedService.objects.get(), assent=assent, given_on=given_on or today(), given_by=OTHER,
            document=document, by=self.enters, on=clock.today(),
        )  # fmt: skip

    def history(self, *told):
        """What was told since the last step: (who, operation, record, subject); all of it on today's date."""
        entries = list(Entry.objects.filter(pk__gt=self.told).order_by("pk"))
        found = [(entry.actor, entry.operation, entry.record, entry.subject) for entry in entries]
        assert found == list(told)
        assert {timezone.localtime(entry.at).date() for entry in entries} <= {today()}
        self.told = entries[-1].pk if entries else self.told


@pytest.fixture
def life(db, time_machine):
    return Life(time_machine)


def test_the_life_of_a_unit(life, story):
    applied_for_in_vain(life)
    first = mended_and_accepted(life)
    upgraded(life)
    got_ready_late(life)
    changed_a_setting(life)
    withdrawn_and_mended(life)
    every_line(story)
    nothing_more(first)


def applied_for_in_vain(life):
    """アドバンスト with SWG, on another's service that has neither consent nor bypass option."""
    life.on("2025-03-03")
    customer = register_customer(code="C-1", name="株式会社見本", by=life.enters)
    register_unit(customer=customer, code="U-1", name="本社", by=life.enters)
    register_state(
        code="S-1",
        from_on=today(),
        service="swg",
        kind="",
        item="タイプF",
        holder=OTHER,
        ends_on=None,
        by=life.enters,
        on=clock.today(),
    )
    draft = operations.save_draft(None, unit=life.unit, lines=FIRST, applied_on=today(), version=0, by=life.enters)
    assert life.judged(draft) == {("7-3", "#2", "linked_service"), ("7-6", "#2", "linked_service")}
    assert worklist() == []
    life.history(
        ("aoki", "register", "customer", "C-1"),
        ("aoki", "register", "unit", "U-1"),
        ("aoki", "register", "linked_service", "S-1"),
        ("aoki", "draft", "application", "AP00000001"),
    )
    life.on("2025-03-05")
    operations.receive(draft, on=today(), by=life.enters, reason="契約者の依頼")
    with pytest.raises(NotAcceptableError):
        life.accept(draft, by=life.decides)
    assert worklist() == [("application", "AP00000001", "10-1", "2025-03-05", None)]
    life.history(("aoki", "receive", "application", "AP00000001"))


def mended_and_accepted(life):
    """The holder consents and takes the bypass option; a second person accepts, the first may not."""
    life.on("2025-03-10")
    application = operations.Application.objects.get()
    life.consents(Assent.MODULE_CONSENT, "同意書 1")
    assert life.judged(application) == {("7-6", "#2", "linked_service")}
    life.consents(Assent.BYPASS_OPTION, "注文書 1", given_on=datetime.fromisoformat("2025-03-07").date())
    assert life.judged(application) == set()
    with pytest.raises(Refused):
        life.accept(application, by=life.enters)
    life.accept(application, by=life.decides)
    # Whoever entered it is told for a week.
    assert worklist() == [("accepted", "AP00000001", "10-1", "2025-03-10", "2025-03-17")]
    life.history(
        ("aoki", "consent", "consent", "S-1"),
        ("aoki", "consent", "consent", "S-1"),
        ("baba", "accept", "application", "AP00000001"),
        ("baba", "accept", "contract", "SOC00000001"),
        ("baba", "accept", "contract", "SOC00000002"),
        *[("baba", "accept", "price", number) for number in ("SOC00000001", "SOC00000002") for _fee in range(2)],
    )
    return application


def upgraded(life):
    """To プレミアム from July, with Microsoft 365 and EDR: the holder consents to changed settings, the customer too."""
    life.on("2025-06-02")
    draft = operations.save_draft(None, unit=life.unit, lines=SECOND, applied_on=today(), version=0, by=life.enters)
    assert life.judged(draft) == {("7-4", "#1", "linked_service"), ("17-1", "#1", "premium_consent_on")}
    life.history(("aoki", "draft", "application", "AP00000002"))
    life.on("2025-06-10")
    life.consents(Assent.PREMIUM_CONSENT, "同意書 2")
    assert life.judged(draft) == {("17-1", "#1", "premium_consent_on")}
    operations.save_draft(
        draft, unit=life.unit, lines=WITH_CONSENT, applied_on=draft.applied_on, version=1, by=life.enters
    )
    assert life.judged(draft) == set()
    operations.receive(draft, on=today(), by=life.enters, reason="契約者の依頼")
    assert worklist() == [("application", "AP00000002", "10-1", "2025-06-10", None)]
    life.history(
        ("aoki", "consent", "consent", "S-1"),
        ("aoki", "draft", "application", "AP00000002"),
        ("aoki", "receive", "application", "AP00000002"),
    )
    life.on("2025-06-16")
    life.accept(draft, by=life.decides)
    told = ("accepted", "AP00000002", "10-1", "2025-06-16", "2025-06-23")
    assert worklist() == [told, ("readiness", "SOC00000003", "8-1(3)", "2025-07-01", None)]
    new = ("SOC00000003", "OP00000001", "OP00000002", "OP00000003")
    life.history(
        ("baba", "accept", "application", "AP00000002"),
        ("baba", "accept", "contract", "SOC00000003"),
        *[("baba", "accept", "option", number) for number in new[1:]],
        ("baba", "accept", "change", "SOC00000001"),
        *[("baba", "accept", "price", "SOC00000001")] * 2,
        *[("baba", "accept", "price", number) for number in new for _fee in range(2)],
        ("baba", "accept", "consent", "SOC00000001"),
    )


def got_ready_late(life):
    """8-1: the network was ready on the second day of charging; the first is missed, and charged (8-2)."""
    life.on("2025-07-03")
    record_readiness(
        Contract.objects.get(target__number="SOC00000003"),
        ready_on=datetime.fromisoformat("2025-07-02").date(),
        by=life.enters,
        reason="",
    )
    assert worklist() == [("readiness", "SOC00000003", "8-1(3)", "2025-07-01", "2025-07-01")]
    life.history(("aoki", "readiness", "contract", "SOC00000003"))


def changed_a_setting(life):
    """17-1, 17-2: changed without asking at night, told in the morning."""
    late = ("readiness", "SOC00000003", "8-1(3)", "2025-07-01", "2025-07-01")
    life.on("2025-08-20", "23:30")
    contract = Contract.objects.get(target__number="SOC00000002")
    change = record_setting_change(
        contract, what="URLフィルタ", why="攻撃の遮断", changed_at=now(), by=life.enters, now=now()
    )
    assert worklist() == [late, ("untold", "SOC00000002", "17-2", "2025-08-20", None)]
    life.history(("aoki", "setting_change", "setting_change", "SOC00000002"))
    life.on("2025-08-21", "09:00")
    tell_customer(change, told_at=moment("2025-08-21 08:50"), how="電話", by=life.decides, now=now())
    assert worklist() == [late]
    life.history(("baba", "tell", "setting_change", "SOC00000002"))


def withdrawn_and_mended(life):
    """The holder withdraws its consent to changed settings (7-4) from October, and gives it again on the tenth."""
    late = ("readiness", "SOC00000003", "8-1(3)", "2025-07-01", "2025-07-01")
    life.on("2025-09-01")
    consent = Consent.objects.get(assent="premium_consent")
    last = datetime.fromisoformat("2025-09-30").date()

    def end():
        said = {"document": "撤回書 1", "reason": "契約者の申出"}
        return end_consent(consent, ends_on=last, by=life.enters, on=clock.today(), **said)

    lost = rehearse(end, units_of(consent.linked_service)).lost
    assert [(one.unit, one.finding.violation.clause, f"{one.finding.first}") for one in lost] == [
        ("U-1", "7-4", "2025-10-01")
    ]
    end()
    assert worklist() == [("consent", "SOC00000002", "7-4", "2025-10-01", None), late]
    life.history(("aoki", "end_consent", "consent", "S-1"))
    life.on("2025-10-10")
    life.consents(Assent.PREMIUM_CONSENT, "同意書 3")
    assert worklist() == [("consent", "SOC00000002", "7-4", "2025-10-01", "2025-10-09"), late]
    life.history(("aoki", "consent", "consent", "S-1"))


def every_line(story):
    """第13条: the initial fees in March and June, the one-time fee in June, the monthly fees from their starts on."""
    story.close("2025-03", "2025-10")
    story.month(
        "2025-03",
        ("SOC00000001", "initial", "2025-03-10", "2025-03-10", 50_000),
        ("SOC00000002", "initial", "2025-03-10", "2025-03-10", 20_000),
    )
    before = ("SOC00000001", 300_000), ("SOC00000002", 100_000)
    story.months_alike("2025-04", "2025-05", *before)
    story.month(
        "2025-06",
        ("SOC00000001", "monthly", "2025-06-01", "2025-06-30", 300_000),
        ("SOC00000001", "one_time", "2025-06-16", "2025-06-16", 80_000),
        ("SOC00000002", "monthly", "2025-06-01", "2025-06-30", 100_000),
        ("SOC00000003", "initial", "2025-06-16", "2025-06-16", 10_000),
        ("OP00000002", "initial", "2025-06-16", "2025-06-16", 30_000),
    )
    story.months_alike(
        "2025-07",
        "2025-10",
        ("SOC00000001", 600_000),
        ("SOC00000002", 100_000),
        ("SOC00000003", 50_000),
        ("OP00000001", 5_000),
        ("OP00000002", 40_000),
        ("OP00000003", 60_000),
    )
    story.held()
    story.nothing_more()


def nothing_more(first):
    """Two applications, six targets, five consents, and no number given out besides."""
    first.refresh_from_db()
    assert [line["number"] for line in first.lines] == ["SOC00000001", "SOC00000002"]
    assert Target.objects.count() == 6
    assert dict(NumberSeries.objects.values_list("prefix", "last")) == {"AP": 2, "SOC": 3, "OP": 3}
    rows = (
        Consent.objects.standing().order_by("given_on", "pk").values_list("assent", "given_on", "ends_on", "document")
    )
    assert [(assent, f"{given}", ends and f"{ends}", document) for assent, given, ends, document in rows] == [
        ("bypass_option", "2025-03-07", None, "注文書 1"),
        ("module_consent", "2025-03-10", None, "同意書 1"),
        ("own_premium_consent", "2025-06-09", None, "同意書 7"),
        ("premium_consent", "2025-06-10", "2025-09-30", "同意書 2"),
        ("premium_consent", "2025-10-10", None, "同意書 3"),
    ]
    assert len(worklist()) == 2
