"""The guards of the tables of contracts: facts are never overwritten, history is only added to, what was decided stays decided."""

from typing import Any, Literal

from django.db.models import Model

from contracts import models
from contracts.guards.guard import Guard, kept, stays
from contracts.guards.of_codes import known_by_code
from contracts.models.fact import BOOKKEEPING, Fact

ALWAYS = ["id", "number", "unit_id"]
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
FACTS: tuple[type[Fact], ...] = (
    *(models.BillingStart, models.Change, models.Notice, models.Price, models.Consent),
    *(models.LinkedServiceState, models.Outage, models.Breach, models.Name),
    *(models.Transfer, models.Move),
)
"""The tables whose rows are withdrawn or replaced, never overwritten."""

REPLACEABLE = (
    "unitlook",
    "namekey",
    "listchoice",
    "listreading",
    "submission",
    "workitem",
    "bookuploadpart",
    "rowmarks",
)
"""Tables of what is derived, or of no consequence: only there may a row be put in another's place (contracts.guards.replaced)."""

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


def _columns(model: type[Model], *but: str) -> list[str]:
    """The columns of a table, without those named."""
    columns = [str(field.column) for field in model._meta.concrete_fields]
    return [column for column in columns if column not in but]


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
        # A book may bring the day of application of what another book brought in without one.
        f" OR (OLD.state <> 'draft' AND OLD.applied_on IS NOT NULL AND {_differ(['applied_on'])} AND NOT ({_BACK}))"
        f" OR (OLD.state IN ('accepted', 'rejected', 'withdrawn') AND ({_differ(_after_the_decision())})))",
    )


def _after_the_decision() -> list[str]:
    """What of an application stays once it is decided: all but that its rejection was noted, a day that was missing, and the count of
    how often its form was saved.
    """
    return _columns(models.Application, "applied_on", "acknowledged_on", "version")


def _received() -> list[Guard]:
    """Only a draft may be thrown away."""
    shared: dict[str, Any] = {"owner": "contracts", "table": "contracts_application", "refusal": "application_kept"}
    shared |= {"says": "the application was received or decided"}
    full = "EXISTS (SELECT 1 FROM contracts_application WHERE state <> 'draft')"
    return [
        Guard(event="DELETE", when="OLD.state <> 'draft'", **shared),
        Guard(event="TRUNCATE", when=full, **shared),
    ]


def _concluded() -> list[Guard]:
    """What a contract or an option was concluded as stays; what changes of it later are rows of their own, or days."""
    fixed: list[tuple[type[Model], tuple[str, ...]]] = [
        (models.Target, ("unit_id", "billing_starts_on", "ends_on", "term_licences")),
        (models.Contract, ("premium_consent_on", "ready_on")),
        (models.Option, ()),
    ]
    return [
        Guard(
            owner="contracts",
            table=model._meta.db_table,
            event="UPDATE",
            refusal="concluded_stays",
            says="it stays as it was concluded",
            when=f"({_differ(_columns(model, *but))})",
        )
        for model, but in fixed
    ]


def _counted() -> list[Guard]:
    """What counts only goes up: revisions of the facts, numbers given out, links of the chain."""
    shared: dict[str, Any] = {"owner": "contracts", "refusal": "counts_up", "says": "it only counts up"}
    counts = (
        ("contracts_factsrevision", "NEW.revision < OLD.revision"),
        ("contracts_numberseries", "(NEW.last < OLD.last OR NEW.prefix <> OLD.prefix)"),
        (
            "contracts_chainhead",
            "(NEW.position < OLD.position OR NEW.swept_to < OLD.swept_to"
            " OR (NEW.position = OLD.position AND NEW.sha256 <> OLD.sha256))",
        ),
    )
    return [
        guard
        for table, back in counts
        for guard in (
            Guard(event="UPDATE", table=table, when=back, **shared),
            Guard(event="DELETE", table=table, **shared),
        )
    ]


def _asked() -> list[Guard]:
    """What was asked for stays as it was asked, and what was decided on it stays decided."""
    asked = _differ(_columns(models.Asked, "state", "decided_by_id", "decided_on", "reason"))
    shared: dict[str, Any] = {"owner": "contracts", "table": "contracts_asked", "refusal": "asked_stays"}
    shared |= {"says": "what was asked for stays as it was asked"}
    decided = "OLD.state <> 'waiting'"
    return [Guard(event="UPDATE", when=f"({asked} OR {decided})", **shared), *stays(**shared)]


def _abolitions() -> list[Guard]:
    """An abolition is withdrawn once, or replaced by another; what it said stays."""
    said = _differ(["id", "announced_on", "ends_on", "reference", "reason", "declared_on", "declared_by"])
    gone = _differ(["withdrawn_on", "withdrawn_by", "withdrawn_because", "withdrawal"])
    shared: dict[str, Any] = {"owner": "contracts", "table": "contracts_abolition", "refusal": "fact_overwritten"}
    shared |= {"says": "an abolition is withdrawn or replaced by another row"}
    return [Guard(event="UPDATE", when=f"({said} OR (OLD.withdrawn_on IS NOT NULL AND ({gone})))", **shared)]


def _told_of_settings() -> list[Guard]:
    """A change of settings stays as it was recorded; that its customer was told is noted once."""
    told = ("told_at", "told_how", "told_by")
    shared: dict[str, Any] = {"owner": "contracts", "table": "contracts_settingchange", "refusal": "setting_stays"}
    shared |= {"says": "what was changed, and told, stays on record"}
    once = f"(OLD.told_at IS NOT NULL AND ({_differ([*told])}))"
    changed = _differ(_columns(models.SettingChange, *told))
    return [Guard(event="UPDATE", when=f"({changed} OR {once})", **shared), *stays(**shared)]


RESTED_ON = (models.BillingStart, models.Change, models.Notice, models.Price, models.Outage, models.Breach)
"""Facts of a target: the ledger says of which a line rests on them (billing.guards)."""


def had_a_hand(record: str, row: str, person: str) -> str:
    """The SQL condition that a person had a hand in a record, by the columns of a row that name them."""
    return (
        f"EXISTS (SELECT 1 FROM contracts_hand AS hand WHERE hand.record = '{record}'"
        f" AND hand.number = {row} AND hand.person_id = {person})"
    )


def _another() -> list[Guard]:
    """What is decided under four eyes is decided by somebody who had no hand in it (contracts.operations.four_eyes)."""
    shared: dict[str, Any] = {"owner": "contracts", "event": "UPDATE", "refusal": "decided_by_another"}
    shared |= {"says": "whoever decides had a hand in it"}
    return [
        Guard(
            table="contracts_application",
            when=f"(NEW.state = 'accepted' AND NEW.four_eyes AND {had_a_hand('application', 'NEW.id', 'NEW.decided_by_id')})",
            **shared,
        ),
        Guard(
            table="contracts_bookupload",
            when="(NEW.state IN ('taking', 'taken') AND NEW.four_eyes AND (NEW.decided_by_id = NEW.brought_by_id OR "
            f"{had_a_hand('book', 'NEW.id', 'NEW.decided_by_id')}))",
            **shared,
        ),
    ]


def _rights() -> list[Guard]:
    """A change of rights stays as it was asked for, and as it was decided."""
    asked = _differ(["asked_by_id", "person_id", "role_id", "gives", "takes", "because", "four_eyes"])
    shared: dict[str, Any] = {"owner": "contracts", "table": "contracts_rightschange", "refusal": "rights_stay"}
    shared |= {"says": "a change of rights stays as it was asked for"}
    decided = "OLD.state <> 'waiting'"
    return [
        Guard(event="UPDATE", when=f"({asked} OR {decided})", **shared),
        Guard(event="DELETE", when=decided, **shared),
    ]


def _kept_facts() -> list[str]:
    """The tables of facts of which no row goes, whether a line rests on it or not."""
    kept_ones = [model._meta.db_table for model in FACTS if model not in RESTED_ON]
    return [*kept_ones, models.Abolition._meta.db_table]


def guards() -> list[Guard]:
    """Every guard of contracts."""
    return [
        *kept("contracts", "contracts_hand", "hand_only_added", "hands are only added"),
        *kept("contracts", "contracts_passwordset", "password_set_only_added", "settings of passwords are only added"),
        *_another(),
        *_rights(),
        *kept("contracts", "contracts_entry", "entry_only_added", "history is only added to"),
        *kept("contracts", "contracts_entrylink", "link_only_added", "the chain is only added to"),
        *kept("contracts", "contracts_revisionmoment", "moment_only_added", "moments are only added"),
        *kept("contracts", "contracts_bookimport", "import_only_added", "books taken in stay on record"),
        *kept("contracts", "contracts_factcorrection", "correction_only_added", "corrections are only added"),
        _decided(),
        *_received(),
        *_concluded(),
        *_counted(),
        *_asked(),
        *_abolitions(),
        *_told_of_settings(),
        *known_by_code(),
        *(never_overwritten(model) for model in FACTS),
        *(
            guard
            for table in _kept_facts()
            for guard in stays("contracts", table, "fact_kept", "a fact is withdrawn, and stays on record")
        ),
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
