"""A clause or a reading as sentences cite it: 第10条第2項第8号, 別紙4第1項, I-38. The one place that knows one when it sees it."""

import re
from collections.abc import Iterator

PATTERN = (
    r"一般規程第\d+条(?:第\d+項)?"
    # Other laws are cited by their articles too.
    r"|(?<!法)第\d+条(?:第\d+項)?(?:第\d+号)?"
    r"|別紙\d+(?:第\d+項)?(?:第\d+号)?"
    r"|General Terms, Art\. \d+(?:, para\. \d+)?"
    r"|Art\. \d+(?:, para\. \d+)?(?:, item \d+)?"
    r"|Appendix \d+(?:, para\. \d+)?(?:, item \d+)?"
    r"|I-\d\d"
)
"""What a citation looks like in a sentence; written so that a browser understands it as well."""

READING = re.compile(r"I-\d\d")
_CITATION = re.compile(PATTERN)
_HEADS = (
    (re.compile(r"(?:一般規程第|General Terms, Art\. )(\d+)"), "一般規程{}"),
    (re.compile(r"(?:第|Art\. )(\d+)"), "{}"),
    (re.compile(r"(?:別紙|Appendix )(\d+)"), "別紙{}"),
)
_PARAGRAPH = re.compile(r"(?:第|para\. )(\d+)(?:項|(?<=\d)(?=$|,))")
_ITEM = re.compile(r"第(\d+)号|item (\d+)")


def cited(text: str) -> Iterator[str]:
    """Every citation in a text, as it stands there, in their order."""
    yield from (found[0] for found in _CITATION.finditer(text))


def clause_of(citation: str) -> str:
    """The clause that a citation means, as data write it (``10-2(8)``); '' for a reading, or for what is no citation."""
    if not _CITATION.fullmatch(citation) or READING.fullmatch(citation):
        return ""
    head, rest = "", ""
    for pattern, form in _HEADS:
        if found := pattern.match(citation):
            head, rest = form.format(found[1]), citation[found.end() :]
            break
    paragraph, item = _PARAGRAPH.search(rest), _ITEM.search(rest)
    number = (item[1] or item[2]) if item else ""
    return head + (f"-{paragraph[1]}" if paragraph else "") + (f"({number})" if number else "")
