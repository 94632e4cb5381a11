from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class BillingConfig(AppConfig):
    name = "billing"
    verbose_name = _("料金")

    def ready(self) -> None:
        # Registers the system checks, and the steps after every migrate: both need the models, which are there only now.
        from billing.checks import stop_on_doubt
        from billing.guards import put_on_billing
        from billing.operations.roles import make_roles

        stop_on_doubt()
        post_migrate.connect(put_on_billing, sender=self, dispatch_uid="billing.guards")
        post_migrate.connect(make_roles, sender=self, dispatch_uid="billing.roles")
