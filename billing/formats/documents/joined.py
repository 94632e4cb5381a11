"""綴り: documents put behind each other into one PDF with a bookmark each, streamed: memory holds one document and an address an object.

It takes what our own printer writes apart, and nothing else: objects in clear with a plain table of addresses (PDF/A-2b has both).
Each object goes on as it is, with another number.
"""

import re
from array import array
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

_START = re.compile(rb"startxref\s+(\d+)\s+%%EOF\s*$")
_TABLE = re.compile(rb"xref\s+0 (\d+)\s*\n")
_ROOT = re.compile(rb"/Root (\d+) 0 R")
_PAGES = re.compile(rb"/Pages (\d+) 0 R")
_COUNT = re.compile(rb"/Count (\d+)")
_KIDS = re.compile(rb"/Kids\s*\[\s*(\d+) 0 R")
# A text in brackets is nobody's number, whatever people wrote in it.
_TOKEN = re.compile(rb"\((?:\\.|[^\\()])*\)|(\d+) 0 R\b", re.S)
_STREAM = re.compile(rb"\bstream\r?\n")

CATALOGUE, PAGES, OUTLINE = 1, 2, 3
HEAD = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"


class UnreadableDocumentError(ValueError):
    """A PDF that is not of our own printer."""


@dataclass(slots=True)
class _Written:
    """How far the file has come: its length, where each object lies, the pages and bookmarks so far."""

    length: int = len(HEAD)
    offsets: "array[int]" = field(default_factory=lambda: array("Q", [0, 0, 0, 0]))
    kids: "array[int]" = field(default_factory=lambda: array("Q"))
    titles: list[str] = field(default_factory=list)
    firsts: "array[int]" = field(default_factory=lambda: array("Q"))
    page_count: int = 0

    def object(self, number: int, body: bytes) -> bytes:
        """An object of that number as it is written next."""
        while len(self.offsets) <= number:
            self.offsets.append(0)
        self.offsets[number] = self.length
        text = b"%d 0 obj\n%s\nendobj\n" % (number, body)
        self.length += len(text)
        return text


def joined(documents: Iterable[tuple[str, bytes]]) -> Iterator[bytes]:
    """The one PDF in pieces, from the title and the bytes of each document in their order. Raises UnreadableDocumentError."""
    so_far = _Written()
    yield HEAD
    for title, data in documents:
        yield b"".join(_document(so_far, title, data))
    yield b"".join(_end(so_far))


def _document(so_far: _Written, title: str, data: bytes) -> Iterator[bytes]:
    bodies = _objects(data)
    shift = len(so_far.offsets) - 1
    root = _found(_ROOT, data[data.rindex(b"trailer") :])
    pages = _found(_PAGES, bodies[root])
    so_far.kids.append(pages + shift)
    so_far.page_count += _found(_COUNT, bodies[pages])
    so_far.titles.append(title)
    so_far.firsts.append(_first_page(bodies, pages) + shift)
    for number, body in bodies.items():
        if number == root:
            continue
        moved = _moved(body, shift)
        if number == pages:
            moved = moved.replace(b"/Type/Pages", b"/Type/Pages/Parent %d 0 R" % PAGES, 1)
        yield so_far.object(number + shift, moved)


def _first_page(bodies: dict[int, bytes], at: int) -> int:
    while found := _KIDS.search(bodies[at]):
        at = int(found[1])
    return at


def _objects(data: bytes) -> dict[int, bytes]:
    """The bodies of a document's objects by their numbers."""
    start = _START.search(data)
    table = _TABLE.match(data, int(start[1])) if start else None
    if start is None or table is None:
        raise UnreadableDocumentError("no plain table of addresses")
    count, rows = int(table[1]), data[table.end() :]
    places = [int(rows[at * 20 : at * 20 + 10]) for at in range(count)]
    ends = dict(zip(sorted(places[1:]), [*sorted(places[1:])[1:], int(start[1])], strict=True))
    found = {}
    for number, place in enumerate(places[1:], 1):
        whole = data[place : ends[place]]
        head = b"%d 0 obj" % number
        if not whole.startswith(head):
            raise UnreadableDocumentError(f"object {number} is not where the table says")
        found[number] = whole[len(head) : whole.rindex(b"endobj")].strip(b"\n")
    return found


def _moved(body: bytes, shift: int) -> bytes:
    """An object with every reference moved on; what a stream holds is not looked into."""
    found = _STREAM.search(body)
    head, rest = (body[: found.start()], body[found.start() :]) if found else (body, b"")
    return _TOKEN.sub(lambda token: b"%d 0 R" % (int(token[1]) + shift) if token[1] else token[0], head) + rest


def _found(pattern: re.Pattern[bytes], text: bytes) -> int:
    found = pattern.search(text)
    if found is None:
        raise UnreadableDocumentError(f"{pattern.pattern!r} is missing")
    return int(found[1])


def _end(so_far: _Written) -> Iterator[bytes]:
    """The catalogue, the tree of pages, the bookmarks and the table of addresses."""
    first = len(so_far.offsets)
    kids = b" ".join(b"%d 0 R" % number for number in so_far.kids)
    yield so_far.object(PAGES, b"<</Type/Pages/Count %d/Kids[%s]>>" % (so_far.page_count, kids))
    count = len(so_far.titles)
    for at, title in enumerate(so_far.titles):
        beside = b"/Prev %d 0 R" % (first + at - 1) if at else b""
        beside += b"/Next %d 0 R" % (first + at + 1) if at + 1 < count else b""
        text = ("\ufeff" + title).encode("utf-16-be").hex().encode()
        dest = b"/Dest[%d 0 R/XYZ null null null]" % so_far.firsts[at]
        yield so_far.object(first + at, b"<</Title<%s>/Parent %d 0 R%s%s>>" % (text, OUTLINE, beside, dest))
    ends = b"/First %d 0 R/Last %d 0 R/Count %d" % (first, first + count - 1, count) if count else b""
    yield so_far.object(OUTLINE, b"<</Type/Outlines%s>>" % ends)
    yield so_far.object(
        CATALOGUE, b"<</Type/Catalog/Pages %d 0 R/Outlines %d 0 R/PageMode/UseOutlines>>" % (PAGES, OUTLINE)
    )
    yield b"xref\n0 %d\n0000000000 65535 f \n" % len(so_far.offsets)
    yield b"".join(b"%010d 00000 n \n" % place for place in so_far.offsets[1:])
    trailer = b"trailer\n<</Size %d/Root %d 0 R>>\nstartxref\n%d\n%%%%EOF\n"
    yield trailer % (len(so_far.offsets), CATALOGUE, so_far.length)
