"""PostgreSQL: a book that was brought is decided, tried and taken in side by side, each on a connection of its own — and comes in once."""

from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User

from billing.operations import take_book as taking
from billing.operations.book_uploads import ask_to_take, keep, reject, send
from billing.operations.take_book import take_book, try_book
from contracts.models import BookImport, BookUpload, Contract, Entry
from tests.faults.test_side_by_side import together

pytestmark = pytest.mark.postgres
PLAIN = Path(__file__).resolve().parents[1] / "contracts" / "book" / "cases" / "workbooks" / "01_ja_plain.xlsx"


@pytest.fixture
def sent(transactional_db: None) -> BookUpload:
    """A book that was tried and sent by one person."""
    upload = keep(PLAIN.name, [PLAIN.read_bytes()], by=User.objects.create_user("sato"))
    assert try_book(upload.pk) == "tried"
    return send(BookUpload.objects.get(pk=upload.pk), by=User.objects.get(username="sato"))


def deciding(upload: BookUpload, name: str) -> Any:
    by, own = User.objects.get_or_create(username=name)[0], BookUpload.objects.get(pk=upload.pk)
    return lambda: ask_to_take(own, by=by, seen=own.result["mark"])


def test_two_people_decide_at_once(sent: BookUpload) -> None:
    given = together(deciding(sent, "kato"), deciding(sent, "ito"))
    assert sorted(type(each).__name__ for each in given) == ["BookUpload", "Refused"]


def test_one_decides_while_the_other_rejects(sent: BookUpload) -> None:
    own, by = BookUpload.objects.get(pk=sent.pk), User.objects.create_user("ito")
    given = together(deciding(sent, "kato"), lambda: reject(own, by=by, reason="理由"))
    assert sorted(type(each).__name__ for each in given) == ["BookUpload", "Refused"]


def test_two_workers_take_it_in_once(sent: BookUpload) -> None:
    deciding(sent, "kato")()
    given = together(lambda: take_book(sent.pk), lambda: take_book(sent.pk))
    assert "taken" in given
    assert BookUpload.objects.get().state == "taken"
    assert (BookImport.objects.count(), Contract.objects.count()) == (1, 23)
    assert Entry.objects.filter(operation="take_book").count() == 1


def test_the_same_bytes_brought_twice_come_in_once(sent: BookUpload) -> None:
    other = keep("同じ.xlsx", [PLAIN.read_bytes()], by=sent.brought_by)
    try_book(other.pk)
    other = send(BookUpload.objects.get(pk=other.pk), by=sent.brought_by)
    deciding(sent, "kato")()
    deciding(other, "kato")()
    together(lambda: take_book(sent.pk), lambda: take_book(other.pk))
    assert (BookImport.objects.count(), Contract.objects.count()) == (1, 23)
    assert sorted(BookUpload.objects.values_list("state", flat=True)) == ["taken", "tried"]


def test_how_far_it_is_is_seen_while_it_is_tried(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is told within the trial's transaction stands at once for everybody, and nothing waits for it."""
    upload, seen = keep(PLAIN.name, [PLAIN.read_bytes()], by=User.objects.create_user("sato")), set[str]()
    teller = taking._teller

    def look() -> None:
        seen.add(BookUpload.objects.values_list("phase", flat=True).get(pk=upload.pk))

    def telling(pk: int) -> Any:
        tell = teller(pk)
        return lambda phase: (tell(phase), together(look))

    monkeypatch.setattr(taking, "_teller", telling)
    assert try_book(upload.pk) == "tried"
    assert {"読み込み中", "155行を照合中"} <= seen
    assert BookUpload.objects.get().phase == ""


def test_killed_while_it_is_tried_it_begins_anew(transactional_db: None) -> None:
    upload = keep(PLAIN.name, [PLAIN.read_bytes()], by=User.objects.create_user("sato"))
    BookUpload.objects.update(state="running", phase="5行を照合中", done=5)
    assert try_book(upload.pk) == "tried"
    assert BookUpload.objects.get().result["status"] == "checked"
