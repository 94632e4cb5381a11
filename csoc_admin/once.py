"""One click or two, one record: every form that writes carries a one-time key, asked for here, around every view of the site."""

from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.models import User
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext

from contracts.operations.submissions import FIELD, SentBeforeError, claim, is_key, keep, release

LOOKS = frozenset({"check", "mend", "again", "back"})
"""Buttons of forms that only look: what is sent with them writes nothing."""
STORED = "stored"
"""The cookie that tells the page which form was stored, so that what the browser kept of it can go."""
STORED_SECONDS = 600

View = Callable[..., HttpResponse]


def once(view: View) -> View:
    """The view, carrying out each form once: a second submission is led to what the first one made, and told so.

    A form that leads on (a redirect) was carried out; one that is shown again was not, and can be sent again.
    """

    @wraps(view)
    def answered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        key = request.POST.get(FIELD, "") if request.method == "POST" else ""
        if not is_key(key) or LOOKS & request.POST.keys():
            return view(request, *args, **kwargs)
        by = cast(User, request.user)
        try:
            with transaction.atomic():
                submission = claim(key, by=by)
                response = view(request, *args, **kwargs)
                if isinstance(response, HttpResponseRedirect):
                    keep(submission, led_to=response.url)
                else:
                    release(submission)
        except SentBeforeError as before:
            response = _led_on(request, before)
        if isinstance(response, HttpResponseRedirect):
            response.set_cookie(
                STORED, key, max_age=STORED_SECONDS, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE
            )
        return response

    return answered


def _led_on(request: HttpRequest, before: SentBeforeError) -> HttpResponseRedirect:
    """To what the first submission made; another person's key leads nowhere but back."""
    own = before.submission.person_id == request.user.pk
    messages.info(
        request, gettext("この内容は既に送信され、一度だけ記録されています。最初の送信で記録したものを表示しています。")
    )
    return HttpResponseRedirect(before.submission.led_to if own else request.get_full_path())
