"""A row of the worklist keeps who took it and the note, also where its sentence is worded otherwise."""

from dataclasses import replace

import pytest

from contracts.judge.work import work_of
from contracts.models import ManagementUnit, WorkItem
from contracts.operations.work_by_hand import take
from contracts.operations.worklist import refresh_worklist
from tests.contracts.book.build import book, change, module, must_take, notice, tier

pytestmark = pytest.mark.django_db


def test_a_reworded_sentence_keeps_the_note(tmp_path, django_user_model, monkeypatch):
    must_take(book(tier(), module(), notice("T-1", "2025-05-01")), tmp_path / "book")
    by = django_user_model.objects.create_user("sales")
    for item in WorkItem.objects.filter(kind="eligibility"):
        take(item, by=by, taken=True, note="顧客に連絡済み")
    kept = WorkItem.objects.filter(note="顧客に連絡済み").count()
    assert kept

    def reworded(*facts, **more):
        return [replace(work, text="別の言い方", values=()) for work in work_of(*facts, **more)]

    monkeypatch.setattr("contracts.operations.worklist.work_of", reworded)
    refresh_worklist(ManagementUnit.objects.values_list("pk", flat=True))
    rows = WorkItem.objects.filter(note="顧客に連絡済み", taken_by=by)
    assert rows.count() == kept
    assert set(rows.values_list("text", flat=True)) == {"別の言い方"}


def test_a_change_that_is_moot_is_nothing_to_do(tmp_path):
    rows = book(tier(), module(), notice("M-1", "2025-05-01", "2025-10-31"), notice("T-1", "2025-05-01", "2025-10-31"))
    must_take(rows, tmp_path / "1")
    late = change("T-1", "カテゴリ", "プレミアム", "2025-12-01", accepted="2025-04-20")
    must_take(book(late), tmp_path / "2")
    assert not WorkItem.objects.filter(key__contains="change_after_end").exists()
