"""Small builders of facts for tests. Days are written ``2025-04-01``; what a test does not say has a lawful default."""

from datetime import date, datetime, timedelta

from billing.terms.account import Account, Breach, OneTime, Outage
from contracts.terms.art07_eligibility import violations
from contracts.terms.art10_options import Term
from contracts.terms.art12_termination import End
from contracts.terms.art13_change_fees import ChargedChange
from contracts.terms.catalog import Category, LicenceType, Module, ModuleType, OptionType, Product, Service
from contracts.terms.days import Period, month_period
from contracts.terms.standing import Violation
from contracts.terms.timeline import Timeline
from contracts.terms.unit import Change, Contract, Ground, LinkedState, Notice, Option, Unit, What

CUSTOMER, OTHER = "C-1", "別会社"
LONG_AGO = "2020-01-01"
START = "2025-04-01"


def day(text):
    """A day from ``2025-04-01``; a day or None stays what it is."""
    return date.fromisoformat(text) if isinstance(text, str) else text


def moment(text):
    """A moment from ``2025-05-10 09:00``."""
    return datetime.fromisoformat(text)


def term_to(last):
    """A term of a 期間ライセンス that ends on that day; only the edition of its first day counts beside it."""
    return Term(day(last) - timedelta(days=364), day(last), 0)


def month(text):
    """The days of the month ``2025-04``."""
    return month_period(date.fromisoformat(f"{text}-01"))


def days(first, last):
    """The days from first to last, both included."""
    return Period(day(first), date.fromordinal(day(last).toordinal() + 1))


def tier(
    category=Category.ADVANCED, number="T-1", *, starts=START, accepted=LONG_AGO, application="A-1", consented=None
):
    """A tier contract; ``consented`` is the customer's own consent to 17-1."""
    return Contract(
        number=number,
        category=category,
        application=application,
        applied_on=day(accepted),
        accepted_on=day(accepted),
        starts_on=day(starts),
        premium_consent_on=day(consented),
    )


def premium(number="T-1", *, consented=LONG_AGO, **said):
    """A プレミアム contract whose customer has consented to 17-1."""
    return tier(Category.PREMIUM, number, consented=consented, **said)


def module(
    module_type=ModuleType.CLOUD_LOG,
    kind="",
    item="",
    number="M-1",
    *,
    links="",
    starts=START,
    accepted=LONG_AGO,
    application="A-1",
):
    """A module contract; クラウドログ収集, which needs least, unless said. ``links`` is the code of the linked service."""
    return Contract(
        number=number,
        category=Category.MODULE,
        module=Module(module_type, kind, item),
        linked_service=links,
        application=application,
        applied_on=day(accepted),
        accepted_on=day(accepted),
        starts_on=day(starts),
    )


def option(
    option_type,
    on="T-1",
    number="O-1",
    *,
    licence=None,
    quantity=None,
    years=None,
    starts=START,
    accepted=LONG_AGO,
    application="A-1",
):
    """An option on the contract of that number."""
    return Option(
        number=number,
        contract=on,
        option=option_type,
        licence_type=licence,
        product=Product.INSIGHT if licence else None,
        quantity=quantity,
        retention_years=years,
        application=application,
        applied_on=day(accepted),
        accepted_on=day(accepted),
        starts_on=day(starts),
    )


def edr(on="T-1", number="O-EDR", **said):
    """EDR運用オプション."""
    return option(OptionType.EDR_OPERATION, on, number, **said)


def licence(licence_type=LicenceType.MSSP, quantity=None, on="T-1", number="O-LIC", **said):
    """EDRライセンス with the least lawful quantity unless said."""
    least = {LicenceType.MSSP: 100, LicenceType.TERM: 1000, LicenceType.CUSTOMER: 1, None: 100}[licence_type]
    return option(
        OptionType.EDR_LICENCE,
        on,
        number,
        licence=licence_type,
        quantity=least if quantity is None else quantity,
        **said,
    )


def service(which, code="S-1", kind="", item="", *, holder=CUSTOMER, from_on=LONG_AGO, ends=None, **consents):
    """A 対応サービス as it stands from a day on, held by the customer unless said."""
    return LinkedState(
        code=code,
        from_on=day(from_on),
        service=which,
        kind=kind,
        item=item,
        holder=holder,
        ends_on=day(ends),
        **{name: day(on) for name, on in consents.items()},
    )


def ips(item="IPS/タイプA", number="M-IPS", links="S-1", **said):
    """IPS/IDS連携モジュール: the linking module with no condition of its own."""
    return module(ModuleType.IPS_IDS, "McAfee Network Security Platform", item, number, links=links, **said)


def ips_service(item="IPS/タイプA", **said):
    """The service that ``ips()`` links."""
    return service(Service.IPS_IDS, kind="McAfee Network Security Platform", item=item, **said)


def change(target, what, to, effective, *, accepted=LONG_AGO, application="A-2"):
    """A change of one target; ``what`` is ``category``, ``item``, ``retention_years`` or ``quantity``."""
    return Change(
        target=target,
        what=What(what),
        to=to,
        application=application,
        accepted_on=day(accepted),
        effective_on=day(effective),
    )


def notice(target, arrived, names=None, ground=Ground.NOTICE):
    """解約通知, or another ground; ``names`` is the day it names."""
    return Notice(target=target, arrived_on=day(arrived), requested_for=day(names), ground=ground)


def unit(*facts):
    """A management unit of those facts, in whatever order they are given."""

    def having(kind):
        return tuple(fact for fact in facts if isinstance(fact, kind))

    linked = {}
    for state in having(LinkedState):
        linked[state.code] = (*linked.get(state.code, ()), state)
    return Unit(
        code="U-1",
        customer=CUSTOMER,
        contracts=having(Contract),
        options=having(Option),
        changes=having(Change),
        notices=having(Notice),
        linked=linked,
    )


def broken(facts, on=START) -> list[Violation]:
    """Every violation of a unit on a day."""
    return violations(Timeline(facts).on(day(on)))


def clauses(facts, on=START):
    """The clauses that a unit breaks on a day, in the terms' order."""
    return [violation.clause for violation in broken(facts, on)]


def end(on, ground=Ground.NOTICE, number="K-1"):
    """An end on a day, on a ground."""
    return End(day(on), "12-1", ground, notice(number, on, on, ground))


def account(
    monthly=300_000,
    *,
    starts=START,
    ends=None,
    ground=Ground.NOTICE,
    option_type=None,
    licence_type=None,
    quantities=None,
    accepted="2025-03-10",
    **said,
):
    """What a month knows of a contract (of an option, with ``option_type``). Prices: an amount, or (day, amount) pairs."""
    prices = ((date.min, monthly),) if isinstance(monthly, int) else tuple((day(on), yen) for on, yen in monthly)
    if isinstance(quantities, int):
        quantities = ((date.min, quantities),)
    return Account(
        "K-1",
        day(accepted),
        day(starts),
        option=option_type,
        licence_type=licence_type,
        monthly=prices,
        quantities=tuple((day(on), number) for on, number in quantities or ()),
        end=end(ends, ground) if ends else None,
        **said,
    )


def licence_account(licence_type=LicenceType.TERM, monthly=500, quantities=1000, **said):
    """An EDRライセンス as a month knows it; the price is per licence."""
    return account(
        monthly, option_type=OptionType.EDR_LICENCE, licence_type=licence_type, quantities=quantities, **said
    )


def outage(known, restored, claimed=None):
    """利用不能 from when the company knew to restoration."""
    return Outage(moment(known), moment(restored), day(claimed))


def breach(occurred, claimed=None, guarantee="uptime"):
    """品質保証の違背."""
    return Breach(guarantee, moment(occurred), day(claimed))


def one_time(on, yen, note="", application=""):
    """一時費用."""
    return OneTime(day(on), yen, note, application)


def charged(accepted, effective, application=""):
    """A change of category or item that owes a one-time fee."""
    return ChargedChange(day(accepted), day(effective), application)
