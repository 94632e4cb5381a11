"""Pages for when something did not work: in the words of whoever looks, with whether anything was recorded and the way on."""

import errno
import logging
import sys
from collections.abc import Callable

from django.conf import settings
from django.contrib import admin
from django.db import Error, InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from contracts.operations.submissions import FIELD, is_key
from csoc_admin.health import is_health

logger = logging.getLogger(__name__)

RETRY_SECONDS = 60
NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EROFS})
CANNOT_WRITE = ("53100", "25006")
"""disk_full, read_only_sql_transaction: what PostgreSQL calls them."""
SQLITE_CANNOT_WRITE = ("SQLITE_FULL", "SQLITE_READONLY", "SQLITE_IOERR")
"""When a browser or a proxy may ask again."""


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403: the person may not do it."""
    said = _("この画面を見る、又はこの操作をする権限がありません。必要なときは管理者に役割を確かめてください。")
    return _within(request, 403, _("権限がありません"), said)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404: there is no such page or record."""
    said = _("この番地の画面又は記録はありません。番号や名称から探せます（キー「/」）。")
    return _within(request, 404, _("見つかりません"), said)


def sent_from_elsewhere(request: HttpRequest) -> HttpResponse:
    """403 of a form whose token is not that of the log-in: from an old page, or from another site."""
    said = _("送られた画面が古いか、この画面から送られたものではありません。開き直してから、もう一度送ってください。")
    return _alone(request, 403, _("送信を受け付けませんでした"), said, recorded=_nothing())


def failed(request: HttpRequest) -> HttpResponse:
    """500: a fault of ours, or 503 where it is the database's, wherever it was met: who signed in is asked for outside the views too.

    Nothing of the database or of the person is asked for: either may be what failed.
    """
    if (answer := _unavailable_for(request, sys.exc_info()[1])) is not None:
        return answer
    said = _(
        "申し訳ありません。処理の途中で、こちらの誤りが起きました。記録に残しましたので、続くときは管理者に知らせてください。"
    )
    return _alone(request, 500, _("処理できませんでした"), said, recorded=_recorded(request))


def unavailable(request: HttpRequest, *, planned: bool, full: bool = False) -> HttpResponse:
    """503: at work on the system, the database does not answer, or nothing more can be written to it or to the disk (``full``)."""
    said = _("データベースが応答しないか、混み合っています。少し待って、もう一度お試しください。")
    if full:
        said = _("記録する場所に書き込めません（空きがないか、読取り専用です）。管理者に知らせてください。")
    if planned:
        said = _("保守作業をしています。終わるまで、しばらくお待ちください。")
    response = _alone(
        request, 503, _("ただいま使えません"), said, recorded=_nothing() if planned else _recorded(request)
    )
    response["Retry-After"] = str(RETRY_SECONDS)
    return response


class Unavailable:
    """Middleware, innermost: 503 for everything while MAINTENANCE is on, and where the database does not answer."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if settings.MAINTENANCE and not is_health(request):
            return unavailable(request, planned=True)
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """The page of a database that is away, busy or full; other faults are not ours to answer."""
        return _unavailable_for(request, exception)


def _unavailable_for(request: HttpRequest, exception: BaseException | None) -> HttpResponse | None:
    """The page of a database that is away or busy, or of a place that takes nothing more; None for any other fault."""
    full = _takes_nothing_more(exception)
    if not full and not isinstance(exception, (OperationalError, InterfaceError)):
        return None
    logger.error("The database did not answer %s: %s", request.path, exception, exc_info=exception)
    return unavailable(request, planned=False, full=full)


def _takes_nothing_more(exception: BaseException | None) -> bool:
    """Whether there is no room left, or what should be written to may only be read."""
    if isinstance(exception, OSError):
        return exception.errno in NO_ROOM
    cause = exception.__cause__ if isinstance(exception, Error) else None
    if getattr(cause, "sqlstate", None) in CANNOT_WRITE:
        return True
    return str(getattr(cause, "sqlite_errorname", "")).startswith(SQLITE_CANNOT_WRITE)


def _nothing() -> str:
    return _("何も記録していません。")


def _recorded(request: HttpRequest) -> str:
    """Whether what was sent was recorded: a form with a one-time key is carried out whole or not at all."""
    if request.method != "POST" or is_key(request.POST.get(FIELD, "")):
        return _nothing()
    return _("送った内容が記録されたかどうかは、元の画面で確かめてください。")


def _context(request: HttpRequest, title: str, said: str, recorded: str) -> dict[str, str]:
    was_sent = request.method == "POST"
    kept = (
        _("入力した内容は、このブラウザーに残っています。元の画面を開くと、続きから入力できます。") if was_sent else ""
    )
    again = request.get_full_path() if was_sent else ""
    number = getattr(request, "request_id", "")
    return {"title": title, "said": said, "recorded": recorded, "kept": kept, "again": again, "number": number}


def _within(request: HttpRequest, status: int, title: str, said: str) -> HttpResponse:
    """Within the frame of all pages, with menu and search, for whoever is signed in."""
    context = _context(request, title, said, _nothing())
    if not getattr(request, "user", None) or not request.user.is_staff:
        return render(request, "admin/sorry_alone.html", context, status=status)
    return render(request, "admin/sorry.html", {**admin.site.each_context(request), **context}, status=status)


def _alone(request: HttpRequest, status: int, title: str, said: str, *, recorded: str) -> HttpResponse:
    return render(request, "admin/sorry_alone.html", _context(request, title, said, recorded), status=status)
