"""対応サービス, with its states and the contracts that link it."""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth.models import User
from django.db.models import Prefetch, Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from contracts import clock
from contracts.admin.correction.form import GroundForm
from contracts.admin.correction.verbs import correcting, taking_back
from contracts.admin.kit.base import Related, list_of
from contracts.admin.kit.columns import Column, choice, column, day, iso, link, own_page, page_of, plain
from contracts.admin.kit.fields import day_field, text_field
from contracts.admin.kit.following import Rehearsal
from contracts.admin.kit.search import FINDS, services_found
from contracts.admin.kit.verb import Given, Verb
from contracts.admin.kit.verbs import ActingAdmin
from contracts.admin.records import consent, contract
from contracts.models import Consent, LinkedService, LinkedServiceState
from contracts.operations.corrections.of_services import STATES
from contracts.operations.register import held_by, register_state, units_linking
from contracts.terms.catalog import ITEMS, SERVICE_NAMES, SERVICES_LINKED

FROM = day("from_on", _("適用日"))
STATE_COLUMNS = (
    own_page("from_on", _("適用日"), lambda row: iso(row.from_on)),
    choice("service", _("サービス")),
    plain("kind", _("種類")),
    plain("item", _("品目")),
    plain("holder", _("名義")),
    day("module_consent_on", _("連携同意日")),
    day("premium_consent_on", _("設定変更同意日")),
    day("bypass_option_on", _("バイパスオプション利用開始日")),
    day("advanced_support_on", _("アドバンストサポート利用開始日")),
    day("ends_on", _("終了日")),
)


def _now(row: LinkedService) -> LinkedServiceState | None:
    """The state that stands today; of one that begins later, the first."""
    states = list(row.states.all())
    begun = [state for state in states if state.from_on <= clock.today()]
    return begun[-1] if begun else states[0] if states else None


def _of_now(name: str, label: Any, value: Column) -> Column:
    return column(name, label, lambda row: value(state) if (state := _now(row)) else None)


def offers() -> list[tuple[str, list[tuple[str, str]]]]:
    """What a linked service may be, by service: service, kind and item in one choice, as the terms list them."""
    groups = []
    for service, name in SERVICE_NAMES.items():
        types = {module_type for module_type, services in SERVICES_LINKED.items() if service in services}
        offers = [
            (f"{service}|{kind}|{item}", " ".join(filter(None, (kind, item))) or name)
            for (module_type, kind), items in ITEMS.items()
            if module_type in types
            for item in items or ("",)
        ]
        groups.append((name, offers))
    return groups


class StateForm(forms.Form):
    """A linked service as it stands from a day on."""

    offer = forms.ChoiceField(label=_("サービス・種類・品目"), choices=offers)
    holder = text_field(_("名義"), help_text=_("契約者コード、又は第三者の名称"))
    from_on = day_field(_("適用日"))
    ends_on = day_field(_("終了日"), required=False, help_text=_("この日まで利用。続くときは空欄"))


class ServiceForm(StateForm):
    """A new linked service."""

    code = text_field(_("対応サービスコード"), most=64)
    field_order = ("code", "offer", "holder", "from_on", "ends_on")


def _write(code: str, given: Given, by: User) -> LinkedServiceState:
    service, kind, item = given["offer"].split("|")
    days = {name: given[name] for name in ("from_on", "ends_on", "holder")}
    return register_state(code=code, service=service, kind=kind, item=item, by=by, **days, on=clock.today())


def _as_now(row: LinkedService) -> dict[str, Any]:
    state = _now(row)
    if state is None:
        return {"from_on": clock.today()}
    return {"offer": f"{state.service}|{state.kind}|{state.item}", "holder": state.holder, "from_on": clock.today()}


def _follows_state(row: LinkedService, given: Given, rehearsal: Rehearsal) -> list[str]:
    """What units lose is said behind; that none does is said here."""
    return [] if rehearsal.lost else [gettext("この状態によって利用資格を失う管理単位はありません。")]


REGISTER = Verb(
    name="register",
    label=_("対応サービスを登録"),
    permission="contracts.add_linkedservicestate",
    form=ServiceForm,
    do=lambda row, given, by: _write(given["code"], given, by),
    done=_("対応サービスを登録しました。名義が契約者と異なるときは、続けて連携への同意を記録します（第7条第3項）。"),
    clause="2",
    follows=lambda row, given, rehearsal: [],
    bills=False,
    units=lambda row, given: units_linking(given["code"]),
    then=lambda row, state: page_of(state.linked_service),
)
ADD_STATE = Verb(
    name="add-state",
    label=_("状態を追加"),
    permission="contracts.add_linkedservicestate",
    form=StateForm,
    do=lambda row, given, by: _write(row.code, given, by),
    done=_("対応サービスの状態を追加しました。"),
    initial=_as_now,
    clause="7-5",
    follows=_follows_state,
    bills=False,
    units=lambda row, given: units_linking(row.code),
    help=_("種類・品目・名義が変わるとき、又は終了するときに、適用日からの状態を追加します。"),
    then=lambda row, state: page_of(row),
)


class CorrectForm(GroundForm):
    """What a state ought to have said."""

    offer = forms.ChoiceField(label=_("サービス・種類・品目"), choices=offers)
    holder = text_field(_("名義"), help_text=_("契約者コード、又は第三者の名称"))
    from_on = day_field(_("適用日"))
    ends_on = day_field(_("終了日"), required=False, help_text=_("この日まで利用。続くときは空欄"))


def _of_state(row: LinkedServiceState) -> dict[str, Any]:
    days = {name: getattr(row, name) for name in ("holder", "from_on", "ends_on")}
    return {"offer": f"{row.service}|{row.kind}|{row.item}", **days}


def _says(row: LinkedServiceState, given: Given) -> dict[str, Any]:
    """Where kind, item or holder are otherwise, that is known from today on: nobody is to blame who did not know (I-28)."""
    said = {name: given[name] for name in ("holder", "from_on", "ends_on")}
    if given["offer"] != _of_state(row)["offer"]:
        said |= dict(zip(("service", "kind", "item"), given["offer"].split("|"), strict=True))
    said["holder"] = held_by(given["holder"])
    if given["offer"] != _of_state(row)["offer"] or said["holder"] != row.holder:
        said["known_on"] = clock.today()
    return said


def _fit(form: Any, row: LinkedServiceState) -> None:
    """A service may have a kind or an item of its own that the terms do not list: it can be kept."""
    now = _of_state(row)["offer"]
    if not any(now == code for _name, listed in offers() for code, _label in listed):
        form.fields["offer"].choices = [(now, " ".join(filter(None, (row.kind, row.item)))), *offers()]


def _service(row: LinkedServiceState, _done: Any) -> str:
    return page_of(row.linked_service)


CORRECT_STATE = correcting(
    STATES,
    CorrectForm,
    _of_state,
    says=_says,
    fit=_fit,
    bills=False,
    clause="7-5",
    help=_("状態が変わったときは、訂正ではなく、状態を追加します。記録が誤っていたときに訂正します。"),
    then=_service,
)
TAKE_STATE_BACK = taking_back(STATES, bills=False, clause="7-5", then=_service)


@admin.register(LinkedServiceState)
class LinkedServiceStateAdmin(ActingAdmin):
    """States of linked services, newest first."""

    subject_path = "linked_service__code"
    lists_standing = True
    list_display = (FROM, link("linked_service", _("対応サービス")), *STATE_COLUMNS[1:])
    list_select_related = ("linked_service",)
    search_fields = ("linked_service__code",)
    search_help_text = FINDS
    fieldsets = (
        (None, {"fields": (link("linked_service", _("対応サービス")), FROM, *STATE_COLUMNS[1:5], STATE_COLUMNS[-1])}),
        (_("同意・前提"), {"fields": STATE_COLUMNS[5:-1]}),
    )
    verbs = (CORRECT_STATE, TAKE_STATE_BACK)

    def found(self, term: str) -> Q:
        return Q(linked_service__in=services_found(term))

    def heading(self, row: Any) -> str:
        return f"{row.linked_service} {iso(row.from_on)}"


@admin.register(LinkedService)
class LinkedServiceAdmin(ActingAdmin):
    """Linked services as they stand today."""

    subject_path = "code"
    list_display = (
        "code",
        _of_now("service", _("サービス"), lambda state: state.get_service_display()),
        _of_now("kind", _("種類・品目"), lambda state: " ".join(filter(None, (state.kind, state.item))) or None),
        _of_now("holder", _("名義"), lambda state: state.holder),
        _of_now("ends_on", _("終了日"), lambda state: iso(state.ends_on)),
    )
    sortable_by = ("code",)
    search_fields = ("code",)
    search_help_text = FINDS
    fieldsets = ((None, {"fields": ("code",)}),)
    general_verbs = (REGISTER,)
    verbs = (consent.RECORD_OF_SERVICE, ADD_STATE)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        states = Prefetch("states", LinkedServiceState.objects.standing().order_by("from_on"))
        return super().get_queryset(request).prefetch_related(states)

    def found(self, term: str) -> Q:
        return Q(pk__in=services_found(term))

    def related(self, row: Any) -> list[Related]:
        states = LinkedServiceState.objects.standing().filter(linked_service=row).order_by("from_on")
        return [
            Related(states, STATE_COLUMNS),
            Related(row.consents.standing().order_by("given_on"), consent.COLUMNS, list_of(Consent, service=row.code)),
            Related(contract.rows(linked_service=row), contract.COLUMNS),
        ]
