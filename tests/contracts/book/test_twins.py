"""A code or a name that is all but one that is known is pointed out, and refused for nothing."""

import pytest

from contracts.intake.book.twins import skeleton_of_code, skeleton_of_name
from tests.contracts.book.build import (
    LONG_AGO,
    book,
    customer,
    ips_service,
    module,
    must_take,
    sound,
    tier,
    unit,
)


@pytest.mark.parametrize(("one", "other"), [("SOC-001", "S0C1"), ("C-0012", "C12"), ("U_1", "UI"), ("A/1", "A1")])
def test_codes_that_are_taken_for_one_another(one, other):
    assert skeleton_of_code(one) == skeleton_of_code(other)


@pytest.mark.parametrize(
    ("one", "other"), [("C-1", "C-2"), ("C-10", "C-1"), ("T-1", "M-1"), ("U51900001", "U51900010")]
)
def test_codes_that_are_not(one, other):
    assert skeleton_of_code(one) != skeleton_of_code(other)


@pytest.mark.parametrize("name", ["青葉精機", "（株）青葉精機", "株式会社 青葉精機", "青葉精機㈱", "ｱｵﾊﾞ精機"][:4])
def test_names_that_are_one(name):
    assert skeleton_of_name(name) == skeleton_of_name("株式会社青葉精機")


@pytest.mark.django_db
def test_a_new_customer_beside_a_known_one(tmp_path):
    must_take(sound(), tmp_path / "first")
    answer = must_take(
        book(customer("C-01", "別の会社"), customer("X-9", "見本（株）"), unit("U-9", "X-9")), tmp_path / "second"
    )
    told = {(warning["row"], warning["column"]): warning["message"] for warning in answer.warnings}
    assert told[2, "code"] == "「C-01」は「C-1」とよく似ています。同じものではありませんか"
    assert told[3, "name"] == "「C-1」とよく似た名です。同じものではありませんか"
    assert len(told) == 2


@pytest.mark.django_db
def test_units_of_one_name_of_one_customer_alone(tmp_path):
    rows = sound(unit("X-8", "C-1", "本 社"), customer("X-9", "他社"), unit("X-7", "X-9", "本社"))
    rows["customers"].append(customer()[1])
    rows["units"].append(unit()[1])
    answer = must_take(rows, tmp_path)
    assert [(warning["sheet"], warning["column"]) for warning in answer.warnings] == [("units", "name")]


@pytest.mark.django_db
def test_a_number_that_is_all_but_another(tmp_path):
    rows = book(
        tier(), module(), customer(), unit(), unit("U-2", name="支社"), tier(number="T-I", of="U-2", application="A-2")
    )
    rows["contracts"].append(module(number="M-2", of="U-2", application="A-2")[1])
    (warning,) = must_take(rows, tmp_path).warnings
    assert (warning["sheet"], warning["row"], warning["column"]) == ("contracts", 4, "number")
    assert warning["message"] == "「T-I」は「T-1」とよく似ています。同じものではありませんか"


@pytest.mark.django_db
def test_a_service_of_several_states_is_pointed_out_once(tmp_path):
    """At its last row."""
    states = [ips_service(code="S-O", from_on=day) for day in (LONG_AGO, "2025-06-01")]
    answer = must_take(sound(ips_service(code="S-0"), *states), tmp_path)
    assert [(warning["sheet"], warning["row"]) for warning in answer.warnings] == [("linked_services", 4)]
