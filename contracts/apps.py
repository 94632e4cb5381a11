from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ContractsConfig(AppConfig):
    name = "contracts"
    verbose_name = _("契約")

    def ready(self) -> None:
        # Registers the system checks by import; Django has no other place for it.
        from contracts import checks  # noqa: F401
