"""A guard: one thing that the database refuses, whatever SQL is sent — as data, in the words of both databases."""

from dataclasses import dataclass
from typing import Literal

Event = Literal["INSERT", "UPDATE", "DELETE", "TRUNCATE"]

PREFIX = "guard_"
"""How the names of our triggers begin, followed by their owner; what begins so and is no guard any more is taken off."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Guard:
    """``event`` on a row of ``table`` is refused where ``when`` holds: an SQL condition over OLD and NEW, '' for always.

    ``{differs}`` in it compares two values of which either may be NULL. ``refusal`` is the name under which both databases
    report it, as they report a constraint; ``says`` is the reason in plain English. ``by_statement`` is a condition for
    PostgreSQL to ask once a statement, over the rows ``added``: what is loaded by the million is not asked row by row.
    """

    owner: Literal["contracts", "ledger"]
    table: str
    event: Event
    refusal: str
    says: str
    when: str = ""
    by_statement: str = ""

    @property
    def name(self) -> str:
        """The trigger's name; PostgreSQL takes 63 letters."""
        table = self.table.split("_", 1)[1]
        return f"{PREFIX}{self.owner}_{table}_{self.refusal}_{self.event}".lower()[:63]

    def postgresql(self) -> str:
        """Its function and its trigger, made anew."""
        once = self.event == "TRUNCATE" or bool(self.by_statement)
        when = (self.by_statement or self.when or "TRUE").format(differs="IS DISTINCT FROM")
        row = "NULL" if once else "OLD" if self.event == "DELETE" else "NEW"
        added = " REFERENCING NEW TABLE AS added" if self.by_statement else ""
        return (
            f"CREATE OR REPLACE FUNCTION {self.name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            f"IF {when} THEN RAISE EXCEPTION '{self.says}: % on % refused', TG_OP, TG_TABLE_NAME "
            f"USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = '{self.refusal}'; END IF; RETURN {row}; END $$; "
            f"CREATE OR REPLACE TRIGGER {self.name} {'AFTER' if self.by_statement else 'BEFORE'} {self.event} "
            f"ON {self.table}{added} FOR EACH {'STATEMENT' if once else 'ROW'} EXECUTE FUNCTION {self.name}()"
        )

    def sqlite(self) -> str:
        """Its trigger; '' for what SQLite cannot be asked to do."""
        if self.event == "TRUNCATE":
            return ""
        when = f" WHEN {self.when.format(differs='IS NOT')}" if self.when else ""
        return (
            f"CREATE TRIGGER {self.name} BEFORE {self.event} ON {self.table}{when} "
            f"BEGIN SELECT RAISE(ABORT, '{self.refusal}'); END"
        )


def kept(owner: Literal["contracts", "ledger"], table: str, refusal: str, says: str) -> list[Guard]:
    """The guards of a table whose rows are only ever added; it may be emptied while it is empty."""
    changed = Guard(owner=owner, table=table, event="UPDATE", refusal=refusal, says=says)
    return [changed, *stays(owner, table, refusal, says)]


def stays(owner: Literal["contracts", "ledger"], table: str, refusal: str, says: str) -> list[Guard]:
    """The guards of a table of which no row goes, whatever may change of it."""
    full = f"EXISTS (SELECT 1 FROM {table})"
    asked: tuple[tuple[Event, str], ...] = (("DELETE", ""), ("TRUNCATE", full))
    return [
        Guard(owner=owner, table=table, event=event, refusal=refusal, says=says, when=when) for event, when in asked
    ]
