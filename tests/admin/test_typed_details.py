"""What was typed and what is shown: days, amounts, choices, numbers of lines, holders, options of services."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django import forms
from django.contrib import admin
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.urls import reverse

from billing.reports.filters import YenField as YenOfReports
from contracts.admin.kit.amounts import CountField, YenField
from contracts.admin.kit.answers import given_shown
from contracts.admin.kit.days import DayField, MomentField, MonthField
from contracts.admin.kit.verbs import ActingAdmin
from contracts.admin.records.linked_service import offers
from contracts.intake.refilled import renumbered
from contracts.models import Consent, Contract, LinkedService, LinkedServiceState
from contracts.operations.refusal import Refused
from contracts.operations.register import register_customer, register_state
from contracts.terms.catalog import Service
from contracts.terms.consents import Assent, can_be_of
from contracts.terms.days import NOT_YET_KNOWN, ONE_DAY
from contracts.terms.timeline import judge
from tests.admin.conftest import list_of, page_of, signed_in
from tests.conftest import ROOT
from tests.terms.build import module, unit

DAY = date(2025, 4, 1)


def fields() -> list[tuple[str, forms.Field]]:
    """Every field of every form behind a button."""
    return [
        (f"{model.__name__} {verb.name} {name}", field)
        for model, screen in admin.site._registry.items()
        if isinstance(screen, ActingAdmin)
        for verb in (*screen.verbs, *screen.general_verbs)
        for name, field in verb.form.base_fields.items()
    ]


@pytest.mark.parametrize(
    "written", ["2025-04-01", "2025/4/1", "２０２５年４月１日", "令和7年4月1日", "R7.4.1", "20250401"]
)
def test_a_day_is_read_as_a_book_reads_it(written: str) -> None:
    assert DayField().clean(written) == DAY


@pytest.mark.parametrize("written", ["2025-02-30", "45748", "4/1", "明日", "1999-12-31", "2200-01-01"])
def test_what_is_no_day_is_refused(written: str) -> None:
    with pytest.raises(ValidationError):
        DayField().clean(written)


def test_months_and_moments_too() -> None:
    assert MonthField().clean("2025年4月") == MonthField().clean("2025-04") == MonthField().clean("2025/4") == DAY
    for written in ("2025-04-01 09:30", "2025-04-01T09:30", "2025/4/1 9:30"):
        assert MomentField().clean(written).astimezone(UTC) == datetime(2025, 4, 1, 0, 30, tzinfo=UTC)
    with pytest.raises(ValidationError):
        MonthField().clean("2025-13")


def test_no_form_shows_a_day_in_the_order_of_a_browsers_language() -> None:
    found = [field for _where, field in fields() if isinstance(field, forms.DateField | forms.DateTimeField)]
    assert len(found) > 40
    for field in found:
        assert isinstance(field, DayField | MomentField)
        assert field.widget.input_type == "text"
        assert field.widget.attrs["data-calendar"]


@pytest.mark.usefixtures("book")
def test_no_page_has_the_browsers_own_input_of_a_day(chief: User) -> None:
    client = signed_in(chief)
    unit = Contract.objects.select_related("target").order_by("pk")[0].target.unit_id
    for address in (
        page_of("contracts.managementunit", unit),
        list_of("contracts.entry"),
        reverse("admin:contracts_application_new", args=[unit]),
        reverse("admin:contracts_notice_receive", args=[unit]),
        reverse("admin:billing_proposal_propose"),
        *(reverse(f"admin:billing_report_{name}") for name in ("lines", "invoices")),
    ):
        text = client.get(address).text
        assert not any(f'type="{kind}"' in text for kind in ("date", "month", "datetime-local", "number")), address


@pytest.mark.parametrize("written", ["1,234,567", "￥1,234,567", "1234567円", "１，２３４，５６７", " 1234567 "])
def test_an_amount_is_read_as_a_book_reads_it(written: str) -> None:
    assert YenField(min_value=0).clean(written) == 1_234_567
    assert int(YenOfReports(decimal_places=0).clean(written)) == 1_234_567


@pytest.mark.parametrize("written", ["12,34", "千円", "1.5", "-1", "1e3", "180.000"])
def test_what_is_no_amount_is_refused(written: str) -> None:
    with pytest.raises(ValidationError):
        YenField(min_value=0).clean(written)


def test_a_count_has_commas_too() -> None:
    assert CountField(min_value=1).clean("1,500") == 1500


def test_every_form_of_ours_takes_commas() -> None:
    """A whole number that is typed, not one that the page itself carries along."""
    for where, field in fields():
        if isinstance(field, forms.IntegerField) and not isinstance(field, forms.FloatField | forms.DecimalField):
            assert isinstance(field, YenField | CountField) or field.widget.is_hidden, where


def test_a_choice_within_a_group_is_shown_by_its_name() -> None:
    class Form(forms.Form):
        offer = forms.ChoiceField(choices=offers)
        sure = forms.BooleanField(required=False)
        amount = YenField()

    code = next(code for _group, listed in offers() for code, _name in listed if "タイプ" in code)
    form = Form({"offer": code, "sure": "on", "amount": "1234567"})
    shown = given_shown(form["offer"])
    assert "|" not in str(shown)
    assert shown
    assert str(given_shown(form["sure"])) == "はい"
    assert given_shown(form["amount"]) == "1,234,567"


def test_a_person_who_was_chosen_is_shown_by_name(chief: User) -> None:
    class Form(forms.Form):
        to = forms.ModelChoiceField(queryset=User.objects.all())

    assert str(given_shown(Form({"to": str(chief.pk)})["to"])) == "chief"


def test_lines_are_numbered_in_their_order_and_what_names_them_goes_with_them() -> None:
    lines = [
        {"key": "#1", "verb": "contract"},
        {"key": "#3", "verb": "contract"},
        {"key": "#4", "verb": "option", "contract": "#3", "target": "SOC1"},
        {"key": "#7", "verb": "option", "contract": "#2"},
    ]
    found, known = renumbered(lines, ("twin|#3|category|x", "of all", "far||applied_on|#3"))
    assert [line["key"] for line in found] == ["#1", "#2", "#3", "#4"]
    assert found[2]["contract"] == "#2"
    assert found[2]["target"] == "SOC1"
    # The line that it named is gone: it names none, and not the one that has the number now.
    assert "contract" not in found[3]
    assert known == ("twin|#2|category|x", "of all", "far||applied_on|#3")
    assert renumbered(found) == (found, ())


def test_the_day_before_what_has_not_started_is_not_shown() -> None:
    findings = judge(unit(module("swg", number="M-1", starts=None)))
    assert findings
    for finding in findings:
        assert finding.last_known is None or finding.last_known < NOT_YET_KNOWN - ONE_DAY


def test_options_are_of_one_service() -> None:
    assert can_be_of(Assent.BYPASS_OPTION, Service.SWG)
    assert not can_be_of(Assent.BYPASS_OPTION, Service.WAF)
    assert can_be_of(Assent.ADVANCED_SUPPORT, Service.WAF)
    assert not can_be_of(Assent.ADVANCED_SUPPORT, Service.SWG)
    assert can_be_of(Assent.MODULE_CONSENT, Service.MX)
    assert not can_be_of(Assent.OWN_PREMIUM_CONSENT, Service.MX)


def state(by: User, code: str = "S-1", holder: str = "第三者", service: str = "swg") -> LinkedServiceState:
    return register_state(
        code=code, from_on=DAY, service=service, kind="", item="", holder=holder, ends_on=None, on=DAY, by=by
    )


def test_an_option_of_another_service_is_neither_offered_nor_recorded(chief: User) -> None:
    state(chief)
    service = LinkedService.objects.get()
    address = reverse("admin:contracts_linkedservice_record-consent", args=[service.pk])
    client = signed_in(chief)
    text = client.get(address).text
    assert 'value="bypass_option"' in text
    assert 'value="advanced_support"' not in text
    given = {"given_on": "2025-04-01", "given_by": "山田", "document": "D-1"}
    client.post(address, {**given, "assent": "advanced_support"})
    assert not Consent.objects.exists()
    client.post(address, {**given, "assent": "bypass_option"})
    assert Consent.objects.get().assent == "bypass_option"


@pytest.mark.parametrize("written", ["C-1", "c1", "Ｃ－１", "土佐水産株式会社", "土佐水産㈱ ", "土佐水産 株式会社"])
def test_a_customer_that_is_named_as_a_holder_is_no_stranger(chief: User, written: str) -> None:
    register_customer(code="C-1", name="土佐水産株式会社", by=chief)
    register_customer(code="C-12", name="土佐水産株式会社支社", by=chief)
    assert state(chief, holder=written).holder == "C-1"


def test_who_only_has_part_of_the_name_is_another_party(chief: User) -> None:
    register_customer(code="C-1", name="土佐水産株式会社", by=chief)
    assert state(chief, holder="土佐水産").holder == "土佐水産"


def test_a_name_that_several_customers_have_is_asked_for_by_code(chief: User) -> None:
    for code in ("C-1", "C-2"):
        register_customer(code=code, name="土佐水産株式会社", by=chief)
    with pytest.raises(Refused) as refused:
        state(chief, holder="土佐水産株式会社")
    assert refused.value.reason.field == "holder"
    assert not LinkedService.objects.exists()


def test_a_customer_named_in_a_correction_is_no_stranger_either(chief: User) -> None:
    register_customer(code="C-1", name="土佐水産株式会社", by=chief)
    row = state(chief)
    given: dict[str, Any] = {
        **{"offer": "swg||", "holder": "土佐水産株式会社", "from_on": "2025-04-01", "ground": "slip", "reason": "誤記"},
        "confirmed": "1",
    }
    address = reverse("admin:contracts_linkedservicestate_correct", args=[row.pk])
    answer = signed_in(chief).post(address, given)
    assert answer.status_code == 302, answer.context["form"].errors
    assert LinkedServiceState.objects.standing().get().holder == "C-1"


def test_the_targets_of_a_notice_are_not_cut_off() -> None:
    """All of them are seen at once: what is clipped without a sign is not given notice for."""
    for name in ("admin.css", "notice.css"):
        rules = (ROOT / "contracts" / "static" / "contracts" / name).read_text(encoding="utf-8").splitlines()
        assert [rule for rule in rules if ".value" in rule and "max-height" in rule] == []
