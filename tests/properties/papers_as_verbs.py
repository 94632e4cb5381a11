"""The verbs of letters: a paper that left the house stays with the ledger, the history of its unit says that it did."""

from billing.models import Document, DocumentMail
from billing.operations.documents.letter import keep_letter
from billing.operations.documents.letters import leaving_letter, start_letter
from billing.operations.documents.mail import ask_to_mail, came_back, send_waiting
from contracts.models import Application, Notice


def letter_made(office):
    """What begins, or what ends."""
    if office.chance.random() < 0.5:
        row = office.one(Application.objects.filter(state="accepted"))
        letter = start_letter(row, on=office.on)
    else:
        row = office.one(Notice.objects.standing())
        letter = leaving_letter(row, on=office.on)
    keep_letter(letter, row.unit if isinstance(row, Application) else row.target.unit, on=office.on, by=office.by)


def letter_mailed(office):
    document = office.one(Document.objects.filter(invoice=None))
    ask_to_mail(document, to=f"keiri{office.count}@example.jp", by=office.by)
    if office.chance.random() < 0.7:
        send_waiting()


def letter_came_back(office):
    came_back(office.one(DocumentMail.objects.filter(state="sent")), why=office.word(), by=office.by)


VERBS = {verb.__name__: verb for verb in (letter_made, letter_mailed, letter_came_back)}
