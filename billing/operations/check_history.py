"""履歴と記録の検査: whether the history is the one that was written, and rows are what they were. One Japanese sentence a fault."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from django.conf import settings

from billing.facts.marked import OF_ALL
from billing.models import LedgerCheck, Month, MonthClosing, Proposal
from billing.operations.told_digests import closing_digest, invoices_digest, proposal_digest
from contracts.facts import chain, marks
from contracts.models import Entry

_BREAKS = {
    "link_missing": "その位置の記録がありません",
    "entry_missing": "つながれた履歴がありません",
    "entry_differs": "履歴の内容又は順序が、つないだ時と異なります",
    "head_differs": "鎖の末尾が、最後の位置と異なります",
}


def history_is_chained() -> Iterator[str]:
    """The chain holds from its first link to its head; the first break is named. What waits to be linked is linked before."""
    chain.sweep(whole=True)
    found = chain.first_break()
    if found is not None:
        entry = Entry.objects.filter(pk=found.entry).first()
        named = f"、{entry.record} {entry.subject}" if entry else ""
        number = f"（履歴の番号{found.entry}{named}）" if found.entry else ""
        yield f"履歴の鎖が{found.position}番目{number}で切れています：{_BREAKS[found.what]}。"


def history_is_the_one_told_before() -> Iterator[str]:
    """The chain has the heads that earlier checks kept, and those in the file that is kept elsewhere."""
    kept = LedgerCheck.objects.filter(state="done", position__gt=0).order_by("pk")
    for pk, position, head in kept.values_list("pk", "position", "head").iterator():
        if chain.sha256_at(position) != head:
            yield f"履歴の鎖の{position}番目が、検査{pk}の時の値と異なります。履歴が書き換えられています。"
            break
    for place, (position, head) in enumerate(heads_elsewhere(), 1):
        if chain.sha256_at(position) != head:
            yield f"履歴の鎖の{position}番目が、別に保管した値（{place}行目）と異なります。履歴が書き換えられています。"
            break


def heads_elsewhere() -> Iterator[tuple[int, str]]:
    """The heads in the file that is kept elsewhere (CHAIN_HEAD_FILE), in its order; a line that is none counts as one that differs."""
    file = Path(settings.CHAIN_HEAD_FILE)
    if not settings.CHAIN_HEAD_FILE or not file.exists():
        return
    for line in file.read_text(encoding="utf-8").splitlines():
        _at, _space, rest = line.partition(" ")
        position, _space, head = rest.partition(" ")
        yield (int(position), head) if position.isdecimal() else (0, head)


def rows_are_what_they_were(*, keep: bool = False) -> Iterator[str]:
    """No row that may not change has changed since it was first checked; with ``keep`` what is new is marked."""
    told = Entry.objects.filter(operation="check", record="ledger_check").order_by("-pk").first()
    if told is not None and (told.after or {}).get("marks") != marks.digest_of_marks():
        yield "行の控えが、前回の検査の後に変わっています。"
    for model, number, gone in marks.changed(OF_ALL, keep=keep):
        row = None if gone else model._base_manager.filter(pk=number).first()
        name = f"「{row}」" if row is not None else ""
        what = "なくなっています" if gone else "記録された後に変わっています"
        yield f"{model._meta.verbose_name}{name}（{model._meta.db_table} 記録番号{number}）が{what}。"


def told_is_what_stands() -> Iterator[str]:
    """Proposals, requests to close and issued invoices are those of which the history tells (by hashes over all that they say)."""
    told = _told({"propose": "month", "ask_close": "month", "issue": "invoice"})
    for pk, digest in told["propose"].items():
        proposal = Proposal.objects.filter(pk=pk).first()
        if proposal is None or not _is(proposal_digest, proposal, digest):
            yield f"{proposal or ''}の提案（記録番号{pk}）が、履歴に残した内容と異なるか、なくなっています。"
    for pk, digest in told["ask_close"].items():
        closing = MonthClosing.objects.filter(pk=pk).select_related("proposal").first()
        if closing is None or not _is(closing_digest, closing, digest):
            yield f"{closing or ''}の締めの依頼（記録番号{pk}）が、履歴に残した内容と異なるか、なくなっています。"
    for name, digest in told["issue"].items():
        month = Month.objects.filter(month=f"{name}-01").first()
        if month is None or not _is(invoices_digest, month, digest):
            yield f"{name}の請求書の宛名、期限、番号又は額が、発行した時に履歴に残した内容と異なります。"


def _is(digest_of: Callable[..., str], row: Any, told: str) -> bool:
    """Whether a row is what was told of it, by this release or by the first."""
    return digest_of(row) == told or digest_of(row, whole=True) == told


def _told(records: dict[str, str]) -> dict[str, dict[Any, str]]:
    """The hash that the history told last of each record of those operations: by the month of what was issued, by the number of others."""
    entries = Entry.objects.filter(operation__in=records, record__in=records.values(), after__has_key="digest")
    found: dict[str, dict[Any, str]] = {operation: {} for operation in records}
    rows = entries.order_by("pk").values_list("operation", "record", "subject", "after")
    for operation, record, subject, after in rows.iterator():
        if after and record == records[operation]:
            found[operation][subject if operation == "issue" else after["id"]] = after["digest"]
    return found
