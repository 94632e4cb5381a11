"""How a list is read, asked on screen: what its columns are and what it does not say; the list of a colleague comes in this way."""

from typing import Any

import pytest

from contracts.models import BookUpload, Contract, ListReading
from tests.admin.books import LIST, PLAIN, Desk, of, person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_place")]
SAID = {
    "said_kind": "FireWall-1、ファイアウォール:タイプ1",
    "said_holder": "契約者",
    "said_premium_consent_on": "申込日",
    "said_bypass_option_on": "申込日",
}


@pytest.fixture
def sales(django_capture_on_commit_callbacks: Any) -> Desk:
    return Desk(person("営業担当", "sato"), django_capture_on_commit_callbacks)


@pytest.fixture
def lead(django_capture_on_commit_callbacks: Any) -> Desk:
    return Desk(person("営業責任者", "kato"), django_capture_on_commit_callbacks)


def test_what_the_list_does_not_say_is_asked_for_and_the_list_comes_in(sales: Desk, lead: Desk) -> None:
    upload = sales.bring(LIST)
    assert upload.result["status"] == "refused"
    assert 'href="/admin/contracts/bookupload' in sales.page(upload)
    form = sales.client.get(of(upload, "reading")).context["form"]
    assert [field.label for field in form.of_columns()][:3] == ["契約番号", "顧客名", "拠点"]
    assert form["column_1"].initial == "customer"
    assert "said_applied_on" not in form.fields  # the list has a column of it
    sales.post(of(upload, "reading"), SAID)
    upload.refresh_from_db()
    assert (upload.result["status"], upload.result["faults"]) == ("checked", [])
    assert upload.said["種類"] == "FireWall-1、ファイアウォール:タイプ1"
    assert "と言われたとおりとします" in sales.page(upload)
    again = sales.client.get(of(upload, "reading")).context["form"]
    assert again["said_holder"].initial == "契約者"
    sales.do("send", upload)
    assert not ListReading.objects.exists()
    lead.do("take", upload)
    assert (upload.state, Contract.objects.count()) == ("taken", 23)
    assert ListReading.objects.get().said == upload.said


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"said_premium_consent_on": "いつか"}, "日付はYYYY-MM-DD"),
        ({"said_holder": "a\x1bb"}, "制御文字"),
        ({"column_1": "customer", "column_2": "customer"}, "と同じ項目です"),
        ({"column_1": "dream"}, "正しく選択"),
    ],
)
def test_what_makes_no_sense_is_said_at_its_field(sales: Desk, given: dict[str, str], says: str) -> None:
    upload = sales.bring(LIST)
    before = upload.tried_at
    assert says in sales.post(of(upload, "reading"), given).text
    upload.refresh_from_db()
    assert (upload.said, upload.columns, upload.tried_at) == ({}, {}, before)


def test_a_column_is_not_read_where_somebody_says_so(sales: Desk) -> None:
    upload = sales.bring(LIST)
    sales.post(of(upload, "reading"), {**SAID, "column_9": "-"})
    upload.refresh_from_db()
    assert upload.columns == {"月額費用": ""}
    assert ["prices", 23, 0] in upload.result["rows"]


def test_of_a_book_that_is_no_list_nothing_is_asked(sales: Desk) -> None:
    upload = sales.bring(PLAIN)
    assert "今の状態ではできません" in sales.client.get(of(upload, "reading"), follow=True).text
    for address in ("/admin/contracts/bookupload/none/reading/", "/admin/contracts/bookupload/999/reading/"):
        assert sales.client.get(address).status_code == 404


def test_what_was_sent_is_not_read_otherwise(sales: Desk) -> None:
    upload = sales.bring(LIST)
    sales.post(of(upload, "reading"), SAID)
    upload.refresh_from_db()
    sales.do("send", upload)
    sales.post(of(upload, "reading"), {})
    assert BookUpload.objects.get().state == "sent"
    assert BookUpload.objects.get().said != {}
