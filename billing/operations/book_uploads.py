"""台帳の持込: a book brought to the admin, tried, sent, and taken in whole or not at all, or rejected. Here, because billing may know
contracts: a trial warns of what lies before the ledger, as the command does.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from hashlib import sha256
from pathlib import Path, PurePath
from tempfile import TemporaryDirectory

from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from billing.operations.book_result import CHECKED
from contracts.clock import now
from contracts.facts import history
from contracts.models import BookImport, BookUpload, BookUploadPart
from contracts.operations.four_eyes import by_another, hands, is_another, lend_hand
from contracts.operations.refusal import OutdatedError, Refused

ENDINGS = (".xlsx", ".xlsm", ".zip", ".csv", ".tsv", ".txt", ".xls")
"""What a book may be called. An .xls is told what it should be instead."""
A_PART = 1 << 20
LONGEST_STEM = 150
"""Bytes of a file's name without its ending: what a file system takes."""
KEPT_DAYS = 90
"""Days for which the file itself is kept once nothing more is to be done with it; what it came to is kept."""
CAN_BE_TRIED = ("waiting", "running", "tried", "failed")


@transaction.atomic
def keep(name: str, chunks: Iterable[bytes], *, by: User) -> BookUpload:
    """Keep a file that somebody brings; to be tried once this transaction is committed. Raises Refused for what can be no book."""
    name = _file_name(name)
    if PurePath(name).suffix.lower() not in ENDINGS:
        raise Refused(_("台帳は.xlsx、.xlsm、.csv、又は.csvをまとめた.zipです。"), field="file")
    upload = BookUpload.objects.create(name=name, size=0, sha256="", brought_by=by)
    digest, size, number = sha256(), 0, 0
    for piece in _pieces(chunks):
        digest.update(piece)
        size, number = size + len(piece), number + 1
        if size > most_bytes():
            raise Refused(too_large_said(size), field="file")
        BookUploadPart.objects.create(upload=upload, number=number, data=piece)
    if not size:
        raise Refused(_("ファイルが空です。"), field="file")
    upload.size, upload.sha256 = size, digest.hexdigest()
    upload.save(update_fields=["size", "sha256"])
    _forget_files()
    after = {"name": upload.name, "size": size, "sha256": upload.sha256}
    history.record("bring_book", "book", str(upload.pk), by=by, after=after)
    return upload


def most_bytes() -> int:
    """Bytes that a file may have."""
    return int(settings.BOOK_MEGABYTES) << 20


def too_large_said(size: int) -> str:
    """Why a file of so many bytes is not taken."""
    said = {"most": settings.BOOK_MEGABYTES, "size": f"{size / (1 << 20):,.1f}"}
    return _("ファイルが大きすぎます（%(size)s MB）。%(most)s MBまでのファイルに分けて持ち込んでください。") % said


def same_bytes(upload: BookUpload) -> QuerySet[BookUpload]:
    """Other files of the same bytes, the newest first."""
    return BookUpload.objects.filter(sha256=upload.sha256).exclude(pk=upload.pk).order_by("-pk")


def taken_before(upload: BookUpload) -> BookImport | None:
    """The import of a book of the same bytes, by whatever way it came in."""
    return BookImport.objects.filter(sha256=upload.sha256).order_by("pk").first()


def is_kept(upload: BookUpload) -> bool:
    """Whether the file itself is still there."""
    return upload.parts.exists()


@contextmanager
def file_of(upload: BookUpload) -> Iterator[Path]:
    """The file under its own name, for as long as it is looked at. Raises Refused where it is not kept any more."""
    with TemporaryDirectory(prefix="book-") as folder:
        path = Path(folder) / upload.name
        with path.open("wb") as file:
            for data in upload.parts.order_by("number").values_list("data", flat=True).iterator(chunk_size=1):
                file.write(bytes(data))
        if path.stat().st_size != upload.size:
            raise Refused(_("ファイルの保管期間が過ぎました。もう一度持ち込んでください。"))
        yield path


@transaction.atomic
def ask_to_try(
    upload: BookUpload,
    *,
    by: User,
    said: Mapping[str, str] | None = None,
    columns: Mapping[str, str] | None = None,
) -> BookUpload:
    """Have a book tried anew once this transaction is committed, with what is said now of a list of one sheet, where anything is.

    Raises Refused where it was sent or decided meanwhile.
    """
    upload = _locked(upload, *CAN_BE_TRIED)
    lend_hand("book", upload.pk, by=by, did="try")
    if not is_kept(upload):
        raise Refused(_("ファイルの保管期間が過ぎました。もう一度持ち込んでください。"))
    if said is not None:
        upload.said = {name: value.strip() for name, value in said.items() if value.strip()}
    if columns is not None:
        upload.columns = dict(columns)
    upload.state, upload.phase, upload.done, upload.error = "waiting", "", 0, ""
    upload.save(update_fields=["said", "columns", "state", "phase", "done", "error"])
    return upload


@transaction.atomic
def send(upload: BookUpload, *, by: User) -> BookUpload:
    """提出: from now on another person decides. Raises Refused where the trial did not end well."""
    upload = _locked(upload, "tried")
    lend_hand("book", upload.pk, by=by, did="send")
    if upload.result.get("status") != CHECKED:
        raise Refused(_("取り込める行がないか、誤りがあるので、提出できません。"))
    upload.state, upload.sent_by, upload.sent_at = "sent", by, now()
    upload.four_eyes, upload.reason = settings.FOUR_EYES, ""
    upload.save(update_fields=["state", "sent_by", "sent_at", "four_eyes", "reason"])
    history.record("send_book", "book", str(upload.pk), by=by, after={"name": upload.name, "sha256": upload.sha256})
    return upload


@transaction.atomic
def reject(upload: BookUpload, *, by: User, reason: str) -> BookUpload:
    """却下: a book that was sent does not come in. Raises Refused without a reason, or where it was decided meanwhile."""
    upload = _locked(upload, "sent")
    if not reason.strip():
        raise Refused(_("理由が必要です。"), field="reason")
    upload.state, upload.decided_by, upload.decided_at = "rejected", by, now()
    upload.reason = reason.strip()
    upload.save(update_fields=["state", "decided_by", "decided_at", "reason"])
    history.record("reject_book", "book", str(upload.pk), by=by, after={"name": upload.name}, reason=reason)
    return upload


@transaction.atomic
def ask_to_take(upload: BookUpload, *, by: User, seen: str) -> BookUpload:
    """Decide that a book comes in, as its trial showed it (``seen`` is the mark of that); carried out once this is committed.

    Asked twice by one person it is asked once. Raises Refused where another person has to decide, or somebody has; OutdatedError
    where the trial shown is not the last.
    """
    upload = _locked(upload, "sent", "taking", "taken")
    if upload.state != "sent" and upload.decided_by_id == by.pk:
        return upload
    upload = _locked(upload, "sent")
    if upload.four_eyes:
        by_another(
            by,
            _hands(upload),
            said=_("持ち込み、読み方を決め、又は提出した人は取り込めません。別の人が取り込んでください。"),
        )
    if upload.result.get("mark") != seen:
        raise OutdatedError
    upload.state, upload.decided_by, upload.decided_at = "taking", by, now()
    upload.phase, upload.done, upload.error = "", 0, ""
    upload.save(update_fields=["state", "decided_by", "decided_at", "phase", "done", "error"])
    return upload


def may_take(upload: BookUpload, by: User) -> bool:
    """Whether the person had no hand in a book that was sent, or it does not matter."""
    return not upload.four_eyes or is_another(by, _hands(upload))


def _hands(upload: BookUpload) -> set[int]:
    return hands("book", upload.pk, [upload.brought_by_id, upload.sent_by_id])


def _locked(upload: BookUpload, *states: str) -> BookUpload:
    """The upload read anew for this transaction alone; it has to be in one of the states still."""
    stored = BookUpload.objects.select_for_update(no_key=True, of=("self",)).get(pk=upload.pk)
    if stored.state not in states:
        said = {"state": stored.get_state_display()}
        raise Refused(_("この台帳は、今は「%(state)s」です。読み込み直してください。") % said)
    return stored


def _file_name(name: str) -> str:
    """A name as a file system and the history take it: without a folder, and not too long; its ending stays."""
    plain = "".join(letter for letter in PurePath(name.replace("\\", "/")).name if letter.isprintable())
    path = PurePath(plain or "_")
    stem = path.stem.encode(errors="replace")[:LONGEST_STEM].decode(errors="ignore")
    return f"{stem}{path.suffix[:16]}"


def _pieces(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """The bytes in pieces of a size."""
    waiting = bytearray()
    for chunk in chunks:
        waiting += chunk
        while len(waiting) >= A_PART:
            yield bytes(waiting[:A_PART])
            del waiting[:A_PART]
    if waiting:
        yield bytes(waiting)


def _forget_files() -> None:
    """Let go of files with which nothing more is to be done; what they came to stays."""
    before = now() - timedelta(days=KEPT_DAYS)
    done = BookUpload.objects.exclude(state__in=("waiting", "running", "sent", "taking")).filter(brought_at__lt=before)
    BookUploadPart.objects.filter(upload__in=done).delete()
