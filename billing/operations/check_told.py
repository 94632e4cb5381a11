"""履歴に残した値の検査: days, names and holders that stand with a record, and may change, are those that the history told last.

They are not compared row by row (contracts.facts.marks): each change of them has its entry, and entries are chained. One Japanese
sentence a fault; what was never told is left to the checks that compute it anew.
"""

from collections.abc import Callable, Iterator
from datetime import date
from functools import cache
from typing import Any

from django.db.models import Case, Exists, F, OuterRef, Q, Subquery, When

from billing.operations.check_places import targets_are_where_they_came_to
from contracts.clock import today
from contracts.facts.load import load_units
from contracts.facts.party_names import MODELS, PARTIES, Party
from contracts.models import BillingStart, Contract, Customer, Entry, Job, ManagementUnit, Name, Notice, Target
from contracts.models.bulk import slices
from contracts.terms.art12_termination import ends
from contracts.terms.catalog import LicenceType
from contracts.terms.unit import ContradictionError

AT_ONCE, UNITS_AT_ONCE = 1000, 500
DAYS = {"ready_on": "通信環境の準備が整った日", "premium_consent_on": "特則同意日"}
"""Days of a contract that may come later, and be put right."""


def stored_is_what_was_told() -> Iterator[str]:
    """Starts, ends and days of contracts and options; names of customers and units, and whose a unit is."""
    yield from _starts()
    yield from _licences()
    # What strayed into another unit has no facts there that its end could be computed of. Asked once, and not before it matters.
    astray = cache(lambda: any(targets_are_where_they_came_to()))
    for targets in _some(Target.objects.order_by("pk").values_list("number", "ends_on")):
        yield from _ends(dict(targets), astray)
    days = Contract.objects.order_by("pk").values_list("target__number", *DAYS)
    for contracts in _some(days):
        yield from _days({number: dict(zip(DAYS, values, strict=True)) for number, *values in contracts})
    latest = _latest() if Name.objects.exists() else None
    for party in PARTIES:
        yield from _names(party, latest)
    for units in _some(ManagementUnit.objects.order_by("pk").values_list("code", "customer_id", "customer__code")):
        yield from _holders({code: (pk, customer) for code, pk, customer in units})


def _some(rows: Any) -> Iterator[Any]:
    return slices(rows.iterator(chunk_size=AT_ONCE), AT_ONCE)


def _last(record: tuple[str, ...], subjects: Any, *names: str) -> dict[tuple[str, str], Any]:
    """What the history told last of each of those values: by the subject and the value's name. What was not told is not there."""
    entries = Entry.objects.filter(record__in=record, subject__in=list(subjects)).exclude(after=None).order_by("pk")
    told = entries.values_list("subject", "after").iterator(chunk_size=AT_ONCE)
    return {(subject, name): after[name] for subject, after in told if after for name in names if name in after}


def _text(value: Any) -> str | None:
    """A value as the history keeps it."""
    return None if value is None or value == "" else str(value)


def _otherwise(column: str) -> Q:
    """The column is not what is ``said``; one of them may be empty."""
    stands, said = Q(**{f"{column}__isnull": False}), Q(said__isnull=False)
    return stands & ~said | ~stands & said | stands & said & ~Q(**{column: F("said")})


def _starts() -> Iterator[str]:
    """A start stands in a row of its own, which is compared."""
    said = BillingStart.objects.standing().filter(target=OuterRef("pk")).values("starts_on")[:1]
    rows = Target.objects.annotate(said=Subquery(said)).filter(_otherwise("billing_starts_on")).order_by("pk")
    for number in rows.values_list("number", flat=True):
        yield f"{number}の課金開始日が、記録した課金開始日と異なります。"


def _licences() -> Iterator[str]:
    """Those with which a 期間ライセンス was concluded stand with the option, which is compared."""
    said = Case(When(option__licence_type=LicenceType.TERM, then="option__quantity"))
    rows = Target.objects.annotate(said=said).filter(_otherwise("term_licences")).order_by("pk")
    for number in rows.values_list("number", flat=True):
        yield f"{number}の期間ライセンスの数が、申し込んだ数と異なります。"


def _ends(stored: dict[str, Any], astray: Callable[[], bool]) -> Iterator[str]:
    """An end that a book brought in with its notice was told with the notice alone: of those the facts are asked.

    Nothing is said where anything went ``astray``.
    """
    told = _last(("contract", "option"), stored, "ends_on")
    untold = [number for number in stored if (number, "ends_on") not in told]
    noticed = Notice.objects.standing().filter(target__number__in=untold).values_list("target__number", flat=True)
    computed = sorted({*noticed, *(number for number in untold if stored[number] is not None)})
    implied = _implied(computed) if computed and not astray() else {}
    for number, ends_on in stored.items():
        expected = implied[number] if number in implied else _text(told.get((number, "ends_on")))
        if expected != _text(ends_on) and not astray():
            yield f"{number}の終了日が、履歴又は解約通知から導かれる値と異なります。"


def _implied(numbers: list[str]) -> dict[str, str | None]:
    """The ends that the facts of those targets' units come to; of a unit whose facts contradict each other what is stored."""
    found: dict[str, str | None] = {}
    for some in slices(numbers, UNITS_AT_ONCE):
        targets = list(Target.objects.filter(number__in=some).values_list("number", "unit_id", "ends_on"))
        units = load_units({unit for _number, unit, _on in targets})
        for number, unit, ends_on in targets:
            try:
                end = ends(units[unit]).get(number)
                found[number] = _text(end.on if end else None)
            except ContradictionError:
                found[number] = _text(ends_on)
    return found


def _days(stored: dict[str, dict[str, Any]]) -> Iterator[str]:
    told = _last(("contract",), stored, *DAYS)
    for number, days in stored.items():
        for name, said in DAYS.items():
            if (number, name) in told and _text(told[number, name]) != _text(days[name]):
                yield f"{number}の{said}が、履歴に残した値と異なります。"


def _names(party: Party, latest: date | None) -> Iterator[str]:
    """Names over time stand in rows of their own, which are compared: it is one of them that has begun by ``latest``, whichever the
    last morning brought up. A party that was never renamed has what was told of it first; ``latest`` None: that nobody was.
    """
    columns = ("name", "kana") if MODELS[party] is Customer else ("name",)
    if latest is not None:
        begun = Name.objects.standing().filter(Q(from_on=None) | Q(from_on__lte=latest), **{party: OuterRef("pk")})
        its_own = begun.filter(**{column: OuterRef(column) for column in columns})
        otherwise = MODELS[party]._default_manager.filter(Exists(begun), ~Exists(its_own)).order_by("pk")
        for code in otherwise.values_list("code", flat=True):
            yield f"{code}の名称が、記録した名称と異なります。"
    renamed = Name.objects.filter(**{f"{party}__isnull": False}).order_by().values(f"{party}_id")
    rows = MODELS[party]._default_manager.exclude(pk__in=renamed).order_by("pk").values_list("code", *columns)
    for parties in _some(rows):
        told = _last((party,), [code for code, *_names in parties], *columns)
        for code, *names in parties:
            # A book need not tell of a reading: a customer that it brought in without one has none until it is renamed.
            pairs = (
                (_text(told.get((code, column))), _text(name)) for column, name in zip(columns, names, strict=True)
            )
            if (code, "name") in told and any(said != stands for said, stands in pairs):
                yield f"{code}の名称が、履歴に残した値と異なります。"


def _latest() -> date:
    """The last day whose names can stand with a party: today, or in a rehearsal the last day to come whose morning was run."""
    return max([today(), *Job.objects.filter(name="dated").order_by("-on").values_list("on", flat=True)[:1]])


def _holders(stored: dict[str, tuple[int, str]]) -> Iterator[str]:
    told = _last(("unit",), stored, "customer")
    for code, held in stored.items():
        if (code, "customer") in told and told[code, "customer"] not in held:
            yield f"管理単位{code}の契約者が、履歴に残した値と異なります。"
