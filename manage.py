#!/usr/bin/env python3
"""Django's command line for csoc_admin."""

import os
import sys

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line

from csoc_admin.logs import current_command


def begin() -> None:
    """Run what the command line asks for; where settings cannot be followed, say so in their sentences alone."""
    try:
        _read = settings.DEBUG
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as fault:
        sys.exit(str(fault))


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "csoc_admin.settings")
    current_command.set(sys.argv[1] if len(sys.argv) > 1 else "")
    begin()
