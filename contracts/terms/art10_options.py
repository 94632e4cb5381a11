"""第10条（オプションサービス）: minimum terms, 期間ライセンス and its renewal, the day a stop takes effect, where an option may stand."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from contracts.terms.catalog import LICENCE_NAMES, OPTION_NAMES, RETENTION_YEARS, LicenceType, ModuleType, OptionType
from contracts.terms.days import ONE_DAY, days_after, last_day, last_day_after
from contracts.terms.standing import UnitOnDay, Violation, broken, premium_tiers
from contracts.terms.unit import Option

NOTICE_DAYS = 30
TERM_LICENCE_NOTICE_DAYS = 90
RENEWAL_NOTICE_MONTHS = 3
LONGEST_NOTICE_DAYS = 93
"""No three months are longer than 92 days; and a reader may count the day of the arrival or not (I-33)."""
TERM_MONTHS = 12

MINIMUM_LICENCES = {LicenceType.MSSP: 100, LicenceType.TERM: 1000, LicenceType.CUSTOMER: 1}
"""第10条第2項第8号: 最低利用ライセンス数. The terms give none for 顧客ライセンス; one licence at least has something to charge."""

RETENTION_MODULES = frozenset(
    {
        ModuleType.SWG,
        ModuleType.IPS_IDS,
        ModuleType.FIREWALL,
        ModuleType.ENDPOINT,
        ModuleType.DEVICE_LOG,
        ModuleType.CLOUD_LOG,
        ModuleType.M365_LOG,
    }
)
"""第10条第2項第5号: the module types whose logs ログ保管オプション keeps: not セキュアMX, マネージドWAF, セキュアアクセス."""

EDR_OPTIONS = frozenset({OptionType.EDR_OPERATION, OptionType.EDR_LICENCE})


def minimum_term_months(option: OptionType, licence_type: LicenceType | None) -> int | None:
    """Months of an option's minimum term (第10条第8項): 12 for EDR運用 and MSSPライセンス, None for 期間ライセンス, 6 otherwise."""
    if licence_type is LicenceType.TERM:
        return None
    if option is OptionType.EDR_OPERATION or licence_type is LicenceType.MSSP:
        return 12
    return 6


@dataclass(frozen=True, slots=True)
class Term:
    """One 契約期間 of a 期間ライセンス, both days included; ``renewals`` counts the renewals before it."""

    first: date
    last: date
    renewals: int


def terms(starts_on: date) -> Iterator[Term]:
    """The terms of a 期間ライセンス without end (第10条第9項): one year each, each from the day after the last ended."""
    first, renewals = starts_on, 0
    while True:
        term = Term(first, last_day(first, months=TERM_MONTHS), renewals)
        yield term
        first, renewals = term.last + ONE_DAY, renewals + 1


def term_of(starts_on: date, day: date) -> Term:
    """The term that a day lies in; the first term for a day before it."""
    return next(term for term in terms(starts_on) if day <= term.last)


def renewal_deadline(term_last: date) -> date:
    """The last day on which a notice arrives in time to stop the renewal (第10条第9項, I-10)."""
    day = safe_day(term_last)
    while in_time(day + ONE_DAY, term_last):
        day += ONE_DAY
    return day


def safe_day(term_last: date) -> date:
    """The last day on which a notice is in time however the three months are counted, and whatever 10-10 adds (I-33).

    Screens and reminders warn from it; what is decided goes by ``renewal_deadline``.
    """
    return term_last - LONGEST_NOTICE_DAYS * ONE_DAY


def in_time(arrived_on: date, term_last: date) -> bool:
    """Whether three months counted from the arrival, its day not counted, are over by the term's end (第10条第9項, I-10)."""
    return last_day_after(arrived_on, months=RENEWAL_NOTICE_MONTHS) <= term_last


@dataclass(frozen=True, slots=True)
class EffectDay:
    """The day on which an end takes effect, the clause that makes it that day, the readings that decided."""

    on: date
    clause: str
    readings: tuple[str, ...] = ()


def stop_effect(option: Option, arrived_on: date, requested_for: date | None) -> EffectDay:
    """The day on which a notice stops an option (第10条第10項): the later of arrival + 30 days (90 for 期間ライセンス) and the day named."""
    if option.is_term_licence:
        return _term_licence_stop(option.starts_on, arrived_on, requested_for)
    earliest = days_after(arrived_on, NOTICE_DAYS)
    return EffectDay(max(earliest, requested_for or earliest), "10-10")


def _term_licence_stop(starts_on: date | None, arrived_on: date, requested_for: date | None) -> EffectDay:
    earliest = days_after(arrived_on, TERM_LICENCE_NOTICE_DAYS)
    effect = max(earliest, requested_for or earliest)
    if starts_on is None or effect < starts_on:
        return EffectDay(effect, "10-10")
    if requested_for and requested_for >= starts_on:
        named_term = term_of(starts_on, requested_for)
        if requested_for == named_term.last and in_time(arrived_on, named_term.last):
            return EffectDay(requested_for, "10-9", ("I-10", "I-11"))
    term = term_of(starts_on, arrived_on)
    if in_time(arrived_on, term.last) and effect > term.last >= (requested_for or term.last):
        # Three months can be 89 days: in time for 10-9, yet 90 days run out a day after the term. Nothing has renewed.
        return EffectDay(term.last, "10-9", ("I-10", "I-23"))
    late = effect <= term.last and not in_time(arrived_on, term.last)
    return EffectDay(effect, "10-10", ("I-12",) if late else ())


def keeps_logs_of(module_type: ModuleType | None) -> bool:
    """Whether ログ保管オプション is offered for that module type (第10条第2項第5号)."""
    return module_type in RETENTION_MODULES


def is_retention(years: object) -> bool:
    """Whether ログ保管 has a type of that many years: 1 to 10 (第10条第2項第5号)."""
    return isinstance(years, int) and years in RETENTION_YEARS


_ON_TIER = {
    OptionType.ON_SITE_REPORT: ("report_not_on_tier", "10-2(1)"),
    OptionType.INCIDENT_RESPONSE: ("response_not_on_tier", "10-2(6)"),
}


def options_stand_where_offered(unit: UnitOnDay) -> Iterator[Violation]:
    """10-2(1), 10-2(6): 現地報告 and インシデント対応支援 are attached to the tier contract."""
    # A unit without any tier contract that day breaks 7-1, which says so.
    tiers = {c.number for c, _ in unit.tiers} or {c.number for c in unit.contracts.values() if c.is_tier}
    for held in unit.options:
        if held.option.option in _ON_TIER and held.option.contract not in tiers:
            code, clause = _ON_TIER[held.option.option]
            text = "「{option}」は、管理単位のカテゴリの契約に付します"
            names = {"option": OPTION_NAMES[held.option.option]}
            yield broken(code, clause, [held.option.number], "contract", text, **names)


def retention_where_offered(unit: UnitOnDay) -> Iterator[Violation]:
    """10-2(5): ログ保管オプション on a module whose logs it keeps, or on the premium contract for the logs of EDR運用; 1 to 10 years."""
    served = {contract.number: module.module_type for contract, module in unit.modules}
    premium = {contract.number for contract in premium_tiers(unit)}
    edr = bool(unit.having(OptionType.EDR_OPERATION))
    for held in unit.having(OptionType.LOG_RETENTION):
        option = held.option
        if not keeps_logs_of(served.get(option.contract)) and not (edr and option.contract in premium):
            text = "ログ保管オプションは、この契約（{contract}）のログには利用できません"
            yield broken(
                "retention_where_not_offered", "10-2(5)", [option.number], "contract", text, contract=option.contract
            )
        if not is_retention(held.retention_years):
            text = "ログの保管年数は1年から10年までです（{years}）"
            years = "なし" if held.retention_years is None else str(held.retention_years)
            yield broken("retention_out_of_range", "10-2(5)", [option.number], "retention_years", text, years=years)


def enough_licences(unit: UnitOnDay) -> Iterator[Violation]:
    """10-2(8): an EDRライセンス has a licence type, a product, and its minimum of licences."""
    for held in unit.having(OptionType.EDR_LICENCE):
        option = held.option
        if option.licence_type is None:
            yield broken(
                "licence_type_missing",
                "10-2(8)",
                [option.number],
                "licence_type",
                "EDRライセンスにはライセンス種別が必要です",
            )
            continue
        minimum = MINIMUM_LICENCES[option.licence_type]
        if held.quantity is None or held.quantity < minimum:
            text = "{licence}の最低利用ライセンス数は{minimum}です（{quantity}）"
            names = {"licence": LICENCE_NAMES[option.licence_type], "minimum": str(minimum)}
            quantity = "なし" if held.quantity is None else str(held.quantity)
            yield broken("licences_too_few", "10-2(8)", [option.number], "quantity", text, **names, quantity=quantity)
