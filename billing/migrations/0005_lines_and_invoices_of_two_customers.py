"""In the month in which its contracts pass on a unit has lines, corrections and invoices of two customers (I-54, I-55)."""

from typing import Any

from django.db import migrations, models

CORRECTS = "line_corrects_once_a_month"


def _corrects(*more: str) -> models.UniqueConstraint:
    return models.UniqueConstraint(
        fields=["target", "month", "corrects_month", "corrects_fee", *more],
        condition=models.Q(fee="correction"),
        name=CORRECTS,
    )


def _changed(old: models.UniqueConstraint, new: models.UniqueConstraint) -> Any:
    def change(apps: Any, editor: Any) -> None:
        # On PostgreSQL each month's table has keys of its own (billing.models.month_tables): those to come are made otherwise.
        if editor.connection.vendor == "postgresql":
            return
        lines = apps.get_model("billing", "ChargeLine")
        editor.remove_constraint(lines, old)
        editor.add_constraint(lines, new)

    return change


class Migration(migrations.Migration):
    dependencies = [("billing", "0004_sums_are_kept"), ("contracts", "0008_transfers")]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunPython(
                    _changed(_corrects(), _corrects("customer", "unit")),
                    _changed(_corrects("customer", "unit"), _corrects()),
                )
            ],
            state_operations=[
                migrations.RemoveConstraint("chargeline", CORRECTS),
                migrations.AddConstraint("chargeline", _corrects("customer", "unit")),
            ],
        ),
        migrations.RemoveConstraint("invoiceunit", "invoice_unit_once_a_month"),
        migrations.AddConstraint(
            "invoiceunit", models.UniqueConstraint(fields=["invoice", "unit"], name="invoice_unit_once")
        ),
    ]
