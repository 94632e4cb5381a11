"""会計ソフト: how finance maps the journal onto a package — accounts, departments, tax names, dated; and what of that is missing."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from billing.terms.account import Fee, TaxCategory
from billing.terms.journal import RECEIVABLE, REDUCTIONS, TAX, TAXED
from billing.terms.slip import Account

FORMS = {
    "yayoi": ("inclusive", "separate"),
    "freee": ("deals", "journal"),
    "money_forward": ("journal",),
    "obc": ("columns",),
}
"""The packages, and the forms in which each takes a journal in; the first is the default."""

NAMES = {"yayoi": "弥生会計", "freee": "freee会計", "money_forward": "マネーフォワード クラウド会計", "obc": "勘定奉行"}
LONGEST = {"yayoi": 24}
"""Half widths that a package takes of an account, a sub-account or a department; a full-width letter counts as two. What is longer is no
master of its, and would be cut: two customers could become one."""

PARTNERS = ("name", "code", "none")
ENCODINGS = ("cp932", "utf-8")
ROLES = (RECEIVABLE, Fee.INITIAL, Fee.MONTHLY, Fee.ONE_TIME, Fee.SETTLEMENT, "reduction")
"""What has an account in every package."""

SIDES = ("department", "account", "sub_account", "tax", "percent", "rate_kind", "partner", "customer", "yen", "tax_yen")
FIELDS = frozenset(
    {"mark", "day", "number", "words", "memo", *(f"{side}_{field}" for side in ("debit", "credit") for field in SIDES)}
)
"""What a column of the configured layout can have in it. A column that is always the same is written '=1'."""


TAX_KEYS = re.compile(rf"{RECEIVABLE}|{TaxCategory.OUT_OF_SCOPE}|({'|'.join(sorted(TAXED))})_[0-9]+")


class UnmappedError(ValueError):
    """What the mapping has no word for: the sentence says what, and where it has to be written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PackageMapping:
    """One package's mapping, from ``from_on`` on.

    ``accounts`` by role; ``tax`` by 'receivable', 'out_of_scope', 'taxable_10', 'taxable_return_10' …. ``partner`` is what
    the package knows a customer by, ``partners`` what it knows some of them by, by their codes. ``columns`` are header and field of a
    layout that finance configures.
    """

    package: str
    form: str
    from_on: date
    accounts: Mapping[str, Account]
    tax: Mapping[str, str]
    partner: str = "name"
    encoding: str = "cp932"
    columns: tuple[tuple[str, str], ...] = ()
    partners: Mapping[str, str] = field(default_factory=dict)

    def partner_of(self, code: str, name: str) -> str:
        """What the package knows a customer by; '' for nothing."""
        return self.partners.get(code) or {"name": name, "code": code, "none": ""}[self.partner]

    def takes_partner(self, partner: str) -> bool:
        """Whether a customer so called fits where the package has it: in 弥生会計 that is the receivable's sub-account."""
        kept_apart = self.package == "yayoi" and RECEIVABLE in self.accounts and self.accounts[RECEIVABLE].sub_account
        return bool(kept_apart) or _fits(self.package, partner)

    def account_of(self, fee: Fee) -> Account:
        """The account of what counts under a fee."""
        return self.account("reduction" if fee in REDUCTIONS else fee)

    def account(self, role: str) -> Account:
        """The account of a role. Raises UnmappedError where there is none."""
        if role not in self.accounts:
            raise UnmappedError(self._missing(f"[journal.accounts] に{role}"))
        return self.accounts[role]

    def tax_name(self, category: TaxCategory, percent: int | None) -> str:
        """What the package calls the tax of an entry. Raises UnmappedError: a rate without a name is never taken for another."""
        return self._tax(f"{category}_{percent}" if percent is not None else category)

    @property
    def receivable_tax(self) -> str:
        """What it calls the tax of the receivable's side."""
        return self._tax(RECEIVABLE)

    def _tax(self, key: str) -> str:
        if key not in self.tax:
            raise UnmappedError(self._missing(f"[journal.tax] に{key}"))
        return self.tax[key]

    def _missing(self, what: str) -> str:
        return f"{NAMES.get(self.package, self.package)}（{self.from_on}から）の{what}がありません。経理の設定に加えてください。"


def _fits(package: str, name: str) -> bool:
    """Whether a name is no longer than the package's masters are: by bytes of cp932, in which a full-width letter takes two."""
    return len(name.encode("cp932", "replace")) <= LONGEST.get(package, len(name) * 2)


def mapping_on(mappings: Sequence[PackageMapping], package: str, day: date) -> PackageMapping | None:
    """The mapping of a package that counts on a day; None where the package is not used then."""
    found = (one for one in mappings if one.package == package and one.from_on <= day)
    return max(found, key=lambda one: one.from_on, default=None)


def faults(mappings: Sequence[PackageMapping], rates: Sequence[tuple[date, int]]) -> Iterator[str]:
    """What of the mappings cannot be followed, a Japanese sentence each. ``rates`` are the tax rates with their first days."""
    seen: set[tuple[str, date]] = set()
    for one in sorted(mappings, key=lambda mapping: (mapping.package, mapping.from_on)):
        if (one.package, one.from_on) in seen:
            yield f"{one.package}の{one.from_on}からの対応が二つあります。"
        seen.add((one.package, one.from_on))
        later = [other.from_on for other in mappings if other.package == one.package and other.from_on > one.from_on]
        yield from _faults_of(one, _rates_during(rates, one.from_on, min(later, default=None)))


def _rates_during(rates: Sequence[tuple[date, int]], first: date, end: date | None) -> list[int]:
    """The rates in force on some day from ``first`` to before ``end``."""
    ends = [*(from_on for from_on, _percent in rates[1:]), None]
    return [
        percent
        for (from_on, percent), until in zip(rates, ends, strict=True)
        if (until is None or until > first) and (end is None or from_on < end)
    ]


def _faults_of(one: PackageMapping, percents: Sequence[int]) -> Iterator[str]:
    if one.package not in FORMS:
        yield f"会計ソフト「{one.package}」は知られていません（{'、'.join(FORMS)}のどれかにしてください）。"
        return
    whose = f"{NAMES[one.package]}（{one.from_on}から）"
    if one.form not in FORMS[one.package]:
        yield f"{whose}の形式「{one.form}」はありません（{'、'.join(FORMS[one.package])}のどれかにしてください）。"
    if one.partner not in PARTNERS:
        yield f"{whose}のpartner「{one.partner}」はありません（{'、'.join(PARTNERS)}のどれかにしてください）。"
    if one.encoding not in ENCODINGS:
        yield f"{whose}の文字コード「{one.encoding}」はありません（{'、'.join(ENCODINGS)}のどちらかにしてください）。"
    yield from _faults_of_names(one, whose)
    for role in (*ROLES, *((TAX,) if one.form == "separate" else ())):
        if role not in one.accounts or not one.accounts[role].account:
            yield f"{whose}の[journal.accounts]に{role}がありません。"
    taxed = [f"{category}_{percent}" for percent in percents for category in sorted(TAXED, reverse=True)]
    for key in (RECEIVABLE, TaxCategory.OUT_OF_SCOPE, *taxed):
        if key not in one.tax:
            yield f"{whose}の[journal.tax]に{key}がありません。"
    if one.package == "obc" and not one.columns:
        yield f"{whose}のcolumnsに列がありません。"
    for header, content in one.columns:
        if content not in FIELDS and not content.startswith("="):
            yield f"{whose}の列{header}の内容「{content}」は知られていません。"


def _faults_of_names(one: PackageMapping, whose: str) -> Iterator[str]:
    """Names that nothing reads, and those that the package has no room for."""
    for role in sorted(one.accounts.keys() - {*ROLES, TAX}):
        yield f"{whose}の[journal.accounts]の{role}は知られていません（{'、'.join((*ROLES, TAX))}のどれかにしてください）。"
    for key in sorted(key for key in one.tax if not TAX_KEYS.fullmatch(key)):
        yield f"{whose}の[journal.tax]の{key}は知られていません。"
    most = LONGEST.get(one.package)
    for role, account in sorted(one.accounts.items()):
        for name in (account.account, account.sub_account, account.department):
            if not _fits(one.package, name):
                yield f"{whose}の科目{role}の「{name}」は、半角{most}字までにしてください。"
    for code, name in sorted(one.partners.items()):
        if not one.takes_partner(name):
            yield f"{whose}の[journal.partners]の{code}「{name}」は、半角{most}字までにしてください。"
