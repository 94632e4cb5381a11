"""The numbers of the terms: every one that a clause gives, with that clause, its words and its unit. An edition may change them.

No rule writes such a number down: it takes the one of the day that its reading names (I-57 … I-61) from
``contracts.terms.editions.terms_on``.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from decimal import Decimal
from typing import Any, NamedTuple


class Number(NamedTuple):
    """What one number of the terms is: its clause, how people call it, its unit, the least and the most that it can be,
    and what it is in the text at hand.
    """

    name: str
    clause: str
    label: str
    unit: str
    least: int | Decimal
    most: int | Decimal
    now: int | Decimal


def _said(clause: str, label: str, unit: str, *, least: int = 1, most: int = 120) -> dict[str, Any]:
    return {"clause": clause, "label": label, "unit": unit, "least": least, "most": most}


@dataclass(frozen=True, slots=True, kw_only=True)
class Values:
    """The numbers of one edition. Months, days, hours and minutes as whole numbers; a percentage with its decimals."""

    contract_months: int = field(metadata=_said("5", "契約の最低利用期間", "か月"))
    option_months: int = field(metadata=_said("10-8", "オプションの最低利用期間", "か月"))
    committed_option_months: int = field(
        metadata=_said("10-8", "EDR運用オプションとMSSPライセンスの最低利用期間", "か月")
    )
    term_months: int = field(metadata=_said("10-9", "期間ライセンスの契約期間", "か月"))
    renewal_notice_months: int = field(metadata=_said("10-9", "更新を止める通知の期限（満了の何か月前）", "か月"))
    mssp_licences: int = field(
        metadata=_said("10-2(8)", "MSSPライセンスの最低利用ライセンス数", "ライセンス", most=1_000_000)
    )
    term_licences: int = field(
        metadata=_said("10-2(8)", "期間ライセンスの最低利用ライセンス数", "ライセンス", most=1_000_000)
    )
    customer_licences: int = field(
        metadata=_said("10-2(8)", "顧客ライセンスの最低利用ライセンス数", "ライセンス", most=1_000_000)
    )
    least_retention_years: int = field(metadata=_said("10-2(5)", "ログの保管年数（最短）", "年", most=100))
    most_retention_years: int = field(metadata=_said("10-2(5)", "ログの保管年数（最長）", "年", most=100))
    option_notice_days: int = field(metadata=_said("10-10", "オプションの停止の効力まで", "日", least=0, most=3660))
    term_licence_notice_days: int = field(
        metadata=_said("10-10", "期間ライセンスの停止の効力まで", "日", least=0, most=3660)
    )
    contract_notice_days: int = field(metadata=_said("12-1", "契約の解除の効力まで", "日", least=0, most=3660))
    outage_hours: int = field(metadata=_said("15-1", "減額を請求できる利用不能の時間", "時間", most=8760))
    outage_claim_months: int = field(metadata=_said("15-1", "利用不能の減額の請求期限", "か月"))
    breach_claim_day: int = field(metadata=_said("15-2", "品質保証の違背の減額の請求期限（翌月の日）", "日", most=28))
    uptime_percent: Decimal = field(metadata=_said("別紙1-1(1)", "稼働率の保証基準", "%", least=0, most=100))
    notified_minutes: int = field(metadata=_said("別紙1-2(1)", "通知の保証基準", "分", most=14400))
    outage_unit_hours: int = field(metadata=_said("別紙4-1", "利用不能の減額の単位", "時間", most=8760))
    outage_parts: int = field(metadata=_said("別紙4-1", "利用不能の減額（月額の何分の一）", "分の1", most=1000))
    breach_parts: int = field(metadata=_said("別紙4-2", "品質保証の違背の減額（月額の何分の一）", "分の1", most=1000))

    @property
    def longest_notice_days(self) -> int:
        """The most days that can lie between the arrival of a notice that names no day and its effect (10-10, 12-1)."""
        return max(self.contract_notice_days, self.option_notice_days, self.term_licence_notice_days)

    @property
    def retention_years(self) -> range:
        """ログ保管 in years, as it is offered (10-2(5))."""
        return range(self.least_retention_years, self.most_retention_years + 1)


AT_HAND = Values(
    contract_months=6,
    option_months=6,
    committed_option_months=12,
    term_months=12,
    renewal_notice_months=3,
    mssp_licences=100,
    term_licences=1000,
    # The terms give none: one licence at least has something to charge.
    customer_licences=1,
    least_retention_years=1,
    most_retention_years=10,
    option_notice_days=30,
    term_licence_notice_days=90,
    contract_notice_days=30,
    outage_hours=24,
    outage_claim_months=3,
    breach_claim_day=15,
    uptime_percent=Decimal("99.9"),
    notified_minutes=15,
    outage_unit_hours=24,
    outage_parts=30,
    breach_parts=10,
)
"""The numbers of the text at hand, that of 2025-04-01; the texts of earlier editions are not at hand, and are read with them (I-62)."""

NUMBERS: Mapping[str, Number] = {
    each.name: Number(name=each.name, now=getattr(AT_HAND, each.name), **each.metadata) for each in fields(Values)
}
"""Every number by its name, in the order of the terms."""
