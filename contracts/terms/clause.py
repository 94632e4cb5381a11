"""How a clause is written: ``10-2(8)`` in data, 第10条第2項第8号 for people."""

import re

_PATTERN = re.compile(r"(?P<head>\d+|別紙\d+|一般規程\d+)(?:-(?P<paragraph>\d+))?(?:\((?P<item>\d+)\))?")


def parts(clause: str) -> tuple[str, str, str]:
    """Split a clause into article (or appendix), paragraph and item, '' where there is none.

    Raises ValueError where the text is not a clause.
    """
    found = _PATTERN.fullmatch(clause)
    if not found:
        raise ValueError(f"not a clause: {clause!r}")
    return found["head"], found["paragraph"] or "", found["item"] or ""


def spoken(clause: str) -> str:
    """The clause as people write it: ``7-2`` → 第7条第2項, ``別紙3-1`` → 別紙3第1項, ``一般規程28-2`` → 一般規程第28条第2項."""
    if not clause:
        return ""
    head, paragraph, item = parts(clause)
    if head.startswith("別紙"):
        article = head
    elif head.startswith("一般規程"):
        article = f"一般規程第{head.removeprefix('一般規程')}条"
    else:
        article = f"第{head}条"
    return article + (f"第{paragraph}項" if paragraph else "") + (f"第{item}号" if item else "")


def spoken_in_english(clause: str) -> str:
    """The clause in English: ``7-2`` → Art. 7, para. 2; ``別紙3-1`` → Appendix 3, para. 1; ``一般規程28-2`` → General Terms, Art. 28, para. 2."""
    if not clause:
        return ""
    head, paragraph, item = parts(clause)
    if head.startswith("別紙"):
        article = f"Appendix {head.removeprefix('別紙')}"
    elif head.startswith("一般規程"):
        article = f"General Terms, Art. {head.removeprefix('一般規程')}"
    else:
        article = f"Art. {head}"
    return article + (f", para. {paragraph}" if paragraph else "") + (f", item {item}" if item else "")
