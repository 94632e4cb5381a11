"""Small books: facts as rows of sheets, written as a folder or a workbook, taken in through the command.

What a test does not say has a lawful default: customer C-1, unit U-1, accepted 2025-03-10, billed from 2025-04-01.
"""

import csv
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from io import StringIO

import openpyxl
from django.apps import apps
from django.core.management import CommandError, call_command

from contracts.intake.book.sheets import BY_NAME, SHEETS
from contracts.models import Entry, EntryLink

ACCEPTED, START, LONG_AGO, OTHER = "2025-03-10", "2025-04-01", "2020-01-01", "株式会社別名義"
IPS_KIND = "McAfee Network Security Platform"

Fact = tuple[str, dict]
Book = dict[str, list[dict]]


def customer(code="C-1", name="株式会社見本", **more):
    """契約者."""
    return "customers", {"code": code, "name": name, **more}


def unit(code="U-1", of="C-1", name="本社"):
    """管理単位."""
    return "units", {"code": code, "customer": of, "name": name}


def service(which, code="S-1", kind="", item="", *, holder="C-1", from_on=LONG_AGO, **more):
    """対応サービス as it stands from a day on; held by the customer unless said."""
    row = {"code": code, "from_on": from_on, "service": which, "kind": kind, "item": item, "holder": holder}
    return "linked_services", row | more


def _agreed(application, accepted, starts):
    return {
        "application": application,
        "applied_on": accepted,
        "accepted_on": accepted,
        "billing_starts_on": starts,
    }


def tier(
    category="アドバンスト", number="T-1", *, of="U-1", application="A-1", accepted=ACCEPTED, starts=START, **more
):
    """A tier contract."""
    row = {"number": number, "unit": of, "category": category}
    return "contracts", row | _agreed(application, accepted, starts) | more


def premium(number="T-1", **said):
    """A プレミアム contract whose customer has consented to 17-1."""
    return tier("プレミアム", number, **{"premium_consent_on": LONG_AGO, **said})


def module(
    module_type="クラウドログ収集モジュール",
    kind="",
    item="",
    number="M-1",
    *,
    links="",
    of="U-1",
    application="A-1",
    accepted=ACCEPTED,
    starts=START,
    **more,
):
    """A module contract; クラウドログ収集, which needs least, unless said."""
    row = {"number": number, "unit": of, "category": "モジュール", "module_type": module_type}
    row |= {"kind": kind, "item": item, "linked_service": links}
    return "contracts", row | _agreed(application, accepted, starts) | more


def option(name, on="T-1", number="O-1", *, application="A-1", accepted=ACCEPTED, starts=START, **more):
    """An option on the contract of that number."""
    return "options", {"number": number, "contract": on, "option": name} | _agreed(application, accepted, starts) | more


def edr(number="O-EDR", **said):
    """EDR運用オプション."""
    return option("EDR運用オプション", number=number, **said)


def licence(kind="MSSPライセンス", quantity=None, number="O-LIC", **said):
    """EDRライセンス with the least lawful quantity unless said."""
    least = {"MSSPライセンス": 100, "期間ライセンス": 1000, "顧客ライセンス": 1}[kind]
    facts = {"licence_type": kind, "product": "Falcon Insight", "quantity": least if quantity is None else quantity}
    return option("EDRライセンス", number=number, **(facts | said))


def change(target, what, to, effective, *, application="A-2", accepted="2025-05-10", **more):
    """A change of one target."""
    row = {"target": target, "what": what, "to": to, "application": application, **more}
    return "changes", row | {"accepted_on": accepted, "effective_on": effective}


def price(target, fee, yen, from_on="", note=""):
    """A price quoted for a target."""
    return "prices", {"target": target, "fee": fee, "amount_yen": yen, "from_on": from_on, "note": note}


def priced(target, monthly, initial=0, from_on=START):
    """The initial and the monthly price of a target."""
    return [price(target, "initial", initial), price(target, "monthly", monthly, from_on)]


def notice(target, arrived, names="", basis=""):
    """解約通知, or another ground."""
    return "notices", {"target": target, "arrived_on": arrived, "requested_for": names, "basis": basis}


def outage(contract, known, restored, claimed=""):
    """利用不能."""
    row = {"contract": contract, "known_at": known, "restored_at": restored}
    return "outages", row | {"claimed_on": claimed}


def breach(contract, occurred, claimed="", guarantee="uptime"):
    """品質保証の違背."""
    row = {"contract": contract, "guarantee": guarantee, "occurred_at": occurred}
    return "breaches", row | {"claimed_on": claimed}


def ips(item="IPS/タイプA", number="M-IPS", links="S-1", **said):
    """IPS/IDS連携モジュール: the linking module with no condition of its own."""
    return module("IIJマネージドIPS/IDS連携モジュール", IPS_KIND, item, number, links=links, **said)


def ips_service(item="IPS/タイプA", **said):
    """The service that ``ips()`` links."""
    return service("IIJマネージドIPS/IDSサービス", kind=IPS_KIND, item=item, **said)


def _flat(facts) -> Iterator[Fact]:
    for fact in facts:
        if isinstance(fact, list):
            yield from _flat(fact)
        else:
            yield fact


def book(*facts) -> Book:
    """The facts as a book; with customer C-1 and unit U-1 unless the facts name customers or units of their own."""
    flat = list(_flat(facts))
    named = {sheet for sheet, _ in flat}
    head = [fact for fact in (customer(), unit()) if fact[0] not in named]
    rows: Book = {}
    for sheet, row in head + flat:
        rows.setdefault(sheet, []).append(row)
    return rows


def sound(*more) -> Book:
    """アドバンスト with a クラウドログ収集 module, which is lawful, and more."""
    return book(tier(), module(), *more)


def as_folder(rows: Book, path, *, label=False, encoding="utf-8"):
    """Write a book as CSV files, with English names or with Japanese labels."""
    path.mkdir(parents=True, exist_ok=True)
    for sheet, of_sheet in rows.items():
        columns = list(dict.fromkeys(name for row in of_sheet for name in row))
        known = BY_NAME.get(sheet)
        titles = [known.column(name).label for name in columns] if label and known else columns
        name = known.label if label and known else sheet
        with (path / f"{name}.csv").open("w", encoding=encoding, newline="") as file:
            writer = csv.writer(file)
            writer.writerow(titles)
            writer.writerows([row.get(column, "") for column in columns] for row in of_sheet)
    return path


def as_workbook(rows: Book, path):
    """Write a book as a workbook whose days and moments are Excel's own."""
    workbook = openpyxl.Workbook()
    workbook.remove(workbook.active)
    for sheet, of_sheet in rows.items():
        table = workbook.create_sheet(sheet)
        columns = list(dict.fromkeys(name for row in of_sheet for name in row))
        table.append(columns)
        for row in of_sheet:
            table.append([_typed(name, row.get(name)) for name in columns])
            for cell in table[table.max_row]:
                if isinstance(cell.value, str):
                    cell.data_type = "s"
    workbook.save(path)
    return path


def _typed(name, value):
    if value in (None, ""):
        return None
    if isinstance(value, str) and name.endswith("_at"):
        return datetime.fromisoformat(value)
    if isinstance(value, str) and (name.endswith("_on") or name == "requested_for"):
        return date.fromisoformat(value)
    return value


@dataclass
class Answer:
    """What the command answered: its JSON, and whether it refused."""

    refused: bool
    status: str
    faults: list[dict]
    warnings: list[dict]
    notes: list[dict]
    added: dict
    known: int

    @property
    def clauses(self):
        """The clauses among the faults."""
        return {fault["clause"] for fault in self.faults}


def take_path(path, *arguments) -> Answer:
    """``import_book --format json`` of a path."""
    out = StringIO()
    refused = False
    try:
        call_command("import_book", str(path), *arguments, "--format", "json", stdout=out, stderr=StringIO())
    except CommandError:
        refused = True
    said = json.loads(out.getvalue())
    return Answer(
        refused,
        said["status"],
        said["faults"],
        said["warnings"],
        said["notes"],
        said.get("added", {}),
        said.get("known", 0),
    )


def take(rows: Book, path, *arguments) -> Answer:
    """Write the book as a folder and take it in."""
    return take_path(as_folder(rows, path), *arguments)


def must_take(rows: Book, path) -> Answer:
    """Take a book in that must be accepted."""
    answer = take(rows, path)
    assert answer.faults == []
    assert not answer.refused
    assert answer.status == "taken"
    return answer


def places(rows: Book, findings: list[dict]) -> set[tuple[str, str, str, str]]:
    """(clause, sheet, key of the row, column) of faults or warnings."""
    return {(f["clause"], f["sheet"], _key(rows, f), f["column"]) for f in findings}


def _key(rows: Book, finding: dict) -> str:
    if finding["row"] is None:
        return ""
    row = rows[finding["sheet"]][finding["row"] - 2]
    return str(row[BY_NAME[finding["sheet"]].key[0]])


def stored() -> dict[str, int]:
    """How many rows each table of facts holds, where it holds any. History stays, whatever is thrown away, and its chain."""
    counted = {
        model.__name__: model._default_manager.count()
        for model in apps.get_app_config("contracts").get_models()
        if model not in (Entry, EntryLink)
    }
    return {name: number for name, number in counted.items() if number}


def sheets_of(folder) -> dict[str, str]:
    """The text of every sheet of a folder."""
    return {sheet.name: (folder / f"{sheet.name}.csv").read_text(encoding="utf-8") for sheet in SHEETS}
