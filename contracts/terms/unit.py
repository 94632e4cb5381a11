"""The facts of one management unit as plain values: what was agreed, what was changed, what arrived.

Nothing here is derived: ends, renewals and eligibility follow from these facts (art12_termination, art07_eligibility).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum

from contracts.terms.catalog import CATEGORY_NAMES, Category, LicenceType, Module, OptionType, Product, Service
from contracts.terms.consents import Assent, Consent, given, with_stated
from contracts.terms.days import NOT_YET_KNOWN, ONE_DAY
from contracts.terms.holders import Transferred
from contracts.terms.stays import EVER, Stay, Stays


class Ground(StrEnum):
    """根拠: on what ground an end was declared."""

    NOTICE = "notice"
    GENERAL_28_2 = "gp28_2"
    GENERAL_28_3 = "gp28_3"
    COMPANY = "company"
    ABOLISHED = "abolished"


class What(StrEnum):
    """変更事項: what a change changes."""

    CATEGORY = "category"
    ITEM = "item"
    RETENTION_YEARS = "retention_years"
    QUANTITY = "quantity"


class ContradictionError(ValueError):
    """Facts of one target that cannot all be true; names the target, the reason and, where one is broken, the clause.

    ``code`` names the contradiction whatever words say it.
    """

    def __init__(self, number: str, reason: str, clause: str = "", *, code: str) -> None:
        super().__init__(f"{number}: {reason}")
        self.number, self.reason, self.clause, self.code = number, reason, clause, code


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkedState:
    """対応サービス as it stands from ``from_on`` until its next state; the days of consent and of options on it.

    ``known_on`` is the day on which the state became known here; None: before anything was applied for. ``consents`` are the
    records with evidence that its holder gave in this state; some of them may have ended.
    """

    code: str
    from_on: date
    service: Service
    kind: str = ""
    item: str = ""
    holder: str
    module_consent_on: date | None = None
    premium_consent_on: date | None = None
    bypass_option_on: date | None = None
    advanced_support_on: date | None = None
    ends_on: date | None = None
    known_on: date | None = None
    consents: tuple[Consent, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Contract:
    """One IIJ C-SOCサービス契約 (第6条): a tier contract, or a module contract. ``starts_on`` is its 課金開始日.

    ``consents`` are the records of the customer's own consent (17-1), beside the day that the book states.
    """

    number: str
    category: Category
    module: Module | None = None
    linked_service: str = ""
    application: str
    applied_on: date
    accepted_on: date
    starts_on: date | None = None
    premium_consent_on: date | None = None
    ready_on: date | None = None
    consents: tuple[Consent, ...] = ()

    @property
    def is_tier(self) -> bool:
        """Whether its category is プレミアム, アドバンスト or ベーシック."""
        return self.category is not Category.MODULE

    @property
    def name(self) -> str:
        """What the contract is for, in one line."""
        return self.module.name if self.module else CATEGORY_NAMES[self.category]


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One option attached to a contract (第10条). ``starts_on`` is its own 課金開始日."""

    number: str
    contract: str
    option: OptionType
    licence_type: LicenceType | None = None
    product: Product | None = None
    retention_years: int | None = None
    quantity: int | None = None
    application: str
    applied_on: date
    accepted_on: date
    starts_on: date | None = None

    @property
    def is_term_licence(self) -> bool:
        """Whether it is a 期間ライセンス (第10条第2項第8号), which has terms instead of a minimum term."""
        return self.licence_type is LicenceType.TERM


Target = Contract | Option


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A change of one target from ``effective_on`` on (第9条, 第10条第5項). ``to`` is a category, an item, years or licences.

    ``price_kept``: 料金据置 was agreed, the monthly price goes on as it was (I-41).
    """

    target: str
    what: What
    to: str | int
    application: str
    accepted_on: date
    effective_on: date
    price_kept: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """解約通知 or another ground of an end, as it arrived; ``requested_for`` is the day it names."""

    target: str
    arrived_on: date
    requested_for: date | None = None
    ground: Ground = Ground.NOTICE


@dataclass(frozen=True, slots=True, kw_only=True)
class Abolished:
    """EDRオプションの廃止 (第10条第11項): the last day of all EDR options; when it was announced, and when declared here.

    What is accepted from ``declared_on`` on may not live on ``ends_on`` or later; what was accepted before ends with it (I-43).
    """

    ends_on: date
    announced_on: date
    declared_on: date
    reference: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """One 管理単位 with every fact that bears on it, the states of the services its modules link among them.

    ``customer`` held its contracts first; ``transfers`` say who has held them since.
    """

    code: str
    customer: str
    contracts: tuple[Contract, ...] = ()
    options: tuple[Option, ...] = ()
    changes: tuple[Change, ...] = ()
    notices: tuple[Notice, ...] = ()
    linked: Mapping[str, tuple[LinkedState, ...]] = field(default_factory=dict)
    abolitions: tuple[Abolished, ...] = ()
    transfers: tuple[Transferred, ...] = ()
    stays: Stays = field(default_factory=dict)
    """The days of contracts that were moved into it, or are going to leave it."""
    told_from: date | None = None
    """Contracts have left it by this day: it cannot be judged by what it has on days before. None where none ever came or left."""

    @property
    def targets(self) -> tuple[Target, ...]:
        """Contracts and options alike: whatever can be priced, changed and ended."""
        return self.contracts + self.options


def stay_of(unit: Unit, target: Target) -> Stay:
    """The days of a target in the unit: an option's are its contract's."""
    return unit.stays.get(target.contract if isinstance(target, Option) else target.number, EVER)


def start_of(target: Target) -> date:
    """The target's 課金開始日, or NOT_YET_KNOWN."""
    return target.starts_on or NOT_YET_KNOWN


def in_order(change: Change) -> tuple[date, date, str]:
    """The key of changes in the order in which they take effect: by day; of one day as they were accepted, then as they were
    applied for (I-53).
    """
    return change.effective_on, change.accepted_on, change.application


def changes_of(changes: Iterable[Change], target: str, what: What) -> list[Change]:
    """The changes of one thing of one target in the order in which they take effect."""
    return sorted((c for c in changes if c.target == target and c.what is what), key=in_order)


def initial_value(target: Target, what: What) -> object:
    """Category, item, years or licences of a target as it was concluded; None where it has none."""
    if isinstance(target, Contract):
        return {What.CATEGORY: target.category, What.ITEM: target.module.item if target.module else ""}.get(what)
    return {What.RETENTION_YEARS: target.retention_years, What.QUANTITY: target.quantity}.get(what)


def in_force(initial: object, changes: Iterable[Change], day: date) -> object:
    """A value as it stands on a day: the last of ``changes`` (in order) effective by then, else ``initial``."""
    value = initial
    for change in changes:
        if change.effective_on <= day:
            value = change.to
    return value


def linked_on(states: Iterable[LinkedState], day: date, *, since: date | None = None) -> LinkedState | None:
    """The state of a linked service on a day: the latest that has begun, unless it has ended by then.

    A later state changes kind or item: what the same holder consented to or took before stands on (I-29). ``since``: consents
    given before count no more, since the contracts have passed to another customer (I-56).
    """
    standing: LinkedState | None = None
    for state in sorted((state for state in states if state.from_on <= day), key=lambda state: state.from_on):
        standing = _carried_on(standing, state) if standing and _goes_on(standing, state) else state
    if standing is None or (standing.ends_on is not None and standing.ends_on < day):
        return None
    return _with_consents_of(standing, day, since) if standing.consents or since else standing


def given_in(states: Sequence[LinkedState], records: Iterable[Consent]) -> list[LinkedState]:
    """The states of a service (in the order of their days), each with the records of what was given while it stood.

    What was given before the first state stands with the first: it was agreed ahead of the service.
    """
    held: dict[int, tuple[Consent, ...]] = {}
    for record in records:
        begun = [position for position, state in enumerate(states) if state.from_on <= record.given_on]
        position = begun[-1] if begun else 0
        held[position] = (*held.get(position, ()), record)
    return [replace(state, consents=held.get(position, ())) for position, state in enumerate(states)]


def own_consent_on(contract: Contract, day: date, *, since: date | None = None) -> date | None:
    """Since when the customer's own consent (17-1) has held that holds on the day; None where none does. ``since``: see linked_on."""
    consents = with_stated(contract.premium_consent_on, Assent.OWN_PREMIUM_CONSENT, contract.consents)
    return given(consents, day, since=since)


def _with_consents_of(state: LinkedState, day: date, since: date | None) -> LinkedState:
    """The state with the days of the consents that hold on the day; what has ended by then is not given.

    The options on the service (7-6, 7-7) are the service's, whoever holds the contracts.
    """
    return replace(
        state,
        module_consent_on=_held(state, state.module_consent_on, Assent.MODULE_CONSENT, day, since),
        premium_consent_on=_held(state, state.premium_consent_on, Assent.PREMIUM_CONSENT, day, since),
        bypass_option_on=_held(state, state.bypass_option_on, Assent.BYPASS_OPTION, day),
        advanced_support_on=_held(state, state.advanced_support_on, Assent.ADVANCED_SUPPORT, day),
    )


def _held(state: LinkedState, stated: date | None, assent: Assent, day: date, since: date | None = None) -> date | None:
    return given(with_stated(stated, assent, state.consents), day, since=since)


def _goes_on(before: LinkedState, after: LinkedState) -> bool:
    """Whether the later state is the same holder's same service, without a day on which it had ended."""
    unbroken = before.ends_on is None or before.ends_on >= after.from_on - ONE_DAY
    return (before.holder, before.service) == (after.holder, after.service) and unbroken


def _carried_on(before: LinkedState, after: LinkedState) -> LinkedState:
    return replace(
        after,
        module_consent_on=after.module_consent_on or before.module_consent_on,
        premium_consent_on=after.premium_consent_on or before.premium_consent_on,
        bypass_option_on=after.bypass_option_on or before.bypass_option_on,
        advanced_support_on=after.advanced_support_on or before.advanced_support_on,
        consents=before.consents + after.consents,
    )
