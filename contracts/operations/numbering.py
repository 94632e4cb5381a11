"""番号: numbers for what is concluded here. Given out once each, in order, by a row that is the lock of its series."""

from collections.abc import Callable, Collection, Iterable

from contracts.models import Application, NumberSeries, Target

APPLICATION, CONTRACT, OPTION = "AP", "SOC", "OP"
DIGITS = 8


def next_numbers(prefix: str, count: int, *, besides: Collection[str] = ()) -> list[str]:
    """The next ``count`` numbers of a series, such as SOC00000001; none that a book has brought in, or of ``besides``.

    To be called in the transaction that uses them: what is rolled back leaves no gap.
    """
    if not count:
        return []
    taken = _TAKEN[prefix]
    series, _created = NumberSeries.objects.select_for_update(no_key=True).get_or_create(prefix=prefix)
    found: list[str] = []
    while len(found) < count:
        wanted = [f"{prefix}{series.last + ahead:0{DIGITS}}" for ahead in range(1, count - len(found) + 1)]
        series.last += len(wanted)
        there = {*taken(wanted), *besides}
        found += [number for number in wanted if number not in there]
    series.save(update_fields=["last"])
    return found


_TAKEN: dict[str, Callable[[list[str]], Iterable[str]]] = {
    APPLICATION: lambda numbers: Application.objects.filter(number__in=numbers).values_list("number", flat=True),
    CONTRACT: lambda numbers: Target.objects.filter(number__in=numbers).values_list("number", flat=True),
    OPTION: lambda numbers: Target.objects.filter(number__in=numbers).values_list("number", flat=True),
}
