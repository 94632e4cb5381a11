"""予行: days to come are named in a rehearsal alone; every page says so, and what it closes is marked."""

from datetime import date, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client, override_settings

from billing.models import Invoice, Month
from contracts import clock, tasks
from contracts.models import Entry, Job

pytestmark = pytest.mark.django_db
SAID = "これは予行です"


def commanded(*words):
    out = StringIO()
    call_command(*words, stdout=out, stderr=out)
    return out.getvalue()


def tomorrow():
    return clock.today() + timedelta(days=1)


@pytest.mark.parametrize("words", [("close_month", "2025-04"), ("issue_invoices", "2025-04"), ("run_due_jobs",)])
def test_a_day_to_come_is_refused(words, tmp_path) -> None:
    Month.objects.create(month=date(2025, 4, 1), facts_revision=1, closed_at=clock.now())
    with pytest.raises(CommandError, match=r"未来の日です.*REHEARSAL=1"):
        commanded(*words, "--on", f"{tomorrow()}")
    assert (Job.objects.count(), Invoice.objects.count(), Month.objects.count()) == (0, 0, 1)


def test_a_job_of_a_day_to_come_is_not_run() -> None:
    assert tasks.run_job("worklist", f"{tomorrow()}") == "refused"
    assert not Job.objects.exists()


def test_today_is_no_day_to_come() -> None:
    assert "完了" in commanded("run_due_jobs", "--on", f"{clock.today()}")


@override_settings(REHEARSAL=True)
def test_what_a_rehearsal_closes_is_marked() -> None:
    commanded("close_month", "2025-04", "--on", f"{tomorrow()}", "--by", "経理一郎")
    month = Month.objects.get()
    assert month.closed_by == "【予行】経理一郎"
    assert Entry.objects.get(operation="close").actor == "【予行】経理一郎"
    commanded("issue_invoices", "--on", f"{tomorrow()}")
    assert Entry.objects.get(operation="issue").actor == "【予行】コマンド"


def test_what_is_closed_in_earnest_is_not_marked() -> None:
    commanded("close_month", "2025-04", "--by", "経理一郎")
    assert Month.objects.get().closed_by == "経理一郎"


@pytest.mark.parametrize("address", ["/admin/", "/admin/auth/user/", "/admin/nowhere/"])
@pytest.mark.parametrize("on", [True, False])
def test_every_page_says_so(address, on, admin_client, settings) -> None:
    settings.REHEARSAL = on
    assert (SAID in admin_client.get(address).text) is on
    assert (SAID in Client().get("/admin/login/").text) is on
