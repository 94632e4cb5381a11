"""名義 in a book: a customer who is written by its name is that customer, not a third party of the same name (第7条第3項〜第5項, I-73)."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from contracts.facts.folding import fold
from contracts.facts.named_holders import codes_called
from contracts.intake.book.read import Row
from contracts.intake.book.stored import stored_versions
from contracts.intake.faults import Fault
from contracts.intake.sentence import Sentence

SHEET = "linked_services"


def holders_meant(rows: Sequence[Row], customers: Mapping[str, Mapping[str, Any]]) -> Iterator[Row | Fault]:
    """The states of linked services, each holder who is a customer by its code; a fault where several customers are called so.

    ``customers``: those of the book and of the database that the book names, by code. What is on record just as it is written stays so.
    """
    meant = _codes({row.values["holder"] for row in rows} - set(customers), customers)
    named = {row.key[0] for row in rows if row.values["holder"] in meant}
    stored: defaultdict[Any, list[dict[str, Any]]] = defaultdict(list)
    for values, _stands in stored_versions(SHEET, named) if named else ():
        stored[values["code"], values["from_on"]].append(values)
    for row in rows:
        codes = meant.get(row.values["holder"], [])
        if not codes or row.values in stored[row.values["code"], row.values["from_on"]]:
            yield row
        elif len(codes) > 1:
            said = {"name": row.values["holder"], "codes": "、".join(codes)}
            yield Fault(
                SHEET,
                row.number,
                "holder",
                Sentence("「{name}」という契約者が複数あります（{codes}）。契約者コードで書いてください", **said),
                "7-3",
            )
        else:
            yield replace(row, values={**row.values, "holder": codes[0]})


def _codes(written: set[str], customers: Mapping[str, Mapping[str, Any]]) -> dict[str, list[str]]:
    """The codes of the customers that are called just so, by what is written; nothing for a customer's own code."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    known, by_name = codes_called(written)
    of_book: defaultdict[str, set[str]] = defaultdict(set)
    for code, values in customers.items():
        of_book[fold(str(values["name"]))].add(code)
    for holder in written - known:
        found[holder] = by_name.get(holder, set()) | of_book.get(fold(holder), set())
    return {holder: sorted(codes) for holder, codes in found.items() if codes}
