"""The WSGI entry point."""

import os

from django.core.wsgi import get_wsgi_application
from django.utils.module_loading import import_string

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "csoc_admin.settings")

application = get_wsgi_application()

# By its name: before the application is there its tables cannot be known.
import_string("csoc_admin.seen_settings.at_start")("web")
