"""メールの文面: what the mail says that carries a document — in the words of the document, by whoever issued it, in the party's language."""

from collections.abc import Iterator

from billing.models import Document
from billing.operations.documents.invoice_told import Told, told_of

GREETING = "平素よりIIJ C-SOCサービスをご利用いただき、ありがとうございます。"


def words_of(document: Document) -> tuple[str, str]:
    """Subject (one line) and body, of an invoice with what it asks for and by when. Read from what was kept, nothing as it is today."""
    told = document.told if document.invoice is None else told_of([document.invoice])[0]
    said = _in_english(document, told) if told.get("language") == "en" else _in_japanese(document, told)
    subject, body = said
    return " ".join(subject.split()), body


def _in_japanese(document: Document, told: Told) -> tuple[str, str]:
    title = f"{told['title']}（再発行）" if document.edition else told["title"]
    named = [*_named(told)]
    named[-1] = f"{named[-1]} {told['honorific']}"
    subject = f"【{title}】{document.number} {' '.join(named)}"
    says = f"{title}（{document.number}）を添付のPDFのとおりお送りします。ご確認をお願いいたします。"
    return subject, _body(named, [GREETING, says], [f"{what}：{said}" for what, said in _asked(told)], told)


def _in_english(document: Document, told: Told) -> tuple[str, str]:
    title = f"{told['title']} (reissued)" if document.edition else told["title"]
    subject = f"[{title}] {document.number} {told['addressee']}"
    says = f"Please find attached: {title} No. {document.number}."
    greeting = "Thank you for using IIJ C-SOC Service."
    return subject, _body([*_named(told)], [greeting, says], [f"{what}: {said}" for what, said in _asked(told)], told)


def _named(told: Told) -> Iterator[str]:
    """Whom it is to, top to bottom."""
    yield from (name for name in (told["addressee"], told["department"], told["person"]) if name)


def _asked(told: Told) -> Iterator[tuple[str, str]]:
    """The amount of an invoice, and its day; nothing of a letter."""
    if "days" in told:
        yield told["total"]["label"], told["total"]["yen"]
        yield from ((what, said) for what, said in told["days"])


def _body(named: list[str], says: list[str], asked: list[str], told: Told) -> str:
    issuer = told["issuer"]
    parts = [named, says, asked, [issuer["name"], *issuer["lines"]]]
    return "\n\n".join("\n".join(lines) for lines in parts if lines) + "\n"
