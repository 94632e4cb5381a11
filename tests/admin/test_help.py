"""Every screen says what it is for: two sentences in Japanese and in English, and the clauses of its rule."""

import re
from pathlib import Path

import pytest
from django.contrib import admin
from django.contrib.auth.models import User
from django.urls import reverse
from django.utils.translation import override

from contracts.admin.kit.help import HELP, help_of
from contracts.terms.clause import spoken
from tests.admin.conftest import signed_in
from tests.admin.walk import admin_names

MAP = (Path(__file__).resolve().parents[2] / "contracts" / "terms" / "README.md").read_text(encoding="utf-8")
CLAUSES = set(re.findall(r"^\| `([\d()-]+)` \|", MAP, re.M))
NOT_SCREENS = {"login", "logout", "jsi18n", "autocomplete", "view_on_site", "app_list"}
NOT_SCREENS |= {"password_change", "password_change_done", "auth_user_password_change"}
MODELS = sorted(model._meta.label_lower for model in admin.site._registry)
JAPANESE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]")


def model_of(name: str) -> str:
    """The model that an address is of, by its name: ``contracts_price_change`` is of ``contracts.price``."""
    return ".".join(name.split("_")[:2])


@pytest.mark.parametrize("model", MODELS)
def test_every_registered_screen_has_its_help(model: str) -> None:
    assert help_of("", model) is not None


def test_every_address_has_its_help() -> None:
    """Files that are sent for apart."""
    screens = [name for name in admin_names() if name not in NOT_SCREENS and not name.endswith("_export")]
    assert [name for name in screens if help_of(name, model_of(name)) is None] == []


def test_no_help_is_of_a_screen_that_is_not_there() -> None:
    assert [name for name in HELP if name not in {*MODELS, *admin_names(), "search"}] == []


@pytest.mark.parametrize("name", HELP)
def test_two_sentences_in_both_languages(name: str) -> None:
    said = HELP[name]
    with override("ja"):
        japanese = str(said.text)
    with override("en"):
        english = str(said.text)
    assert japanese.count("。") == 2
    assert japanese.endswith("。")
    assert not JAPANESE.search(english.replace("I-01", ""))
    assert len(re.findall(r"[.](?= |$)", english)) == 2, english


@pytest.mark.parametrize("name", [name for name, said in HELP.items() if said.clauses])
def test_its_clauses_are_those_of_the_terms(name: str) -> None:
    for clause in HELP[name].clauses:
        assert any(known == clause or known.startswith((f"{clause}-", f"{clause}(")) for known in CLAUSES), clause


@pytest.mark.parametrize(
    "name", ["index", "contracts_price_changelist", "contracts_workitem_calendar", "contracts_readings"]
)
def test_a_page_shows_it(chief: User, name: str) -> None:
    said = help_of(name, model_of(name))
    assert said is not None
    for language in ("ja", "en"):
        text = signed_in(chief, language).get(reverse(f"admin:{name}")).text
        with override(language):
            assert f"<p>{said.text}</p>" in text
    text = signed_in(chief).get(reverse(f"admin:{name}")).text
    assert all(f">{spoken(clause)}</span>" in text for clause in said.clauses)
