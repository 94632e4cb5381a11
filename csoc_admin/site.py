"""The back office as a site: its pages ask the month's own computation what an operation would bring."""

from collections.abc import Callable, Collection, Sequence
from datetime import date
from functools import partial, wraps
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.admin import AdminSite
from django.contrib.admin.forms import AdminAuthenticationForm, AdminPasswordChangeForm
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.contrib.auth.views import PasswordChangeView
from django.db.models import F, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext

from billing.facts.ledger import closed_months
from billing.facts.parties import parties_of
from billing.models import Invoice
from billing.operations.bills_of_units import Bills, Monthly, bills, monthly
from billing.operations.coming_bills import Beside, beside
from billing.operations.rehearse import Rehearsal, confirm, rehearse
from billing.operations.totals import Totals, totals
from contracts.facts.known import Known
from contracts.facts.load import Loaded
from contracts.judge.application import Judgement
from contracts.operations.passwords import change_own
from contracts.terms.days import next_month
from csoc_admin.log_in import ByPassword, has_done
from csoc_admin.once import View, once

KEPT_FOR_THEMSELVES = {"account", "axes", "mfa", "socialaccount"}
"""Applications whose tables are nobody's to edit."""


class LogInForm(AdminAuthenticationForm):
    """A name and a password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.label_suffix = ""


class OwnPasswordForm(AdminPasswordChangeForm):
    """One's own password: another one than before, and kept that it was chosen by oneself."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.label_suffix = ""

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or self.cleaned_data
        if given.get("new_password1") and given.get("new_password1") == given.get("old_password"):
            self.add_error("new_password1", gettext("今のパスワードと違うものにしてください。"))
        return given

    def save(self, commit: bool = True) -> Any:
        change_own(self.user, self.cleaned_data["new_password1"])
        return self.user


class Office(AdminSite):
    """Screens of contracts know nothing of money: what their verbs would bring in yen they ask for here."""

    def admin_view(self, view: View, cacheable: bool = False) -> View:  # type: ignore[override]
        """Every view of the site: for whoever signed in, and each form carried out once."""
        inner: View = super().admin_view(once(view), cacheable)

        @wraps(inner)
        def answered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if request.method == "POST" and not request.user.is_authenticated and not request.path.endswith("/logout/"):
                messages.warning(
                    request,
                    gettext(
                        "ログインが切れています。まだ何も記録していません。ログインすると、入力した画面に戻ります。"
                    ),
                )
            return inner(request, *args, **kwargs)

        return answered

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> Any:
        """Django's list of all screens, made where a page asks for it: the menu by work is another, and making it took a quarter of a page."""
        return SimpleLazyObject(partial(super().get_app_list, request, app_label))

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        """Screens of what logging in keeps for itself are none of ours: rights, passwords and second factors have their own."""
        models: list[Any] = [model_or_iterable] if isinstance(model_or_iterable, type) else list(model_or_iterable)
        ours = [model for model in models if model._meta.app_label not in KEPT_FOR_THEMSELVES]
        super().register(ours, admin_class, **options)

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Name and password; the page is Django's own."""
        if request.method == "GET" and self.has_permission(request):
            return HttpResponseRedirect(reverse("admin:index", current_app=self.name))
        context = {
            **self.each_context(request),
            **{"title": gettext("ログイン"), "subtitle": None, "app_path": request.get_full_path()},
            "username": request.user.get_username(),
            "company": settings.OIDC_APP["name"] if settings.OIDC_URL else "",
            **(extra_context or {}),
        }
        if REDIRECT_FIELD_NAME not in request.GET and REDIRECT_FIELD_NAME not in request.POST:
            context[REDIRECT_FIELD_NAME] = reverse("admin:index", current_app=self.name)
        view = ByPassword.as_view(
            extra_context=context, authentication_form=LogInForm, template_name="admin/login.html"
        )
        answer: HttpResponse = view(request)  # type: ignore[assignment]
        return answer

    def password_change(  # type: ignore[override]
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """One's own password; chosen, it ends what had to be done first."""
        view = PasswordChangeView.as_view(
            form_class=OwnPasswordForm,
            success_url=reverse("admin:password_change_done", current_app=self.name),
            extra_context={**self.each_context(request), **(extra_context or {})},
            template_name="registration/password_change_form.html",
        )
        answer: HttpResponse = view(request)  # type: ignore[assignment]
        if request.method == "POST" and answer.status_code == 302:
            has_done(request)
        return answer

    def rehearse(
        self, do: Callable[[], Any], units: Collection[int], *, ledger: bool, wait: bool = True
    ) -> Rehearsal[Any]:
        """What an operation on those units would bring, with ``ledger`` to months too. Raises what it refuses."""
        return rehearse(do, units, ledger=ledger, wait=wait)

    def confirm(
        self,
        do: Callable[[], Any],
        units: Collection[int],
        *,
        holds: Callable[[Rehearsal[Any]], bool],
        ledger: bool,
        by_result: bool = False,
    ) -> Any:
        """Carry an operation out, should what was shown still hold."""
        return confirm(do, units, holds=holds, ledger=ledger, by_result=by_result)

    def billed(self, rehearsal: Rehearsal[Any], *, today: date) -> Sequence[Beside]:
        """The bills that come next, without what was rehearsed and with it; the unit is what was rehearsed on."""
        return beside(rehearsal, today=today)

    def totals(self, judgement: Judgement, *, accepted_on: date) -> Totals:
        """What a judged application comes to in yen, were it accepted on that day."""
        return totals(judgement, accepted_on=accepted_on)

    def first_open_month(self) -> date | None:
        """The first day of the month that is closed next; None while none has been closed."""
        months = closed_months()
        return next_month(max(months)) if months else None

    def monthly(self, read: Loaded, *, on: date) -> Monthly:
        """What units that have been read are charged a month as they stand on a day."""
        return monthly(read, on=on)

    def bills(self, read: Loaded, *, on: date, today: date, known: Known, payer: int | None = None) -> Bills:
        """The bills of units that have been read (``payer``: a customer's alone) and why they differ."""
        return bills(read, on=on, today=today, known=known, payer=payer)

    def invoices_of(self, customer_id: int, *, known: Known) -> QuerySet[Invoice]:
        """The invoices of a customer, the newest first; ``known``: those that were issued by then."""
        rows = Invoice.objects.filter(customer=customer_id)
        if known.day is not None:
            rows = rows.filter(issued_on__lte=known.day)
        # Ordered by what no index has: the planner would read the invoices of all customers from the newest on.
        return rows.annotate(newest=F("pk") + 0).select_related("month").order_by("-newest")

    def parties_of(self, customer_id: int) -> QuerySet[Any]:
        """Whom the invoices of a customer and its groups go to, as it stands."""
        return parties_of(customer_id)
