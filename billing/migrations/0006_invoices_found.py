from django.db import migrations

from contracts.models.plain_code import plain_index


class Migration(migrations.Migration):
    dependencies = [
        ("billing", "0005_lines_and_invoices_of_two_customers"),
        ("contracts", "0010_found_by_names"),
    ]

    operations = [migrations.AddIndex("invoice", plain_index("number", "invoice_number_plain"))]
