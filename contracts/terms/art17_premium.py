"""第17条（カテゴリをプレミアムとするIIJ C-SOCサービスにおける特則）: the customer's own prior consent."""

from collections.abc import Iterator

from contracts.terms.standing import UnitOnDay, Violation, broken, premium_tiers


def premium_needs_own_consent(unit: UnitOnDay) -> Iterator[Violation]:
    """17-1: プレミアム with linking modules: the customer's own prior consent."""
    modules = [contract.number for contract, _ in unit.linking]
    for tier in premium_tiers(unit):
        if modules and not unit.consented_itself(tier):
            text = "プレミアムで連携モジュールを利用するには、特則についての契約者の同意があらかじめ必要です"
            yield broken("premium_without_own_consent", "17-1", [tier.number, *modules], "premium_consent_on", text)
