"""A made-up edition: what a new one may look like, put in by a test for as long as it runs (contracts.terms.editions.with_edition)."""

from decimal import Decimal

from contracts.terms.editions import Edition, Renaming
from tests.terms.build import day

FIRST = day("2026-04-01")

MADE_UP = Edition(
    first=FIRST,
    renamings=(Renaming("アンチウイルス:Cylance", "アンチウイルス:Aurora", "附則2026-04-01-2"),),
    changes={
        "contract_months": 12,
        "option_months": 12,
        "committed_option_months": 24,
        "term_months": 24,
        "renewal_notice_months": 4,
        "contract_notice_days": 60,
        "option_notice_days": 45,
        "term_licence_notice_days": 120,
        "mssp_licences": 200,
        "term_licences": 2000,
        "most_retention_years": 15,
        "least_retention_years": 2,
        "outage_hours": 12,
        "outage_unit_hours": 12,
        "outage_parts": 60,
        "outage_claim_months": 6,
        "breach_claim_day": 20,
        "breach_parts": 5,
        "uptime_percent": Decimal("99.95"),
        "notified_minutes": 10,
    },
)
"""From 2026-04-01 on: nearly every number otherwise, and an item renamed a third time."""
