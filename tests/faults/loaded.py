"""The product as a process of its own has it, loaded once: imported by the server that makes those processes (``apart``), not by tests."""

import os

# A file of their own is what they are given to work on, whatever database the tests around them use.
os.environ["DATABASE_URL"] = "sqlite:///:memory:"
os.environ["DJANGO_SETTINGS_MODULE"] = "csoc_admin.settings"

import django

django.setup()

from django.core import management  # noqa: E402

from billing.management.commands import close_month, import_book  # noqa: E402
from contracts.intake.book import read  # noqa: E402
from contracts.operations import applications  # noqa: E402

LOADED = (management, applications, close_month, import_book, read)
