"""What the months ahead take: seconds of processor time of a forecast, on PostgreSQL.

    python tests/bench/forecast.py                        20,000 contracts and options, 12 months, one process
    python tests/bench/forecast.py --contracts 100000 --months 24
    python tests/bench/forecast.py --profile              where the time goes

A scratch database beside the one that DATABASE_URL names is filled, its first month closed, and the months after it foreseen.
"""

import argparse
import cProfile
import os
import pstats
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "csoc_admin.settings")
os.environ.setdefault("MONTH_PROCESSES", "1")

import django  # noqa: E402

django.setup()

from django.contrib.auth.models import User  # noqa: E402
from django.db import connection  # noqa: E402

from billing.operations.close_month import close_month  # noqa: E402
from billing.operations.forecast import forecast  # noqa: E402
from tests.bench.book import fill  # noqa: E402
from tests.bench.close_month import MONTH, ON  # noqa: E402
from tests.bench.memory import peak_mb  # noqa: E402


def main() -> None:
    """Fill, close, foresee, and say what that took."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--contracts", type=int, default=20_000)
    parser.add_argument("--months", type=int, default=12)
    parser.add_argument("--profile", action="store_true")
    options = parser.parse_args()
    if connection.vendor != "postgresql":
        raise SystemExit("this measures PostgreSQL: set DATABASE_URL=postgres://…")
    before = connection.settings_dict["NAME"]
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    try:
        fill(options.contracts, mixed=True)
        if not close_month(MONTH, on=ON, by="bench").closed:
            raise SystemExit("the month did not close")
        _measure(options, User.objects.create_user("bench"))
    finally:
        connection.creation.destroy_test_db(before, verbosity=0)


def _measure(options: argparse.Namespace, by: User) -> None:
    profile = cProfile.Profile()
    began, used = time.monotonic(), time.process_time()
    if options.profile:
        row = profile.runcall(forecast, options.months, on=ON, by=by)
    else:
        row = forecast(options.months, on=ON, by=by)
    took, cpu = time.monotonic() - began, time.process_time() - used
    print(f"{options.contracts:,} contracts and options × {options.months} months: {row.total_yen:,} yen")
    print(
        f"{took:.1f} s, of which {cpu:.1f} s of this process; {cpu / options.contracts * 1e6:.0f} µs each; {peak_mb():.0f} MB at most"
    )
    if options.profile:
        pstats.Stats(profile).sort_stats("tottime").print_stats(35)
        pstats.Stats(profile).sort_stats("cumtime").print_stats(45)


if __name__ == "__main__":
    main()
