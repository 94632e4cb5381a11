"""Every clause: a book that breaks it is refused, whole, at the right cell; its lawful neighbour is taken."""

from dataclasses import dataclass

import pytest

from contracts.models import Contract
from tests.contracts.book.build import (
    IPS_KIND,
    LONG_AGO,
    OTHER,
    book,
    change,
    edr,
    ips,
    ips_service,
    licence,
    module,
    must_take,
    notice,
    option,
    places,
    premium,
    service,
    sound,
    stored,
    take,
    tier,
)

pytestmark = pytest.mark.django_db

SWG, FIREWALL = "IIJセキュアWebゲートウェイ連携モジュール", "IIJマネージドファイアウォール連携モジュール"
WAF, MX, SECURE_ACCESS = (
    "IIJマネージドWAF連携モジュール",
    "IIJセキュアMX連携モジュール",
    "IIJセキュアアクセス連携モジュール",
)
ENDPOINT, DEVICE_LOG, M365 = (
    "IIJセキュアエンドポイント連携モジュール",
    "個別ログ収集モジュール",
    "Microsoft 365ログ収集モジュール",
)
KEEPING, M365_WATCH = "ログ保管オプション", "Microsoft 365ログ監視オプション"
FMS = "IIJ Firewall Management Service"


@dataclass
class Case:
    """A book that breaks clauses, every place where it does, and a book beside it that breaks none."""

    name: str
    broken: dict
    faults: set
    mended: dict


def swg(**facts):
    return module(SWG, item="タイプF", links="S-1"), service(
        "IIJセキュアWebゲートウェイサービス", item="タイプF", **facts
    )


def waf(**facts):
    return module(WAF, item="タイプAS", links="S-1"), service("IIJマネージドWAFサービス", item="タイプAS", **facts)


def mx():
    return module(MX, links="S-1"), service("IIJセキュアMXサービス")


def secure_access():
    return (
        module(SECURE_ACCESS, "Webゲートウェイ", links="S-1"),
        service("IIJセキュアアクセスサービス", kind="Webゲートウェイ"),
    )


def firewall(kind, item, linked_kind, linked_item, linked="IIJマネージドファイアウォールサービス"):
    return module(FIREWALL, kind, item, links="S-1"), service(linked, kind=linked_kind, item=linked_item)


def m365(application="A-1"):
    return module(M365), option(M365_WATCH, "M-1", application=application)


def keeping(years=1, on="M-1"):
    return option(KEEPING, on, "O-KEEP", retention_years=years)


def edr_pair(*more):
    return book(premium(), edr(), *more)


def ips_changed(to="IPS/タイプB", on="2025-06-01", linked_on="2025-06-01", linked_to="IPS/タイプB"):
    states = [ips_service(), ips_service(linked_to, from_on=linked_on)]
    return book(tier(), ips(), states, change("M-IPS", "item", to, on))


CATALOGUE = [
    Case("category", book(tier("ゴールド"), module()), {("1", "contracts", "T-1", "category")}, sound()),
    Case(
        "tier with a module type",
        book(tier(module_type="クラウドログ収集モジュール"), module()),
        {("1", "contracts", "T-1", "module_type")},
        sound(),
    ),
    Case("module type", book(tier(), module("架空モジュール")), {("2", "contracts", "M-1", "module_type")}, sound()),
    Case("no module type", book(tier(), module("")), {("2", "contracts", "M-1", "module_type")}, sound()),
    Case(
        "service",
        sound(service("架空サービス")),
        {("2", "linked_services", "S-1", "service")},
        sound(service("IIJセキュアMXサービス")),
    ),
    Case(
        "kind",
        book(tier(), firewall("ASA", "タイプA", "FireWall-1", "タイプA")[0], ips_service()),
        {("3", "contracts", "M-1", "kind")},
        book(tier(), *firewall("FireWall-1", "タイプA", "FireWall-1", "タイプA")),
    ),
    Case(
        "kind where there is none",
        book(tier(), module(kind="FireWall-1")),
        {("3", "contracts", "M-1", "kind")},
        sound(),
    ),
    Case(
        "no kind",
        book(tier(), firewall("", "タイプA", "FireWall-1", "タイプA")[0], ips_service()),
        {("3", "contracts", "M-1", "kind")},
        book(tier(), *firewall("FireWall-1", "タイプA", "FireWall-1", "タイプA")),
    ),
    Case(
        "item",
        book(tier(), module(DEVICE_LOG, item="タイプ9")),
        {("4", "contracts", "M-1", "item")},
        book(tier(), module(DEVICE_LOG, item="タイプ3")),
    ),
    Case(
        "no item",
        book(tier(), module(DEVICE_LOG)),
        {("4", "contracts", "M-1", "item")},
        book(tier(), module(DEVICE_LOG, item="タイプ3")),
    ),
    Case(
        "item where there is none", book(tier(), module(item="タイプ1")), {("4", "contracts", "M-1", "item")}, sound()
    ),
    Case(
        "option",
        sound(option("架空オプション")),
        {("10-2", "options", "O-1", "option")},
        sound(option("現地報告オプション")),
    ),
    Case(
        "licence type",
        edr_pair(licence(licence_type="無償ライセンス")),
        {("10-2(8)", "options", "O-LIC", "licence_type")},
        edr_pair(licence()),
    ),
]

UNITS = [
    Case(
        "two tiers on one day",
        sound(tier("ベーシック", "T-2", application="A-2")),
        {("6-1", "contracts", "T-2", "category"), ("7-1", "contracts", "T-2", "category")},
        sound(),
    ),
    Case("no tier", book(module()), {("7-1", "contracts", "M-1", "category")}, sound()),
    Case("tier with nothing to watch", book(tier()), {("7-1", "contracts", "T-1", "category")}, sound()),
    Case(
        "module a day before the tier",
        book(tier(), module(starts="2025-03-31")),
        {("7-1", "contracts", "M-1", "category")},
        sound(),
    ),
    Case(
        "two modules of one item",
        sound(module(number="M-2")),
        {("6-2", "contracts", "M-2", "item")},
        sound(module(DEVICE_LOG, item="タイプ1", number="M-2")),
    ),
    Case(
        "クラウドログ under ベーシック",
        book(tier("ベーシック"), module()),
        {("7-2", "contracts", "M-1", "module_type")},
        sound(),
    ),
    Case(
        "個別ログ under ベーシック",
        book(tier("ベーシック"), module(DEVICE_LOG, item="タイプ1")),
        {("7-2", "contracts", "M-1", "module_type")},
        book(tier(), module(DEVICE_LOG, item="タイプ1")),
    ),
]

LINKED = [
    Case(
        "no consent to the link",
        book(tier(), ips(), ips_service(holder=OTHER)),
        {("7-3", "contracts", "M-IPS", "linked_service")},
        book(tier(), ips(), ips_service(holder=OTHER, module_consent_on=LONG_AGO)),
    ),
    Case(
        "consent a day late",
        book(tier(), ips(), ips_service(holder=OTHER, module_consent_on="2025-04-02")),
        {("7-3", "contracts", "M-IPS", "linked_service")},
        book(tier(), ips(), ips_service(holder=OTHER, module_consent_on="2025-04-01")),
    ),
    Case(
        "no linked service",
        book(tier(), ips(links="")),
        {("7-3", "contracts", "M-IPS", "linked_service")},
        book(tier(), ips(), ips_service()),
    ),
    Case(
        "unknown linked service",
        book(tier(), ips()),
        {("7-3", "contracts", "M-IPS", "linked_service")},
        book(tier(), ips(), ips_service()),
    ),
    Case(
        "linked service ended the day before",
        book(tier(), ips(), ips_service(ends_on="2025-03-31")),
        {("7-3", "contracts", "M-IPS", "linked_service")},
        book(tier(), ips(), ips_service()),
    ),
    Case(
        "linked service begins a day late",
        book(tier(), ips(), ips_service(from_on="2025-04-02")),
        {("7-3", "contracts", "M-IPS", "linked_service")},
        book(tier(), ips(), ips_service(from_on="2025-04-01")),
    ),
    Case(
        "another service",
        book(tier(), ips(), service("IIJセキュアMXサービス")),
        {("7-3", "contracts", "M-IPS", "linked_service")},
        book(tier(), ips(), ips_service()),
    ),
    Case(
        "the option of SWG on another service",
        book(tier(), ips(), ips_service(bypass_option_on="2025-04-01")),
        {("7-6", "linked_services", "S-1", "bypass_option_on")},
        book(tier(), ips(), ips_service()),
    ),
    Case(
        "the option of WAF on another service",
        book(tier(), ips(), ips_service(advanced_support_on="2025-04-01")),
        {("7-7", "linked_services", "S-1", "advanced_support_on")},
        book(tier(), ips(), ips_service()),
    ),
    Case(
        "holder has not consented to changes of settings",
        book(premium(), ips(), ips_service(holder=OTHER, module_consent_on=LONG_AGO)),
        {("7-4", "contracts", "M-IPS", "linked_service")},
        book(premium(), ips(), ips_service(holder=OTHER, module_consent_on=LONG_AGO, premium_consent_on="2025-04-01")),
    ),
    Case(
        "kind differs",
        book(tier(), *firewall("FireWall-1", "タイプA", "Palo Alto", "タイプA")),
        {("7-5", "contracts", "M-1", "kind")},
        book(tier(), *firewall("Palo Alto", "タイプA", "Palo Alto", "タイプA")),
    ),
    Case(
        "item differs",
        book(tier(), ips("IPS/タイプA"), ips_service("IPS/タイプB")),
        {("7-5", "contracts", "M-IPS", "item")},
        book(tier(), ips("IPS/タイプB"), ips_service("IPS/タイプB")),
    ),
    Case(
        "item differs, but for FMS",
        book(tier(), *firewall("Palo Alto", "タイプB", "Palo Alto", "タイプA")),
        {("7-5", "contracts", "M-1", "item")},
        book(tier(), *firewall("Palo Alto", FMS, "", "", FMS)),
    ),
    Case(
        "no bypass option",
        book(tier(), *swg()),
        {("7-6", "contracts", "M-1", "linked_service")},
        book(tier(), *swg(bypass_option_on="2025-04-01")),
    ),
    Case(
        "no advanced support",
        book(tier(), *waf()),
        {("7-7", "contracts", "M-1", "linked_service")},
        book(tier(), *waf(advanced_support_on="2025-04-01")),
    ),
    Case(
        "no consent of the customer's own",
        book(premium(premium_consent_on=""), ips(), ips_service(premium_consent_on=LONG_AGO)),
        {("17-1", "contracts", "T-1", "premium_consent_on")},
        book(premium(), ips(), ips_service()),
    ),
    Case(
        "own consent a day late",
        book(premium(premium_consent_on="2025-04-02"), ips(), ips_service(premium_consent_on=LONG_AGO)),
        {("17-1", "contracts", "T-1", "premium_consent_on")},
        book(premium(premium_consent_on="2025-04-01"), ips(), ips_service()),
    ),
]

OPTIONS = [
    Case(
        "個別ログ監視 on another module",
        sound(option("個別ログ監視オプション", "M-1")),
        {("7-8", "options", "O-1", "contract")},
        book(tier(), module(DEVICE_LOG, item="タイプ1"), option("個別ログ監視オプション", "M-1")),
    ),
    Case(
        "クラウドログ監視 on another module",
        book(tier(), module(DEVICE_LOG, item="タイプ1"), option("クラウドログ監視オプション", "M-1")),
        {("7-9", "options", "O-1", "contract")},
        sound(option("クラウドログ監視オプション", "M-1")),
    ),
    Case(
        "Microsoft 365 without its option",
        book(tier(), module(M365)),
        {("7-10", "contracts", "M-1", "module_type")},
        book(tier(), *m365()),
    ),
    Case(
        "Microsoft 365 option without its module",
        sound(option(M365_WATCH, "M-1")),
        {("7-10", "options", "O-1", "contract")},
        book(tier(), *m365()),
    ),
    Case(
        "Microsoft 365 in two applications",
        book(tier(), *m365("A-2")),
        {("7-10", "options", "O-1", "application")},
        book(tier(), *m365()),
    ),
    Case(
        "EDR without プレミアム",
        sound(edr(), licence()),
        {("7-11", "options", "O-EDR", "contract"), ("7-11", "options", "O-LIC", "contract")},
        edr_pair(licence()),
    ),
    Case("EDR運用 alone", edr_pair(), {("7-12", "options", "O-EDR", "option")}, edr_pair(licence())),
    Case(
        "EDRライセンス alone",
        book(premium(), module(), licence()),
        {("7-13", "options", "O-LIC", "option")},
        edr_pair(module(), licence()),
    ),
    *(
        Case(
            f"logs kept of {name}",
            book(tier(), *linked, keeping()),
            {("10-2(5)", "options", "O-KEEP", "contract")},
            sound(keeping()),
        )
        for name, linked in (
            ("MX", mx()),
            ("WAF", waf(advanced_support_on=LONG_AGO)),
            ("secure access", secure_access()),
        )
    ),
    Case(
        "logs kept of a tier without EDR",
        book(premium(), module(), keeping(on="T-1")),
        {("10-2(5)", "options", "O-KEEP", "contract")},
        edr_pair(licence(), keeping(on="T-1")),
    ),
    Case("0 years", sound(keeping(0)), {("10-2(5)", "options", "O-KEEP", "retention_years")}, sound(keeping(1))),
    Case("11 years", sound(keeping(11)), {("10-2(5)", "options", "O-KEEP", "retention_years")}, sound(keeping(10))),
    Case("no years", sound(keeping("")), {("10-2(5)", "options", "O-KEEP", "retention_years")}, sound(keeping(5))),
    Case(
        "99 MSSPライセンス",
        edr_pair(licence(quantity=99)),
        {("10-2(8)", "options", "O-LIC", "quantity")},
        edr_pair(licence(quantity=100)),
    ),
    Case(
        "999 期間ライセンス",
        edr_pair(licence("期間ライセンス", 999)),
        {("10-2(8)", "options", "O-LIC", "quantity")},
        edr_pair(licence("期間ライセンス", 1000)),
    ),
    Case(
        "no quantity",
        edr_pair(licence(quantity="")),
        {("10-2(8)", "options", "O-LIC", "quantity")},
        edr_pair(licence(quantity=100)),
    ),
    Case(
        "a quantity where there is none",
        sound(option("現地報告オプション", quantity=5)),
        {("10-2(8)", "options", "O-1", "quantity")},
        sound(option("現地報告オプション")),
    ),
]

CHANGES = [
    Case(
        "tier downwards",
        book(premium(), module(), change("T-1", "category", "アドバンスト", "2025-06-01")),
        {("9-1(1)", "changes", "T-1", "to")},
        sound(change("T-1", "category", "プレミアム", "2025-06-01")),
    ),
    Case(
        "tier to the lowest",
        sound(change("T-1", "category", "ベーシック", "2025-06-01")),
        {("9-1(1)", "changes", "T-1", "to")},
        sound(change("T-1", "category", "プレミアム", "2025-06-01")),
    ),
    Case(
        "tier of a module contract",
        sound(change("M-1", "category", "プレミアム", "2025-06-01")),
        {("9-1(1)", "changes", "M-1", "to")},
        sound(change("T-1", "category", "プレミアム", "2025-06-01")),
    ),
    Case(
        "item of another kind",
        book(
            tier(),
            *firewall("Juniper SRX", "タイプA", "Juniper SRX", "タイプA"),
            change("M-1", "item", "タイプV/PBB接続", "2025-06-01"),
        ),
        {("9-1(2)", "changes", "M-1", "to"), ("7-5", "contracts", "M-1", "item")},
        ips_changed(),
    ),
    Case(
        "item of 個別ログ収集",
        book(tier(), module(DEVICE_LOG, item="タイプ1"), change("M-1", "item", "タイプ2", "2025-06-01")),
        {("9-1(2)", "changes", "M-1", "to")},
        ips_changed(),
    ),
    Case(
        "item a day before the linked service's",
        ips_changed(on="2025-05-31"),
        {("9-1(2)", "changes", "M-IPS", "effective_on"), ("7-5", "contracts", "M-IPS", "item")},
        ips_changed(),
    ),
    Case(
        "years reduced",
        sound(keeping(3), change("O-KEEP", "retention_years", 2, "2025-06-01")),
        {("10-5", "changes", "O-KEEP", "to")},
        sound(keeping(3), change("O-KEEP", "retention_years", 4, "2025-06-01")),
    ),
    Case(
        "eleven years",
        sound(keeping(3), change("O-KEEP", "retention_years", 11, "2025-06-01")),
        {("10-2(5)", "changes", "O-KEEP", "to")},
        sound(keeping(3), change("O-KEEP", "retention_years", 10, "2025-06-01")),
    ),
    Case(
        "99 MSSPライセンス after a change",
        edr_pair(licence(quantity=150), change("O-LIC", "quantity", 99, "2025-06-01")),
        {("10-2(8)", "options", "O-LIC", "quantity")},
        edr_pair(licence(quantity=150), change("O-LIC", "quantity", 100, "2025-06-01")),
    ),
    Case(
        "999 期間ライセンス after a change",
        edr_pair(licence("期間ライセンス", 1500), change("O-LIC", "quantity", 999, "2025-06-01")),
        {("10-2(8)", "options", "O-LIC", "quantity")},
        edr_pair(licence("期間ライセンス", 1500), change("O-LIC", "quantity", 1000, "2025-06-01")),
    ),
    Case(
        "quantity of what is no licence",
        edr_pair(licence(), change("O-EDR", "quantity", 200, "2025-06-01")),
        {("10-2(8)", "changes", "O-EDR", "to")},
        edr_pair(licence(), change("O-LIC", "quantity", 200, "2025-06-01")),
    ),
    Case(
        "upgrade to プレミアム without consent",
        book(
            tier(),
            ips(),
            ips_service(premium_consent_on=LONG_AGO),
            change("T-1", "category", "プレミアム", "2025-06-01"),
        ),
        {("17-1", "contracts", "T-1", "premium_consent_on")},
        book(
            tier(premium_consent_on="2025-06-01"),
            ips(),
            ips_service(),
            change("T-1", "category", "プレミアム", "2025-06-01"),
        ),
    ),
    Case(
        "abolition of what is not EDR",
        sound(option("現地報告オプション"), notice("O-1", "2025-06-01", "2025-12-31", "abolished")),
        {("10-11", "notices", "O-1", "basis")},
        edr_pair(licence(), notice("O-EDR", "2025-06-01", "2025-12-31", "abolished")),
    ),
]

CASES = CATALOGUE + UNITS + LINKED + OPTIONS + CHANGES
each_case = pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)


@each_case
def test_broken_is_refused_whole(case, tmp_path):
    answer = take(case.broken, tmp_path)
    assert answer.refused
    assert answer.status == "refused"
    assert places(case.broken, answer.faults) == case.faults
    for fault in answer.faults:
        assert any(ord(character) > 0x3000 for character in fault["message"]), "what is wrong is said in Japanese"
    assert stored() == {}


@each_case
def test_the_neighbour_is_taken(case, tmp_path):
    must_take(case.mended, tmp_path)
    assert Contract.objects.count() == len(case.mended["contracts"])


def test_faults_of_several_rows_and_clauses_are_told_at_once(tmp_path):
    rows = book(
        tier("ベーシック"),
        module(),
        ips(),
        ips_service("IPS/タイプB"),
        option("架空オプション"),
        option(KEEPING, "M-1", "O-2", retention_years=0),
        change("T-1", "category", "ベーシック", "2025-06-01"),
        notice("T-1", "2025-02-30"),
        notice("X-1", "2025-06-01"),
    )
    answer = take(rows, tmp_path)
    assert places(rows, answer.faults) == {
        ("7-2", "contracts", "M-1", "module_type"),
        ("7-5", "contracts", "M-IPS", "item"),
        ("10-2", "options", "O-1", "option"),
        ("10-2(5)", "options", "O-2", "retention_years"),
        ("9-1(1)", "changes", "T-1", "to"),
        ("", "notices", "T-1", "arrived_on"),
        ("", "notices", "X-1", "target"),
    }
    assert stored() == {}


@pytest.mark.parametrize("written", ["²", "-5", "0", "1.5", "五", "9" * 200])
def test_a_new_quantity_is_a_whole_number(written, tmp_path):
    rows = edr_pair(licence(), change("O-LIC", "quantity", written, "2025-06-01"))
    assert places(rows, take(rows, tmp_path).faults) == {("10-2(8)", "changes", "O-LIC", "to")}


def test_a_book_beside_what_is_stored_is_judged_with_it(tmp_path):
    """7-1 over two books: the second brings a second tier to the stored unit."""
    must_take(sound(), tmp_path / "first")
    before = stored()
    rows = {"contracts": [tier("プレミアム", "T-2", application="A-2")[1]]}
    answer = take(rows, tmp_path / "second")
    assert answer.refused
    assert {"6-1", "7-1"} <= answer.clauses
    assert stored() == before


def test_licences_of_the_stored_option_are_counted_after_a_change(tmp_path):
    must_take(edr_pair(licence(quantity=150)), tmp_path / "first")
    rows = {"changes": [change("O-LIC", "quantity", 99, "2025-06-01")[1]]}
    assert take(rows, tmp_path / "second").clauses == {"10-2(8)"}


def test_the_service_may_be_the_same_kind_under_its_older_item_name(tmp_path):
    """附則: アンチウイルス:BlackBerry is アンチウイルス:Cylance, on both sides of 7-5."""
    rows = book(
        tier(),
        module(ENDPOINT, item="アンチウイルス:BlackBerry", links="S-1"),
        service("IIJセキュアエンドポイントサービス", item="アンチウイルス:Cylance"),
    )
    must_take(rows, tmp_path)


def test_kinds_are_the_terms_own(tmp_path):
    """The module's and the service's kind may be written in other widths and still agree (7-5)."""
    wide = "ＭｃＡｆｅｅ　Ｎｅｔｗｏｒｋ　Ｓｅｃｕｒｉｔｙ　Ｐｌａｔｆｏｒｍ"
    rows = book(
        tier(),
        module("IIJマネージドIPS/IDS連携モジュール", wide, "ＩＰＳ／タイプＡ", links="S-1"),
        service("IIJマネージドIPS/IDSサービス", kind=IPS_KIND, item="IPS/タイプA"),
    )
    must_take(rows, tmp_path)


def test_a_new_state_that_breaks_a_stored_module_is_named_itself(tmp_path):
    """7-5 over two books: the stored module is no row of the second; the state that breaks it is."""
    must_take(book(tier(), ips(), ips_service("IPS/タイプA")), tmp_path / "first")
    rows = {"linked_services": [{**ips_service("IPS/タイプB")[1], "from_on": "2025-09-01"}]}
    answer = take(rows, tmp_path / "second")
    assert [(f["clause"], f["sheet"], f["row"], f["column"]) for f in answer.faults] == [
        ("7-5", "linked_services", 2, "code")
    ]
