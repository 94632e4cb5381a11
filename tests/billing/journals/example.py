"""The facts of the example files beside, and the mappings of a finance department that keeps its books by them."""

from dataclasses import replace
from datetime import date

from billing.formats.journals.chosen import layout_of
from billing.formats.journals.files import write_slips
from billing.terms.account import Fee, TaxCategory
from billing.terms.packages import PackageMapping
from billing.terms.slip import Account, Slip, SlipEntry

ON, DUE = date(2025, 10, 31), date(2025, 11, 30)
TAXABLE, RETURN, OUTSIDE = TaxCategory.TAXABLE, TaxCategory.RETURN, TaxCategory.OUT_OF_SCOPE
FACTS = (
    (Fee.MONTHLY, "月額費用", "2025-10", TAXABLE, 10, 1_000_000, 100_000),
    (Fee.OUTAGE, "利用不能減額", "2025-09", RETURN, 10, -16_000, -1_600),
    (Fee.SETTLEMENT, "解除調定金", "2025-10", OUTSIDE, None, 754_839, 0),
)
BY_NAME = {
    "receivable": Account("売掛金"),
    **dict.fromkeys(("initial", "monthly", "one_time"), Account("売上高", department="SOC事業部")),
    "reduction": Account("売上値引・返品", department="SOC事業部"),
    "settlement": Account("雑収入", department="SOC事業部"),
    "tax": Account("仮受消費税等"),
}
SALES = BY_NAME | {"reduction": Account("売上高", department="SOC事業部")}
BY_CODE = {
    "receivable": Account("135"),
    **dict.fromkeys(("initial", "monthly", "one_time", "reduction"), Account("500", department="100")),
    "settlement": Account("<雑収入のコード>", department="100"),
}
COLUMNS = (
    *(("OBCD001", "mark"), ("CSJS005", "day"), ("CSJS200", "debit_department"), ("CSJS201", "debit_account")),
    *(("CSJS202", "debit_sub_account"), ("CSJS203", "debit_tax"), ("CSJS222", "debit_rate_kind")),
    *(("CSJS220", "debit_percent"), ("CSJS206", "="), ("CSJS208", "debit_customer"), ("CSJS213", "debit_yen")),
    *(("CSJS214", "debit_tax_yen"), ("CSJS300", "credit_department"), ("CSJS301", "credit_account")),
    *(("CSJS302", "credit_sub_account"), ("CSJS303", "credit_tax"), ("CSJS322", "credit_rate_kind")),
    *(("CSJS320", "credit_percent"), ("CSJS306", "="), ("CSJS308", "credit_customer"), ("CSJS313", "credit_yen")),
    *(("CSJS314", "credit_tax_yen"), ("CSJS100", "words")),
)


def taxes(sale, returned, outside="対象外"):
    """Tax names by their pattern; P stands for the percent."""
    return {
        "receivable": outside,
        "out_of_scope": outside,
        **{f"taxable_{percent}": sale.replace("P", str(percent)) for percent in (8, 10)},
        **{f"taxable_return_{percent}": returned.replace("P", str(percent)) for percent in (8, 10)},
    }


def mapping(package, form, accounts, tax, **rest):
    return PackageMapping(package=package, form=form, from_on=date(2019, 10, 1), accounts=accounts, tax=tax, **rest)


MAPPINGS = {
    "yayoi_inclusive": mapping("yayoi", "inclusive", BY_NAME, taxes("課税売上内P%", "課税売返内P%")),
    "yayoi_separate": mapping("yayoi", "separate", BY_NAME, taxes("課税売上別P%", "課税売返別P%")),
    "freee_deals": mapping("freee", "deals", SALES, taxes("課税売上P%", "課税売返P%")),
    "freee_journal": mapping("freee", "journal", SALES, taxes("課税売上P%", "課税売返P%")),
    "mf_journal": mapping("money_forward", "journal", SALES, taxes("課税売上 P%", "課税売上-返還等 P%")),
    "obc_csjs": mapping("obc", "columns", BY_CODE, taxes("0060", "<課売返のコード>", "0000"), columns=COLUMNS),
}


def slip_of(chosen, facts=FACTS, **changed):
    """The example's slip, or one of other facts, as a mapping names it."""
    entries = tuple(
        SlipEntry(said, month, category, percent, net, tax, chosen.account_of(fee), chosen.tax_name(category, percent))
        for fee, said, month, category, percent, net, tax in facts
    )
    made = Slip(
        invoice="2025-10-00001",
        group="",
        revision=1,
        reversal=False,
        on=ON,
        due_on=DUE,
        customer="C0001",
        partner="株式会社サンプル",
        receivable=chosen.account("receivable"),
        receivable_tax=chosen.receivable_tax,
        tax_account=chosen.accounts.get("tax", Account("")),
        entries=entries,
    )
    return replace(made, **changed)


def file_of(chosen, *slips):
    """The bytes of a file with these slips."""
    return write_slips(slips, layout_of(chosen), "仕訳").file.read()


OBC = """
[[journal]]
package = "obc"
from_on = 2019-10-01
department = "100"
encoding = "utf-8"
columns = [["OBCD001", "mark"], ["CSJS005", "day"], ["CSJS201", "debit_account"], ["CSJS203", "debit_tax"],
    ["CSJS213", "debit_yen"], ["CSJS214", "debit_tax_yen"], ["CSJS301", "credit_account"], ["CSJS303", "credit_tax"],
    ["CSJS313", "credit_yen"], ["CSJS314", "credit_tax_yen"], ["CSJS100", "words"]]
[journal.accounts]
receivable = "135"
initial = "500"
monthly = "500"
one_time = "500"
settlement = "700"
reduction = "501"
[journal.tax]
receivable = "0000"
out_of_scope = "0000"
taxable_10 = "0060"
taxable_return_10 = "0061"
taxable_8 = "0062"
taxable_return_8 = "0063"
"""
"""勘定奉行 as a part of finance's file: no mapping is set there (billing/finance.toml says why)."""
