"""What is put right is judged as the fact it then is, and brings what follows from it: ends, effects, states, prices, the worklist."""

from datetime import date

import pytest
from django.conf import settings

from contracts.models import (
    Change,
    Consent,
    Contract,
    Effect,
    LinkedService,
    LinkedServiceState,
    ManagementUnit,
    Price,
    Target,
    WorkItem,
)
from contracts.operations import applications
from contracts.operations.consents import record_consent
from contracts.operations.corrections.kind import WouldBreakError, put_right, take_back
from contracts.operations.corrections.of_services import CONSENTS
from contracts.operations.jobs import run_due
from contracts.operations.notices import NoticeAsked, receive_notice
from contracts.operations.refusal import Refused
from contracts.terms.consents import Assent
from tests.contracts.applications import form
from tests.contracts.book.build import (
    book,
    change,
    edr,
    ips,
    ips_service,
    licence,
    module,
    must_take,
    option,
    premium,
    price,
    priced,
    tier,
)
from tests.contracts.corrections.desk import agreed, change_of, price_of, recorded, start_of, state_of


def day(text):
    return date.fromisoformat(text)


def taken(path, *rows):
    must_take(book(*rows), path)


def refused(do, clause, said="", field=None):
    with pytest.raises(Refused) as found:
        do()
    reason = found.value.reason
    assert reason.clause == clause, reason
    assert said in reason.message
    assert field is None or reason.field == field


def test_fewer_licences_than_the_least_are_refused(lead, tmp_path):
    taken(
        tmp_path,
        premium(),
        edr(),
        licence(),
        change("O-LIC", "ライセンス数", "200", "2025-05-01", accepted="2025-04-20"),
    )
    with pytest.raises(WouldBreakError) as found:
        lead.right("change", change_of("O-LIC"), to_number=50)
    assert found.value.reason.clause.startswith("10-2(8)")
    assert [finding.violation.targets[0] for finding in found.value.findings] == ["O-LIC"]
    assert change_of("O-LIC").to_number == 200


@pytest.mark.parametrize(
    ("what", "to", "says", "clause"),
    [
        ("カテゴリ", "プレミアム", {"to_name": "basic"}, "9-1(1)"),
        ("カテゴリ", "プレミアム", {"to_name": "module"}, "9-1(1)"),
        ("カテゴリ", "プレミアム", {"to_name": "nothing"}, "9-1(1)"),
    ],
)
def test_what_cannot_be_stored_is_refused(lead, tmp_path, what, to, says, clause):
    basic = [tier("ベーシック", premium_consent_on="2020-01-01"), ips(), ips_service(premium_consent_on="2020-01-01")]
    taken(tmp_path, *basic, change("T-1", what, to, "2025-05-01", accepted="2025-04-20"))
    refused(lambda: lead.right("change", change_of("T-1"), **says), clause, field="to")


def test_a_category_put_right_downwards_is_no_change_downwards(lead, tmp_path):
    """I-50: プレミアム ought to have been アドバンスト; 9-1(1) judges it beside ベーシック, not beside the slip."""
    basic = [tier("ベーシック", premium_consent_on="2020-01-01"), ips(), ips_service(premium_consent_on="2020-01-01")]
    taken(tmp_path, *basic, change("T-1", "カテゴリ", "プレミアム", "2025-05-01", accepted="2025-04-20"))
    lead.right("change", change_of("T-1"), to_name="advanced")
    assert change_of("T-1").to_name == "advanced"


def test_years_and_a_second_change_of_the_day(lead, tmp_path):
    device = module("個別ログ収集モジュール", item="タイプ1", ready_on="2025-03-20")
    keep = option("ログ保管オプション", "M-1", "O-1", retention_years=3)
    changes = [
        change("O-1", "保管年数", "5", "2025-05-01", accepted="2025-04-20"),
        change("O-1", "保管年数", "7", "2025-06-01", accepted="2025-05-20", application="A-3"),
    ]
    taken(tmp_path, tier(), device, keep, *changes)
    first = Change.objects.standing().get(effective_on=day("2025-05-01"))
    refused(lambda: lead.right("change", first, to_number=11), "10-2(5)", field="to")
    refused(lambda: lead.right("change", first, to_number=0), "10-2(5)", field="to")
    refused(lambda: lead.right("change", first, to_number=2), "10-5")  # 3 → 2
    refused(lambda: lead.right("change", first, to_number=9), "10-5")  # 9 → 7 afterwards
    lead.right("change", first, to_number=6)
    moved = Change.objects.standing().get(to_number=6)
    lead.right("change", moved, effective_on=day("2025-06-01"))  # accepted first: 6, then 7 on one day (I-53)
    moved = Change.objects.standing().get(to_number=6)
    refused(lambda: lead.right("change", moved, to_number=8), "10-5")  # 8 → 7 on that day
    lead.right("change", moved, effective_on=day("2025-05-10"))


def test_effects_and_prices_follow_a_change(lead, tmp_path):
    """The price that came with it for its day moves with it, and goes with it."""
    rows = [
        *(premium(), edr(), licence(), *priced("O-LIC", 100)),
        change("O-LIC", "ライセンス数", "200", "2025-05-01", accepted="2025-04-20"),
    ]
    sheet, quoted = price("O-LIC", "monthly", 90, "2025-05-01")
    taken(tmp_path, *rows, (sheet, {**quoted, "application": "A-2"}))
    assert [job.state for job in run_due(day("2025-05-02"))] == ["done"] * len(settings.SCHEDULE)
    assert set(Effect.objects.values_list("kind", "on")) == {("changed", day("2025-05-01"))}
    lead.right("change", change_of("O-LIC"), effective_on=day("2025-05-16"))
    assert set(Effect.objects.values_list("kind", "on")) == {("changed", day("2025-05-16"))}
    of_licence = Price.objects.standing().filter(target__number="O-LIC", fee="monthly").order_by("from_on")
    assert list(of_licence.values_list("from_on", "amount_yen")) == [(day("2025-04-01"), 100), (day("2025-05-16"), 90)]
    lead.back("change", change_of("O-LIC"))
    assert list(of_licence.values_list("from_on", flat=True)) == [day("2025-04-01")]
    assert not Effect.objects.exists()
    assert [kind for kind, *_ in recorded()] == ["change", "price"] * 2


def test_a_price_quoted_by_itself_does_not_follow_a_change(lead, tmp_path):
    rows = [premium(), edr(), licence(), *priced("O-LIC", 100)]
    taken(tmp_path / "1", *rows, change("O-LIC", "ライセンス数", "200", "2025-05-01", accepted="2025-04-20"))
    sheet, quoted = price("O-LIC", "monthly", 90, "2025-05-01")
    taken(tmp_path / "2", (sheet, {**quoted, "application": "A-2"}))
    lead.back("change", change_of("O-LIC"))
    assert Price.objects.standing().filter(target__number="O-LIC", from_on=day("2025-05-01")).exists()


CHANGED_ITEM = [
    *(tier(), ips(), ips_service(), ips_service("IPS/タイプB", from_on="2025-05-01")),
    change("M-IPS", "品目", "IPS/タイプB", "2025-05-01", accepted="2025-04-20"),
]


def test_the_linked_services_state_follows_an_item(lead, tmp_path):
    """I-32: both change on one day, so both are put right, and both are taken back."""
    taken(tmp_path, *CHANGED_ITEM)
    lead.right("change", change_of("M-IPS"), effective_on=day("2025-05-16"))
    assert state_of("S-1").from_on == day("2025-05-16")
    lead.right("change", change_of("M-IPS"), to_name="IPS/タイプC")
    assert (state_of("S-1").item, state_of("S-1").from_on) == ("IPS/タイプC", day("2025-05-16"))
    lead.back("change", change_of("M-IPS"))
    assert state_of("S-1").from_on == day("2020-01-01")
    assert not Change.objects.standing().exists()


def test_a_start_moves_the_end_of_a_term(lead, tmp_path):
    """10-9: a notice in time ends the licence with its term, which runs from its start."""
    taken(tmp_path, premium(), module(), edr(), licence("期間ライセンス"))
    unit = ManagementUnit.objects.get()
    asked = NoticeAsked(("O-LIC",), day("2025-11-15"), day("2026-03-31"))
    receive_notice(unit, asked, on=day("2025-11-15"), by=lead.by)
    assert Target.objects.get(number="O-LIC").ends_on == day("2026-03-31")
    lead.right("start", start_of("O-LIC"), start_of("O-EDR"), starts_on=day("2025-04-16"), on="2025-11-20")
    assert Target.objects.get(number="O-LIC").billing_starts_on == day("2025-04-16")
    ends = Target.objects.get(number="O-LIC").ends_on
    lead.right("start", start_of("O-LIC"), start_of("O-EDR"), starts_on=day("2025-04-01"), on="2025-11-20")
    assert Target.objects.get(number="O-LIC").ends_on == day("2026-03-31")
    assert ends is not None


def test_a_module_cannot_start_before_its_tier(lead, tmp_path):
    taken(tmp_path, tier(), module(), *priced("T-1", 1), *priced("M-1", 1))
    with pytest.raises(WouldBreakError) as found:
        lead.right("start", start_of("M-1"), starts_on=day("2025-03-20"))
    assert found.value.reason.clause == "7-1"
    assert start_of("M-1").starts_on == Target.objects.get(number="M-1").billing_starts_on == day("2025-04-01")
    lead.right("start", start_of("M-1"), start_of("T-1"), starts_on=day("2025-03-20"))
    # The price stood by the start, and stands by the new one.
    assert {price_of(number).from_on for number in ("T-1", "M-1")} == {day("2025-03-20")}


def test_starts_taken_back_are_to_be_decided_again(lead, tmp_path):
    taken(tmp_path, tier(), module())
    refused(lambda: lead.back("start", start_of("T-1")), "7-1")
    lead.back("start", start_of("T-1"), start_of("M-1"))
    assert set(Target.objects.values_list("billing_starts_on", flat=True)) == {None}
    assert WorkItem.objects.filter(kind="start").count() == 2


def test_two_tiers_of_a_day_are_refused_by_the_clause(lead, tmp_path):
    second = tier("アドバンスト", "T-2", application="A-2", accepted="2025-06-10", starts="2025-08-01")
    taken(
        tmp_path / "1",
        tier(),
        module(),
        ("notices", {"target": "T-1", "arrived_on": "2025-05-01", "requested_for": "2025-07-31", "basis": ""}),
        second,
    )
    refused(lambda: lead.right("start", start_of("T-2"), starts_on=day("2025-07-15")), "7-1(1)")


def test_a_holder_put_right_comes_onto_the_worklist_and_is_never_refused(lead, tmp_path):
    """I-28: nobody is to blame who did not know; the unit needs the holder's consent (7-3) from now on the list."""
    taken(tmp_path, tier(), ips(), ips_service())
    lead.right("state", state_of("S-1"), holder="株式会社別名義", known_on=lead.on)
    assert [item.clause for item in WorkItem.objects.filter(kind="consent")] == ["7-3"]
    lead.right("state", state_of("S-1"), holder="C-1")
    assert not WorkItem.objects.filter(kind="consent").exists()


@pytest.mark.parametrize(
    ("says", "field"),
    [
        ({"holder": " "}, "holder"),
        ({"ends_on": day("2019-12-31")}, "ends_on"),
        ({"from_on": day("2025-05-01")}, "from_on"),
    ],
)
def test_a_state_that_cannot_be_is_refused(lead, tmp_path, says, field):
    taken(tmp_path, *CHANGED_ITEM)
    first = LinkedServiceState.objects.standing().get(item="IPS/タイプA")
    clause = "7-3" if field == "holder" else "7-5"
    refused(lambda: lead.right("state", first, **says), clause, field=field)


def test_the_only_state_of_a_linked_service_is_not_taken_back(lead, tmp_path):
    taken(tmp_path, *CHANGED_ITEM)
    lead.back("state", state_of("S-1"))
    refused(lambda: lead.back("state", state_of("S-1")), "7-5")


@pytest.fixture
def consented(lead, tmp_path):
    """A linked service of another holder, whose consent was recorded with evidence."""
    taken(tmp_path, tier(), ips(), ips_service(holder="株式会社別名義", module_consent_on="2020-01-01"))
    service = LinkedService.objects.get()
    return record_consent(
        service,
        assent=Assent.MODULE_CONSENT,
        given_on=day("2020-01-01"),
        given_by="山田",
        document="同意 1",
        on=lead.on,
        by=lead.by,
    )


def right_consent(lead, row, **says):
    (put, *_) = put_right(CONSENTS, [row], says, ground=agreed(), on=lead.on, by=lead.by)
    return put.now


def test_the_day_of_a_consent_put_right_is_the_day_that_the_state_states(consented, lead):
    later = right_consent(lead, consented, given_on=day("2025-05-01"))
    assert state_of("S-1").module_consent_on == day("2025-05-01")
    assert [item.clause for item in WorkItem.objects.filter(kind="consent")] == ["7-3"]
    right_consent(lead, later, given_on=day("2020-01-01"))
    assert not WorkItem.objects.filter(kind="consent").exists()


def test_a_consent_that_was_never_given(consented, lead):
    take_back(CONSENTS, [consented], ground=agreed(), on=lead.on, by=lead.by)
    assert not Consent.objects.standing().exists()
    assert state_of("S-1").module_consent_on is None
    assert [item.clause for item in WorkItem.objects.filter(kind="consent")] == ["7-3"]


@pytest.mark.parametrize(
    ("says", "field"),
    [
        ({"document": ""}, "evidence"),
        ({"given_by": " "}, "evidence"),
        ({"ends_on": day("2019-12-31"), "ended_by_document": "終了 1"}, "ends_on"),
        ({"ends_on": day("2025-12-31")}, "ends_on"),
        ({"ended_by_document": "終了 1"}, "ends_on"),
    ],
)
def test_a_consent_without_evidence_is_refused(consented, lead, says, field):
    refused(lambda: right_consent(lead, consented, **says), "7-3", field=field)


def test_the_customers_own_consent_moves_with_its_contract(lead, tmp_path):
    taken(tmp_path, premium(premium_consent_on="2025-03-01"), ips(), ips_service(premium_consent_on="2020-01-01"))
    contract = Contract.objects.get(target__number="T-1")
    row = record_consent(
        contract,
        assent=Assent.OWN_PREMIUM_CONSENT,
        given_on=day("2025-03-01"),
        given_by="山田",
        document="同意 1",
        on=lead.on,
        by=lead.by,
    )
    right_consent(lead, row, given_on=day("2025-03-05"))
    contract.refresh_from_db()
    assert contract.premium_consent_on == day("2025-03-05")


def test_another_change_of_the_day_is_accepted_beside_the_first(lead, django_user_model, tmp_path):
    taken(
        *(tmp_path, premium(), edr(), licence(), *priced("O-LIC", 100)),
        change("O-LIC", "ライセンス数", "2000", "2025-09-01", accepted="2025-08-01"),
    )
    enters = django_user_model.objects.create_user("入力")

    def asked():
        lines, on = [form.licences("300", "2025-09-01")], day("2025-08-10")
        unit = ManagementUnit.objects.get()
        draft = applications.save_draft(None, unit=unit, lines=lines, applied_on=on, version=0, by=enters)
        row = applications.receive(draft, on=on, by=enters, reason="後で訂正する")
        return applications.accept(row, on=on, by=lead.by, seen=applications.judge(row, on=on).seen)

    asked()
    standing = Change.objects.standing().filter(target__number="O-LIC")
    assert list(standing.order_by("to_number").values_list("to_number", flat=True)) == [300, 2000]
    lead.back("change", standing.get(to_number=2000))
    assert change_of("O-LIC").to_number == 300


def test_a_pair_ends_otherwise_by_a_start_put_right(lead, tmp_path):
    """I-24: the operation went on with the second licence, which in truth began a month too late to stand beside it."""
    second = licence("顧客ライセンス", number="O-LIC2", starts="2025-07-01")
    taken(tmp_path, premium(), module(), edr(), licence(), second)
    asked = NoticeAsked(("O-LIC",), day("2025-05-01"), day("2025-06-30"))
    receive_notice(ManagementUnit.objects.get(), asked, on=day("2025-05-01"), by=lead.by)
    assert Target.objects.get(number="O-EDR").ends_on is None
    lead.right("start", start_of("O-LIC2"), starts_on=day("2025-08-01"))
    assert Target.objects.get(number="O-EDR").ends_on == day("2025-06-30")
    lead.right("start", start_of("O-LIC2"), starts_on=day("2025-07-01"))
    assert Target.objects.get(number="O-EDR").ends_on is None


def test_what_a_unit_breaks_already_does_not_keep_other_facts_wrong(lead, tmp_path):
    taken(tmp_path, tier(), ips(), ips_service(), *priced("T-1", 1))
    lead.right("state", state_of("S-1"), holder="株式会社別名義")
    lead.right("price", price_of("T-1"), amount_yen=2)
    assert price_of("T-1").amount_yen == 2


def test_a_price_that_began_after_the_start_keeps_its_day(lead, tmp_path):
    """Days that had no price have none either when the start moves: they are asked for, never made up."""
    taken(tmp_path, tier(), module(), *priced("T-1", 1, from_on="2025-05-01"), *priced("M-1", 1))
    lead.right("start", start_of("M-1"), start_of("T-1"), starts_on=day("2025-03-20"))
    assert price_of("T-1").from_on == day("2025-05-01")
    assert price_of("M-1").from_on == day("2025-03-20")
