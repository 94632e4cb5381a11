"""The tests' server itself: where all have one connection one answer is given after the other, and whoever empties the database waits."""

from collections.abc import Callable, Iterable
from threading import Barrier, BrokenBarrierError, Event, Thread
from typing import Any

import pytest
from django.db import connection

from tests.browser.answers import Answers
from tests.browser.desks import Desks


def asked(answers: Answers, path: str = "/admin/") -> Thread:
    def ask() -> None:
        answers({"PATH_INFO": path}, lambda *_said: None)

    thread = Thread(target=ask, daemon=True)
    thread.start()
    return thread


@pytest.mark.parametrize(
    ("in_turn", "path", "together"), [(True, "/admin/", False), (False, "/admin/", True), (True, "/static/a.css", True)]
)
def test_answers_take_turns_where_they_share_a_connection(in_turn: bool, path: str, together: bool) -> None:
    met = Barrier(2)
    found: list[bool] = []

    def application(_environ: dict[str, Any], _start: Callable[..., Any]) -> Iterable[bytes]:
        try:
            met.wait(timeout=2 if together else 0.05)
            found.append(True)
        except BrokenBarrierError:
            found.append(False)
        return []

    answers = Answers(application, in_turn=in_turn)
    for thread in [asked(answers, path), asked(answers, path)]:
        thread.join()
    assert found == [together, together]


def test_whoever_empties_the_database_waits_for_an_answer_under_way() -> None:
    begun, may_end, ended = Event(), Event(), Event()

    def application(_environ: dict[str, Any], _start: Callable[..., Any]) -> Iterable[bytes]:
        begun.set()
        may_end.wait()
        ended.set()
        return []

    answers = Answers(application, in_turn=False)
    thread = asked(answers)
    begun.wait()
    waits = Thread(target=answers.all_given, daemon=True)
    waits.start()
    waits.join(0.05)
    assert waits.is_alive()
    may_end.set()
    waits.join(5)
    assert not waits.is_alive()
    assert ended.is_set()
    thread.join()


def test_an_answer_that_fails_is_no_longer_under_way() -> None:
    def application(_environ: dict[str, Any], _start: Callable[..., Any]) -> Iterable[bytes]:
        raise ValueError

    answers = Answers(application, in_turn=True)
    for _again in range(2):
        with pytest.raises(ValueError):
            answers({"PATH_INFO": "/admin/"}, lambda *_said: None)
    answers.all_given()


@pytest.mark.parametrize("in_turn", [True, False])
def test_a_query_of_the_test_waits_for_the_answer_under_way_where_they_share_the_memory(in_turn: bool) -> None:
    begun, may_end = Event(), Event()
    done: list[str] = []

    def application(_environ: dict[str, Any], _start: Callable[..., Any]) -> Iterable[bytes]:
        begun.set()
        may_end.wait()
        done.append("answer")
        return []

    answers = Answers(application, in_turn=in_turn)
    thread = asked(answers)
    begun.wait()
    query = Thread(target=answers.query_of_the_test, args=(lambda *said: done.append(*said), "query"), daemon=True)
    query.start()
    query.join(0.05 if in_turn else 5)
    assert done == ([] if in_turn else ["query"])
    may_end.set()
    thread.join()
    query.join(5)
    assert done == (["answer", "query"] if in_turn else ["query", "answer"])


def test_what_the_test_does_by_itself_may_be_many_queries() -> None:
    answers = Answers(lambda *_asked: [], in_turn=True)
    with answers.none_beside():
        thread = asked(answers)
        assert answers.query_of_the_test(lambda said: said, "query") == "query"
        thread.join(0.05)
        assert thread.is_alive()
    thread.join(5)
    assert not thread.is_alive()


@pytest.mark.browser
def test_the_test_asks_by_a_connection_of_its_own(desks: Desks) -> None:
    """Whose queries take turns with the answers."""
    assert connection.execute_wrappers == [desks.answers.query_of_the_test]
