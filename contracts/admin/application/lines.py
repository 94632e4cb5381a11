"""The lines of an application on the screens: what their fields are called, what was typed into them, how they read."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from contracts.admin.kit.columns import thousands
from contracts.intake.form import FIELDS, TO, Line, Verb, named
from contracts.models.choices import FEES
from contracts.terms.catalog import (
    CATEGORY_NAMES,
    LICENCE_NAMES,
    MODULE_TYPE_NAMES,
    OPTION_NAMES,
    PRODUCT_NAMES,
    Category,
)

VERBS: dict[Verb, Any] = {
    Verb.CONTRACT: _("新しい契約"),
    Verb.OPTION: _("新しいオプション"),
    Verb.CATEGORY: _("カテゴリの変更"),
    Verb.ITEM: _("品目の変更"),
    Verb.RETENTION_YEARS: _("保管年数の変更"),
    Verb.QUANTITY: _("ライセンス数の変更"),
    Verb.PRICE: _("料金の見積り"),
}
"""What a line asks for, in the order in which it is offered."""

LABELS: dict[str, Any] = {
    "category": _("カテゴリ"),
    "module_type": _("モジュール種別"),
    "kind": _("種類"),
    "item": _("品目"),
    "linked_service": _("対応サービスコード"),
    "contract": _("契約"),
    "option": _("オプション"),
    "licence_type": _("ライセンス種別"),
    "product": _("EDR製品"),
    "retention_years": _("保管年数"),
    "quantity": _("ライセンス数"),
    "target": _("対象"),
    "to_category": _("変更後のカテゴリ"),
    "to_item": _("変更後の品目"),
    "to_years": _("変更後の保管年数"),
    "to_quantity": _("変更後のライセンス数"),
    "fee": _("費目"),
    "amount_yen": _("金額（円、税抜）"),
    "from_on": _("適用日"),
    "effective_on": _("変更日"),
    "billing_starts_on": _("課金開始日"),
    "ready_on": _("通信環境準備完了日"),
    "premium_consent_on": _("特則同意日"),
    "consent_given_by": _("同意した者"),
    "consent_document": _("同意の文書番号"),
    "initial_yen": _("初期費用（円、税抜）"),
    "one_time_yen": _("一時費用（円、税抜）"),
    "monthly_yen": _("月額費用（円、税抜）"),
    "keep_price": _("料金据置"),
    "quotation": _("見積書番号"),
    "number": _("番号"),
}
"""The fields of all verbs, in the order in which they stand in a line."""

KEEPS = {"yes": _("据え置く")}
"""What can be said of the price of a change (I-41)."""

HELP: dict[str, Any] = {
    "number": _("空欄なら承諾時に付けます"),
    "billing_starts_on": _("未定のときは空欄"),
    "premium_consent_on": _("第17条第1項"),
    "ready_on": _("第8条第1項"),
    "keep_price": _("月額費用が変わらないときに選びます（I-41）"),
}

SHOWN_WHEN: dict[str, dict[str, tuple[str, ...]]] = {
    **{name: {"category": ("module",)} for name in ("module_type", "kind", "item", "linked_service", "ready_on")},
    **{
        name: {"category": ("premium",), "to_category": ("premium",)}
        for name in ("premium_consent_on", "consent_given_by", "consent_document")
    },
    **{name: {"option": ("edr_licence",)} for name in ("licence_type", "product", "quantity")},
    "retention_years": {"option": ("log_retention",)},
    "from_on": {"fee": ("monthly", "one_time")},
}
"""Fields that mean something only where another field of the line has one of these values."""

DAYS = frozenset(name for name in LABELS if name.endswith("_on"))
AMOUNTS = frozenset(name for name in LABELS if name.endswith("_yen"))
COUNTS = frozenset({"quantity", "to_quantity"})
MOST_LETTERS = 255
MOST_LINES_SENT = 300
"""Lines of a form that are read, as many as its fields may be; those beyond MOST_LINES are shown again and not kept."""


def kind_of(name: str) -> str:
    """What sort of input a field has: a select, a day, an amount, a count, or text."""
    for kind, names in (("day", DAYS), ("amount", AMOUNTS), ("count", COUNTS)):
        if name in names:
            return kind
    if name in ("linked_service", "number", "quotation", "consent_given_by", "consent_document"):
        return "text"
    return "select"


def applies(name: str, line: Line) -> bool:
    """Whether a field of the line means something, as the line stands."""
    conditions = SHOWN_WHEN.get(name)
    return conditions is None or any(line.get(other) in values for other, values in conditions.items())


def typed_lines(posted: QueryDict) -> list[dict[str, str]]:
    """The lines of a posted form as they were typed, each under its own key; what has no verb yet keeps all it has."""
    lines: dict[str, dict[str, str]] = {}
    for position in posted.getlist("line")[:MOST_LINES_SENT]:
        if not position.isdecimal() or len(position) > 4 or f"#{int(position)}" in lines:
            continue
        key = f"#{int(position)}"
        verb = posted.get(f"line-{position}-verb", "")
        names = FIELDS[Verb(verb)] if verb in set(Verb) else LABELS
        given = {name: posted.get(f"line-{position}-{name}", "").strip()[:MOST_LETTERS] for name in names}
        given = {name: value.replace("\x00", "") for name, value in given.items() if value}
        if given or verb in set(Verb):
            lines[key] = {"key": key, "verb": verb if verb in set(Verb) else "", **given}
    return list(lines.values())


def asking(lines: Iterable[Line]) -> list[Line]:
    """The lines that ask for something: what is kept of a form."""
    return [line for line in lines if line.get("verb") in set(Verb)]


def field_named(verb: Verb | None, name: str) -> str:
    """The field of a line in which to mend what is said of a row's column or a violation's field."""
    if verb is None or name in FIELDS[verb]:
        return name
    if verb in TO:
        return TO[verb]
    return {"to": "amount_yen", "application": "contract"}.get(name, FIELDS[verb][0])


def readable(lines: Iterable[Line], names: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    """The lines as a table reads them; ``names`` says what existing targets are called."""
    found = list(named(list(lines)))
    called = {
        **names,
        **{key: _content(verb, line) for key, verb, line in found if verb in (Verb.CONTRACT, Verb.OPTION)},
    }
    for key, verb, line in found:
        on = line.get("target") or (line.get("contract") if verb is Verb.OPTION else "") or ""
        yield {
            "key": key,
            "position": key.removeprefix("#"),
            "verb": VERBS[verb],
            "number": line.get("number", ""),
            "on": on,
            "on_name": called.get(on, ""),
            "content": _content(verb, line),
            "details": _details(verb, line),
            "days": [(LABELS[name], value) for name, value in _given(verb, line, DAYS)],
            "fees": [(fee_label(name, line), _amount(value)) for name, value in _given(verb, line, AMOUNTS)],
        }


def fee_label(name: str, line: Line) -> Any:
    """What an amount of a line is called."""
    return (
        dict(FEES).get(line.get("fee", ""), LABELS[name]) if name == "amount_yen" else dict(FEES)[name[: -len("_yen")]]
    )


def _given(verb: Verb, line: Line, wanted: Iterable[str]) -> Iterator[tuple[str, str]]:
    held = set(wanted)
    yield from ((n, line[n]) for n in FIELDS[verb] if n in held and line.get(n) and applies(n, line))


def _amount(value: str) -> str:
    return gettext("%(amount)s円") % {"amount": thousands(int(value)) if value.isdecimal() else value}


def _content(verb: Verb, line: Line) -> str:
    if verb is Verb.CONTRACT:
        if line.get("category") == "module":
            module = MODULE_TYPE_NAMES.get(line.get("module_type", ""), "")  # type: ignore[call-overload]
            return " ".join(part for part in (module, line.get("kind"), line.get("item")) if part)
        return category_said(line.get("category", ""))
    if verb is Verb.OPTION:
        return str(OPTION_NAMES.get(line.get("option", ""), ""))  # type: ignore[call-overload]
    if verb is Verb.CATEGORY:
        return f"→ {category_said(line.get('to_category', ''))}"
    if verb in TO:
        return f"→ {counted(verb.value, line.get(TO[verb], ''))}"
    return ""


def category_said(code: str) -> str:
    """A category by its name; what is none, as it stands."""
    return CATEGORY_NAMES[Category(code)] if code in set(Category) else code


def counted(what: str, value: str) -> str:
    """Years or licences with their counter; anything else as it stands."""
    if not value.isdecimal():
        return value
    if what == "retention_years":
        return gettext("%(years)s年") % {"years": value}
    return gettext("%(count)sライセンス") % {"count": f"{int(value):,}"} if what == "quantity" else value


def _details(verb: Verb, line: Line) -> list[tuple[Any, str]]:
    """What else is given: licence, years, service, consent, quotation."""
    names: dict[str, Mapping[Any, Any]] = {"licence_type": LICENCE_NAMES, "product": PRODUCT_NAMES, "keep_price": KEEPS}
    shown = (
        *("linked_service", "licence_type", "product", "retention_years", "quantity"),
        *("consent_given_by", "consent_document", "keep_price", "quotation"),
    )
    return [
        (LABELS[name], counted(name, names.get(name, {}).get(value, value)))
        for name, value in _given(verb, line, shown)
    ]
