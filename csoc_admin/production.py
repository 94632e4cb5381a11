"""System checks of production: who the application is to its database."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Tags, Warning, register
from django.db import DatabaseError, connections

OWNS = (
    "SELECT current_user, EXISTS (SELECT 1 FROM pg_class WHERE relname = 'contracts_entry' "
    "AND pg_has_role(current_user, relowner, 'USAGE')), "
    "(SELECT rolsuper FROM pg_roles WHERE rolname = current_user)"
)


@register(Tags.security, deploy=True)
def the_application_does_not_own_its_tables(**_options: Any) -> list[CheckMessage]:
    """csoc_admin.W001: whoever serves people could take the guards off, since the tables are its own (docs/operations.md)."""
    name = owner_that_serves()
    if not name:
        return []
    return [
        Warning(
            f"データベースの利用者「{name}」は表の所有者です。保護を外せるので、本番では権限の少ない利用者で起動してください。",
            hint="deploy/database-roles.sql, docs/operations.md",
            id="csoc_admin.W001",
        )
    ]


def owner_that_serves() -> str:
    """The name of the database's role, where it owns the tables or is a superuser; '' where it has rights on data alone, on SQLite, and
    where nobody can be asked.
    """
    connection = connections["default"]
    if connection.vendor != "postgresql" or settings.MIGRATES:
        return ""
    try:
        with connection.cursor() as cursor:
            cursor.execute(OWNS)
            name, owns, is_superuser = cursor.fetchone()
    except DatabaseError:
        return ""
    return str(name) if owns or is_superuser else ""
