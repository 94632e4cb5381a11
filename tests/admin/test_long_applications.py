"""An application of 200 lines is taken in as a browser sends it; what is longer is told in words, and nothing of it is lost."""

import pytest
from django.conf import settings
from django.test import Client

from contracts.admin.application.lines import LABELS, MOST_LINES_SENT
from contracts.intake.form import MOST_LINES
from contracts.models import Application
from tests.admin.applications import enters, new
from tests.contracts.applications.form import APPLIED, Desk
from tests.contracts.book import build as had


@pytest.fixture
def desk(db: None, tmp_path) -> Desk:
    desk = Desk(tmp_path)
    desk.has(had.tier(), had.module())
    return desk


@pytest.fixture
def client(desk: Desk) -> Client:
    return enters(desk)


def as_sent(lines: int, **more: str) -> dict:
    """A form of so many prices, every input of every line posted, as a browser does it: empty ones too."""
    data = {"applied_on": APPLIED, "version": "0", "line": [str(number) for number in range(1, lines + 1)], **more}
    for number in range(1, lines + 1):
        data[f"line-{number}-verb"] = "price"
        data |= {f"line-{number}-{name}": "" for name in LABELS}
        data |= {f"line-{number}-target": "T-1", f"line-{number}-fee": "monthly"}
        data |= {f"line-{number}-amount_yen": str(1000 + number), f"line-{number}-from_on": "2026-01-01"}
    return data


def test_two_hundred_lines_are_kept(desk: Desk, client: Client) -> None:
    answer = client.post(new(desk), as_sent(MOST_LINES))
    assert answer.status_code == 302
    assert len(Application.objects.get(state="draft").lines) == MOST_LINES


def test_one_more_is_told_and_stays_on_the_page(desk: Desk, client: Client) -> None:
    answer = client.post(new(desk), as_sent(MOST_LINES + 1))
    assert answer.status_code == 200
    assert "一つの申込は200行までです（いま201行）" in answer.text
    assert answer.text.count(f'value="{1000 + MOST_LINES + 1}"') == 1
    assert not Application.objects.filter(state="draft").exists()


def test_beyond_what_a_form_may_send_the_page_says_why(desk: Desk, client: Client) -> None:
    answer = client.post(new(desk), as_sent(400))
    assert answer.status_code == 400
    assert "入力欄が多すぎて受け付けられません（12,000欄まで）" in answer.text
    assert "何も保存されていません" in answer.text
    assert not Application.objects.filter(state="draft").exists()


def test_another_bad_request_is_what_it_was(client: Client) -> None:
    answer = client.get("/admin/", headers={"host": "elsewhere.example"})
    assert answer.status_code == 400
    assert "入力" not in answer.text


def test_the_bound_of_fields_is_that_of_the_lines() -> None:
    """Each line sends its place, its verb and its fields; the rest of the form a few."""
    assert (len(LABELS) + 2) * MOST_LINES_SENT + 50 <= settings.DATA_UPLOAD_MAX_NUMBER_FIELDS
    assert MOST_LINES < MOST_LINES_SENT
