"""A form with more in it than is taken in: told in words, where Django says 400 and nothing else."""

from django.conf import settings
from django.contrib import admin
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views import defaults


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """The page of a request that is refused as it stands; of one that is only too large it says so, and what to do."""
    if not isinstance(exception, (TooManyFieldsSent, RequestDataTooBig)):
        return defaults.bad_request(request, exception)
    if isinstance(exception, TooManyFieldsSent):
        most = f"{settings.DATA_UPLOAD_MAX_NUMBER_FIELDS:,}"
        said = _("入力欄が多すぎて受け付けられません（%(most)s欄まで）。行を分けて、二つ以上の申込にしてください。")
    else:
        most = f"{settings.DATA_UPLOAD_MAX_MEMORY_SIZE // 1_000_000:,}"
        said = _("入力が長すぎて受け付けられません（%(most)sMBまで）。分けて入力してください。")
    context = {**admin.site.each_context(request), "title": _("受け付けられません"), "said": said % {"most": most}}
    return render(request, "admin/too_much.html", context, status=400)
