"""月の綴り: all documents of a month as one PDF with bookmarks, or as a ZIP. Streamed from what is kept: memory holds a few documents, however many there are."""

import re
import zipfile
from collections.abc import Iterator
from typing import IO, Any, cast

from django.utils.translation import gettext as _

from billing.formats.documents.joined import joined
from billing.models import Document, Month
from billing.operations.documents.making import unmade
from contracts.models.bulk import slices
from contracts.operations.refusal import Refused

READ_AT_ONCE = 20
NAMES = ("addressee", "number", "invoice__total_yen", "on", "pk")
_UNNAMED = re.compile(r'[\\/:*?"<>|\x00-\x1f\x7f]|^[. ]+|[. ]+$')
LONGEST_ADDRESSEE = 60


def file_name(document: Document) -> str:
    """The name of an invoice's file: day, party and amount as 電子帳簿保存法 asks to be searched by, then the number. Letters: day, party, number."""
    yen = [str(document.invoice.total_yen)] if document.invoice is not None else []
    return f"{'_'.join([f'{document.on:%Y%m%d}', _named(document.addressee), *yen, str(document)])}.pdf"


def _named(text: str) -> str:
    """A name as every file system takes it."""
    return _UNNAMED.sub("＿", text)[:LONGEST_ADDRESSEE] or "＿"


def _documents(month: Month) -> Iterator[Document]:
    """A month's documents as they were first made, in the order of their numbers, with their bytes. Raises Refused where any is missing."""
    missing = unmade(month).count()
    if missing or not month.invoices.exists():
        sentence = _("まだPDFのない請求書が%(count)s通あります。作り終えてから、もう一度取り出してください。")
        raise Refused(sentence % {"count": f"{missing:,}"})
    return _read(month)


def _read(month: Month) -> Iterator[Document]:
    numbers = Document.objects.filter(invoice__month=month, edition=0).order_by("number").values_list("pk", flat=True)
    for some in slices(numbers.iterator(), READ_AT_ONCE):
        rows = Document.whole.filter(pk__in=some).select_related("invoice").defer("told").order_by("number")
        yield from rows


def pdf_of(month: Month) -> Iterator[bytes]:
    """The month as one PDF, a bookmark an invoice. Raises Refused at once where a document is missing."""
    documents = _documents(month)
    return joined((f"{document.number} {document.addressee}", document.pdf) for document in documents)


class _Pipe:
    """What a ZIP is written into, to be read at once by whoever fetches it."""

    def __init__(self) -> None:
        self._held: list[bytes] = []

    def write(self, data: Any) -> int:
        """Hold a piece."""
        self._held.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        """Nothing is kept back."""

    def read(self) -> bytes:
        """What was written since."""
        found = b"".join(self._held)
        self._held.clear()
        return found


def zip_of(month: Month) -> Iterator[bytes]:
    """The month as a ZIP, a PDF an invoice, named by ``file_name``; the same documents make the same bytes. Raises Refused as above."""
    documents = _documents(month)
    return _zipped(documents)


def _zipped(documents: Iterator[Document]) -> Iterator[bytes]:
    pipe = _Pipe()
    with zipfile.ZipFile(cast(IO[bytes], pipe), "w", zipfile.ZIP_STORED) as archive:
        for document in documents:
            at = (document.on.year, document.on.month, document.on.day, 0, 0, 0)
            archive.writestr(zipfile.ZipInfo(file_name(document), date_time=at), document.pdf)
            yield pipe.read()
    yield pipe.read()
