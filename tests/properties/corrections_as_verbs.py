"""The verbs that put right and take back: every kind of fact, a decision, a letter, an event of several contracts, an abolition."""

from datetime import date, datetime, timedelta
from functools import partial

from django.db.models import F

from contracts import models
from contracts.operations import claims, incidents, letters, notices
from contracts.operations.corrections import kind as corrections
from contracts.operations.corrections.ground import Ground
from contracts.operations.corrections.of_abolitions import correct_abolition, take_abolition_back
from contracts.operations.corrections.of_incidents import BREACHES, OUTAGES, correct_decision, correct_notification
from contracts.operations.corrections.of_moves import MOVES
from contracts.operations.corrections.of_names import NAMES
from contracts.operations.corrections.of_services import CONSENTS, STATES
from contracts.operations.corrections.of_targets import CHANGES, PRICES, STARTS
from contracts.operations.corrections.of_transfers import TRANSFERS
from contracts.operations.jobs import run
from contracts.terms.putting_right import Basis

KINDS = {"state": STATES, "consent": CONSENTS, "change": CHANGES, "start": STARTS, "a_price": PRICES}
KINDS |= {"outage": OUTAGES, "breach": BREACHES, "called": NAMES, "transfer": TRANSFERS, "move": MOVES}
SAYS = {
    "state": ("holder", "from_on", "known_on"),
    "consent": ("given_by", "document", "given_on"),
    "called": ("name", "from_on"),
    "change": ("effective_on", "to_number"),
    "start": ("starts_on",),
    "a_price": ("amount_yen", "reference", "note", "from_on"),
    "outage": ("known_at", "restored_at", "claimed_on", "claim_document"),
    "breach": ("claimed_on", "claim_document"),
    "transfer": ("from_on", "agreed_on", "document"),
    "move": ("from_on", "agreed_on", "document"),
}
"""What of a kind is said otherwise, one column at a time or several."""


def ground(office):
    """Agreed on a document, or our own slip; mostly made by somebody who may."""
    basis = office.chance.choice(tuple(Basis))
    document = office.word() if basis is Basis.AGREED else office.chance.choice(("", "メモ 1"))
    leads = office.chance.random() < 0.9
    return Ground(basis=basis, document=document, reason=office.word(), leads=leads)


def otherwise(office, value):
    """Another value of the same kind: a few days beside, a number, or a word."""
    if isinstance(value, datetime):
        return value + timedelta(minutes=office.chance.choice((-90, -1, 1, 600)))
    if isinstance(value, date):
        return value + timedelta(days=office.chance.choice((-9, -1, 1, 5)))
    if isinstance(value, int):
        return value + office.chance.choice((1, 700))
    return office.word() if isinstance(value, str) else value


def right(office, name):
    """One fact of a kind says one or two things otherwise."""
    row = office.one(KINDS[name].model.objects.standing())
    columns = office.chance.sample(SAYS[name], office.chance.randint(1, min(2, len(SAYS[name]))))
    says = {column: otherwise(office, getattr(row, column)) for column in columns}
    corrections.put_right(KINDS[name], [row], says, ground=ground(office), on=office.on, by=office.by)


def back(office, name):
    """One fact of a kind never was."""
    row = office.one(KINDS[name].model.objects.standing())
    corrections.take_back(KINDS[name], [row], ground=ground(office), on=office.on, by=office.by)


def right_twice(office):
    """A price is put right and, on the same day, put right again; or taken back after it."""
    row = office.one(models.Price.objects.standing().exclude(from_on__gt=office.on))
    said = {"ground": ground(office), "on": office.on, "by": office.by}
    (put,) = corrections.put_right(PRICES, [row], {"amount_yen": row.amount_yen + 3}, **said)
    if office.chance.random() < 0.5:
        corrections.take_back(PRICES, [put.now], **said)
    else:
        corrections.put_right(PRICES, [put.now], {"amount_yen": row.amount_yen + 5, "note": office.word()}, **said)


def right_notification(office):
    row = office.one(models.Breach.objects.standing().exclude(detected_at=None))
    earlier = timedelta(minutes=office.chance.choice((1, 40)))
    says = correct_notification(row, detected_at=row.detected_at - earlier, notified_at=row.notified_at)
    corrections.put_right(BREACHES, [row], says, ground=ground(office), on=office.on, by=office.by)


def right_decision(office):
    """What was decided on a claim is decided otherwise, or open again."""
    model = office.chance.choice((models.Outage, models.Breach))
    row = office.one(model.objects.standing().exclude(decision=""))
    decision = office.chance.choice(("granted", "refused", ""))
    fault = "company" if decision == "granted" else office.chance.choice(("customer", "company"))
    said = {"fault": fault, "fault_reason": office.word(), "ground": ground(office), "on": office.on, "by": office.by}
    correct_decision([row], decision=decision, **said)


def letter(office):
    """One letter for several targets, of a unit or of several units of its customer."""
    first = office.one(models.Target.objects).unit
    asked = {}
    for unit in models.ManagementUnit.objects.filter(customer=first.customer).exclude(targets=None).distinct():
        numbers = sorted(unit.targets.values_list("number", flat=True))
        some = tuple(office.chance.sample(numbers, min(len(numbers), 2)))
        if unit == first or office.chance.random() < 0.5:
            said = {"arrived_on": office.day(-20, 0), "requested_for": office.day(30, 150), "reference": office.word()}
            asked[unit] = notices.NoticeAsked(some, **said)
    letters.receive_letter(asked, on=office.on, by=office.by, reason=office.word())


def _of_letter(office):
    joined = models.Notice.objects.standing().exclude(letter=None)
    return letters.of_letter(office.one(joined))


def right_letter(office):
    rows = _of_letter(office)
    numbers = tuple(row.target.number for row in rows)
    asked = notices.NoticeAsked(numbers, office.day(-20, 0), office.day(30, 150), reference=office.word())
    said = {"on": office.on, "document": office.word(), "reason": office.word(), "by": office.by}
    letters.correct_letter(rows, asked, **said)


def back_letter(office):
    said = {"on": office.on, "document": office.word(), "reason": office.word(), "by": office.by}
    letters.withdraw_letter(_of_letter(office), **said)


def event(office):
    """An outage of every contract that serves, for which one claim comes."""
    known = office.moment(-20, -2)
    said = {"fault": "company", "fault_reason": office.word()}
    incidents.record_outage(
        known_at=known, restored_at=known + timedelta(hours=30), by=office.by, now=office.now, **said
    )


def claim_event(office):
    """The claims for all records of an event come together; perhaps they are granted together."""
    row = office.one(models.Outage.objects.standing().exclude(event=None).filter(claimed_on=None))
    said = {"claimed_on": office.on, "document": office.word(), "on": office.on, "by": office.by}
    rows = claims.together(incidents.of_event(row), lambda one: claims.receive_claim(one, **said))
    if office.chance.random() < 0.5:
        decided = {"reason": office.word(), "on": office.on, "by": office.by}
        claims.together(rows, lambda one: claims.refuse_claim(one, **decided))


def _abolition(office):
    found = models.Abolition.objects.standing().filter(withdrawn_on=None, ends_on__gt=F("announced_on"))
    return office.one(found)


def _carried_out(office, *days):
    """The jobs of the days run, all, some or none of them."""
    for on in days:
        if office.chance.random() < 0.6:
            run("abolition", on)


def right_abolition(office):
    row = _abolition(office)
    ends_on = row.ends_on + timedelta(days=office.chance.choice((0, 1, 30)))
    said = {"ends_on": ends_on, "reference": office.word(), "ground": ground(office), "on": office.on}
    correct_abolition(row, announced_on=row.announced_on, **said, by=office.by)
    _carried_out(office, *sorted({row.ends_on, ends_on}))


def back_abolition(office):
    row = _abolition(office)
    take_abolition_back(row, ground=ground(office), on=office.on, by=office.by)
    _carried_out(office, row.ends_on)


VERBS = {f"right_{name}": partial(right, name=name) for name in KINDS}
VERBS |= {f"back_{name}": partial(back, name=name) for name in KINDS}
VERBS |= {
    verb.__name__: verb
    for verb in (
        *(right_twice, right_notification, right_decision, letter, right_letter, back_letter, event, claim_event),
        *(right_abolition, back_abolition),
    )
}


def confirmed(office):
    """What a second person confirms, by doing it: a price of the unit put right."""
    rows = models.Price.objects.standing().exclude(from_on__gt=office.on)
    row = office.one(rows)
    by_us = Ground(basis=Basis.SLIP, reason=office.word(), leads=True)
    says = {"amount_yen": row.amount_yen + 1}
    corrections.put_right(PRICES, [row], says, ground=by_us, on=office.on, by=office.by)
