"""The guards of the tables of contracts: facts are never overwritten, history is only added to, what was decided stays decided."""

from typing import Any, Literal

from contracts import models
from contracts.guards.guard import Guard, kept
from contracts.models.fact import BOOKKEEPING, Fact

ALWAYS = ["number", "unit_id"]
"""What of an application may never differ."""
RECEIVED = ["entered_by_id", "four_eyes", "received_on", "received_because"]
"""What may not differ once it was received."""
_BACK = (
    "OLD.state = 'received' AND NEW.state = 'draft' AND NEW.received_on IS NULL AND NEW.version > OLD.version"
    " AND NEW.returned IN ('sent_back', 'reopened') AND NOT (OLD.four_eyes {differs} NEW.four_eyes)"
    " AND NOT (OLD.entered_by_id {differs} NEW.entered_by_id)"
    " AND (NEW.returned = 'sent_back' OR NOT (NEW.returned_by_id {differs} NEW.entered_by_id))"
)
"""Back to a draft before the decision: sent back by another, or corrected by whoever entered it; its lines stay as they were."""
DECIDED = ["state", "accepted_on", "closed_on", "decided_by_id", "reason"]
"""What may not differ once it was decided."""

FACTS: tuple[type[Fact], ...] = (
    *(models.BillingStart, models.Change, models.Notice, models.Price, models.Consent),
    *(models.LinkedServiceState, models.Outage, models.Breach, models.Name),
    *(models.Transfer, models.Move),
)
"""The tables whose rows are withdrawn or replaced, never overwritten."""

OF_WITHDRAWAL = frozenset({"withdrawn_on", "withdrawn_by", "withdrawn_in", "withdrawn_because", "withdrawal"})
"""Columns that are written when a fact is withdrawn, and not again."""


def _differ(columns: list[str]) -> str:
    return " OR ".join(f"OLD.{column} {{differs}} NEW.{column}" for column in columns)


def never_overwritten(model: type[Fact], owner: Literal["contracts", "ledger"] = "contracts") -> Guard:
    """A fact is withdrawn or replaced by another row; nothing else of it changes."""
    columns = [str(field.column) for field in model._meta.concrete_fields]
    said = [column for column in columns if column not in BOOKKEEPING | OF_WITHDRAWAL]
    fixed = ["id", *said, "recorded_at", "recorded_by", "recorded_in"]
    gone = [column for column in columns if column in OF_WITHDRAWAL]
    return Guard(
        owner=owner,
        table=model._meta.db_table,
        event="UPDATE",
        refusal="fact_overwritten",
        says="a fact is withdrawn or replaced by another row",
        when=f"({_differ(fixed)} OR (OLD.withdrawn_on IS NOT NULL AND ({_differ(gone)})) "
        "OR (OLD.replaced_by_id IS NOT NULL AND OLD.replaced_by_id {differs} NEW.replaced_by_id))",
    )


def _decided() -> Guard:
    # Acceptance writes the numbers given out into the lines, in the statement that decides.
    accepting = "OLD.state = 'received' AND NEW.state = 'accepted'"
    beyond = "OLD.state = 'draft' AND NEW.state NOT IN ('draft', 'received', 'withdrawn')"
    returned = _differ(["returned", "returned_on", "returned_by_id", "returned_because"])
    received = f"OLD.state <> 'draft' AND ({_differ(RECEIVED)} OR {returned} OR NEW.state = 'draft')"
    return Guard(
        owner="contracts",
        table="contracts_application",
        event="UPDATE",
        refusal="application_decided",
        says="the application was received or decided",
        when=f"({_differ(ALWAYS)} OR ({beyond}) OR ({received} AND NOT ({_BACK}))"
        f" OR (OLD.state <> 'draft' AND {_differ(['lines'])} AND NOT ({accepting}))"
        f" OR (OLD.state IN ('accepted', 'rejected', 'withdrawn') AND ({_differ(DECIDED)})))",
    )


def _asked() -> list[Guard]:
    """What was asked for stays as it was asked, and what was decided on it stays decided."""
    asked = _differ(["asked_by_id", "asked_on", "screen", "verb", "row", "subject", "unit_id", "form", "shown"])
    shared: dict[str, Any] = {"owner": "contracts", "table": "contracts_asked", "refusal": "asked_stays"}
    shared |= {"says": "what was asked for stays as it was asked"}
    decided = "OLD.state <> 'waiting'"
    return [
        Guard(event="UPDATE", when=f"({asked} OR {decided})", **shared),
        Guard(event="DELETE", when=decided, **shared),
    ]


def _abolitions() -> list[Guard]:
    """An abolition is withdrawn once, or replaced by another; what it said stays."""
    said = _differ(["announced_on", "ends_on", "reference", "reason", "declared_on", "declared_by"])
    gone = _differ(["withdrawn_on", "withdrawn_by", "withdrawn_because", "withdrawal"])
    shared: dict[str, Any] = {"owner": "contracts", "table": "contracts_abolition", "refusal": "fact_overwritten"}
    shared |= {"says": "an abolition is withdrawn or replaced by another row"}
    return [Guard(event="UPDATE", when=f"({said} OR (OLD.withdrawn_on IS NOT NULL AND ({gone})))", **shared)]


def guards() -> list[Guard]:
    """Every guard of contracts."""
    return [
        *kept("contracts", "contracts_entry", "entry_only_added", "history is only added to"),
        *kept("contracts", "contracts_factcorrection", "correction_only_added", "corrections are only added"),
        _decided(),
        *_asked(),
        *_abolitions(),
        *(never_overwritten(model) for model in FACTS),
    ]


_STANDS = (
    "{row}.kind = 'tier' AND {row}.billing_starts_on IS NOT NULL "
    "AND ({row}.ends_on IS NULL OR {row}.ends_on >= {row}.billing_starts_on)"
)
_OVERLAP = f"""
    WHEN {_STANDS.format(row="NEW")} AND EXISTS (
        SELECT 1 FROM contracts_target AS other
        WHERE other.unit_id = NEW.unit_id AND other.id <> NEW.id AND {_STANDS.format(row="other")}
            AND (other.ends_on IS NULL OR other.ends_on >= NEW.billing_starts_on)
            AND (NEW.ends_on IS NULL OR NEW.ends_on >= other.billing_starts_on)
    )
    BEGIN SELECT RAISE(ABORT, 'target_one_tier_a_day'); END
"""
ONE_TIER_A_DAY = {
    "postgresql": (
        "CREATE EXTENSION IF NOT EXISTS btree_gist",
        "ALTER TABLE contracts_target ADD CONSTRAINT target_one_tier_a_day EXCLUDE USING gist "
        "(unit_id WITH =, daterange(billing_starts_on, ends_on, '[]') WITH &&) "
        f"WHERE ({_STANDS.replace('{row}.', '')})",
    ),
    "sqlite": tuple(
        f"CREATE TRIGGER guard_contracts_target_one_tier_a_day_{event.lower()} AFTER {event} ON contracts_target {_OVERLAP}"
        for event in ("INSERT", "UPDATE")
    ),
}
"""No two tier contracts of a unit on one day (第6条第1項, 第7条第1項): an exclusion constraint, or triggers that refuse the same rows."""
