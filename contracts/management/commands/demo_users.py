"""manage.py demo_users: log-ins to try csoc_admin out with, their passwords printed once."""

import secrets
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth.models import Group, User
from django.core.management.base import BaseCommand

FILE = Path("var") / "demo_users.txt"
ROLES = {
    "eigyo": ("営業担当", "account manager"),
    "sekinin": ("営業責任者", "account manager lead: accepts"),
    "keiri": ("経理", "finance"),
    "kansa": ("監査", "auditor: sees everything, changes nothing"),
    "kanri": ("管理者", "administrator"),
}
"""A log-in for each role (billing.0011): its group, and what it means."""


class Command(BaseCommand):
    help = "試用のログインを作り、名前とパスワードを表示します（本番では使いません）。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--file", type=Path, default=settings.BASE_DIR / FILE, help="パスワードを控えるファイル")

    def handle(self, *args: Any, **options: Any) -> None:
        known = self._known(options["file"])
        logins = {name: known.get(name) or secrets.token_urlsafe(9) for name in ("admin", *ROLES)}
        for name, password in logins.items():
            user, _created = User.objects.get_or_create(username=name, defaults={"is_staff": True})
            user.is_superuser = name == "admin"
            user.set_password(password)
            user.save()
            if name in ROLES:
                user.groups.set([Group.objects.get(name=ROLES[name][0])])
        options["file"].parent.mkdir(parents=True, exist_ok=True)
        options["file"].touch(mode=0o600)
        options["file"].write_text(
            "".join(f"{name} {password}\n" for name, password in logins.items()), encoding="ascii"
        )
        for name, password in logins.items():
            meaning = " / ".join(ROLES.get(name, ("全権", "superuser")))
            self.stdout.write(f"ログイン / log-in: {name:<8} パスワード / password: {password}  （{meaning}）")

    def _known(self, file: Path) -> dict[str, str]:
        """The passwords printed before, so that a second start prints the same."""
        if not file.exists():
            return {}
        return dict(line.split(" ", 1) for line in file.read_text(encoding="ascii").splitlines())
