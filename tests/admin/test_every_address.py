"""All that the walk finds, verbs and forms too: quick, clean, in Japanese, and each form that writes with a key of its own."""

import re
from typing import Any

from django.apps import apps
from django.contrib.auth.models import User
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.admin.conftest import signed_in
from tests.admin.test_once import KEY
from tests.admin.test_pages import AT_MOST_QUERIES, ENGLISH, Page
from tests.admin.walk import admin_addresses

WRITES = re.compile(r'<form[^>]*method="post"[^>]*>.*?</form>', re.S)
ELSEWHERE = ("/i18n/", "logout", "as-of", "changelist-form")
"""Forms that write nothing twice: the language, the log-out, rows to be deleted, and the file of a report, which may be wanted twice."""
ONE_TIME_BY_NATURE = ("_delete", "password_change")
"""Once done, there is nothing left to do a second time."""


def is_page(answer: Any) -> bool:
    return "html" in answer.headers.get("Content-Type", "") and not answer.streaming


def keys_of(text: str) -> list[list[str]]:
    """Of each form of a page that writes the keys that it carries."""
    forms = [form for form in WRITES.findall(text) if not any(part in form[:200] for part in ELSEWHERE)]
    return [KEY.findall(form) for form in forms if 'type="submit"' in form or "<button" in form]


def test_every_address_is_quick_clean_and_japanese_and_every_form_has_a_key(one_of_each: None, chief: User) -> None:
    """Few queries, no inline script, no word of Django's English. Each form that is sent has a key, and no two of a page the same."""
    # A process asks once for each of Django's content types.
    ContentType.objects.get_for_models(*apps.get_models())
    client, wrong, looked_at, keys, led_to = signed_in(chief), [], 0, 0, set()
    for name, address in admin_addresses().items():
        with CaptureQueriesContext(connection) as queries:
            answer = client.get(address)
            _read = answer.getvalue() if answer.streaming else answer.content
        if name not in ("logout", "jsi18n", "autocomplete") and answer.status_code == 200 and is_page(answer):
            page, looked_at = Page(answer.text), looked_at + 1
            english = ENGLISH.findall(" ".join(page.text))
            # A savepoint is of the transaction around the test: without that one there is none.
            asked = [query for query in queries if "SAVEPOINT" not in query["sql"]]
            if len(asked) > AT_MOST_QUERIES or page.inline or english:
                wrong.append((name, len(asked), page.inline, english))
        if name.endswith(ONE_TIME_BY_NATURE):
            continue
        if answer.status_code == 302:
            # Where several lead is looked at once.
            if answer.headers["Location"] in led_to:
                continue
            led_to.add(answer.headers["Location"])
            answer = client.get(answer.headers["Location"], follow=True)
        if is_page(answer):
            found = keys_of(answer.text)
            assert all(len(one) == 1 for one in found), name
            assert len({key for (key,) in found}) == len(found), name
            keys += len(found)
    assert wrong == [], wrong
    assert looked_at > 50
    assert keys > 40
