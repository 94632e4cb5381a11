from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class ContractsConfig(AppConfig):
    name = "contracts"
    verbose_name = _("契約")

    def ready(self) -> None:
        # Registers the system checks, and the step after every migrate: both need the models, which are there only now.
        from contracts import checks  # noqa: F401
        from contracts.guards.step import put_on_contracts

        post_migrate.connect(put_on_contracts, sender=self, dispatch_uid="contracts.guards")
