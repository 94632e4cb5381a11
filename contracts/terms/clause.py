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
