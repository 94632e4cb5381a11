"""An application accepted is the book that says the same: the same facts, prices and worklist, or the same clauses broken."""

from dataclasses import replace
from tempfile import TemporaryDirectory

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contracts import clock
from contracts.intake.faults import BookError
from contracts.models import LinkedServiceState, Price
from contracts.operations.applications import NotAcceptableError
from contracts.operations.import_book import import_book
from contracts.terms.catalog import (
    CATEGORY_NAMES,
    LICENCE_NAMES,
    MODULE_TYPE_NAMES,
    OPTION_NAMES,
    PRODUCT_NAMES,
    Category,
)
from tests.contracts.applications import form
from tests.contracts.applications.form import ACCEPTED, APPLIED, CONSENT, Desk, worklist
from tests.contracts.book import build as had
from tests.contracts.book.build import LONG_AGO, OTHER, as_folder
from tests.effort import examples

SERVICES = [
    had.ips_service(premium_consent_on=LONG_AGO),
    had.service("IIJセキュアWebゲートウェイサービス", "S-2", item="タイプF", holder=OTHER, module_consent_on=LONG_AGO),
    had.service("IIJマネージドWAFサービス", "S-3", item="タイプAS", advanced_support_on="2025-05-01"),
    had.service("IIJセキュアMXサービス", "S-4", holder=OTHER),
]
KEEPING = had.option("ログ保管オプション", "M-IPS", "O-KEEP", retention_years=3)
STOCKS = {
    "nothing yet": SERVICES,
    "アドバンスト": [had.tier(starts=ACCEPTED), had.ips(starts=ACCEPTED), KEEPING, *SERVICES],
    "プレミアム": [
        *(had.premium(starts=ACCEPTED), had.ips(starts=ACCEPTED), KEEPING, *SERVICES),
        *(had.edr(starts=ACCEPTED), had.licence(starts=ACCEPTED)),
    ],
}
STANDING = {"アドバンスト": ["T-1", "M-IPS", "O-KEEP"], "プレミアム": ["T-1", "M-IPS", "O-KEEP", "O-EDR", "O-LIC"]}
MODULES = [
    ("cloud_log", "", ""),
    ("device_log", "", "タイプ1"),
    ("m365_log", "", ""),
    ("ips_ids", had.IPS_KIND, "IPS/タイプA"),
    ("ips_ids", had.IPS_KIND, "IDS/タイプA"),
    ("swg", "", "タイプF"),
    ("waf", "", "タイプAS"),
    ("mx", "", ""),
]
LINKS = st.sampled_from(["S-1", "S-2", "S-3", "S-4", ""])
STARTS = st.sampled_from([*["2025-04-01"] * 6, "2025-04-02", "2025-07-01", ""])
YEN = st.sampled_from(["", "0", "12,000"])
CONSENTS = st.sampled_from([CONSENT, CONSENT | {"premium_consent_on": "2025-04-02"}, {}])


@st.composite
def contracts(draw, key):
    """A tier one time in three, else a module with whatever service."""
    fees = {"initial_yen": draw(YEN), "monthly_yen": draw(YEN), "quotation": "見積"}
    if draw(st.integers(0, 2)) == 0:
        category = draw(st.sampled_from(["basic", "advanced", "premium", "premium"]))
        consent = draw(CONSENTS) if category == "premium" else {}
        return form.tier(category, key, starts=draw(STARTS), **fees, **consent)
    which = draw(st.sampled_from(MODULES))
    links = draw(LINKS) if which[0] not in ("cloud_log", "device_log", "m365_log") else ""
    return form.module(*which, key, links=links, starts=draw(STARTS), ready_on=draw(STARTS), **fees)


@st.composite
def options(draw, key, of):
    name = draw(st.sampled_from(list(OPTION_NAMES)))
    facts = {"licence_type": draw(st.sampled_from(["mssp", "term", "customer"])), "product": "insight"}
    facts |= {"quantity": draw(st.sampled_from(["1", "99", "100", "1000"]))}
    facts |= {"retention_years": draw(st.sampled_from(["1", "10", "11", ""]))}
    return form.option(str(name), draw(st.sampled_from(of)), key, starts=draw(STARTS), monthly_yen=draw(YEN), **facts)


@st.composite
def changes(draw, key, of, day):
    make, to = draw(
        st.sampled_from(
            [
                (form.upgrade, ["advanced", "premium", "basic"]),
                (form.other_item, ["IPS/タイプB", "IPS/タイプA", "タイプF"]),
                (form.years, ["2", "3", "5", "11"]),
                (form.licences, ["99", "100", "1000", "0"]),
            ]
        )
    )
    return make(draw(st.sampled_from(to)), day, draw(st.sampled_from(of)), key, monthly_yen=draw(YEN))


def lawful(kind, key, more, tier, day):
    """One or two lines that most units may have; ``more`` is a second key, ``tier`` the tier's number or key."""
    m365 = [form.module("m365_log", key=key), form.option("m365_log_monitoring", key, more)]
    device = [form.module("device_log", item="タイプ3", key=key), form.option("device_log_monitoring", key, more)]
    link = "M-IPS" if tier == "T-1" else "#2"
    return {
        "Microsoft 365": m365,
        "個別ログ": device,
        "EDR": [form.edr(tier, key, initial_yen="5"), form.licence(on=tier, key=more, quantity="150")],
        "ログ保管": [form.option("log_retention", link, key, retention_years="3"), form.years("4", day, key, more)],
        "upgrade": [form.upgrade("premium", day, tier, key)],
        "item": [form.other_item("IPS/タイプB", day, link, key, monthly_yen="9")],
        "report": [form.option("on_site_report", tier, key, starts="")],
        "price": [form.quoted(tier, "monthly", "7", day, key)],
    }[kind]


LAWFUL = ["Microsoft 365", "個別ログ", "EDR", "ログ保管", "upgrade", "item", "report", "price"]


@st.composite
def forms(draw):
    """A stock, lawful lines beside it, and sometimes anything at all; each day of a change and of a price is another."""
    stock = draw(st.sampled_from(list(STOCKS)))
    lines, tier = [form.quoted("T-1", "monthly", "7", "2025-10-01", "#1")], "T-1"
    if stock == "nothing yet":
        tier = "#1"
        lines = [draw(st.sampled_from([form.tier(), form.premium()])), form.ips()]
    for count, kind in enumerate(draw(st.lists(st.sampled_from(LAWFUL), unique=True, max_size=3)), 1):
        lines += lawful(kind, f"#{count}0", f"#{count}1", tier, f"2025-08-0{count}")
    for count in range(draw(st.sampled_from([0, 0, 1, 2]))):
        key, day = f"#9{count}", f"2025-09-0{count + 1}"
        new = [line["key"] for line in lines if line["verb"] == "contract"]
        of = new + [number for number in STANDING.get(stock, []) if number[0] in "TM"]
        targets = [line["key"] for line in lines if line["verb"] == "option"] + new + STANDING.get(stock, [])
        lines.append(draw(st.one_of(contracts(key), options(key, of), changes(key, targets, day))))
    numbered = draw(st.booleans())
    return stock, [
        line | ({"number": f"N-{at}"} if numbered and line["verb"] in ("contract", "option") else {})
        for at, line in enumerate(lines)
    ]


def rows_of(lines, application):
    """What the lines say as facts of a book, put down anew: names for codes, a row for each fact."""
    numbers = {line["key"]: line["number"] for line in lines if line["verb"] in ("contract", "option")}
    links = {line["number"]: line["linked_service"] for line in lines if line.get("linked_service")} | {"M-IPS": "S-1"}
    own = {"application": application, "accepted": ACCEPTED}
    for line in lines:
        target = numbers.get(line.get("target"), line.get("target"))
        if line["verb"] == "contract":
            own_days = {"applied_on": APPLIED, "starts": line["billing_starts_on"], "number": line["number"]}
            if line["category"] == "module":
                name = MODULE_TYPE_NAMES[line["module_type"]]
                what = {"kind": line["kind"], "item": line["item"], "links": line["linked_service"]}
                yield had.module(name, **what, **own, **own_days, ready_on=line.get("ready_on", ""))
            else:
                name = CATEGORY_NAMES[Category(line["category"])]
                yield had.tier(name, **own, **own_days, premium_consent_on=line.get("premium_consent_on", ""))
        elif line["verb"] == "option":
            facts = {"applied_on": APPLIED, "starts": line["billing_starts_on"], "number": line["number"]}
            if line["option"] == "edr_licence":
                facts |= {"licence_type": LICENCE_NAMES[line["licence_type"]], "product": PRODUCT_NAMES["insight"]}
                facts |= {"quantity": line["quantity"]}
            if line["option"] == "log_retention":
                facts |= {"retention_years": line["retention_years"]}
            on = numbers.get(line["contract"], line["contract"])
            yield had.option(OPTION_NAMES[line["option"]], on, **own, **facts)
        elif line["verb"] != "price":
            yield from change_rows(line, target, links, own)
        yield from price_rows(line, target)


def change_rows(line, target, links, own):
    to = next(line[name] for name in ("to_category", "to_item", "to_years", "to_quantity") if name in line)
    to = CATEGORY_NAMES[Category(to)] if line["verb"] == "category" else to
    yield had.change(target, line["verb"], to, line["effective_on"], **own)
    if line["verb"] == "item" and (before := state_on(links.get(target), line["effective_on"])):
        # 9-1(2), I-32: the service's item changes on the same day.
        yield "linked_services", before | {"item": to, "from_on": line["effective_on"]}


def state_on(code, day):
    found = LinkedServiceState.objects.filter(linked_service__code=code, from_on__lte=day).order_by("from_on").last()
    if found is None:
        return None
    names = {row["service"]: row for _sheet, row in SERVICES}
    service = next(name for name, row in names.items() if row["code"] == code)
    return {"code": code, "service": service, "kind": found.kind, "holder": found.holder}


def price_rows(line, target):
    if line["verb"] == "price":
        yield had.price(target, line["fee"], line["amount_yen"], line["from_on"])
        return
    number = line.get("number") or target
    if line.get("initial_yen"):
        yield had.price(number, "initial", line["initial_yen"], "", line.get("quotation", ""))
    if line.get("monthly_yen"):
        from_on = line.get("effective_on") or line.get("billing_starts_on") or ACCEPTED
        yield had.price(number, "monthly", line["monthly_yen"], from_on, line.get("quotation", ""))


def everything(desk):
    """The unit's facts without the evidence that a book does not have, its prices, and what is to be done."""
    unit = desk.facts()
    prices = Price.objects.order_by("target__number", "fee", "from_on")
    return (
        replace(unit, contracts=tuple(replace(contract, consents=()) for contract in unit.contracts)),
        list(prices.values_list("target__number", "fee", "amount_yen", "from_on", "note")),
        worklist(),
    )


def undone(do):
    """What ``do`` comes to, and then the database as it was."""
    with transaction.atomic():
        result = do()
        transaction.set_rollback(True)
    return result


def by_form(desk, lines):
    """What acceptance comes to: the lines as numbered and all facts; or the clauses it is refused for."""
    application = desk.received(*lines)
    try:
        desk.accept(application)
    except NotAcceptableError as error:
        return None, {remark.clause for remark in error.remarks}
    application.refresh_from_db()
    return application.lines, everything(desk)


def by_book(desk, lines):
    folder = as_folder(had.book(*rows_of(lines, "AP00000001")), desk.path / "same")
    try:
        import_book(folder, by="試験", on=clock.today())
    except BookError as error:
        return {fault.clause for fault in error.faults}
    return everything(desk)


def with_key(line):
    """A line that got no number is in the book under its key."""
    return line | ({"number": line.get("number") or line["key"]} if line["verb"] in ("contract", "option") else {})


@pytest.fixture
def people(db, tmp_path):
    return Desk(tmp_path)


@settings(
    deadline=None,
    max_examples=examples(25, at_night=800),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(forms())
def test_a_form_accepted_is_the_book_taken(people, generated):
    """Two ways in, one law: what the one refuses the other refuses for the same clauses."""
    stock, lines = generated

    def both():
        people.has(*STOCKS[stock])
        numbered, accepted = undone(lambda: by_form(people, lines))
        as_numbered = numbered or [with_key(line) for line in lines]
        return accepted, undone(lambda: by_book(people, as_numbered))

    with TemporaryDirectory(dir=people.path) as folder:
        people.path, kept = people.path / folder, people.path
        try:
            accepted, taken = undone(both)
        finally:
            people.path = kept
    assert accepted == taken
