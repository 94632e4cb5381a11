"""System checks: what finance chose can be followed."""

from typing import Any

from django.core.checks import CheckMessage, Error, register

from billing.facts.issuer import faults_of_issuers
from billing.facts.packages import faults_of_the_file


@register()
def journals_can_be_mapped(**_options: Any) -> list[CheckMessage]:
    """billing.E001: what a [[journal]] of FINANCE_FILE lacks, a sentence each."""
    return [Error(fault, id="billing.E001") for fault in faults_of_the_file()]


@register()
def issuers_can_be_printed(**_options: Any) -> list[CheckMessage]:
    """billing.E002: what an [[issuer]] of FINANCE_FILE lacks, a sentence each."""
    return [Error(fault, id="billing.E002") for fault in faults_of_issuers()]
