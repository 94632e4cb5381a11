"""Tables of facts: what was agreed, changed, noticed. What the terms make of them is computed (contracts.facts.load)."""

from contracts.models.abolition import Abolition
from contracts.models.application import Application
from contracts.models.book_upload import BookUpload, BookUploadPart, ListReading
from contracts.models.chain import ChainHead, EntryLink, RowMarks
from contracts.models.consent import Consent
from contracts.models.correction import FactCorrection
from contracts.models.customer import Customer, ManagementUnit
from contracts.models.effect import Effect
from contracts.models.entry import Entry
from contracts.models.hand import Hand, PasswordSet
from contracts.models.hand_over import HandOver
from contracts.models.incident import Breach, Outage
from contracts.models.job import Digest, Job
from contracts.models.linked_service import LinkedService, LinkedServiceState
from contracts.models.list_choice import ListChoice
from contracts.models.name import Name
from contracts.models.name_key import NameKey
from contracts.models.number import NumberSeries
from contracts.models.price import Price
from contracts.models.revision import BookImport, FactsRevision, RevisionMoment
from contracts.models.rights import RightsChange
from contracts.models.second import Asked
from contracts.models.setting_change import SettingChange
from contracts.models.submission import Submission
from contracts.models.target import BillingStart, Change, Contract, Notice, Option, Target
from contracts.models.transfer import Move, Transfer
from contracts.models.work_item import UnitLook, WorkItem

__all__ = [
    "Abolition",
    "Application",
    "Asked",
    "BillingStart",
    "BookImport",
    "BookUpload",
    "BookUploadPart",
    "Breach",
    "ChainHead",
    "Change",
    "Consent",
    "Contract",
    "Customer",
    "Digest",
    "Effect",
    "Entry",
    "EntryLink",
    "FactCorrection",
    "FactsRevision",
    "Hand",
    "HandOver",
    "Job",
    "LinkedService",
    "LinkedServiceState",
    "ListChoice",
    "ListReading",
    "ManagementUnit",
    "Move",
    "Name",
    "NameKey",
    "Notice",
    "NumberSeries",
    "Option",
    "Outage",
    "PasswordSet",
    "Price",
    "RevisionMoment",
    "RightsChange",
    "RowMarks",
    "SettingChange",
    "Submission",
    "Target",
    "Transfer",
    "UnitLook",
    "WorkItem",
]
