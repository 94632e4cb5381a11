"""Walking every address of the admin, with a row of every kind to look at."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

from django.apps import apps
from django.contrib.auth.models import User
from django.urls import NoReverseMatch, URLPattern, URLResolver, get_resolver, reverse

from billing.models import Document, LedgerCheck, Month, MonthClosing
from billing.operations.book_uploads import keep
from billing.operations.documents.mail import ask_to_mail
from billing.operations.documents.making import reissue
from billing.operations.export_journal import export_journal
from billing.operations.export_report import Wanted, export_report
from billing.operations.forecast import forecast
from billing.operations.groups import make_group
from billing.operations.invoices import issue_invoices
from billing.operations.marks import mark_paid
from billing.operations.parties import set_party
from billing.operations.propose import propose_month
from billing.operations.receipts import keep_receipts
from billing.operations.take_book import try_book
from billing.reports import LINES
from contracts.clock import now
from contracts.models import (
    Abolition,
    Consent,
    Contract,
    Digest,
    HandOver,
    LinkedService,
    ManagementUnit,
    Move,
    Price,
    SettingChange,
    Transfer,
)
from contracts.operations.applications import receive, save_draft
from contracts.operations.corrections.ground import Ground
from contracts.operations.corrections.kind import put_right
from contracts.operations.corrections.of_targets import PRICES
from contracts.operations.jobs import run_due
from contracts.operations.renaming import rename
from contracts.operations.rights import ask_of_person
from contracts.operations.second import ask
from contracts.operations.worklist import refresh_whole_worklist
from contracts.terms.days import next_month
from contracts.terms.putting_right import Basis


def names_of(patterns: list[URLPattern | URLResolver]) -> Iterator[str]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from names_of(pattern.url_patterns)
        elif pattern.name:
            yield pattern.name


def admin_names() -> list[str]:
    resolver = next(p for p in get_resolver().url_patterns if getattr(p, "namespace", "") == "admin")
    return sorted(set(names_of(resolver.url_patterns)))  # type: ignore[union-attr]


def admin_addresses() -> dict[str, str]:
    """Of every page that has one its address, by its name."""
    rows: dict[str, Any] = {}
    found = {name: address_of(name, rows=rows) for name in admin_names()}
    return {name: address for name, address in found.items() if address}


def address_of(name: str, *, must: bool = True, rows: dict[str, Any] | None = None) -> str:
    """The address of a page, of a row where it is of one; '' where there is none and need not be. ``rows``: those known, by their kind."""
    if name in ("app_list", "view_on_site"):
        return ""
    if name in ("billing_invoice_print-all", "billing_invoice_zip-all"):
        return reverse(f"admin:{name}", args=[Month.objects.order_by("pk")[0].pk])
    if name in ("contracts_application_new", "contracts_notice_receive"):
        return reverse(f"admin:{name}", args=[ManagementUnit.objects.order_by("pk")[0].pk])
    if name == "contracts_notice_letter":
        return reverse(f"admin:{name}", args=[ManagementUnit.objects.order_by("pk")[0].customer_id])
    try:
        return reverse(f"admin:{name}")
    except NoReverseMatch:
        app, model, _rest = name.split("_", 2)
        row = _newest(f"{app}.{model}", {} if rows is None else rows)
        assert row is not None or not must, f"no row to look at for {name}"
        if row is None:
            return ""
        return reverse(f"admin:{name}", args=[row])


def _newest(kind: str, known: dict[str, Any]) -> Any:
    """The key of the newest row of a kind, None without any."""
    if kind not in known:
        known[kind] = apps.get_model(kind).objects.order_by("-pk").values_list("pk", flat=True).first()
    return known[kind]


def _pass_on(contract: Contract, agreed_on: date) -> None:
    """A unit that is going to pass to another customer, and a contract that is going to come into another unit."""
    origin = contract.target.unit
    others = ManagementUnit.objects.exclude(customer=origin.customer)
    first, last = others.order_by("pk")[0], others.order_by("-pk")[0]
    said = {"agreed_on": agreed_on, "document": "D-3"}
    Transfer.objects.create(
        unit=last, giver=last.customer, receiver=origin.customer, kind="transfer", from_on=date(2027, 5, 1), **said
    )
    Move.objects.create(contract=contract, origin=origin, unit=first, from_on=date(2027, 6, 1), **said)
    ManagementUnit.objects.filter(pk__in=[origin.pk, first.pk]).update(contracts_moved=True)


def add_one_of_each(by: User) -> None:
    """A row of every kind that the sample book has none of."""
    unit = ManagementUnit.objects.order_by("pk")[0]
    line = {"key": "#1", "verb": "contract", "category": "basic"}
    day = date(2026, 11, 1)
    receive(
        save_draft(None, unit=unit, lines=[line], applied_on=day, version=0, by=by),
        on=day,
        by=by,
        reason="at the customer's wish",
    )
    service, contract = (
        LinkedService.objects.order_by("pk")[0],
        Contract.objects.exclude(module_type="").order_by("-pk")[0],
    )
    Consent.objects.create(
        linked_service=service, assent="module_consent", given_on=day, given_by="山田", document="D-1"
    )
    moment = datetime(2026, 11, 1, tzinfo=UTC)
    SettingChange.objects.create(contract=contract, what="遮断", why="攻撃", changed_at=moment, changed_by="chief")
    _pass_on(contract, day)
    refresh_whole_worklist()
    assert all(job.state == "done" for job in run_due(date(2026, 11, 23)))
    month = Month.objects.exclude(closed_at=None).order_by("-month")[0]
    issue_invoices(month, on=day, by="chief")
    reissue(month.invoices.order_by("number")[0], on=day, reason="紛失のため", by=by)
    ask_to_mail(Document.objects.order_by("pk")[0], to="keiri@example.com", by=by)
    make_group(customer=unit.customer, code="G-1", addressee="経理部", by=by)
    set_party(unit.customer, from_on=day, says={"address": "東京都千代田区1-1"}, on=day, by=by)
    mark_paid(month.invoices.order_by("number")[0], paid_on=day, on=day, by=by)
    keep_receipts("入金.csv", "請求書番号,入金日,金額\n2025-04-00001,2025-05-30,1\n".encode(), by=by)
    proposal = propose_month(next_month(month.month), on=date(2026, 11, 23), by=by)
    forecast(12, on=date(2026, 11, 23), by=by)
    other = User.objects.create_user("another")
    MonthClosing.objects.create(proposal=proposal, asked_by=other, proposed_by=by, four_eyes=True, state="failed")
    Digest.objects.create(person=by, on=day, subject="お知らせ", body="本文", state="sending")
    rename(unit.customer, name="株式会社新生", from_on=date(2027, 4, 1), reason="商号変更", on=day, by=by)
    HandOver.objects.create(asked_on=day, asked_by="chief", person=by, to=other, from_on=date(2027, 4, 1))
    Abolition.objects.create(
        declared_on=day,
        announced_on=day,
        ends_on=date(2027, 3, 31),
        reference="D-2",
        reason="提供終了",
        declared_by="chief",
    )
    export_report(LINES, {}, Wanted("csv"), by=by)
    LedgerCheck.objects.create(
        asked_by=str(by), state="done", finished_at=now(), faults=["2025-01：誤り。"], fault_count=1
    )
    export_journal(month, "yayoi", by=by)
    price = Price.objects.standing().exclude(fee="initial").order_by("pk")[0]
    ground = Ground(basis=Basis.SLIP, reason="書き間違い", leads=True)
    put_right(PRICES, [price], {"note": "訂正済み"}, ground=ground, on=day, by=by)
    ask(
        screen="contracts.contract",
        verb="quote",
        row=str(contract.pk),
        subject=contract.target.number,
        unit_id=contract.target.unit_id,
        form="fee=one_time&amount_yen=1000&from_on=2025-02-03&reference=Q-1&note=",
        shown=["締め済みの2025-02に触れます。"],
        on=day,
        by=other,
    )
    ask_of_person(other, gives=["監査"], takes=[], because="監査のため", by=by)
    try_book(keep("一覧.csv", ["契約番号,顧客名,サービス,備考\nX-1,見本,夢のサービス,\n".encode()], by=by).pk)
