"""Tables of facts: what was agreed, changed, noticed. What the terms make of them is computed (contracts.facts)."""

from contracts.models.application import Application
from contracts.models.customer import Customer, ManagementUnit
from contracts.models.incident import Breach, Outage
from contracts.models.linked_service import LinkedService, LinkedServiceState
from contracts.models.price import Price
from contracts.models.revision import BookImport, FactsRevision
from contracts.models.target import Change, Contract, Notice, Option, Target

__all__ = [
    "Application",
    "BookImport",
    "Breach",
    "Change",
    "Contract",
    "Customer",
    "FactsRevision",
    "LinkedService",
    "LinkedServiceState",
    "ManagementUnit",
    "Notice",
    "Option",
    "Outage",
    "Price",
    "Target",
]
