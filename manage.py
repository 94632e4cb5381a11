#!/usr/bin/env python3
"""Django's command line for csoc_admin."""

import os
import sys

from django.core.management import execute_from_command_line

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "csoc_admin.settings")
    execute_from_command_line(sys.argv)
