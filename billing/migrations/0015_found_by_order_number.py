from django.db import migrations

from contracts.models.plain_code import plain_index


class Migration(migrations.Migration):
    dependencies = [
        ("billing", "0014_ledger_checks"),
    ]

    operations = [
        migrations.AddIndex("billingparty", plain_index("order_number", "billing_party_order_plain")),
        migrations.AddIndex("ordernumber", plain_index("number", "order_number_plain")),
    ]
