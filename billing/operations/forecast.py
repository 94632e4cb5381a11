"""見通し: the months ahead on the facts of a moment, by what bills them; asked for, computed range after range of units, put together.

Nothing is carried out by it. As a proposal it is resumable: each range is written once, with its mark, in one transaction.
"""

from datetime import date
from logging import getLogger

from django.contrib.auth.models import User
from django.db import IntegrityError, connection, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from billing.facts.span import UnitRange, ranges_beside
from billing.models import Forecast, ForecastEvent, ForecastMovement, ForecastPart, ForecastRow
from billing.operations.forecast_range import Asked, computed
from billing.operations.forecast_result import together
from billing.operations.moved import note_moved
from billing.operations.no_cycles import no_search_for_cycles
from billing.operations.processes import in_processes
from billing.operations.propose import next_to_propose
from contracts.models import FactsRevision, ManagementUnit
from contracts.operations.refusal import Refused
from contracts.terms.days import month_of, next_month

UNITS_AT_ONCE = 2_000
UNFINISHED = ("waiting", "running")
FEWEST, MOST = 12, 24

log = getLogger(__name__)


def first_of(on: date) -> date:
    """The first month of a forecast made on a day: the one that is closed next; the day's own while nothing is in the ledger."""
    return next_to_propose() or month_of(on)


def months_from(first: date, count: int) -> list[date]:
    """So many months, by their first days."""
    found = [first]
    while len(found) < count:
        found.append(next_month(found[-1]))
    return found


@transaction.atomic
def ask_for_forecast(months: int, *, on: date, by: User) -> Forecast:
    """Ask for a forecast of so many months, to be computed once this transaction is committed; one not finished is gone on with.

    Raises Refused for fewer than FEWEST or more than MOST months.
    """
    if not FEWEST <= months <= MOST:
        said = {"fewest": FEWEST, "most": MOST}
        raise Refused(_("見通しは%(fewest)sか月から%(most)sか月までです。") % said, field="months")
    FactsRevision.objects.get_or_create(pk=1)
    # One asking at a time: two side by side would not see each other's.
    FactsRevision.objects.select_for_update(no_key=True).get(pk=1)
    unfinished = Forecast.objects.filter(state__in=UNFINISHED).order_by("-pk").first()
    revision = FactsRevision.current()
    return unfinished or Forecast.objects.create(
        first_month=first_of(on), months=months, on=on, facts_revision=revision, asked_by=by
    )


def forecast(months: int, *, on: date, by: User) -> Forecast:
    """Ask for a forecast and compute it here and now. Raises Refused as ask_for_forecast does."""
    row = ask_for_forecast(months, on=on, by=by)
    _compute(row.pk)
    row.refresh_from_db()
    return row


def compute_forecast(pk: int) -> str:
    """Compute the forecast that was asked for; the state it comes to. Killed and called again it goes on where it stood."""
    try:
        return _compute(pk)
    except Exception as error:
        log.exception("the forecast %s failed", pk)
        Forecast.objects.filter(pk=pk).update(state="failed", error=f"{type(error).__name__}: {error}"[:500])
        return "failed"


def _compute(pk: int) -> str:
    row = _begun(pk)
    if row.state in UNFINISHED:
        done = [UnitRange(*ends) for ends in row.parts.values_list("after_unit", "last_unit")]
        in_processes(lambda some: _compute_range(pk, some), list(ranges_beside(done, UNITS_AT_ONCE)))
        return _finished(pk)
    return row.state


@transaction.atomic
def _begun(pk: int) -> Forecast:
    """The forecast, at work if it waited. A fact written meanwhile makes it stale; it does not begin anew."""
    row = Forecast.objects.select_for_update(no_key=True, of=("self",)).get(pk=pk)
    if row.state == "waiting":
        row.state, row.facts_revision = "running", FactsRevision.current()
        row.first_month, row.total = first_of(row.on), ManagementUnit.objects.count()
        note_moved(row.first_month, row.facts_revision)
        row.save()
    return row


def _compute_range(pk: int, units: UnitRange) -> None:
    """Compute and store one range of units with its mark, in one transaction; nothing where the mark is there."""
    try:
        with transaction.atomic():
            row = _shared(pk)
            if row is not None:
                part = row.parts.create(after_unit=units.after, last_unit=units.last, sums={})
                with no_search_for_cycles():
                    part.sums = computed(_asked(row), units)
                part.save(update_fields=["sums"])
                done = F("done") + ManagementUnit.objects.filter(units.of("pk")).count()
                Forecast.objects.filter(pk=pk).update(done=done)
    except IntegrityError:
        if not ForecastPart.objects.filter(forecast=pk, after_unit=units.after).exists():
            raise


def _asked(row: Forecast) -> Asked:
    return Asked(row.pk, row.facts_revision, row.on, months_from(row.first_month, row.months))


def _shared(pk: int) -> Forecast | None:
    """The forecast while it is at work, kept from being finished until the transaction ends; others may compute beside it."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT id FROM billing_forecast WHERE id = %s FOR KEY SHARE", [pk])
    return Forecast.objects.filter(pk=pk, state="running").first()


@transaction.atomic
def _finished(pk: int) -> str:
    """Put the parts together, where that is still to be done. From then on only this forecast has rows. The state it comes to."""
    row = Forecast.objects.select_for_update(no_key=True, of=("self",)).get(pk=pk)
    if row.state not in UNFINISHED:
        return row.state
    row.result = together(_asked(row), row.parts.order_by("last_unit").values_list("sums", flat=True))
    row.state, row.total_yen = "done", row.result["total"]
    row.save()
    ForecastPart.objects.exclude(forecast__state__in=UNFINISHED).delete()
    for model in (ForecastRow, ForecastEvent, ForecastMovement):
        model.objects.exclude(forecast=pk).delete()
    return row.state
