"""What the history says of a record: no name of a column, no code and no moment of another zone stands on the page."""

from datetime import date

import pytest
from django.contrib.auth.models import User
from django.urls import reverse
from django.utils import translation

from billing.models import Month
from contracts import clock
from contracts.admin.kit.words import MODELS, differences, place_of, value_said, word
from contracts.intake.book.sheets import SHEETS
from contracts.models import Consent, Customer, Entry, LinkedService, LinkedServiceState, ManagementUnit
from contracts.models.choices import RECORDS
from contracts.operations.applications import save_draft
from contracts.operations.consents import record_consent
from contracts.terms.consents import Assent
from tests.admin.conftest import signed_in
from tests.admin.walk import add_one_of_each

pytestmark = pytest.mark.django_db

RECORD_OF_SHEET = {
    **{"customers": "customer", "units": "unit", "linked_services": "linked_service", "contracts": "contract"},
    **{"options": "option", "changes": "change", "prices": "price", "notices": "notice", "outages": "outage"},
    "breaches": "breach",
}


def test_every_kind_of_record_is_known() -> None:
    assert set(MODELS) == {code for code, _name in RECORDS}
    assert set(RECORD_OF_SHEET) == {sheet.name for sheet in SHEETS}


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: sheet.name)
def test_every_column_of_a_book_has_a_word(sheet) -> None:
    with translation.override("ja"):
        unnamed = [c.name for c in sheet.columns if word(RECORD_OF_SHEET[sheet.name], c.name).isascii()]
    assert unnamed == []


@pytest.mark.usefixtures("book")
def test_everything_told_of_the_sample_is_in_words(chief: User) -> None:
    add_one_of_each(chief)
    with translation.override("ja"):
        told = {
            (entry.operation, entry.record, label) for entry in Entry.objects.all() for label, *_ in differences(entry)
        }
    assert {"import", "close", "draft", "receive"} <= {operation for operation, _record, _label in told}
    assert [found for found in told if found[2].isascii()] == []


@pytest.mark.usefixtures("book")
def test_the_end_of_a_month_is_told_in_words(chief: User) -> None:
    entry = Entry.objects.filter(operation="close").order_by("pk")[1]
    with translation.override("ja"):
        assert set(differences(entry)) == {
            ("明細数", None, "75"),
            ("合計", None, "6,673,128"),
            ("締めのSHA-256", None, Month.objects.get(month=date(2025, 2, 1)).sha256),
        }
    page = signed_in(chief).get(place_of("month", entry.subject)).context["cl"].result_list
    assert [str(month) for month in page] == ["2025-02"]


@pytest.mark.parametrize(
    ("value", "said"),
    [
        pytest.param("2026-11-22T20:30:00Z", "2026-11-23 05:30", id="in another zone"),
        pytest.param("2026-11-23T05:30:00.123+09:00", "2026-11-23 05:30", id="in Japan"),
        pytest.param("2026-11-23T05:30:00", "2026-11-23 05:30", id="as a book has it"),
        pytest.param("yesterday", "yesterday", id="none"),
    ],
)
def test_a_moment_is_told_in_japan(value: str, said: str) -> None:
    assert value_said("setting_change", "told_at", value, {}) == said


@pytest.mark.parametrize(
    ("record", "name", "value", "beside", "said"),
    [
        pytest.param("change", "to", "premium", {"what": "category"}, "プレミアム", id="a category"),
        pytest.param("change", "to", 10, {"what": "retention_years"}, "10年", id="years"),
        pytest.param("notice", "basis", "notice", {}, "解約通知", id="a ground"),
        pytest.param("price", "amount_yen", 300000, {}, "300,000", id="an amount"),
        pytest.param("price", "fee", "one_time", {}, "一時費用", id="a fee"),
        pytest.param("effect", "of", "retention_years", {}, "保管年数", id="what an effect changed"),
        pytest.param("effect", "value", "10", {"of": "retention_years"}, "10年", id="years of an effect"),
        pytest.param("effect", "value", "1200", {"of": "quantity"}, "1,200ライセンス", id="licences of an effect"),
        pytest.param("effect", "value", "premium", {"of": "category"}, "プレミアム", id="a category of an effect"),
        pytest.param("effect", "value", "タイプF", {"of": "item"}, "タイプF", id="an item of an effect"),
        pytest.param("effect", "value", "2027-03-31", {}, "2027-03-31", id="the last day of a renewed term"),
        pytest.param("effect", "clause", "10-5", {}, "第10条第5項", id="a clause"),
        pytest.param("effect", "clause", "nowhere", {}, "nowhere", id="no clause"),
        pytest.param("month", "left_out", ["SOC1", "SOC2"], {}, "SOC1、SOC2", id="several"),
    ],
)
def test_a_value_is_said_as_people_read_it(
    record: str, name: str, value: object, beside: dict[str, str], said: str
) -> None:
    with translation.override("ja"):
        assert str(value_said(record, name, value, beside)) == said


def test_a_changed_line_of_a_form_is_told(chief: User) -> None:
    """Without it a draft saved again would say that nothing was changed."""
    customer = Customer.objects.create(code="C1", name="見本商事")
    unit = ManagementUnit.objects.create(code="U1", customer=customer, name="本社")
    kept = {"key": "#1", "verb": "contract", "category": "basic"}
    gone = {"key": "#2", "verb": "contract", "category": "premium"}
    day = date(2026, 11, 1)
    draft = save_draft(None, unit=unit, lines=[kept, gone], applied_on=day, version=0, by=chief)
    save_draft(
        draft, unit=unit, lines=[{**kept, "monthly_yen": "50000"}], applied_on=day, version=draft.version, by=chief
    )
    with translation.override("ja"):
        assert list(differences(Entry.objects.order_by("pk")[1])) == [
            ("申込の内容 1", "新しい契約 ベーシック", "新しい契約 ベーシック、月額費用 50,000円"),
            ("申込の内容 2", "新しい契約 プレミアム", None),
        ]


def test_a_consent_is_found_from_its_entry(chief: User) -> None:
    """Its entry has the linked service's code, or the contract's number."""
    service = LinkedService.objects.create(code="S1")
    LinkedServiceState.objects.create(
        linked_service=service, from_on=date(2025, 1, 1), service="ips_ids", kind="k", item="i", holder="甲"
    )
    day = date(2026, 11, 1)
    record_consent(
        service, assent=Assent.MODULE_CONSENT, given_on=day, given_by="山田", document="D-1", by=chief, on=clock.today()
    )
    address = place_of("consent", Entry.objects.get(operation="consent").subject)
    assert list(signed_in(chief).get(address).context["cl"].result_list) == list(Consent.objects.all())


def test_a_page_of_billing_leads_to_its_history(chief: User, book: None) -> None:
    page = reverse("admin:billing_month_changelist")
    assert signed_in(chief).get(page).status_code == 200
    month = Entry.objects.filter(record="month").values_list("subject", flat=True)[0]
    first = signed_in(chief).get(page, {"q": month}).context["cl"].result_list[0]
    text = signed_in(chief).get(reverse("admin:billing_month_change", args=[first.pk])).text
    assert f"{reverse('admin:contracts_entry_changelist')}?record=month&amp;subject={month}" in text
