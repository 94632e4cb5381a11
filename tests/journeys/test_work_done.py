"""What people have before them, day by day: each thing comes when there is something to do, goes by being done, and nothing more."""

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from django.contrib.auth.models import Group, User
from django.urls import reverse

from contracts.admin.work.desk import desk_of
from contracts.clock import now, today
from contracts.models import Contract, Digest, ManagementUnit, Outage, Target, WorkItem
from contracts.operations import applications as operations
from contracts.operations import jobs, second
from contracts.operations.claims import grant_claim, receive_claim, refuse_claim
from contracts.operations.incidents import record_outage, record_uptime
from contracts.operations.notices import NoticeAsked, receive_notice
from contracts.operations.prices import quote, withdraw_price
from contracts.operations.readiness import record_readiness, set_start
from contracts.operations.refusal import Refused
from contracts.operations.returned import acknowledge, reopen, send_back
from contracts.operations.setting_changes import record_setting_change, tell_customer
from contracts.operations.work_by_hand import settle_line, take_line, unsettle
from tests.contracts.applications.form import CONSENT, edr, licence, module, premium, tier
from tests.contracts.book import build as had

READY = {"ready_on": "2025-03-20"}


class House:
    """Whoever looks after the units, the lead, and the clock; the jobs of every morning run on the way."""

    def __init__(self, clock, path):
        self.clock, self.path = clock, path
        self.enters, self.lead = self.person("aoki", "営業担当"), self.person("baba", "営業責任者")

    def person(self, name, role):
        user = User.objects.create_user(name, is_staff=True, email=f"{name}@example.jp")
        user.groups.set(Group.objects.filter(name=role))
        return User.objects.get(pk=user.pk)

    def on(self, day):
        """It is ten o'clock of that day, the morning's jobs have run."""
        self.clock.move_to(datetime.fromisoformat(f"{day}T10:00:00+09:00"))
        for name in ("effects", "worklist"):
            assert jobs.run(name, today()).state == "done"

    def has(self, *facts):
        had.must_take(had.book(*facts), self.path / "book")
        ManagementUnit.objects.update(account_manager=self.enters)

    def sees(self, person):
        """(act, kind, number) of all that the person has before them, each once."""
        desk = desk_of(User.objects.get(pk=person.pk), whose="own", today=today())
        rows = [row for group in (*desk.decisions, *desk.tasks) for line in group.lines for row in line.rows]
        rows += [*desk.outcomes, *desk.coming]
        assert len({row["pk"] for row in rows}) == len(rows)
        return sorted((str(row["act"]), row["code"], row["subject"]) for row in rows)

    def nothing(self):
        """Neither of them has anything before them."""
        assert (self.sees(self.enters), self.sees(self.lead)) == ([], [])

    def accept(self, application, by=None):
        seen, newest = operations.judge(application, on=today()).seen, operations.newest_entry()
        return operations.accept(application, on=today(), by=by or self.lead, seen=seen, entries_seen=newest)


@pytest.fixture
def house(db, time_machine, tmp_path):
    time_machine.move_to(datetime.fromisoformat("2025-03-03T10:00:00+09:00"))
    return House(time_machine, tmp_path)


PRICED = {"initial_yen": "50,000", "monthly_yen": "300,000", "quotation": "Q-1"}
FEES = {"initial_yen": "20,000", "monthly_yen": "100,000", "quotation": "Q-1"}


def filed(house, *lines):
    draft = operations.save_draft(
        None, unit=ManagementUnit.objects.get(), lines=lines, applied_on=today(), version=0, by=house.enters
    )
    return operations.receive(draft, on=today(), by=house.enters)


def test_an_application_and_what_came_of_it(house):
    house.has(had.customer(), had.unit())
    application = filed(house, tier(**PRICED), module(**FEES, **READY))
    number = application.number
    assert house.sees(house.enters) == [], "who entered it cannot decide it"
    assert house.sees(house.lead) == [("decision", "application", number)]
    assert WorkItem.objects.get().stake_yen == 400_000

    house.on("2025-03-04")
    send_back(application, on=today(), by=house.lead, reason="開始日を確かめてください")
    assert house.sees(house.enters) == [("task", "returned", number)]
    assert house.sees(house.lead) == []
    operations.receive(application, on=today(), by=house.enters)
    assert (house.sees(house.enters), house.sees(house.lead)) == ([], [("decision", "application", number)])
    reopen(application, on=today(), by=house.enters)
    house.nothing()
    operations.receive(application, on=today(), by=house.enters)

    house.on("2025-03-10")
    house.accept(application)
    for day in ("2025-03-10", "2025-03-17"):
        house.on(day)
        assert house.sees(house.enters) == [("outcome", "accepted", number)]
        assert house.sees(house.lead) == []
    house.on("2025-03-18")
    house.nothing()
    assert not WorkItem.objects.filter(kind="accepted").exists()


def test_of_what_one_accepts_oneself_nothing_is_told(house, settings):
    """Where nobody asks for a second pair of eyes."""
    settings.FOUR_EYES = False
    house.has(had.customer(), had.unit())
    house.accept(filed(house, tier(**PRICED), module(**FEES, **READY)), by=house.enters)
    house.nothing()


def test_a_rejection_is_heard_of_until_it_is_noted(house):
    house.has(had.customer(), had.unit())
    application = filed(house, tier(**PRICED), module(**FEES, **READY))
    operations.reject(application, on=today(), by=house.lead, reason="二重の申込")
    house.on("2025-06-01")
    assert house.sees(house.enters) == [("task", "rejected", application.number)]
    acknowledge(application, on=today(), by=house.enters)
    house.nothing()


def test_what_an_acceptance_leaves_to_do(house):
    """No start, no price, no network: each goes with the fact it waits for, and none of it comes back."""
    house.has(had.customer(), had.unit())
    house.accept(filed(house, tier(starts="", number="T-1"), module(starts="", number="M-1")))
    told = ("outcome", "accepted", "AP00000001")
    prices = [("task", "price", "M-1"), ("task", "price", "T-1")]
    starts = [("task", "start", "M-1"), ("task", "start", "T-1")]
    assert house.sees(house.enters) == [told, *prices, *starts]
    for number in ("T-1", "M-1"):
        target = Target.objects.get(number=number)
        set_start(target, starts_on=date(2025, 4, 1), by=house.enters, on=today())
    # Now the monthly price is missing too, and the network is to be ready by the start (8-1).
    assert house.sees(house.enters) == [told, prices[0], prices[0], prices[1], prices[1], ("task", "readiness", "M-1")]
    for number, yen in (("T-1", 300_000), ("M-1", 100_000)):
        target = Target.objects.get(number=number)
        for fee, from_on in (("initial", None), ("monthly", date(2025, 4, 1))):
            quote(
                target, fee=fee, amount_yen=yen, from_on=from_on, reference="Q-1", note="", by=house.enters, on=today()
            )
    assert house.sees(house.enters) == [told, ("task", "readiness", "M-1")]
    assert WorkItem.objects.get(kind="readiness").stake_yen == 100_000
    contract = Contract.objects.get(target__number="M-1")
    record_readiness(contract, ready_on=date(2025, 3, 20), by=house.enters, reason="")
    assert house.sees(house.enters) == [told]
    house.on("2025-03-12")
    house.nothing()


def test_a_price_that_was_taken_down_is_missing_again(house):
    house.has(had.customer(), had.unit())
    house.accept(filed(house, tier(starts="", number="T-1"), module(starts="", number="M-1")))
    target = set_start(Target.objects.get(number="T-1"), starts_on=date(2025, 4, 1), by=house.enters, on=today())
    said = {"reference": "Q-1", "note": "", "by": house.enters, "on": today()}
    quote(target, fee="initial", amount_yen=50_000, from_on=None, **said)
    monthly = quote(target, fee="monthly", amount_yen=300_000, from_on=date(2025, 4, 1), **said)
    missing = WorkItem.objects.filter(kind="price", subject="T-1")
    assert not missing.exists()
    withdraw_price(monthly, on=today(), by=house.enters, reason="見積りの取下げ")
    assert missing.count() == 1


def test_an_end_is_only_known_and_a_lost_condition_is_done(house):
    house.has(had.tier(), had.module(**READY), *had.priced("T-1", 300_000, 1), *had.priced("M-1", 100_000, 1))
    house.on("2025-05-01")
    asked = NoticeAsked(targets=["M-1"], arrived_on=today(), requested_for=date(2025, 8, 20), reference="通知 1")
    receive_notice(ManagementUnit.objects.get(), asked, on=today(), by=house.enters)
    lost = ("task", "eligibility", "T-1")  # 7-1, from the day after
    assert house.sees(house.enters) == [lost]
    calendar = WorkItem.objects.filter(kind="ending").values_list("from_on", flat=True)
    assert list(calendar) == [date(2025, 8, 20)], "the calendar knows it months before"
    house.on("2025-08-05")
    assert house.sees(house.enters) == [lost]
    house.on("2025-08-06")
    assert house.sees(house.enters) == [("note", "ending", "M-1"), lost]
    house.on("2025-08-21")
    assert house.sees(house.enters) == [lost]
    asked = NoticeAsked(targets=["T-1"], arrived_on=today(), requested_for=None, reference="通知 2")
    receive_notice(ManagementUnit.objects.get(), asked, on=today(), by=house.enters)
    house.on("2025-09-21")
    house.nothing()


def test_a_renewal_is_asked_about_once_a_year(house):
    """10-9: what the customer says is no fact; somebody says that they were asked, and it stays done until the next term."""
    house.has(
        had.premium(**READY_LONG), had.module(**READY, **LONG), had.edr(**LONG), had.licence("期間ライセンス", 1000, **LONG),
        *(row for number in ("T-1", "M-1", "O-EDR") for row in had.priced(number, 1_000, 1, LONG["starts"])),
        *had.priced("O-LIC", 900, 1, LONG["starts"]),
    )  # fmt: skip
    house.on("2025-10-01")
    house.nothing()
    house.on("2025-10-02")  # 90 days before the last day of a notice, 2025-12-31
    renewal = ("task", "renewal", "O-LIC")
    assert house.sees(house.enters) == [renewal]
    item = WorkItem.objects.get(kind="renewal")
    assert item.stake_yen == 900 * 1000 * 12
    with pytest.raises(Refused):
        settle_line(item, on=today(), by=house.enters, note=" ")
    take_line(item, by=house.enters, taken=True)
    settle_line(item, on=today(), by=house.enters, note="更新する（電話、山田様）")
    house.nothing()
    unsettle(WorkItem.objects.get(pk=item.pk), by=house.enters)
    assert house.sees(house.enters) == [renewal]
    settle_line(WorkItem.objects.get(pk=item.pk), on=today(), by=house.enters, note="更新する（電話、山田様）")
    for on in ("2025-12-28", "2025-12-31", "2026-10-01"):
        house.on(on)
        house.nothing()
    house.on("2026-10-02")
    assert house.sees(house.enters) == [renewal], "another term is another question"


LONG = {"accepted": "2025-03-01", "starts": "2025-04-01"}
READY_LONG = LONG


def test_work_that_facts_tell_of_is_done_by_doing_it(house):
    house.has(had.tier(), had.module(), *had.priced("T-1", 300_000, 1), *had.priced("M-1", 100_000, 1))
    house.on("2025-03-12")
    item = WorkItem.objects.get(kind="readiness")
    with pytest.raises(Refused):
        settle_line(item, on=today(), by=house.enters, note="済み")
    assert house.sees(house.enters) == [("task", "readiness", "M-1")]


def test_a_setting_that_was_changed_is_told(house):
    """17-2."""
    facts = [
        had.premium(**LONG),
        had.ips(**LONG),
        had.ips_service(),
        *had.priced("T-1", 1, 1),
        *had.priced("M-IPS", 1, 1),
    ]
    house.has(*facts)
    house.on("2025-05-10")
    contract = Contract.objects.get(target__number="M-IPS")
    change = record_setting_change(
        contract, what="規則", why="攻撃", changed_at=now() - timedelta(hours=2), by=house.enters, now=now()
    )
    assert house.sees(house.enters) == [("task", "untold", "M-IPS")]
    tell_customer(change, told_at=now(), how="電話", by=house.enters, now=now())
    house.nothing()


def asked(house, by):
    contract = Contract.objects.get(target__number="T-1")
    row = {"row": str(contract.pk), "subject": "T-1", "unit_id": contract.target.unit_id}
    return second.ask(screen="contracts.contract", verb="quote", **row, form="", shown=["+1円"], on=today(), by=by)


def test_what_one_asked_for_and_another_answers(house):
    house.has(had.tier(), had.module(**READY), *had.priced("T-1", 300_000, 1), *had.priced("M-1", 100_000, 1))
    house.on("2025-05-01")
    first = asked(house, house.enters)
    assert (house.sees(house.enters), house.sees(house.lead)) == ([], [("decision", "asked", "T-1")])
    second.confirm(first, lambda: None, on=today(), by=house.lead)
    assert (house.sees(house.enters), house.sees(house.lead)) == ([("outcome", "confirmed", "T-1")], [])
    house.on("2025-05-09")
    house.nothing()
    of_lead = asked(house, house.lead)
    house.nothing()  # nobody else may confirm it: the lead asked for it
    second.send_back(of_lead, reason="取りやめ", on=today(), by=house.lead)
    house.nothing()  # they know it themselves
    back = asked(house, house.enters)
    second.send_back(back, reason="見積書番号が違います", on=today(), by=house.lead)
    assert house.sees(house.enters) == [("task", "handed_back", "T-1")]
    settle_line(WorkItem.objects.get(kind="handed_back"), on=today(), by=house.enters, note="出し直す")
    house.nothing()
    house.on("2025-06-09")
    assert not WorkItem.objects.filter(kind="handed_back").exists()


def claimed(house, known, *, by):
    """An outage of two days that one recorded and claimed for."""
    moments = {"known_at": datetime.fromisoformat(f"{known}T09:00+09:00")}
    moments["restored_at"] = moments["known_at"] + timedelta(days=2)
    record_outage(**moments, numbers=["M-1"], fault="company", fault_reason="障害", by=by, now=now())
    row = Outage.objects.standing().get(known_at=moments["known_at"])
    return receive_claim(row, claimed_on=today(), document="", on=today(), by=by)


def test_what_one_claimed_and_another_decides(house):
    """第15条: granted, it is told for a week; not granted, until the customer has been told why, a month at most. Of what one decided oneself, nothing."""
    house.has(had.tier(), had.module(**READY), *had.priced("T-1", 300_000, 1), *had.priced("M-1", 100_000, 1))
    house.on("2025-05-12")
    first, other = claimed(house, "2025-05-01", by=house.enters), claimed(house, "2025-05-06", by=house.enters)
    waits = [("decision", "claim", "M-1")] * 2
    assert (house.sees(house.enters), house.sees(house.lead)) == ([], waits)
    first = grant_claim(first, on=today(), by=house.lead)
    refuse_claim(other, reason="計画停止です", on=today(), by=house.lead)
    told = [("outcome", "claim_granted", "M-1"), ("task", "claim_refused", "M-1")]
    assert (house.sees(house.enters), house.sees(house.lead)) == (told, [])
    refused = WorkItem.objects.get(kind="claim_refused")
    assert (refused.clause, refused.values["why"], refused.values["asked"]) == ("15-1", "計画停止です", "2025-05-12")
    granted = WorkItem.objects.get(kind="claim_granted")
    assert (granted.person, granted.stake_yen, refused.stake_yen) == (house.enters, None, None)
    (row,) = desk_of(house.enters, whose="own", today=today()).outcomes
    assert row["place"] == reverse("admin:contracts_outage_change", args=[first.pk])
    house.on("2025-05-19")
    assert house.sees(house.enters) == told
    house.on("2025-05-20")
    assert house.sees(house.enters) == told[1:]
    settle_line(refused, on=today(), by=house.enters, note="伝えた")
    house.nothing()
    own = claimed(house, "2025-05-16", by=house.lead)
    assert house.sees(house.lead) == [("decision", "claim", "M-1")]
    refuse_claim(own, reason="計画停止です", on=today(), by=house.lead)
    house.nothing()
    house.on("2025-06-12")
    assert not WorkItem.objects.filter(kind__startswith="claim_").exists()


def test_a_month_that_kept_less_than_was_guaranteed_waits_for_its_claim(house):
    """第15条第2項: a 稼働率 has no moment of a notification, and is looked at all the same."""
    house.has(had.tier(), had.module(**READY), *had.priced("T-1", 300_000, 1), *had.priced("M-1", 100_000, 1))
    house.on("2025-06-02")
    fault = {"fault": "company", "fault_reason": "障害"}
    record_uptime(date(2025, 5, 1), Decimal(99), numbers=["M-1"], **fault, by=house.enters, on=today())
    waits = WorkItem.objects.filter(subject="M-1", clause="15-2")
    house.on("2025-06-10")
    assert waits.get().values["deadline"] == "2025-06-15"
    house.on("2025-06-16")
    assert not waits.exists()


def mails(on):
    """Who is written to in the morning of a day, with the headings and the numbers of each part."""
    assert jobs.run("digest", on).state == "done"
    found = {}
    for mail in Digest.objects.filter(on=on).select_related("person"):
        lines = [line for line in mail.body.splitlines() if line.startswith(("■", "・"))]
        found[mail.person.username] = [
            line[2:] if line[0] == "■" else line.split("：")[0].split()[-1] for line in lines
        ]
    return found


def test_a_mail_tells_each_what_the_first_page_does(house):
    house.has(had.customer(), had.unit())
    application = filed(house, premium(**PRICED, **CONSENT), module(**FEES, **READY), edr(**FEES), licence(**FEES))
    house.on("2025-03-04")
    assert mails(today()) == {"baba": ["あなたの決定を待つもの", "申込の決定"]}
    house.accept(application)
    house.on("2025-03-05")
    assert mails(today()) == {"aoki": ["あなたが入力したもの", "承諾された申込"]}
    house.on("2025-03-06")
    assert mails(today()) == {}, "told once; and of what is only coming no mail is made"
