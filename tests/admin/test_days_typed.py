"""Every day of every form lies where a day can be meant: what a form takes, the contract book can say, and take in again."""

from collections.abc import Iterator

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from contracts.admin.application.accept import AcceptForm
from contracts.admin.kit.days import MonthField
from contracts.admin.kit.verbs import ActingAdmin
from contracts.models import Entry


def days() -> Iterator[tuple[str, forms.Field]]:
    """The fields of days and moments of every form behind a button."""
    yield "承諾", AcceptForm.base_fields["on"]
    for model, screen in admin.site._registry.items():
        for verb in (*screen.verbs, *screen.general_verbs) if isinstance(screen, ActingAdmin) else ():
            for name, field in verb.form.base_fields.items():
                if isinstance(field, forms.DateField | forms.DateTimeField):
                    yield f"{model.__name__} {verb.name} {name}", field


def refused(field: forms.Field, value: str) -> bool:
    try:
        field.clean(value)
    except ValidationError:
        return True
    return False


def test_no_form_takes_a_day_that_no_book_can_say() -> None:
    found = list(days())
    assert len(found) > 40
    for where, field in found:
        of_month = isinstance(field, MonthField)
        time = "T00:00" if isinstance(field, forms.DateTimeField) else ""
        for first_or_last in ("2000-01", "2199-12"):
            assert field.clean(first_or_last if of_month else f"{first_or_last}-31{time}"), where
        for beyond in ("0001-01", "1999-12", "2200-01", "9999-12"):
            assert refused(field, beyond if of_month else f"{beyond}-31{time}"), where


def test_an_abolition_on_the_last_day_of_the_calendar_is_refused_at_its_field(admin_client: Client) -> None:
    given = {"announced_on": "2025-04-01", "ends_on": "9999-12-31", "reference": "告知-1", "reason": "誤り"}
    answer = admin_client.post(reverse("admin:contracts_abolition_declare"), given)
    assert answer.status_code == 200
    assert answer.context["form"].errors == {"ends_on": ["日付は2000年から2199年までです。"]}
    assert not Entry.objects.exists()
