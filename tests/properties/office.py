"""A book, three people and a day that goes on: where the verbs are done, as chance has it."""

from datetime import date, datetime, time, timedelta

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from contracts.operations.refusal import Refused
from tests.contracts.book import build as had
from tests.contracts.book.build import must_take
from tests.contracts.book.test_round_trip import everything

BEGINS = date(2025, 8, 10)
WORDS = (
    "文書 1",
    "=1+1",
    " 前後に空き ",
    "改\n行",
    "\\n",
    "山田\t花子",
    "-5",
    "𠮷野家\ufffe",
    '="0012"',
    "…",
    "x" * 300,
)


PRICED = [row for number in ("T-2", "M-IPS", "O-KEEP", "O-EDR", "O-LIC") for row in had.priced(number, 100_000)]

HELD_SOON = {"notices": [had.notice("O-LIC", "2025-05-01", "2025-06-30", "gp28_2")[1]]}


class Office:
    """A book, three people, and a day that goes on. A verb returns where it was refused, as people do."""

    def __init__(self, folder):
        must_take(everything(), folder / "begins")
        must_take(HELD_SOON | {"prices": [row for _sheet, row in PRICED]}, folder / "prices")
        self.folder = folder
        self.people = [User.objects.create_user("suzuki", last_name="鈴木"), User.objects.create_user("sato")]
        self.people.append(User.objects.create_user("takada"))
        self.on, self.count, self.done = BEGINS, 0, []

    def does(self, name, verb, chance):
        """Do a verb to something; whether it was done. What is refused leaves nothing behind."""
        self.chance, self.by = chance, chance.choice(self.people)
        self.on += timedelta(days=chance.choice((0, 0, 1, 3, 20)))
        self.count += 1
        try:
            with transaction.atomic():
                verb(self)
        except (Refused, NothingThereError):
            return False
        self.done.append(name)
        return True

    @property
    def now(self):
        return timezone.make_aware(datetime.combine(self.on, time(12, 0, 0, self.count)))

    def one(self, rows):
        """One of the rows."""
        keys = list(rows.order_by("pk").values_list("pk", flat=True))
        if not keys:
            raise NothingThereError
        return rows.get(pk=self.chance.choice(keys))

    def word(self, most=255):
        return self.chance.choice(WORDS)[:most]

    def day(self, first=-120, last=0):
        return self.on + timedelta(days=self.chance.randint(first, last))

    def moment(self, first=-90, last=-1):
        hour = self.chance.choice((0, 9, 23))
        return timezone.make_aware(datetime.combine(self.day(first, last), time(hour, self.chance.choice((0, 59)))))

    def new(self, prefix):
        return f"N{prefix}-{self.count}"


class NothingThereError(Exception):
    """There is nothing yet that the verb could be done to."""
