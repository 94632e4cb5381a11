"""Everything that people, books and jobs can do to what is on record: each verb done to something that is there, as chance has it."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import partial

from django.utils import timezone

from billing.models import BillingGroup, BillingParty, HeldSettlement, Month
from billing.operations import book_uploads, take_book
from billing.operations.close_month import close_month
from billing.operations.decide_held import bill_held, waive_held
from billing.operations.groups import make_group, put_in_group
from billing.operations.invoices import issue_invoices
from billing.operations.parties import set_order_number, set_party, withdraw_party
from contracts import models
from contracts.judge.kinds import DONE_OUTSIDE
from contracts.models import BookUpload
from contracts.operations import (
    applications,
    changes,
    claims,
    consents,
    incidents,
    moves,
    notices,
    prices,
    readiness,
    register,
    renaming,
    returned,
    second,
    transfers,
)
from contracts.operations import hand_over as handing
from contracts.operations.abolition import abolish, extent
from contracts.operations.jobs import run, run_due
from contracts.operations.setting_changes import record_setting_change, tell_customer
from contracts.operations.work_by_hand import settle, take, unsettle
from contracts.terms.consents import Assent
from contracts.terms.days import next_month
from contracts.terms.unit import Ground
from tests.contracts.applications import form
from tests.contracts.book import build as had
from tests.contracts.book.build import must_take
from tests.contracts.prices.right import correct_price
from tests.properties.corrections_as_verbs import VERBS as CORRECTIONS
from tests.properties.corrections_as_verbs import confirmed
from tests.properties.office import NothingThereError
from tests.properties.papers_as_verbs import VERBS as PAPERS
from tests.properties.people_as_verbs import VERBS as PEOPLE

FIRST_MONTH = date(2025, 4, 1)


def customer(office):
    register.register_customer(code=office.new("C"), name=office.word(), by=office.by)


def unit(office):
    owner = office.one(models.Customer.objects)
    register.register_unit(customer=owner, code=office.new("U"), name=office.word(), by=office.by)


def assign(office):
    to = office.chance.choice([None, *office.people])
    register.assign(office.one(models.ManagementUnit.objects), to=to, by=office.by)


def state(office):
    about = {
        "code": office.chance.choice(("S-1", office.new("S"))),
        "from_on": office.day(-30, 30),
        "holder": office.word(),
    }
    kind = {"service": "ips_ids", "kind": had.IPS_KIND, "item": office.chance.choice(("IPS/タイプA", "IDS/タイプS"))}
    register.register_state(**about, **kind, ends_on=None, on=office.on, by=office.by)


def _passing(office):
    receiver = models.Customer.objects.get(code="C-1")
    if office.chance.random() < 0.7:
        receiver = office.one(models.Customer.objects.filter(units=None))
    about = {"from_on": office.day(-60, 40), "agreed_on": office.day(-60, 0), "document": office.word()}
    return transfers.TransferAsked(receiver=receiver, services=office.chance.random() < 0.5, **about)


def transfer(office):
    transfers.transfer_unit(office.one(models.ManagementUnit.objects), _passing(office), on=office.on, by=office.by)


def merge(office):
    giver = office.one(models.Customer.objects.exclude(units=None))
    transfers.merge_customer(giver, _passing(office), on=office.on, by=office.by)


def move(office):
    contract = office.one(models.Contract.objects.exclude(module_type="").exclude(target__number__startswith="MNN"))
    asked = moves.MoveAsked(
        unit=office.one(models.ManagementUnit.objects.filter(code__startswith="NV")),
        from_on=office.day(-60, 40),
        agreed_on=office.day(-60, 0),
        document=office.word(),
    )
    moves.move_contracts([contract], asked, on=office.on, by=office.by)


def second_unit(office):
    """A unit with a tier and a module of its own, that contracts can come to."""
    code, number = office.new("V"), office.new("N")
    rows = had.book(
        *(had.customer(), had.unit(code)),
        *(had.premium(f"T{number}", of=code, application=f"A{number}"), had.module("個別ログ収集モジュール", "", "タイプ3", f"M{number}", of=code, application=f"A{number}")),
        *(row for one in (f"T{number}", f"M{number}") for row in had.priced(one, 10_000)),
    )  # fmt: skip
    must_take(rows, office.folder / f"{office.count}")


def draft(office):
    lines = office.chance.choice(
        [
            [form.years("10", f"{office.day(1, 60)}")],
            [form.tier("basic")],
            [form.quoted("T-1", "monthly", f"{office.chance.randint(1, 10**6)}", f"{office.day(1, 60)}")],
            [form.option("on_site_report", "T-1", starts=f"{office.day(1, 60)}")],
            [form.licences(f"{office.chance.randint(1000, 3000)}", f"{office.day(1, 90)}")],
        ]
    )
    said = {"lines": lines, "applied_on": office.day(-9, 0), "by": office.by}
    applications.save_draft(None, unit=office.one(models.ManagementUnit.objects), version=0, **said)


def saved_again(office):
    row = office.one(models.Application.objects.filter(state="draft"))
    lines = [*row.lines, {"key": "#7", "verb": "contract", "note": office.word() * 200}]
    said = {"lines": lines, "applied_on": office.on, "by": office.by}
    applications.save_draft(row, unit=row.unit, version=row.version, **said)


def receive(office):
    row, reason = (
        office.one(models.Application.objects.filter(state="draft")),
        office.chance.choice(("", office.word())),
    )
    known = office.chance.choice((None, [], [office.word()]))
    applications.receive(row, on=office.on, by=office.by, reason=reason, known=known)


def accept(office):
    own = models.Hand.objects.filter(record="application", person=office.by).values("number")
    row = office.one(models.Application.objects.filter(state="received").exclude(pk__in=own))
    seen = applications.judge(row, on=office.on).seen
    applications.accept(row, on=office.on, by=office.by, seen=seen, entries_seen=applications.newest_entry())


def reject(office):
    row = office.one(models.Application.objects.filter(state="received"))
    applications.reject(row, on=office.on, by=office.by, reason=office.word())


def give_up(office):
    row = office.one(models.Application.objects.filter(state__in=["draft", "received"]))
    applications.withdraw(row, on=office.on, by=office.by, reason=office.word())


def send_back(office):
    row = office.one(models.Application.objects.filter(state="received"))
    returned.send_back(row, on=office.on, by=office.by, reason=office.word())


def reopen(office):
    row = office.one(models.Application.objects.filter(state="received", entered_by=office.by))
    returned.reopen(row, on=office.on, by=office.by, reason=office.chance.choice(("", office.word())))


def acknowledge(office):
    row = office.one(models.Application.objects.filter(state="rejected", entered_by=office.by, acknowledged_on=None))
    returned.acknowledge(row, on=office.on, by=office.by)


def hand_over(office):
    """At once, or from a day on."""
    to = office.chance.choice([None, *office.people])
    person = office.chance.choice(office.people)
    codes = list(models.ManagementUnit.objects.filter(account_manager=person).values_list("code", flat=True))
    some = office.chance.sample(codes, office.chance.randint(0, min(1, len(codes))))
    from_on = office.day(0, office.chance.choice((0, 9)))
    handing.hand_over(person, to=to, codes=some, from_on=from_on, on=office.on, by=office.by)


def keep_units(office):
    """A hand-over that waits is taken back."""
    handing.take_back(office.one(models.HandOver.objects.filter(state="waiting")), on=office.on, by=office.by)


def rename(office):
    """A customer or a unit is called otherwise from a day gone by or to come."""
    owner = office.one(office.chance.choice((models.Customer, models.ManagementUnit)).objects)
    kana = {"kana": office.word()} if isinstance(owner, models.Customer) else {}
    said = {"name": f"{office.word(200)}新", "from_on": office.day(-60, 60), "reason": office.word()}
    renaming.rename(owner, **said, **kana, on=office.on, by=office.by)


def ask(office):
    """A correction that another person has to confirm."""
    row = office.one(models.Price.objects.standing())
    said = {"screen": "contracts_price", "verb": "correct", "row": f"{row.pk}", "subject": row.target.number}
    said |= {"unit_id": row.target.unit_id, "form": f"amount_yen=1&reason={office.word()}", "shown": [office.word()]}
    second.ask(**said, on=office.on, by=office.by)


def confirm(office):
    row = office.one(models.Asked.objects.filter(state="waiting").exclude(asked_by=office.by))
    second.confirm(row, partial(confirmed, office), on=office.on, by=office.by)


def hand_back(office):
    row = office.one(models.Asked.objects.filter(state="waiting"))
    second.send_back(row, reason=office.word(), on=office.on, by=office.by)


def consent(office):
    owner, assent = office.chance.choice(
        [
            (models.LinkedService.objects, Assent.MODULE_CONSENT),
            (models.LinkedService.objects, Assent.BYPASS_OPTION),
            (models.Contract.objects.filter(module_type=""), Assent.OWN_PREMIUM_CONSENT),
        ]
    )
    said = {"given_on": office.day(), "given_by": "山田", "document": office.word(), "on": office.on, "by": office.by}
    consents.record_consent(office.one(owner), assent=assent, **said)


def end_consent(office):
    row = office.one(models.Consent.objects.standing())
    said = {"document": "終了 1", "on": office.on, "by": office.by, "reason": office.word()}
    consents.end_consent(row, ends_on=office.day(-20, 90), **said)


def ready(office):
    contract = office.one(models.Contract.objects.exclude(module_type=""))
    readiness.record_readiness(contract, ready_on=office.day(), by=office.by, reason=office.word())


def start(office):
    target = office.one(models.Target.objects.filter(billing_starts_on=None))
    readiness.set_start(target, starts_on=office.day(-5, 30), on=office.on, by=office.by)


def setting(office):
    contract = office.one(models.Contract.objects.exclude(linked_service=None))
    said = {"what": office.word(), "why": office.word(), "changed_at": office.moment()}
    record_setting_change(contract, **said, by=office.by, now=office.now)


def tell(office):
    row = office.one(models.SettingChange.objects.filter(told_at=None))
    tell_customer(row, told_at=row.changed_at + timedelta(hours=1), how=office.word(), by=office.by, now=office.now)


def outage(office):
    known = office.moment()
    over = office.chance.choice((None, known + timedelta(hours=office.chance.choice((1, 30)))))
    fault = office.chance.choice(({}, {"fault": "company", "fault_reason": office.word()}))
    target = office.one(models.Target.objects.exclude(kind="option"))
    times = {"known_at": known, "restored_at": over, "now": office.now}
    incidents.record_outage(numbers=[target.number], by=office.by, **times, **fault)


def restored(office):
    row = office.one(models.Outage.objects.standing().filter(restored_at=None))
    incidents.restore_outage(row, restored_at=row.known_at + timedelta(hours=40), by=office.by, now=office.now)


def uptime(office):
    month = office.day(-90, -32).replace(day=1)
    percent = Decimal(office.chance.choice(("99.5", "98.76", "0")))
    incidents.record_uptime(month, percent, by=office.by, on=office.on, fault="company", fault_reason="障害")


def late_notification(office):
    target, detected = office.one(models.Target.objects.exclude(kind="option")), office.moment()
    times = {"detected_at": detected, "notified_at": detected + timedelta(minutes=16), "now": office.now}
    incidents.record_notification(target.number, by=office.by, **times)


def incidents_of(office, **only):
    model = office.chance.choice((models.Outage, models.Breach))
    return list(model.objects.standing().filter(**only).order_by("pk"))


def incident(office, **only):
    found = incidents_of(office, **only)
    if not found:
        raise NothingThereError
    return office.chance.choice(found)


def fault(office):
    whose = office.chance.choice(("company", "customer", "not_company"))
    claims.decide_fault(incident(office), fault=whose, reason=office.word(), on=office.on, by=office.by)


def claim(office):
    row = incident(office, claimed_on=None)
    claims.receive_claim(row, claimed_on=office.day(-60, 0), document=office.word(), on=office.on, by=office.by)


def grant(office):
    open_ = incidents_of(office, claimed_on__isnull=False, decision="", fault="company", source="recorded")
    row = office.chance.choice(open_) if open_ else _claimed(office)
    claims.grant_claim(row, reason=office.word(), on=office.on, by=office.by)


def _claimed(office):
    """An outage of the company's, claimed in time."""
    known = timezone.make_aware(datetime.combine(office.day(-9, -4), time(7, office.count % 60)))
    times = {"known_at": known, "restored_at": known + timedelta(hours=30), "now": office.now}
    target = office.one(models.Target.objects.exclude(kind="option"))
    said = {"fault": "company", "fault_reason": office.word(), "by": office.by}
    incidents.record_outage(numbers=[target.number], **times, **said)
    row = models.Outage.objects.standing().get(known_at=known, contract__target=target)
    return claims.receive_claim(row, claimed_on=office.on, document=office.word(), on=office.on, by=office.by)


def refuse(office):
    claims.refuse_claim(
        incident(office, claimed_on__isnull=False, decision=""), reason=office.word(), on=office.on, by=office.by
    )


def _asked(office, target):
    ground = office.chance.choice((Ground.NOTICE, Ground.NOTICE, Ground.COMPANY))
    names = office.day(0, 120) if ground is not Ground.NOTICE else office.chance.choice((None, office.day(30, 150)))
    return notices.NoticeAsked((target.number,), office.day(-40, 0), names, False, ground, office.word())


def notice(office):
    target = office.one(models.Target.objects)
    notices.receive_notice(target.unit, _asked(office, target), on=office.on, by=office.by, reason=office.word())


def take_back(office):
    row = office.one(models.Notice.objects.standing())
    notices.withdraw_notice(row, on=office.on, document=office.word(), reason=office.word(), by=office.by)


def put_right(office):
    row = office.one(models.Notice.objects.standing())
    said = {"on": office.on, "document": office.word(), "reason": office.word(), "by": office.by}
    notices.correct_notice(row, _asked(office, row.target), **said)


def price(office):
    fee = office.chance.choice(("initial", "monthly", "one_time"))
    day = None if fee == "initial" else office.chance.choice((office.day(-60, 0), office.day(1, 90)))
    said = {"amount_yen": office.chance.randint(0, 10**9), "reference": office.word(), "note": office.word()}
    prices.quote(office.one(models.Target.objects), fee=fee, from_on=day, **said, on=office.on, by=office.by)


def _ahead(office):
    return office.one(models.Price.objects.standing().filter(from_on__gt=office.on))


def other_price(office):
    said = {"amount_yen": office.chance.randint(0, 10**6), "from_on": office.day(1, 90), "reference": office.word()}
    prices.change_price(_ahead(office), **said, on=office.on, by=office.by, reason=office.word())


def no_price(office):
    prices.withdraw_price(_ahead(office), on=office.on, by=office.by, reason=office.word())


def right_price(office):
    said = {"amount_yen": office.chance.randint(0, 10**6), "reference": office.word(), "reason": office.word()}
    correct_price(office.one(models.Price.objects.standing()), **said, on=office.on, by=office.by)


def keep(office):
    row = office.one(models.Change.objects.standing().filter(price_kept=False))
    changes.keep_price(row, reference=office.word(), on=office.on, by=office.by)


def note(office):
    row = office.one(models.WorkItem.objects)
    take(row, by=office.by, taken=office.chance.choice((None, True, False)), note=office.word())


def done_outside(office):
    rows = models.WorkItem.objects.filter(kind__in=DONE_OUTSIDE, settled_on=None)
    settle(office.one(rows), on=office.on, by=office.by, note=office.word())


def not_done_after_all(office):
    unsettle(office.one(models.WorkItem.objects.exclude(settled_on=None)), by=office.by)


def abolition(office):
    ends_on = office.day(200, 210)
    said = {"reference": office.word(), "reason": office.word(), "counted": extent(ends_on).options}
    abolish(announced_on=office.day(-9, 0), ends_on=ends_on, **said, on=office.on, by=office.by)
    if office.chance.random() < 0.5:
        run("abolition", ends_on)


def morning(office):
    run_due(office.on)


def group(office):
    make_group(
        customer=office.one(models.Customer.objects), code=office.new("G"), addressee=office.word(), by=office.by
    )


def grouped(office):
    """All of its customer's units, or one of them; from the beginning, or from a day on."""
    row = office.one(BillingGroup.objects)
    units = list(row.customer.units.order_by("pk"))
    chosen = office.chance.choice((units, office.chance.sample(units, min(1, len(units)))))
    from_on = office.chance.choice((None, office.day(-90, 60)))
    put_in_group(row, units=chosen, from_on=from_on, on=office.on, by=office.by)


def billed_to(office):
    row = office.one(models.Customer.objects)
    set_party(row, from_on=office.day(-60, 60), says={"address": office.word()}, on=office.on, by=office.by)


def billed_no_more(office):
    row = office.one(BillingParty.objects.standing())
    withdraw_party(row, reason=office.word(), on=office.on, by=office.by)


def ordered(office):
    unit = office.one(models.ManagementUnit.objects)
    set_order_number(unit, number=office.word(64), from_on=office.day(-60, 60), on=office.on, by=office.by)


def book(office):
    must_take(had.book(had.ips_service(code=office.new("B"))), office.folder / f"{office.count}")


def brought(office):
    """A book is brought on screen, tried and sent; another person takes it in, or rejects it."""
    rows = had.book(had.ips_service(code=office.new("W")))
    path = had.as_workbook(rows, office.folder / f"{office.count}.xlsx")
    by, other = office.by, next(one for one in office.people if one != office.by)
    upload = book_uploads.keep(path.name, [path.read_bytes()], by=by)
    assert take_book.try_book(upload.pk) == "tried"
    upload = book_uploads.send(BookUpload.objects.get(pk=upload.pk), by=by)
    if office.chance.random() < 0.3:
        book_uploads.reject(upload, by=other, reason=office.word())
        return
    book_uploads.ask_to_take(upload, by=other, seen=upload.result["mark"])
    assert take_book.take_book(upload.pk) == "taken"


def months(office):
    for _month in range(office.chance.randint(1, 6)):
        last = Month.objects.order_by("-month").first()
        which = next_month(last.month) if last else FIRST_MONTH
        if office.on < next_month(which):
            break
        outcome = close_month(which, on=office.on, by="経理")
        close_month(which, on=office.on, by="経理", leave_out=[parked.number for parked in outcome.parked])


def invoices(office):
    issue_invoices(office.one(Month.objects.exclude(closed_at=None)), on=office.on, by=office.by)


def held(office, decide):
    decide(office.one(HeldSettlement.objects), reason=office.word(), by=office.by, on=office.on)


VERBS = {
    verb.__name__: verb
    for verb in (
        *(
            customer,
            unit,
            second_unit,
            move,
            assign,
            state,
            draft,
            saved_again,
            receive,
            accept,
            reject,
            give_up,
            consent,
            end_consent,
        ),
        *(ready, start, setting, tell, outage, restored, uptime, late_notification, fault, claim, grant, refuse),
        *(notice, take_back, put_right, price, other_price, no_price, right_price, keep, note, abolition, morning),
        *(done_outside, not_done_after_all),
        *(group, grouped, billed_to, billed_no_more, ordered, book, brought, months, invoices),
        *(transfer, merge),
        *(send_back, reopen, acknowledge, hand_over, keep_units, rename, ask, confirm, hand_back),
    )
}
VERBS |= CORRECTIONS | PEOPLE | PAPERS
VERBS |= {"bill": partial(held, decide=bill_held), "waive": partial(held, decide=waive_held)}
IN_TURN = (
    ["second_unit", "move", "right_move", "move", "back_move", "move", "unit", "customer", "merge", "back_transfer"]
    + [verb for verb in VERBS if verb != "password_given"]
    + ["draft", "receive", "accept", "draft", "give_up", "price", "other_price", "no_price"] * 5
    + ["draft", "receive", "send_back", "draft", "receive", "reopen", "draft", "receive", "reject", "acknowledge"] * 3
    + ["ask", "confirm", "ask", "hand_back", "letter", "right_letter", "letter", "back_letter"] * 3
    + ["event", "claim_event", "refuse", "right_decision", "grant", "right_decision", "setting", "tell"] * 4
    + ["done_outside", "not_done_after_all", "done_outside"]
    + ["abolition", "right_abolition", "abolition", "back_abolition"] * 2
    + ["late_notification", "right_notification"] * 2
    + ["rename", "right_called", "rename", "back_called", "hand_over", "keep_units", "assign"] * 4
    + ["unit", "transfer", "right_transfer", "transfer", "back_transfer", "customer", "merge"]
    + ["months", "bill", "waive", "invoices"] * 4
    + ["role_made", "asked_rights", "granted_rights", "asked_rights", "refused_rights", "role_made", "role_removed"] * 3
    + ["password_given", "password_chosen"]
    + ["notice", "letter_made", "letter_mailed", "letter_came_back"] * 4
)
"""In this order most of them find something to be done to."""
