"""Logging in: by password and second factor, by the company's sign-on, or by a proxy that is named; and what has to be done first.

Every way ends in ``People.login``. Who has to change a password, or to set up a second factor, is led there from every page.
"""

from collections.abc import Callable
from functools import wraps
from logging import getLogger
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.utils import perform_login
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.utils import is_mfa_enabled
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.conf import settings
from django.contrib.auth import login, logout
from django.contrib.auth.models import User
from django.contrib.auth.views import LoginView
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from contracts.operations.passwords import has_to_change

log = getLogger(__name__)

HAS_TO = "has_to"
"""In the session: what the person has to do before anything else."""
PASSWORD, FACTOR = "password", "factor"
BY_COMPANY, BY_PROXY = "company", "proxy"
HOW = "how"
"""In the session: how they logged in, where it was not by password."""
LEADS_ON = "/"
"""The address that shows nothing, and leads to the admin."""
MODEL_BACKEND = "django.contrib.auth.backends.ModelBackend"
EVERYBODYS_ROLES = "*"


def needs_factor(person: User) -> bool:
    """Whether the person has a role of which a second factor is demanded (SECOND_FACTOR_ROLES), and none yet."""
    roles = settings.SECOND_FACTOR_ROLES
    if not roles or is_mfa_enabled(person):
        return False
    return person.is_superuser or EVERYBODYS_ROLES in roles or person.groups.filter(name__in=roles).exists()


def _has_to(person: User, how: str) -> str:
    """What the person has to do first; '' for nothing. Who logged in by the company's sign-on has the company's own factors."""
    if how:
        return ""
    if person.has_usable_password() and has_to_change(person):
        return PASSWORD
    return FACTOR if needs_factor(person) else ""


class People(DefaultAccountAdapter):  # type: ignore[misc]
    """People are registered here by people, and known by their log-in; there is no way to register oneself."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def add_message(self, *args: Any, **kwargs: Any) -> None:
        """The pages say it themselves."""

    def respond_user_inactive(self, request: HttpRequest, user: Any) -> HttpResponse:
        return turned_away(request)

    def login(self, request: HttpRequest, user: Any) -> None:
        """Log somebody in who has shown who they are."""
        how = request.session.pop(HOW, "")
        user.backend = MODEL_BACKEND
        login(request, user)
        if how:
            request.session[HOW] = how
        if has_to := _has_to(user, how):
            request.session[HAS_TO] = has_to


class Company(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """The company's sign-on: whoever it names has to be registered here already, under the same log-in."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:
        """Find the person by the claim that holds the log-in. Raises ImmediateHttpResponse for whoever is none of ours."""
        data = sociallogin.account.extra_data
        claims = {**data, **data.get("userinfo", {})}
        name = claims.get(settings.OIDC_CLAIM)
        person = User.objects.filter(username=name, is_active=True, is_staff=True).first() if name else None
        if person is None or (sociallogin.is_existing and sociallogin.user.pk != person.pk):
            raise ImmediateHttpResponse(turned_away(request))
        request.session[HOW] = BY_COMPANY
        if not sociallogin.is_existing:
            sociallogin.connect(request, person)


def turned_away(request: HttpRequest) -> HttpResponse:
    """403 of somebody whom the sign-on knows and this office does not."""
    said = _("この名前の利用者は登録されていないか、無効です。管理者に確かめてください。")
    context = {"title": _("ログインできません"), "said": said, "recorded": "", "kept": "", "again": ""}
    return render(request, "admin/sorry_alone.html", context, status=403)


def or_away(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A view that asks the company's sign-on: 503 in words where that does not answer, or with what is no answer."""

    @wraps(view)
    def answered(request: HttpRequest, **where: Any) -> HttpResponse:
        try:
            return view(request, **where)
        except OSError as away:
            if not hasattr(
                away, "request"
            ):  # none of those that the library of HTTP raises: a disk that is full is another fault
                raise
            log.exception("the company's sign-on did not answer")
        said = _("社内認証が応答しません。少し待って、もう一度お試しください。")
        context = {"title": _("ログインできません"), "said": said, "recorded": "", "kept": "", "again": ""}
        return render(request, "admin/sorry_alone.html", context, status=503)

    return answered


def locked_out(request: HttpRequest, response: Any = None, credentials: Any = None, *_more: Any) -> HttpResponse:
    """429 of a log-in that failed too often: the same for everybody, whether there is such a person or not."""
    said = _(
        "ログインの失敗が続いたので、しばらくログインできません。%(minutes)s分たってから、もう一度お試しください。"
    )
    context = {
        "title": _("しばらくログインできません"),
        "said": said % {"minutes": settings.LOGIN_LOCKED_MINUTES},
        **{"recorded": "", "kept": "", "again": ""},
    }
    answer = render(request, "admin/sorry_alone.html", context, status=429)
    answer["Retry-After"] = str(settings.LOGIN_LOCKED_MINUTES * 60)
    return answer


class ByPassword(LoginView):
    """The first step: name and password. The second factor is asked for where there is one."""

    def form_valid(self, form: Any) -> HttpResponse:
        answer: HttpResponse = perform_login(
            self.request, form.get_user(), email_verification="none", redirect_url=self.get_success_url()
        )
        return answer


class FromProxy:
    """Middleware: whom a proxy names in REMOTE_USER_HEADER, from the addresses of TRUSTED_PROXIES alone; from others it is nothing.

    Who has logged in so is logged in for as long as the proxy says so.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not settings.REMOTE_USER_HEADER:
            return self.get_response(request)
        name = self._named(request)
        by_proxy = request.session.get(HOW) == BY_PROXY
        if by_proxy and request.user.get_username() != name:
            logout(request)
            by_proxy = False
        if name and not by_proxy:
            person = User.objects.filter(username=name, is_active=True, is_staff=True).first()
            if person is None:
                return turned_away(request)
            if request.user.is_authenticated and request.user.pk != person.pk:
                logout(request)
            request.session[HOW] = BY_PROXY
            People().login(request, person)
        return self.get_response(request)

    def _named(self, request: HttpRequest) -> str:
        if request.META.get("REMOTE_ADDR", "") not in settings.TRUSTED_PROXIES:
            return ""
        return request.headers.get(settings.REMOTE_USER_HEADER, "").strip()


class First:
    """Middleware: what has to be done before anything else is led to from every page."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        # Where one is only led on to a page nobody is asked for, and the database is not asked who they are.
        has_to = request.session.get(HAS_TO, "") if request.path_info != LEADS_ON else ""
        if not has_to or not request.user.is_authenticated:
            return self.get_response(request)
        if has_to == FACTOR and is_mfa_enabled(request.user):
            del request.session[HAS_TO]
            return self.get_response(request)
        way = reverse("admin:password_change") if has_to == PASSWORD else reverse("mfa_index")
        names = ["admin:logout", "set_language", "admin:jsi18n"] + ["account_reauthenticate"] * (has_to == FACTOR)
        open_to = {way, *map(reverse, names)}
        if request.path in open_to or (has_to == FACTOR and request.path.startswith(way)):
            return self.get_response(request)
        return HttpResponseRedirect(way)


def has_done(request: HttpRequest) -> None:
    """A password of one's own was chosen: what is next."""
    request.session.pop(HAS_TO, None)
    person: User = request.user  # type: ignore[assignment]
    if needs_factor(person):
        request.session[HAS_TO] = FACTOR
