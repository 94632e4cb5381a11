"""第10条（オプションサービス）: minimum terms, 期間ライセンス and its renewal, the day a stop takes effect, where an option may stand."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache

from contracts.terms.catalog import LICENCE_NAMES, OPTION_NAMES, LicenceType, ModuleType, OptionType
from contracts.terms.days import ONE_DAY, days_after, last_day, last_day_after, longest
from contracts.terms.editions import terms_on
from contracts.terms.standing import UnitOnDay, Violation, broken, premium_tiers
from contracts.terms.unit import Option

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


def minimum_term_months(option: OptionType, licence_type: LicenceType | None, *, concluded_on: date) -> int | None:
    """Months of an option's minimum term (第10条第8項), by the edition of its acceptance (I-57); None for 期間ライセンス."""
    if licence_type is LicenceType.TERM:
        return None
    values = terms_on(concluded_on)
    if option is OptionType.EDR_OPERATION or licence_type is LicenceType.MSSP:
        return values.committed_option_months
    return values.option_months


def minimum_licences(licence_type: LicenceType, *, agreed_on: date) -> int:
    """最低利用ライセンス数 (第10条第2項第8号), by the edition of the day on which the number was agreed (I-60)."""
    values = terms_on(agreed_on)
    if licence_type is LicenceType.MSSP:
        return values.mssp_licences
    return values.term_licences if licence_type is LicenceType.TERM else values.customer_licences


@dataclass(frozen=True, slots=True)
class Term:
    """One 契約期間 of a 期間ライセンス, both days included; ``renewals`` counts the renewals before it."""

    first: date
    last: date
    renewals: int


def terms(starts_on: date) -> Iterator[Term]:
    """The terms of a 期間ライセンス without end (第10条第9項): each from the day after the last ended.

    How long one is goes by the edition in force on its own first day (I-59).
    """
    first, renewals = starts_on, 0
    while True:
        term = Term(first, last_day(first, months=terms_on(first).term_months), renewals)
        yield term
        first, renewals = term.last + ONE_DAY, renewals + 1


def term_of(starts_on: date, day: date) -> Term:
    """The term that a day lies in; the first term for a day before it."""
    return next(term for term in terms(starts_on) if day <= term.last)


def renewal_deadline(term: Term) -> date:
    """The last day on which a notice arrives in time to stop the renewal of a term (第10条第9項, I-10)."""
    day = term.last - _longest_notice(terms_on(term.first).renewal_notice_months) * ONE_DAY
    while in_time(day + ONE_DAY, term):
        day += ONE_DAY
    return day


def safe_day(term: Term) -> date:
    """The last day on which a notice is in time however the months are counted, and whatever 10-10 adds (I-33).

    Screens and reminders warn from it; what is decided goes by ``renewal_deadline``.
    """
    safe = term.last - _longest_notice(terms_on(term.first).renewal_notice_months) * ONE_DAY
    # What 10-10 adds goes by the edition of the arrival (I-58): by that of the day itself it has run out before the term has.
    while days_after(safe, terms_on(safe).term_licence_notice_days) >= term.last:
        safe -= ONE_DAY
    return safe


@cache
def _longest_notice(months: int) -> int:
    """Days that no so many months are longer than, and one more: a reader may count the day of the arrival or not (I-33)."""
    return longest(months=months) + 1


def in_time(arrived_on: date, term: Term) -> bool:
    """Whether the months counted from the arrival, its day not counted, are over by the term's end (第10条第9項, I-10).

    How many there are goes by the edition in force on the term's first day (I-59).
    """
    return last_day_after(arrived_on, months=terms_on(term.first).renewal_notice_months) <= term.last


@dataclass(frozen=True, slots=True)
class EffectDay:
    """The day on which an end takes effect, the clause that makes it that day, the readings that decided."""

    on: date
    clause: str
    readings: tuple[str, ...] = ()


def stop_effect(option: Option, arrived_on: date, requested_for: date | None) -> EffectDay:
    """The day on which a notice stops an option (第10条第10項): the later of the day on which its days have run and the day named.

    How many days there are goes by the edition in force on the arrival (I-58).
    """
    if option.is_term_licence:
        return _term_licence_stop(option.starts_on, arrived_on, requested_for)
    earliest = days_after(arrived_on, terms_on(arrived_on).option_notice_days)
    return EffectDay(max(earliest, requested_for or earliest), "10-10")


def _term_licence_stop(starts_on: date | None, arrived_on: date, requested_for: date | None) -> EffectDay:
    earliest = days_after(arrived_on, terms_on(arrived_on).term_licence_notice_days)
    effect = max(earliest, requested_for or earliest)
    if starts_on is None or effect < starts_on:
        return EffectDay(effect, "10-10")
    if requested_for and requested_for >= starts_on:
        named_term = term_of(starts_on, requested_for)
        if requested_for == named_term.last and in_time(arrived_on, named_term):
            return EffectDay(requested_for, "10-9", ("I-10", "I-11"))
    term = term_of(starts_on, arrived_on)
    if in_time(arrived_on, term) and effect > term.last >= (requested_for or term.last):
        # Three months can be 89 days: in time for 10-9, yet 90 days run out a day after the term. Nothing has renewed.
        return EffectDay(term.last, "10-9", ("I-10", "I-23"))
    late = effect <= term.last and not in_time(arrived_on, term)
    return EffectDay(effect, "10-10", ("I-12",) if late else ())


def keeps_logs_of(module_type: ModuleType | None) -> bool:
    """Whether ログ保管オプション is offered for that module type (第10条第2項第5号)."""
    return module_type in RETENTION_MODULES


def is_retention(years: object, *, agreed_on: date) -> bool:
    """Whether ログ保管 has a type of that many years (第10条第2項第5号), by the edition of the day on which they were agreed (I-60)."""
    return isinstance(years, int) and years in terms_on(agreed_on).retention_years


def retention_bounds(agreed_on: date) -> dict[str, str]:
    """The fewest and the most years of ログ保管 (第10条第2項第5号), as sentences say them."""
    offered = terms_on(agreed_on).retention_years
    return {"least": str(offered[0]), "most": str(offered[-1])}


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
    """10-2(5): ログ保管オプション on a module whose logs it keeps, or on the premium contract for the logs of EDR運用; so many years."""
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
        if not is_retention(held.retention_years, agreed_on=held.agreed_on):
            text = "ログの保管年数は{least}年から{most}年までです（{years}）"
            names = {"years": "なし" if held.retention_years is None else str(held.retention_years)}
            names |= retention_bounds(held.agreed_on)
            yield broken("retention_out_of_range", "10-2(5)", [option.number], "retention_years", text, **names)


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
        minimum = minimum_licences(option.licence_type, agreed_on=held.agreed_on)
        if held.quantity is None or held.quantity < minimum:
            text = "{licence}の最低利用ライセンス数は{minimum}です（{quantity}）"
            names = {"licence": LICENCE_NAMES[option.licence_type], "minimum": str(minimum)}
            quantity = "なし" if held.quantity is None else str(held.quantity)
            yield broken("licences_too_few", "10-2(8)", [option.number], "quantity", text, **names, quantity=quantity)
