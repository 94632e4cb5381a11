from django.db import migrations

from contracts.models.plain_code import plain_index


class Migration(migrations.Migration):
    dependencies = [
        ("billing", "0004_sums_are_kept"),
        ("contracts", "0009_found_by_names"),
    ]

    operations = [migrations.AddIndex("invoice", plain_index("number", "invoice_number_plain"))]
