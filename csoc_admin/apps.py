"""The admin of Django with the back office as its site."""

from django.contrib.admin.apps import AdminConfig


class OfficeConfig(AdminConfig):
    """Every screen registers with csoc_admin.site.Office."""

    default_site = "csoc_admin.site.Office"
