"""System checks: what finance chose can be followed."""

from typing import Any

from django.core.checks import CheckMessage, Error, register
from django.core.exceptions import ImproperlyConfigured

from billing.facts.packages import faults_of_the_file
from billing.facts.policy import faults_of_choices


@register()
def finance_can_be_followed(**_options: Any) -> list[CheckMessage]:
    """billing.E001: what a [[journal]] of FINANCE_FILE lacks; billing.E002: what its [[policy]] or the issuer lacks. A sentence each."""
    return [
        *(Error(fault, id="billing.E001") for fault in faults_of_the_file()),
        *(Error(fault, id="billing.E002") for fault in faults_of_choices()),
    ]


def stop_on_doubt() -> None:
    """Raises ImproperlyConfigured where finance's choices cannot be followed: no process of any kind begins with them."""
    if wrong := [*faults_of_choices(), *faults_of_the_file()]:
        raise ImproperlyConfigured("\n".join(wrong))
