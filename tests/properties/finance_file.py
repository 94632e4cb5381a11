"""What a finance department may have chosen, as its file: other rates, other treatments, other forms of the packages' files."""

import re
from pathlib import Path

from django.conf import settings

from tests.billing.journals.example import OBC

RAISED, PERCENT = "2025-08-01", 12
"""From this month on the tax is 12 %: what is corrected of earlier months is taxed at 10 %."""
RATE_OF_OBC = {"taxable": "0064", "taxable_return": "0065"}
_RATE = re.compile(r'^(taxable|taxable_return)_10 = "(.*)"$', re.M)


def finance_file(folder: Path, *, returns: bool, taxed: bool, second_forms: bool) -> Path:
    """The house's file with every package in it and a rate that rises within the year.

    ``returns``: what lowers an invoice is 対価の返還, or keeps its category; ``taxed``: settlements are taxable; ``second_forms``: 弥生会計
    with 別記, freee会計 by transfer slips. 弥生会計 knows a customer by its code, since not every name can be written in cp932.
    """
    text = (Path(settings.BASE_DIR) / "billing" / "finance.toml").read_text(encoding="utf-8") + OBC
    text = _RATE.sub(_with_the_new_rate, text).replace('partner = "name"', 'partner = "code"', 1)
    newest = '[[policy]]\nversion = "2019-10"' + text.split('version = "2019-10"')[1].split("# Who issues")[0]
    raised = newest.replace("2019-10-01", RAISED).replace("2019-10", "raised")
    raised = raised.replace("tax_percent = 10", f"tax_percent = {PERCENT}")
    for chosen, before, after in (
        (taxed, 'settlement_tax = "out_of_scope"', 'settlement_tax = "taxable"'),
        (not returns, 'corrections = "return"', 'corrections = "net"'),
    ):
        assert before in raised
        raised = raised.replace(before, after) if chosen else raised
    if second_forms:
        text = text.replace('"inclusive"', '"separate"').replace("内", "別").replace('"deals"', '"journal"')
    file = folder / f"finance-{returns:d}{taxed:d}{second_forms:d}.toml"
    file.write_text(f"{text}\n{raised}", encoding="utf-8")
    return file


def _with_the_new_rate(row: re.Match[str]) -> str:
    category, name = row.groups()
    another = name.replace("10%", f"{PERCENT}%") if "10%" in name else RATE_OF_OBC[category]
    return f'{row[0]}\n{category}_{PERCENT} = "{another}"'
