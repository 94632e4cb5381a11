"""manage.py remove_second_factor: for somebody who has lost their phone or passkey, asked for by another."""

from argparse import ArgumentParser
from typing import Any

from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError

from contracts.operations.refusal import Refused
from contracts.operations.second_factors import remove_factors


class Command(BaseCommand):
    help = "第二要素（認証アプリ、パスキー）を失った利用者から、それを外します。別の人の依頼と理由が必要です。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("person", help="第二要素を失った人のログイン名")
        parser.add_argument("--by", required=True, help="依頼した人のログイン名（本人以外）")
        parser.add_argument("--reason", required=True, help="理由。本人であることをどう確かめたか")

    def handle(self, *args: Any, **options: Any) -> None:
        person, by = _known(options["person"]), _known(options["by"])
        try:
            kinds = remove_factors(person, reason=options["reason"], by=by)
        except Refused as refused:
            raise CommandError(refused.reason.message) from refused
        self.stdout.write(
            f"「{person}」の第二要素を外しました（{len(kinds)}件）。ログインは終わりました。次のログインはパスワードだけです。"
        )


def _known(name: str) -> User:
    person = User.objects.filter(username=name).first()
    if person is None:
        raise CommandError(f"ログイン名「{name}」の利用者はいません。")
    return person
