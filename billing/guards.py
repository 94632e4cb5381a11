"""The guards of the ledger: a closed month never changes, what a line rests on is not deleted, an invoice says what it said."""

from dataclasses import replace
from typing import Any

from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper

from billing.models import BillingGroupUnit, BillingParty, Invoice, InvoiceMark, LedgerCheck, OrderNumber
from billing.models.month_tables import put_month_tables_on
from contracts.guards.guard import Guard, kept, stays
from contracts.guards.of_contracts import had_a_hand, never_overwritten
from contracts.guards.replaced import not_replaced
from contracts.guards.step import kept_tables, put_on
from contracts.models.fact import Fact

OF_A_MONTH = ["billing_chargeline", "billing_heldsettlement", "billing_monthchunk", "billing_parkedtarget"]
"""Rows of a month: lines are written by the million, so PostgreSQL asks once a statement whether their month is closed."""

FACTS: tuple[type[Fact], ...] = (BillingGroupUnit, BillingParty, OrderNumber)
"""The ledger's tables whose rows are withdrawn or replaced, never overwritten."""

OF_MARKS = ("sent_on", "paid_on")
"""What of an invoice follows from its marks."""

RESTED_ON = {
    "contracts_target": "id",
    **dict.fromkeys(["contracts_contract", "contracts_option"], "target_id"),
    **dict.fromkeys(["contracts_price", "contracts_change", "contracts_notice", "contracts_billingstart"], "target_id"),
    **dict.fromkeys(["contracts_outage", "contracts_breach"], "contract_id"),
}
"""Which column of a fact names the target that lines rest on."""

_OF_FORECASTS = ("forecastrow", "forecastmovement", "forecastevent")
REPLACEABLE = ("keptsums", "movedunit", "proposalpart", "forecast", "forecastpart", *_OF_FORECASTS)
"""Tables of what is derived: only there may a row be put in another's place (contracts.guards.replaced)."""

_CLOSED = "EXISTS (SELECT 1 FROM billing_month m WHERE m.closed_at IS NOT NULL AND m.id = {row}.month_id)"
_ANY_CLOSED = "EXISTS (SELECT 1 FROM billing_month m WHERE m.closed_at IS NOT NULL)"
_CLOSED_AMONG = "EXISTS (SELECT 1 FROM billing_month m WHERE m.closed_at IS NOT NULL AND m.id IN (SELECT DISTINCT month_id FROM added))"


def _of_a_month(table: str) -> list[Guard]:
    old, new = _CLOSED.format(row="OLD"), _CLOSED.format(row="NEW")
    shared: dict[str, Any] = {
        "owner": "ledger",
        "table": table,
        "refusal": "month_closed",
        "says": "the month is closed",
    }
    return [
        Guard(event="INSERT", when=new, by_statement=_CLOSED_AMONG, **shared),
        Guard(event="UPDATE", when=f"({old} OR {new})", **shared),
        Guard(event="DELETE", when=old, **shared),
        Guard(event="TRUNCATE", when=_ANY_CLOSED, **shared),
    ]


def _months() -> list[Guard]:
    shared: dict[str, Any] = {
        "owner": "ledger",
        "table": "billing_month",
        "refusal": "month_closed",
        "says": "the month is closed",
    }
    return [
        Guard(event="UPDATE", when="OLD.closed_at IS NOT NULL", **shared),
        Guard(event="DELETE", when="OLD.closed_at IS NOT NULL", **shared),
    ]


def _rested_on(table: str, column: str) -> list[Guard]:
    lines = f"EXISTS (SELECT 1 FROM billing_chargeline l WHERE l.target_id = OLD.{column})"
    held = f"EXISTS (SELECT 1 FROM billing_heldsettlement h WHERE h.target_id = OLD.{column})"
    says = "a line rests on it"
    return [
        Guard(
            owner="ledger",
            table=table,
            event="DELETE",
            refusal="line_rests_on_it",
            says=says,
            when=f"({lines} OR {held})",
        ),
        Guard(
            owner="ledger",
            table=table,
            event="TRUNCATE",
            refusal="month_closed",
            says="months are closed",
            when=_ANY_CLOSED,
        ),
    ]


def _decisions() -> list[Guard]:
    of_closed = (
        "EXISTS (SELECT 1 FROM billing_heldsettlement h JOIN billing_month m ON m.id = h.month_id "
        "WHERE h.id = NEW.held_id AND m.closed_at IS NOT NULL AND h.amount_yen <> 0)"
    )
    early = Guard(
        owner="ledger",
        table="billing_helddecision",
        event="INSERT",
        refusal="held_decision_of_closed_month",
        says="only what a closed month holds is decided on",
        when=f"NOT {of_closed}",
    )
    return [*kept("ledger", "billing_helddecision", "held_decision_only_added", "decisions are only added"), early]


def _differ(*columns: str) -> str:
    return "(" + " OR ".join(f"OLD.{column} {{differs}} NEW.{column}" for column in columns) + ")"


def _proposals() -> list[Guard]:
    """What was proposed stays as it was told, and so does who proposed it."""
    shared: dict[str, Any] = {"owner": "ledger", "table": "billing_proposal", "refusal": "proposal_stays"}
    shared |= {"says": "the proposal stays as it was told"}
    over = "OLD.state IN ('done', 'failed')"
    return [
        Guard(event="UPDATE", when=f"({over} OR {_differ('id', 'month', 'proposed_by_id', 'proposed_at')})", **shared),
        Guard(event="DELETE", when=over, **shared),
        Guard(event="TRUNCATE", when="EXISTS (SELECT 1 FROM billing_proposal)", **shared),
    ]


def _closings() -> list[Guard]:
    """Who asked for a close, on which proposal, without what: it stays, but that one which failed is asked for anew."""
    shared: dict[str, Any] = {"owner": "ledger", "table": "billing_monthclosing", "refusal": "closing_stays"}
    shared |= {"says": "what was asked for stays as it was asked"}
    fixed = _differ("id", "proposal_id", "proposed_by_id", "four_eyes", "asked_at")
    asked = _differ("asked_by_id", "leave_out", "reason")
    anew = "(OLD.state = 'failed' AND NEW.state = 'waiting')"
    return [
        Guard(event="UPDATE", when=f"(OLD.state = 'done' OR {fixed} OR ({asked} AND NOT {anew}))", **shared),
        Guard(event="DELETE", **shared),
        Guard(event="TRUNCATE", when="EXISTS (SELECT 1 FROM billing_monthclosing)", **shared),
    ]


def _checks() -> list[Guard]:
    """What a check found stays; that its head was sent is noted once."""
    shared: dict[str, Any] = {"owner": "ledger", "table": "billing_ledgercheck", "refusal": "check_stays"}
    shared |= {"says": "what a check found stays"}
    columns = [str(field.column) for field in LedgerCheck._meta.concrete_fields if field.column != "sent_at"]
    found = _differ(*(f'"{column}"' for column in columns))
    sent = f"(OLD.sent_at IS NOT NULL AND {_differ('sent_at')})"
    return [
        Guard(event="UPDATE", when=f"(OLD.state IN ('done', 'failed') AND ({found} OR {sent}))", **shared),
        *stays(**shared),
    ]


def _groups() -> list[Guard]:
    own = (
        "(EXISTS (SELECT 1 FROM billing_billinggroup g JOIN contracts_managementunit u ON u.customer_id = g.customer_id "
        "WHERE g.id = NEW.group_id AND u.id = NEW.unit_id)"
        # What passed on stays in the group of its former customer, for corrections of that one's months.
        " OR EXISTS (SELECT 1 FROM billing_billinggroup g JOIN contracts_transfer t "
        "ON g.customer_id IN (t.giver_id, t.receiver_id) WHERE g.id = NEW.group_id AND t.unit_id = NEW.unit_id))"
    )
    elsewhere = (
        "NEW.withdrawn_on IS NULL AND EXISTS (SELECT 1 FROM billing_billinggroupunit o "
        "JOIN billing_billinggroup g ON g.id = o.group_id JOIN billing_billinggroup mine ON mine.id = NEW.group_id "
        "WHERE o.unit_id = NEW.unit_id AND o.id <> NEW.id AND o.withdrawn_on IS NULL AND g.customer_id = mine.customer_id "
        "AND (NEW.until_on IS NULL OR o.from_on IS NULL OR o.from_on < NEW.until_on) "
        "AND (o.until_on IS NULL OR NEW.from_on IS NULL OR NEW.from_on < o.until_on))"
    )
    table: dict[str, Any] = {"owner": "ledger", "table": "billing_billinggroupunit"}
    stranger: dict[str, Any] = {
        "refusal": "billing_group_of_customer",
        "says": "the unit is of another customer",
        "when": f"NOT {own}",
    }
    twice: dict[str, Any] = {
        "refusal": "billing_group_once_a_day",
        "says": "the unit is in a group on these days",
        "when": f"({elsewhere})",
    }
    return [
        Guard(event="INSERT", **table, **stranger),
        # What a row says is never overwritten: its unit and its group are asked for once.
        Guard(event="INSERT", **table, **twice),
    ]


def _issued(table: str) -> list[Guard]:
    return kept("ledger", table, "invoice_issued", "the invoice is issued")


def _invoices() -> list[Guard]:
    """An invoice says what it said; whether it was sent and paid follows from its marks."""
    columns = [str(field.column) for field in Invoice._meta.concrete_fields]
    said = " OR ".join(f"OLD.{name} {{differs}} NEW.{name}" for name in columns if name not in OF_MARKS)
    return [
        replace(guard, when=f"({said})") if guard.event == "UPDATE" else guard for guard in _issued("billing_invoice")
    ]


def _marks() -> list[Guard]:
    """A mark is added and taken back once; what it says stays."""
    columns = [str(field.column) for field in InvoiceMark._meta.concrete_fields]
    said = " OR ".join(f"OLD.{name} {{differs}} NEW.{name}" for name in columns if not name.startswith("taken_back_"))
    found = kept("ledger", "billing_invoicemark", "mark_stays", "a mark is taken back by itself")
    when = f"(OLD.taken_back_at IS NOT NULL OR {said})"
    return [replace(guard, when=when) if guard.event == "UPDATE" else guard for guard in found]


def _closed_by_another() -> list[Guard]:
    """A close is asked for by somebody who had no hand in its proposal."""
    shared: dict[str, Any] = {
        "owner": "ledger",
        "table": "billing_monthclosing",
        "refusal": "decided_by_another",
        "says": "whoever asks for the close had a hand in its proposal",
        "when": f"(NEW.four_eyes AND {had_a_hand('proposal', 'NEW.proposal_id', 'NEW.asked_by_id')})",
    }
    return [Guard(event="INSERT", **shared), Guard(event="UPDATE", **shared)]


def of_ledger() -> list[Guard]:
    """The guards of billing's own tables."""
    issued = ("billing_invoicerate", "billing_invoiceunit")
    return [
        *(guard for table in OF_A_MONTH for guard in _of_a_month(table)),
        *_months(),
        *_decisions(),
        *_proposals(),
        *_closings(),
        *_checks(),
        *_invoices(),
        *(guard for table in issued for guard in _issued(table)),
        *_marks(),
        *(never_overwritten(model, "ledger") for model in FACTS),
        *(
            guard
            for model in FACTS
            for guard in stays("ledger", model._meta.db_table, "fact_kept", "a fact is withdrawn, and stays on record")
        ),
        *kept("ledger", "billing_billinggroup", "group_stays", "a group stays as it was made"),
        *_groups(),
        *kept("ledger", "billing_document", "document_kept", "what left the house as paper is kept"),
        *_closed_by_another(),
        *kept("ledger", "billing_keptseal", "seal_only_added", "seals are only added"),
        *kept("ledger", "billing_exportrecord", "export_only_added", "exports are only added"),
        *kept("ledger", "billing_journalfile", "journal_only_added", "what was taken out is only added to"),
        *kept("ledger", "billing_journalslip", "journal_only_added", "what was taken out is only added to"),
    ]


def of_facts() -> list[Guard]:
    """The guards that the ledger needs on the tables of contracts."""
    return [guard for table, column in RESTED_ON.items() for guard in _rested_on(table, column)]


def of_all() -> list[Guard]:
    """Every guard of the ledger."""
    return [*of_ledger(), *of_facts()]


def put_on_billing(*, using: str, **_signal: Any) -> None:
    """Put the guards of the ledger on the database of that alias; called after every migrate."""
    connection = connections[using]
    if "billing_month" not in connection.introspection.table_names():
        return
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            put_month_tables_on(cursor)
    put_on(connection, of_all(), owner="ledger", extra=beside(connection))


def beside(connection: BaseDatabaseWrapper) -> list[str]:
    """The triggers of billing that SQLite has beside the guards; none on PostgreSQL."""
    if connection.vendor == "postgresql":
        return []
    return list(not_replaced(connection, kept_tables("billing", REPLACEABLE), owner="ledger"))
