"""What the tests' server answers: how many answers are under way is known, and where all share one connection they take turns.

A page that is left goes on being computed. On SQLite in memory every thread of the server has one connection: what one of them
rehearses, and rolls back, another would take for a fact. The test beside it has a connection of its own to the same memory, in which a
table that somebody writes to is not waited for: whoever reads it fails at once. So the test takes its turn as well.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, nullcontext
from threading import Condition, RLock
from typing import Any

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]
NO_DATABASE = "/static/"
"""What is answered without asking a database."""
PATIENCE_SECONDS = 30.0


class Answers:
    """Around the application of a server."""

    def __init__(self, application: Application, *, in_turn: bool) -> None:
        self._application = application
        self._turn = RLock() if in_turn else nullcontext()
        self._under_way, self._one_fewer = 0, Condition()

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        if environ["PATH_INFO"].startswith(NO_DATABASE):
            return self._application(environ, start_response)
        with self._counted(), self._turn:
            return self._application(environ, start_response)

    @contextmanager
    def none_beside(self) -> Iterator[None]:
        """The test does something by itself: where answers take turns, none is given meanwhile."""
        with self._turn:
            yield

    def query_of_the_test(self, execute: Callable[..., Any], *asked: Any) -> Any:
        """Around each query of the test's own connection (``execute_wrapper``): it waits until the answer under way is given."""
        with self.none_beside():
            return execute(*asked)

    @contextmanager
    def _counted(self) -> Iterator[None]:
        with self._one_fewer:
            self._under_way += 1
        try:
            yield
        finally:
            with self._one_fewer:
                self._under_way -= 1
                self._one_fewer.notify_all()

    def all_given(self) -> None:
        """Wait until no answer is under way, be it one that nobody waits for any more."""
        with self._one_fewer:
            assert self._one_fewer.wait_for(lambda: not self._under_way, timeout=PATIENCE_SECONDS), "an answer hangs"
