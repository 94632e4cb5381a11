"""Databases that tests made, taken away again."""

import time
from typing import Any

import psycopg
from psycopg import sql

TRIES = 30
"""Seconds in which the server's own sweep of a table comes to its end."""


def drop_database(server: "psycopg.Connection[Any]", name: str) -> None:
    """Drop the database, whoever is in it. The server's own sweep may be nobody's to end: that is waited for."""
    for _second in range(TRIES):
        try:
            server.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
            return
        except psycopg.errors.InsufficientPrivilege:
            time.sleep(1)
    raise TimeoutError(f"somebody is still in {name}")
