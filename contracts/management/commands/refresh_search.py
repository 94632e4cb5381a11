"""manage.py refresh_search: make the keys of all names anew."""

from typing import Any

from django.core.management.base import BaseCommand

from contracts.operations.search_keys import remake_search_keys


class Command(BaseCommand):
    help = "検索の索引を、今の名称から作り直します。"

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"検索の索引は{remake_search_keys():,}件です。")
