#!/usr/bin/env python3
"""Django's command line for csoc_admin."""

import os
import sys

from django.core.management import execute_from_command_line

from csoc_admin.logs import current_command

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "csoc_admin.settings")
    current_command.set(sys.argv[1] if len(sys.argv) > 1 else "")
    execute_from_command_line(sys.argv)
