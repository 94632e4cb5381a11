"""The admin of Django with the back office as its site."""

from django.contrib.admin.apps import AdminConfig


class OfficeConfig(AdminConfig):
    """Every screen registers with csoc_admin.site.Office."""

    default_site = "csoc_admin.site.Office"

    def ready(self) -> None:
        # The models are there only now.
        from csoc_admin import production  # noqa: F401
        from csoc_admin.witness import watch

        super().ready()
        watch()
