"""Work is handed over to a worker, and whoever hands it over does not wait for a broker that does not answer."""

from logging import getLogger
from typing import Any

from kombu.exceptions import OperationalError

BROKER_SECONDS = 0.8
"""How long the broker may take to accept a connection, and to answer a word: a page that hands work over waits two seconds at most."""
SOON = {"socket_connect_timeout": BROKER_SECONDS, "socket_timeout": BROKER_SECONDS, "max_retries": 0}

log = getLogger(__name__)


def hand_over(task: Any, *args: Any) -> bool:
    """Put a task into the queue, or without a broker do it; whether the broker took it. One that does not answer costs no more than 2 s.

    By a connection of its own: a worker waits for its queue as long as it likes, whoever has a page before them does not.
    """
    try:
        if task.app.conf.task_always_eager:
            task.apply_async(args)
            return True
        with task.app.connection_for_write(transport_options=SOON) as connection:
            task.apply_async(args, connection=connection, retry=False)
    except OperationalError:
        log.exception("%s %s could not be handed over", task.name, args)
        return False
    return True
