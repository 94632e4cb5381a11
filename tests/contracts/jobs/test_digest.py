"""期限のお知らせ: one mail a person and day, when there is something to tell; it leaves once, or somebody is told that it did not."""

from datetime import date, timedelta

import pytest
from django.contrib.auth.models import User
from django.core import mail
from django.core.mail.backends.base import BaseEmailBackend

from contracts.models import Digest, Entry, ManagementUnit, WorkItem
from contracts.operations import digest, jobs
from contracts.operations.refusal import Refused
from tests.contracts.book import build as had
from tests.contracts.jobs.busy import DAY

pytestmark = pytest.mark.django_db
AGREED = {"accepted": "2024-03-10", "starts": "2024-04-01"}
DEADLINE, SAFE = date(2024, 12, 31), date(2024, 12, 28)
"""Of the term to 2025-03-31: three months before, and the day that is safe however they are counted (I-10, I-33)."""


class Down(BaseEmailBackend):
    """A mail server that does not answer."""

    def send_messages(self, messages):
        raise ConnectionError("応答がありません")


@pytest.fixture
def renewing(person, tmp_path):
    """A 期間ライセンス whose first term ends on 2025-03-31, in a unit with nothing else to do."""
    unit = had.book(
        had.premium(**AGREED),
        had.module(**AGREED, ready_on="2024-03-31"),
        had.edr(**AGREED),
        had.licence("期間ライセンス", **AGREED),
    )
    had.must_take(unit, tmp_path / "book")
    ManagementUnit.objects.update(account_manager=person)


def days(*on):
    """The morning's list and digest of each of the days; those on which a mail left."""
    for day in on:
        jobs.run("worklist", day)
        jobs.run("digest", day)
    return list(Digest.objects.filter(state="sent").order_by("on").values_list("on", flat=True))


def before(deadline_days):
    return DEADLINE - timedelta(days=deadline_days)


@pytest.mark.usefixtures("renewing")
def test_a_renewal_is_reminded_of_three_times_and_daily_from_the_safe_day():
    mornings = [before(n) for n in (91, 90, 89, 61, 60, 59, 31, 30, 29, 4, 3, 2, 1, 0, -1)]
    assert days(*mornings) == [before(n) for n in (90, 60, 30, 3, 2, 1, 0)]
    assert before(3) == SAFE
    first = mail.outbox[0]
    assert first.to == ["eigyo@example.jp"]
    assert first.subject == "【契約・料金管理】2024-10-02 期限のお知らせ（1件）"
    told = "O-LIC 2025-03-31の契約期間満了で更新されます。更新を止める通知は2024-12-31まで（安全な日は2024-12-28まで）"
    assert f"・2024-12-28 期間ライセンスの更新：{told}（第10条第9項）" in first.body


@pytest.mark.usefixtures("renewing")
@pytest.mark.parametrize("late", [1, 7])
def test_a_reminder_is_made_up_for_after_days_without_a_run(late):
    assert days(before(90), before(61), before(60 - late), before(59 - late)) == [before(90), before(60 - late)]


@pytest.mark.usefixtures("ten")
def test_once_a_person_and_day(person):
    assert days(DAY) == [DAY]
    jobs.run_again(jobs.run("digest", DAY), by=person, reason="もう一度")
    assert days(DAY) == [DAY]
    assert Digest.objects.count() == len(mail.outbox) == 1


@pytest.mark.usefixtures("ten")
def test_each_is_told_of_what_they_look_after_or_have_taken(person, monkeypatch):
    """What another has taken is the other's; several steps for several people."""
    other = User.objects.create_user("hoka", email="hoka@example.jp")
    for name, more in {"no-address": {}, "gone": {"email": "gone@example.jp", "is_active": False}}.items():
        User.objects.create_user(name, **more)
    ManagementUnit.objects.filter(code="U-00").update(account_manager=User.objects.get(username="gone"))
    jobs.run("worklist", DAY)
    WorkItem.objects.filter(unit__code="U-01").update(taken_by=other)
    monkeypatch.setattr(digest, "PEOPLE_AT_ONCE", 1)
    assert jobs.run("digest", DAY).count == 2
    told = {sent.to[0]: sent.body for sent in mail.outbox}
    assert set(told) == {"eigyo@example.jp", "hoka@example.jp"}
    assert ["U-01" in told[to] for to in sorted(told)] == [False, True]
    assert "U-00" not in "".join(told.values())


@pytest.mark.usefixtures("person", "ten")
def test_nothing_to_tell_no_mail():
    jobs.run("worklist", DAY)
    WorkItem.objects.all().delete()
    assert jobs.run("digest", DAY).state == "done"
    assert (Digest.objects.count(), mail.outbox) == (0, [])


@pytest.mark.usefixtures("ten")
def test_a_server_that_fails_is_tried_again_each_hour_and_at_last_no_more(settings):
    answers, settings.EMAIL_BACKEND = settings.EMAIL_BACKEND, f"{__name__}.Down"
    jobs.run("worklist", DAY)
    states = []
    for _ in range(digest.SEND_ATTEMPTS + 1):
        jobs.run("digest", DAY)
        states.append(Digest.objects.values_list("state", "attempts", "error").get())
    told = "応答がありません"
    assert states[:4] == [("waiting", n, told) for n in (1, 2, 3, 4)]
    assert states[4:] == [("failed", 5, told)] * 2
    settings.EMAIL_BACKEND = answers
    jobs.run("digest", DAY)
    assert mail.outbox == []


@pytest.mark.usefixtures("ten")
def test_a_server_that_answers_again_gets_the_mail_once(settings):
    answers, settings.EMAIL_BACKEND = settings.EMAIL_BACKEND, f"{__name__}.Down"
    assert days(DAY) == []
    settings.EMAIL_BACKEND = answers
    assert days(DAY, DAY) == [DAY]
    assert len(mail.outbox) == 1
    assert Digest.objects.get().error == ""


@pytest.mark.usefixtures("ten")
def test_a_mail_claimed_by_a_process_that_died_is_sent_by_nobody_but_a_person(person, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(digest, "_send", lambda claimed: None)  # died before it could say how it went
        jobs.run("worklist", DAY)
        jobs.run("digest", DAY)
    assert days(DAY) == []
    claimed = Digest.objects.get()
    assert (claimed.state, mail.outbox) == ("sending", [])
    digest.resend(claimed, by=person)
    with pytest.raises(Refused, match="まだ送信を待っています"):
        digest.resend(claimed, by=person)
    assert days(DAY) == [DAY]
    assert len(mail.outbox) == 1
    assert Entry.objects.filter(operation="resend").values_list("subject", "before").get() == (
        f"eigyo {DAY}",
        {"state": "sending"},
    )
