"""The ledger of readings and what screens say of them are one: every number is in both, and every number that is cited is known."""

import re
from pathlib import Path

from contracts.terms.readings import READINGS

ROOT = Path(__file__).resolve().parents[2]
LEDGER = (ROOT / "contracts" / "terms" / "README.md").read_text(encoding="utf-8")


def test_every_reading_of_the_ledger_is_said_in_one_sentence() -> None:
    assert set(re.findall(r"^\| (I-\d\d) \|", LEDGER, re.M)) == set(READINGS)


def test_every_reading_cited_in_the_code_is_known() -> None:
    cited = {
        number
        for folder in ("contracts", "billing", "templates")
        for path in (ROOT / folder).rglob("*")
        if path.suffix in (".py", ".html")
        for number in re.findall(r"I-\d\d", path.read_text(encoding="utf-8"))
    }
    assert cited <= set(READINGS)
