"""System checks: what finance chose can be followed."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register

from billing.facts.issuer import faults_of_issuers
from billing.facts.packages import faults_of_the_file


@register()
def journals_can_be_mapped(**_options: Any) -> list[CheckMessage]:
    """billing.E001: what a [[journal]] of FINANCE_FILE lacks, a sentence each."""
    return [Error(fault, id="billing.E001") for fault in faults_of_the_file()]


@register()
def the_fiscal_year_begins_with_a_month(**_options: Any) -> list[CheckMessage]:
    """billing.E016: FISCAL_YEAR_BEGINS is no month."""
    if 1 <= settings.FISCAL_YEAR_BEGINS <= 12:
        return []
    said = f"FISCAL_YEAR_BEGINS is {settings.FISCAL_YEAR_BEGINS}: the fiscal year begins with a month from 1 to 12"
    return [Error(said, id="billing.E016")]


@register()
def issuers_can_be_printed(**_options: Any) -> list[CheckMessage]:
    """billing.E002: what an [[issuer]] of FINANCE_FILE lacks, a sentence each."""
    return [Error(fault, id="billing.E002") for fault in faults_of_issuers()]
