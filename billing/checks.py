"""System checks: what finance chose can be followed."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register
from django.core.exceptions import ImproperlyConfigured

from billing.facts.issuer import faults_of_issuers
from billing.facts.packages import faults_of_the_file
from billing.facts.policy import faults_of_choices


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
    return [Error(fault, id="billing.E002") for fault in _faults_of_issuers()]


@register()
def choices_can_be_followed(**_options: Any) -> list[CheckMessage]:
    """billing.E003: what a [[policy]] of FINANCE_FILE lacks, or the issuer's settings, a sentence each."""
    return [Error(fault, id="billing.E003") for fault in faults_of_choices()]


def stop_on_doubt() -> None:
    """Raises ImproperlyConfigured where finance's choices cannot be followed: no process of any kind begins with them."""
    if wrong := [*faults_of_choices(), *_faults_of_issuers(), *faults_of_the_file()]:
        raise ImproperlyConfigured("\n".join(wrong))


def _faults_of_issuers() -> list[str]:
    # A file that cannot be read at all is told once.
    return [] if faults_of_choices() else faults_of_issuers()
