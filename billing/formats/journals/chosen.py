"""Which layout a mapping is written in."""

from billing.formats.journals import freee, money_forward, obc, yayoi
from billing.formats.journals.layout import Layout
from billing.terms.packages import PackageMapping

FIXED = {
    ("yayoi", "inclusive"): yayoi.INCLUSIVE,
    ("yayoi", "separate"): yayoi.SEPARATE,
    ("freee", "deals"): freee.DEALS,
    ("freee", "journal"): freee.JOURNAL,
    ("money_forward", "journal"): money_forward.JOURNAL,
}


def layout_of(mapping: PackageMapping) -> Layout:
    """The layout of the package's form; that of 勘定奉行 as finance configured it."""
    return obc.layout(mapping) if mapping.package == "obc" else FIXED[mapping.package, mapping.form]
