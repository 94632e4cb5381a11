"""What can still be chosen on an application's form: the catalogue, what the unit has, the customer's linked services."""

import json
from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from contracts.admin.application.lines import KEEPS, VERBS
from contracts.intake.form import CONCLUDED, Verb
from contracts.models import LinkedServiceState, ManagementUnit
from contracts.models.choices import CATEGORIES, FEES, LICENCES, MODULE_TYPES, OPTIONS, PRODUCTS
from contracts.terms.art10_options import RETENTION_MODULES
from contracts.terms.catalog import (
    CATEGORY_NAMES,
    FMS_ITEM,
    ITEMS,
    OPTION_NAMES,
    SERVICE_NAMES,
    SERVICES_LINKED,
    TIER_RANK,
    Category,
    Module,
    ModuleType,
    OptionType,
    Service,
)
from contracts.terms.editions import terms_on
from contracts.terms.timeline import Timeline
from contracts.terms.unit import Contract, ContradictionError, Target, Unit, What

MOST_SERVICES = 200
_TIER_OPTIONS = (
    OptionType.ON_SITE_REPORT,
    OptionType.INCIDENT_RESPONSE,
    OptionType.EDR_OPERATION,
    OptionType.EDR_LICENCE,
)
_MONITORING = {
    ModuleType.DEVICE_LOG: OptionType.DEVICE_LOG_MONITORING,
    ModuleType.CLOUD_LOG: OptionType.CLOUD_LOG_MONITORING,
    ModuleType.M365_LOG: OptionType.M365_LOG_MONITORING,
}


def catalogue() -> dict[str, Any]:
    """The terms' catalogue as the form's script asks for it."""
    items: dict[str, dict[str, list[str]]] = {}
    for (module_type, kind), found in ITEMS.items():
        items.setdefault(module_type, {})[kind] = list(found)
    return {
        "items": items,
        "links": {module_type: sorted(services) for module_type, services in SERVICES_LINKED.items()},
        "fmsItem": FMS_ITEM,
        "ranks": TIER_RANK,
        "options": {
            "tier": list(_TIER_OPTIONS),
            "premium": [*_TIER_OPTIONS, OptionType.LOG_RETENTION],
            **{module_type: _options_on(module_type) for module_type in ModuleType},
        },
    }


def kinds_of_lines() -> list[tuple[Any, list[tuple[str, Any]]]]:
    """What a line can be begun as with one choice: a category, a module, an option, a change — its fields as JSON, and its name."""
    tiers = [({"verb": "contract", "category": code}, name) for code, name in CATEGORIES if code != Category.MODULE]
    modules = [({"verb": "contract", "category": "module", "module_type": code}, name) for code, name in MODULE_TYPES]
    options = [({"verb": "option", "option": code}, name) for code, name in OPTIONS]
    others = [({"verb": verb.value}, name) for verb, name in VERBS.items() if verb not in CONCLUDED]
    groups = ((VERBS[Verb.CONTRACT], tiers + modules), (VERBS[Verb.OPTION], options), (_("変更・料金"), others))
    return [(heading, [(json.dumps(fields), name) for fields, name in found]) for heading, found in groups]


def _options_on(module_type: ModuleType) -> list[OptionType]:
    kept = [OptionType.LOG_RETENTION] if module_type in RETENTION_MODULES else []
    return [*([_MONITORING[module_type]] if module_type in _MONITORING else []), *kept]


def targets(unit: Unit, today: date) -> list[dict[str, Any]]:
    """The contracts and options of the unit that have not ended, as they stand today, the tier first."""
    try:
        timeline = Timeline(unit)
    except ContradictionError:
        timeline = Timeline(unit, {})
    return [
        _standing(target, timeline, today)
        for target in sorted(unit.targets, key=lambda target: not (isinstance(target, Contract) and target.is_tier))
        if (end := timeline.ends.get(target.number)) is None or end.on >= today
    ]


def _standing(target: Target, timeline: Timeline, today: date) -> dict[str, Any]:
    if isinstance(target, Contract):
        category = str(timeline.value(target, What.CATEGORY, today))
        found: dict[str, Any] = {"category": category}
        name = CATEGORY_NAMES[Category(category)]
        if target.module:
            module = Module(
                target.module.module_type, target.module.kind, str(timeline.value(target, What.ITEM, today))
            )
            found |= {"type": module.module_type, "kind": module.kind, "item": module.item}
            name = module.name
    else:
        years, licences = (timeline.value(target, what, today) for what in (What.RETENTION_YEARS, What.QUANTITY))
        found = {"option": target.option, "years": years, "licences": licences, "on": target.contract}
        name = f"{OPTION_NAMES[target.option]}（{target.contract}）"
    return {"number": target.number, "name": name, **found}


def services(unit: ManagementUnit, known: Unit, today: date) -> list[dict[str, Any]]:
    """Linked services to choose from: the customer's own first, then those that the unit links already; at most 200.

    Any other is typed by its code. The later of two states of a service counts; what has ended is left out.
    """
    names = ("linked_service__code", "from_on", "service", "kind", "item", "holder", "ends_on")
    states = LinkedServiceState.objects.standing().order_by().values_list(*names)
    # Two halves of one query, each answered by an index of its own.
    wanted = states.filter(holder=unit.customer.code).union(states.filter(linked_service__code__in=list(known.linked)))
    found: dict[str, dict[str, Any]] = {}
    for code, _from_on, service, kind, item, holder, ends_on in wanted.order_by(*names[:2])[: MOST_SERVICES * 2]:
        found.pop(code, None)
        if ends_on is None or ends_on >= today:
            name = " ".join(part for part in (SERVICE_NAMES[Service(service)], kind, item) if part)
            own = holder == unit.customer.code
            label = name if own else f"{name}（{holder}）"
            found[code] = {"code": code, "service": service, "kind": kind, "item": item, "label": label, "own": own}
    return sorted(found.values(), key=lambda state: (not state["own"], state["code"]))[:MOST_SERVICES]


def offered(held: list[dict[str, Any]], lines: list[dict[str, str]], today: date) -> dict[str, list[tuple[str, Any]]]:
    """Everything that a select may offer in any line, by field; the script leaves of it what fits the line."""
    new = [(key, key) for line in lines if (key := line["key"]) and line.get("verb") in ("contract", "option")]
    of_form = {line["key"] for line in lines if line.get("verb") == "contract"}
    years = [(str(count), count) for count in terms_on(today).retention_years]
    kinds = dict.fromkeys(kind for _type, kind in ITEMS if kind)
    items = dict.fromkeys(item for found in ITEMS.values() for item in found)
    existing = [(row["number"], f"{row['number']} {row['name']}") for row in held]
    contracts = [(row["number"], f"{row['number']} {row['name']}") for row in held if "category" in row]
    return {
        "verb": [(verb.value, label) for verb, label in VERBS.items()],
        "category": CATEGORIES,
        "module_type": MODULE_TYPES,
        "kind": [(kind, kind) for kind in kinds],
        "item": [(item, item) for item in items],
        "contract": contracts + [choice for choice in new if choice[0] in of_form],
        "option": OPTIONS,
        "licence_type": LICENCES,
        "product": PRODUCTS,
        "retention_years": years,
        "target": existing + new,
        "to_category": [choice for choice in CATEGORIES if choice[0] in TIER_RANK],
        "to_item": [(item, item) for item in items],
        "to_years": years,
        "fee": FEES,
        "keep_price": list(KEEPS.items()),
    }
