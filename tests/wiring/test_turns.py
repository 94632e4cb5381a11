"""Whatever the turn, each test runs in a run of CI; in all turns each runs on both databases, but for what is named."""

import subprocess

import pytest

from tests import turns
from tests.conftest import ROOT

FILES = sorted(path.relative_to(turns.TESTS).as_posix() for path in turns.TESTS.rglob("test_*.py"))
BOTH = {"postgresql", "sqlite"}
EACH = range(turns.TURNS)
ONCE = (*turns.ON_POSTGRESQL, *turns.ON_SQLITE)


@pytest.mark.parametrize("turn", EACH)
def test_each_runs_somewhere(turn: int) -> None:
    assert [path for path in FILES if not turns.databases(path, turn=turn)] == []


def test_in_all_turns_each_runs_on_both() -> None:
    found = {path: set().union(*(turns.databases(path, turn=turn) for turn in EACH)) for path in FILES}
    once = {path for path, there in found.items() if there != BOTH}
    assert once == {path for path in FILES if path.startswith(ONCE)}


def test_what_shows_the_database_runs_on_both_in_each() -> None:
    shows = [path for path in FILES if path.startswith(turns.ON_BOTH) and not path.startswith(turns.ON_POSTGRESQL)]
    assert len(shows) > 30
    assert {frozenset(turns.databases(path, turn=turn)) for path in shows for turn in EACH} == {frozenset(BOTH)}


def test_what_a_database_orders_and_sums_runs_on_postgresql_in_each_and_on_sqlite_in_one() -> None:
    for path in turns.FIRST_ON_POSTGRESQL:
        there = [turns.databases(path, turn=turn) for turn in EACH]
        assert sorted(map(sorted, there)) == [["postgresql"]] * (turns.TURNS - 1) + [sorted(BOTH)], path


@pytest.mark.parametrize("turn", EACH)
def test_a_turn_is_about_a_sixteenth(turn: int) -> None:
    rest = [path for path in FILES if not path.startswith((*turns.ON_BOTH, *turns.FIRST_ON_POSTGRESQL, *ONCE))]
    here = [path for path in rest if turns.databases(path, turn=turn) == {"postgresql"}]
    assert {len(turns.databases(path, turn=turn)) for path in rest} == {1}
    assert 0.03 < len(here) / len(rest) < 0.1


def test_what_asks_no_database_runs_once() -> None:
    assert turns.databases("billing/test_close_month.py", turn=0, asks=False) == {"sqlite"}
    journey = set().union(*(turns.databases("journeys/test_moves.py", turn=turn, asks=False) for turn in EACH))
    assert journey == BOTH, "a journey's own database is named by its fixtures"
    assert turns.databases("billing/test_close_month.py", turn=0, postgres_only=True) == {"postgresql"}


@pytest.mark.parametrize("turn", EACH)
def test_a_file_is_read_where_one_of_its_tests_runs(turn: int) -> None:
    for path in FILES:
        there = turns.databases(path, turn=turn) | turns.databases(path, turn=turn, asks=False)
        if "mark.postgres" in (turns.TESTS / path).read_text():
            there |= {"postgresql"}
        assert {vendor for vendor in BOTH if turns.is_read(turns.TESTS / path, vendor, turn)} == there, path
        assert turns.is_read(turns.TESTS / path, "sqlite", None)
    assert turns.is_read(turns.TESTS / "journeys" / "story.py", "postgresql", turn), "others are helped by it"


def test_every_place_that_is_named_exists() -> None:
    assert [
        name for name in (*turns.ON_BOTH, *turns.FIRST_ON_POSTGRESQL, *ONCE) if not (turns.TESTS / name).exists()
    ] == []


def test_what_is_walked_through_is_looked_at_in_shares_that_are_all_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CSOC_TURN", raising=False)
    assert [*turns.share("abcde")] == [*"abcde"]
    found = []
    for turn in EACH:
        monkeypatch.setenv("CSOC_TURN", str(turn))
        found.append("".join(turns.share("abcde")))
    assert found == ["ae", "b", "c", "d"] * (turns.TURNS // 4)


@pytest.mark.parametrize("said", ["16", "all", "-1", " 1"])
def test_a_turn_that_is_none_stops_the_start(monkeypatch: pytest.MonkeyPatch, said: str) -> None:
    monkeypatch.setenv("CSOC_TURN", said)
    with pytest.raises(ValueError, match="CSOC_TURN is 0 to 15"):
        turns.turn()


def test_without_turns_everything_is_tried(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    monkeypatch.delenv("CSOC_TURN", raising=False)
    assert turns.turn() is None
    assert {vendor for vendor in BOTH if turns.runs(request.node, vendor, None)} == BOTH


def test_ci_says_what_it_is_not_told() -> None:
    done = subprocess.run([ROOT / ".ci" / "run", "whatever"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert "usage: .ci/run [0 to 15 | all]" in done.stderr
