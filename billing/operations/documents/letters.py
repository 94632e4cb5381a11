"""利用開始・解約受付・更新のご案内と見積書: what each says, worked out by what judges and bills; nothing is written here."""

from collections.abc import Sequence
from datetime import date

from django.utils.translation import gettext as _

from billing.facts.plain import monthly_prices, plain_account
from billing.facts.policy import policies
from billing.formats.documents.words import day, for_customers, month, yen
from billing.operations.documents.letter import Column, Letter, Table
from billing.operations.outlook import Outlook, outlook
from billing.operations.totals import totals
from billing.terms.account import value_on
from billing.terms.art14_settlement import SettlementState
from billing.terms.policy import policy_on
from billing.terms.tax import tax_yen
from contracts.facts.load import load_units
from contracts.facts.names import called_on
from contracts.judge.prospect import AcceptanceOutcome, outcomes
from contracts.models import Application, ManagementUnit, Notice, Price, Target
from contracts.operations.applications import judge
from contracts.operations.letters import of_letter
from contracts.operations.refusal import Refused
from contracts.terms import unit as terms
from contracts.terms.art10_options import Term, safe_day, term_of
from contracts.terms.art12_termination import End, ends
from contracts.terms.clause import spoken
from contracts.terms.committed import minimum_term_end
from contracts.terms.days import ONE_DAY

SERVICE = "IIJ C-SOCサービス"
NUMBER, CONTENT = Column("契約番号"), Column("内容", wide=True)
UNKNOWN = "別途ご案内"
QUANTITY, INITIAL = Column("数量", right=True), Column("初期費用", right=True)
MONTHLY = Column("月額費用", right=True)
RENEWED = (
    *(NUMBER, CONTENT, QUANTITY, Column("満了日"), Column("お申出の期限"), Column("更新後の契約期間")),
    *(Column("単価（月額）", right=True), MONTHLY),
)
BEFORE_TAX = "金額はいずれも税抜です。消費税等は、ご請求の際に税率ごとに計算して加算します。"


def start_letter(application: Application, *, on: date) -> Letter:
    """利用開始のご案内 of an accepted application: what was concluded, from when it is charged, how long it binds, at what fees.

    Raises Refused where it is not accepted, or concluded nothing.
    """
    if application.state != "accepted" or application.accepted_on is None:
        raise Refused(_("承諾した申込だけを、ご案内できます。"))
    _not_before(on, application.accepted_on)
    numbers = set(Target.objects.filter(application=application).values_list("number", flat=True))
    unit = load_units([application.unit_id])[application.unit_id]
    concluded = [target for target in unit.targets if target.number in numbers]
    if not concluded:
        raise Refused(_("この申込で始まる契約とオプションがありません。"))
    names = called_on(unit, application.accepted_on)
    initial = dict(
        Price.objects.standing()
        .filter(target__number__in=numbers, fee="initial")
        .values_list("target__number", "amount_yen")
    )
    monthly = monthly_prices(numbers)
    rows = []
    for target in concluded:
        starts = target.starts_on
        price = value_on(monthly.get(target.number, ()), starts or on)
        rows.append(
            (
                *(target.number, names[target.number], _licences(target)),
                *(day(starts) if starts else UNKNOWN, _bound_until(target)),
                *(_yen(initial.get(target.number)), _yen(price)),
            )
        )
    columns = (
        *(NUMBER, CONTENT, Column("数量", right=True), Column("課金開始日"), Column("最低利用期間等の満了日")),
        *(Column("初期費用", right=True), Column("月額費用", right=True)),
    )
    return Letter(
        "start",
        "利用開始のご案内",
        f"{SERVICE} ご利用開始のご案内",
        application.number,
        [
            f"お申込み（申込番号 {application.number}）を、{day(application.accepted_on)}付で次のとおり承諾いたしました。"
            "ご利用いただき、誠にありがとうございます。"
        ],
        [Table(columns, rows, f"管理単位 {application.unit.code}")],
        notes=[
            BEFORE_TAX + "数量のあるものの月額費用は、一ライセンス当たりの額です。",
            "月額費用は、課金開始日から生じます。最低利用期間又は契約期間の満了前に終了したときは、解除調定金を申し受けます（第14条）。",
        ],
    )


def _not_before(on: date, happened_on: date) -> None:
    """Refuse a letter dated before what it tells of."""
    if on < happened_on:
        raise Refused(_("書面の日付は、%(day)s以後にしてください。") % {"day": happened_on}, field="on")


def _licences(target: terms.Target) -> str:
    quantity = target.quantity if isinstance(target, terms.Option) else None
    return f"{quantity:,}" if quantity else "1"


def _bound_until(target: terms.Target) -> str:
    if target.starts_on is None:
        return UNKNOWN
    if isinstance(target, terms.Option) and target.is_term_licence:
        return f"{day(term_of(target.starts_on, target.starts_on).last)}（契約期間）"
    until = minimum_term_end(target)
    return day(until) if until else "—"


def _yen(amount: int | None) -> str:
    return f"{yen(amount)}円" if amount is not None else "—"


def leaving_letter(notice: Notice, *, on: date) -> Letter:
    """解約受付のご案内 of the letter that gave a notice, in its unit: when it arrived, what ends when and why, what falls due.

    Raises Refused where the notice ends nothing, or what falls due cannot be worked out.
    """
    _not_before(on, notice.arrived_on)
    numbers = {one.target.number for one in of_letter(notice) if one.target.unit_id == notice.target.unit_id}
    seen = outlook([notice.target.unit_id], ledger=False)
    unit = seen.units[notice.target.unit_id]
    found = {
        number: end
        for number, end in ends(unit).items()
        if end.notice.target in numbers and end.notice.arrived_on == notice.arrived_on
    }
    if not found:
        raise Refused(_("この通知で終わる契約とオプションがありません。"), clause="12-1")
    names = called_on(unit, notice.arrived_on)
    rows, notes, total = _ended(seen, found, names)
    last = max(end.on for end in found.values())
    columns = (NUMBER, CONTENT, Column("終了日"), Column("根拠"), Column("解除調定金", right=True))
    said = Letter(
        "leaving",
        "解約受付のご案内",
        f"{SERVICE} 解約受付のご案内",
        notice.target.number,
        [
            f"{day(notice.arrived_on)}に到達した解約のご通知を、次のとおり承りました。"
            "終了日をもって、次のサービスのご提供を終了いたします。"
        ],
        [Table(columns, rows, f"管理単位 {notice.target.unit.code}")],
        facts=[
            ("ご通知の到達日", day(notice.arrived_on)),
            ("最後の終了日", day(last)),
            ("最後の月額費用", f"{month(last)}分（終了日までの日割り）"),
            ("解除調定金の合計", f"{yen(total)}円（不課税）" if total else "ありません"),
        ],
        notes=[*notes, "解除調定金は、現在の料金による予定額です。終了日の属する月の請求書でご請求します（第14条）。"]
        if total
        else notes,
        sums={"settlement": total},
    )
    return said


def _ended(seen: Outlook, found: dict[str, End], names: dict[str, str]) -> tuple[list[Sequence[str]], list[str], int]:
    """The rows of what ends, how each settlement comes about, and their sum. What is held (I-18) is not told as owed."""
    rows: list[Sequence[str]] = []
    notes, total = [], 0
    for number, end in sorted(found.items(), key=lambda one: (one[1].after != "", one[1].on, one[0])):
        cost = seen.cost(number)
        assert cost is not None
        if cost.missing is not None:
            raise Refused(str(cost.missing))
        why = f"{end.after}とともに終了（{spoken(end.clause)}）" if end.after else spoken(end.clause)
        owed = cost.settlement
        held = owed is not None and owed.standing is SettlementState.HELD
        if owed is not None and not held:
            total += cost.yen
            notes.append(f"{number}：{for_customers(owed.line.basis)}")
        rows.append((number, names[number], day(end.on), why, UNKNOWN if held else _yen(cost.yen) if owed else "—"))
    return rows, notes, total


def renewal_letter(unit: ManagementUnit, *, on: date) -> Letter:
    """更新のご案内 of the 期間ライセンス of a unit whose term ends next and can still be stopped: by when, for how long, at what price.

    The day told is the one on which a notice is in time however the months are counted (I-33). Raises Refused where there is none.
    """
    plain = load_units([unit.pk])[unit.pk]
    ended = ends(plain)
    renewed = [
        (option, term_of(option.starts_on, on))
        for option in plain.options
        if option.is_term_licence and option.starts_on and option.starts_on <= on and option.number not in ended
    ]
    open_ = [(option, term) for option, term in renewed if on <= safe_day(term)]
    if not open_:
        raise Refused(_("更新をご案内できる期間ライセンスがありません（申出の期限の前に限ります）。"), clause="10-9")
    rows = _renewed(plain, open_, on)
    return Letter(
        "renewal",
        "更新のご案内",
        f"{SERVICE} 期間ライセンスの更新のご案内",
        unit.code,
        [
            "ご利用中の期間ライセンスは、次のとおり契約期間が満了いたします。更新を希望されない場合は、"
            "お申出の期限までに解約のご通知が当社に到達するようお送りください。",
            "ご通知がない場合は、更新後の契約期間のとおり自動的に更新されます（第10条第9項）。お手続きは必要ありません。",
        ],
        [Table(RENEWED, rows, f"管理単位 {unit.code}")],
        notes=[
            BEFORE_TAX + "更新後の契約期間の途中で終了したときは、残りの期間の解除調定金を申し受けます（第14条第3項）。"
        ],
    )


def _renewed(plain: terms.Unit, licences: Sequence[tuple[terms.Option, Term]], on: date) -> list[Sequence[str]]:
    """A row a licence: until when it runs, by when it can be stopped, the term that follows, and what that costs a month."""
    names = called_on(plain, on)
    prices = monthly_prices([option.number for option, _term in licences])
    rows: list[Sequence[str]] = []
    for option, term in licences:
        assert option.starts_on is not None
        after = term_of(option.starts_on, term.last + ONE_DAY)
        price = value_on(prices.get(option.number, ()), after.first)
        quantity = value_on(plain_account(plain, option, ()).quantities, after.first) or 1
        whole = price * quantity if price is not None else None
        what = (option.number, names[option.number], f"{quantity:,}", day(term.last), day(safe_day(term)))
        rows.append((*what, f"{day(after.first)}〜{day(after.last)}", _yen(price), _yen(whole)))
    return rows


def quotation(application: Application, *, on: date, valid_until: date) -> Letter:
    """見積書 of a draft or received application: what acceptance would bring, were it accepted on that day. Raises Refused where that
    cannot be told: nothing is asked for, it stands against the terms, or a price is missing.
    """
    if application.state not in ("draft", "received"):
        raise Refused(_("下書きと受付済みの申込だけを、見積もれます。"))
    if valid_until < on:
        raise Refused(_("有効期限は、見積書の日付以後にしてください。"), field="valid_until")
    judged = judge(application, on=on)
    if not judged.acceptable:
        raise Refused(_("このままでは承諾できない申込は、見積もれません。申込の画面の指摘を直してください。"))
    sums = totals(judged, accepted_on=on)
    if sums.missing:
        raise Refused(str(sums.missing[0]))
    quantities = {one.number: _licences(one) for one in judged.after.targets}
    rows = [_quoted(one, quantities) for one in outcomes(judged, accepted_on=on) if one.sheet != "linked_services"]
    percent = policy_on(policies(), on).tax_percent
    tax = tax_yen(sums.monthly_yen, percent)
    columns = (
        *(CONTENT, Column("数量", right=True), Column("課金開始日"), Column("最低利用期間等の満了日")),
        *(Column("初期費用", right=True), Column("月額費用", right=True)),
    )
    return Letter(
        "quotation",
        "見積書",
        f"{SERVICE} お見積り（管理単位 {application.unit.code}）",
        application.number,
        ["下記のとおりお見積り申し上げます。ご検討くださいますようお願いいたします。"],
        [Table(columns, rows, "お見積りの内訳")],
        facts=[
            ("初期費用・一時費用", f"{yen(sums.initial_yen)}円（税抜）"),
            ("月額費用", f"{yen(sums.monthly_yen)}円（税抜）"),
            *(
                [(f"{day(sums.committed_until)}までの合計", f"{yen(sums.committed_yen)}円（税抜、初期費用を含む）")]
                if sums.committed_until
                else []
            ),
            ("有効期限", day(valid_until)),
        ],
        notes=[
            BEFORE_TAX + "数量のあるものの月額費用は、一ライセンス当たりの額です。",
            f"お申込みを{day(on)}に承諾した場合の額です。承諾日又は課金開始日が変わると、初月の額と満了日が変わります。",
        ],
        total=(
            "月額費用（税込）",
            sums.monthly_yen + tax,
            f"税抜 {yen(sums.monthly_yen)}円、消費税（{percent}%） {yen(tax)}円",
        ),
        sums={"initial": sums.initial_yen, "monthly": sums.monthly_yen},
    )


def _quoted(one: AcceptanceOutcome, quantities: dict[str, str]) -> Sequence[str]:
    fees = {fee.fee: fee.amount_yen for fee in one.fees}
    once = [fees[fee] for fee in ("initial", "one_time") if fee in fees]
    name = f"{one.name}（{one.before} → {one.after}）" if one.after else one.name
    return (
        *(name, quantities.get(one.number, "1"), day(one.from_on) if one.from_on else UNKNOWN),
        *(day(one.committed_until) if one.committed_until else "—", _yen(sum(once)) if once else "—"),
        _yen(fees.get("monthly")),
    )
