"""What properties are tried on: days, prices and units that Hypothesis draws."""

from datetime import date

from hypothesis import settings
from hypothesis import strategies as st

from contracts.terms.catalog import LicenceType, ModuleType, OptionType
from contracts.terms.unit import Ground
from tests.effort import examples
from tests.terms.build import edr, licence, module, notice, option, premium, unit

MODERATE = settings(deadline=None, max_examples=examples(50))

DAYS = st.dates(date(2019, 1, 1), date(2032, 12, 31))
PRICES = st.integers(0, 2_000_000)

TARGETS = ("T-1", "M-CLOUD", "M-M365", "M-DEVICE", "O-CLOUD", "O-M365", "O-KEEP", "O-EDR", "O-LIC", "O-LIC2")


@st.composite
def notices(draw):
    """Any notice of any target of the unit below, in 2025 or 2026."""
    year = st.dates(date(2025, 1, 1), date(2026, 12, 31))
    ground = draw(st.sampled_from([Ground.NOTICE, Ground.NOTICE, *Ground]))
    names = draw(year if ground is not Ground.NOTICE else st.none() | year)
    return notice(draw(st.sampled_from(TARGETS)), draw(year), names, ground)


PERHAPS = st.booleans()


@st.composite
def units(draw, with_second_licence=PERHAPS):
    """A premium unit with every kind of pair, and up to six notices."""
    facts = [
        premium(),
        module(number="M-CLOUD"),
        module(ModuleType.M365_LOG, number="M-M365"),
        module(ModuleType.DEVICE_LOG, item="タイプ1", number="M-DEVICE"),
        option(OptionType.CLOUD_LOG_MONITORING, "M-CLOUD", "O-CLOUD"),
        option(OptionType.M365_LOG_MONITORING, "M-M365", "O-M365"),
        option(OptionType.LOG_RETENTION, "M-DEVICE", "O-KEEP", years=1),
        edr(),
        licence(draw(st.sampled_from(LicenceType))),
    ]
    known = {*TARGETS} - {"O-LIC2"}
    if draw(with_second_licence):
        facts.append(licence(LicenceType.CUSTOMER, number="O-LIC2", starts=draw(DAYS)))
        known.add("O-LIC2")
    arrived = draw(st.lists(notices(), max_size=6))
    return unit(*facts, *(one for one in arrived if one.target in known))
