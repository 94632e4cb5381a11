"""請求書の書面: what the document of an invoice says, made of nothing but its own rows as they were issued.

A plain value of texts; billing/formats/documents/invoice.typ draws it. The same rows make the same value for ever, hence the same bytes.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from operator import attrgetter
from typing import Any

from billing.formats.documents.words import day, for_customers, month, period, postal, yen
from billing.models import Invoice, InvoiceRate, InvoiceUnit, KeptSeal
from billing.operations.documents.in_english import in_english
from billing.operations.statement import Stated, paper_of
from billing.terms.account import TaxCategory
from billing.terms.due_day import HolidayRule
from billing.terms.paper import Issuer, Paper
from billing.terms.tax import tax_yen
from contracts.terms.days import ONE_DAY, next_month

Told = dict[str, Any]
Seal = list[int] | None

TAXED = (
    "消費税額は、税率ごとの差引対象額の合計に対して一度だけ計算し、1円未満を切り捨てています。"
    "「返還」は売上げに係る対価の返還等（料金の減額、及び請求済みの額を減らす訂正）、「不課税」は消費税の対象外です。"
)
NOTHING_DUE = "今回お支払いいただく額はありません。内容のご確認のためにお送りしています。"
PAID_BACK = "差引がマイナスとなりましたので、お支払いは不要です。上記の額を返金いたします。"
BUYER_PAYS = "恐れ入りますが、振込手数料は貴社にてご負担くださいますようお願いいたします。"
HOLIDAYS = {
    HolidayRule.PREVIOUS: "お支払期限が金融機関の休業日に当たるときは、その前営業日としています。",
    HolidayRule.NEXT: "お支払期限が金融機関の休業日に当たるときは、その翌営業日としています。",
}
AGAIN = "先にお送りした同じ番号の請求書を再発行したもので、内容は同じです。重ねてのお支払いにご注意ください。"

ENGLISH = {
    TAXED: "Tax is computed once on the net amount of each rate, fractions of a yen being dropped. “Return” is consideration given back "
    "(reductions of charges, and corrections that lower what was invoiced); what is “out of scope” bears no consumption tax.",
    NOTHING_DUE: "Nothing is due this time. This is sent for your information.",
    PAID_BACK: "The balance is in your favour: nothing is to be paid. We will pay back the amount above.",
    BUYER_PAYS: "Please bear the bank transfer fee.",
    HOLIDAYS[HolidayRule.PREVIOUS]: "Where the due day is a bank holiday, it is the business day before.",
    HOLIDAYS[HolidayRule.NEXT]: "Where the due day is a bank holiday, it is the next business day.",
    AGAIN: "This is the invoice of the same number that was sent before, issued once more without any change. Please do not pay it twice.",
}
"""The sentences for a party whose language is English."""


def told_of(invoices: Sequence[Invoice], reissued: str = "") -> list[Told]:
    """What the documents of those invoices say, month and customer of each read with it: three queries for all of them.

    ``reissued`` is the stamp of one that is made again, '' for the document itself.
    """
    rates: defaultdict[int, list[InvoiceRate]] = defaultdict(list)
    for rate in InvoiceRate.objects.filter(invoice__in=invoices).order_by("-percent"):
        rates[rate.invoice_id].append(rate)
    units: defaultdict[int, list[InvoiceUnit]] = defaultdict(list)
    # Put in order here: what a database takes for the order of letters hangs on its locale, and the bytes must not.
    for unit in sorted(InvoiceUnit.objects.filter(invoice__in=invoices), key=attrgetter("code")):
        units[unit.invoice_id].append(unit)
    corrected = {line["corrects_invoice"] for rows in units.values() for row in rows for line in row.lines} - {""}
    issued = dict(Invoice.objects.filter(number__in=corrected).values_list("number", "issued_on")) if corrected else {}
    seals = seals_of({paper_of(one).issuer.seal_sha256 for one in invoices})
    told = [_told(one, (rates[one.pk], units[one.pk]), issued, seals, reissued) for one in invoices]
    languages = [paper_of(one).addressee.language for one in invoices]
    return [
        in_english(one, ENGLISH) if language == "en" else one for one, language in zip(told, languages, strict=True)
    ]


def seals_of(digests: Collection[str]) -> Mapping[str, Seal]:
    """The images of seals by their SHA-256, as the bytes that they were kept with; no query where none is printed."""
    wanted = set(digests) - {""}
    rows = KeptSeal.objects.filter(sha256__in=wanted).values_list("sha256", "content") if wanted else ()
    return {digest: list(bytes(content)) for digest, content in rows}


def _told(
    row: Invoice,
    parts: tuple[list[InvoiceRate], list[InvoiceUnit]],
    issued: Mapping[str, date],
    seals: Mapping[str, Seal],
    reissued: str,
) -> Told:
    rates, units = parts
    lines = [line for unit in units for line in unit.lines]
    first = row.month.month
    paper = paper_of(row)
    to, ours = paper.addressee, paper.issuer
    return {
        "title": title_of(row, lines),
        "number": row.number,
        "on": [row.issued_on.year, row.issued_on.month, row.issued_on.day],
        "issued": day(row.issued_on),
        "reissued": reissued,
        "addressee": to.company,
        "honorific": to.honorific,
        "person": to.person,
        "department": to.department,
        "address": [line for line in (postal(to.postal_code), to.address, to.building) if line],
        "customer_number": to.customer_number or row.customer.code,
        "order_number": to.order_number,
        "issuer": issuer_of(ours, seals.get(ours.seal_sha256)),
        "subject": f"IIJ C-SOCサービス ご利用料金 {month(first)}分",
        "total": _total(row),
        "days": [*_due(row), ["対象期間", f"{day(first)}〜{day(next_month(first) - ONE_DAY)}"]],
        "sentences": [*([AGAIN] if reissued else []), *_said_of_total(row)],
        "rates": [*map(_rate, rates), *_out_of_scope(row)],
        "bank": [str(paper.bank)] if paper.bank and row.total_yen > 0 else [],
        "remarks": _remarks(paper) if row.total_yen > 0 else [],
        "corrects": list(_corrects(lines, issued)),
        "units": [_unit(unit, first, issued) for unit in units],
        "before_tax": yen(row.total_yen - row.tax_yen),
        "legend": TAXED,
    }


def issuer_of(ours: Issuer, seal: Seal = None) -> Told:
    """Who writes: name, 登録番号, what is known of address and contact, a line each, and the seal's bytes."""
    contact = " ".join(part for part in (ours.department, ours.person) if part)
    telephone = f"TEL {ours.telephone}" if ours.telephone else ""
    lines = (postal(ours.postal_code), ours.address, ours.building, telephone, ours.email, contact)
    return {
        "name": ours.name,
        "registration": ours.registration,
        "lines": [line for line in lines if line],
        "seal": seal,
    }


def _remarks(paper: Paper) -> list[str]:
    """What is said beside the account that is paid to; nothing where none is printed."""
    if paper.bank is None:
        return []
    return [BUYER_PAYS, *([HOLIDAYS[paper.holiday]] if paper.holiday in HOLIDAYS else [])]


def title_of(row: Invoice, lines: Sequence[Stated]) -> str:
    """What the document is called: one of nothing but returns is a 適格返還請求書 (I-44), one below zero pays back."""
    if lines and all(is_return(line) for line in lines):
        return "適格返還請求書"
    return "返金明細書" if row.total_yen < 0 else "請求書"


def is_return(line: Stated) -> bool:
    """Whether a line gives back; what raises an amount gives nothing back (I-44)."""
    return line["tax_category"] == TaxCategory.RETURN and line["amount_yen"] < 0


def _total(row: Invoice) -> Told:
    called = "ご返金額（税込）" if row.total_yen < 0 else "ご請求金額（税込）"
    return {"label": called, "yen": f"¥{abs(row.total_yen):,}-", "plain": yen(row.total_yen)}


def _due(row: Invoice) -> list[list[str]]:
    """The day of payment, or of paying back; none where nothing is due."""
    if not row.total_yen:
        return []
    return [["ご返金予定日" if row.total_yen < 0 else "お支払期限", day(row.due_on)]]


def _said_of_total(row: Invoice) -> list[str]:
    if row.total_yen < 0:
        return [PAID_BACK]
    return [] if row.total_yen else [NOTHING_DUE]


def _rate(rate: InvoiceRate) -> Told:
    net = rate.taxable_yen + rate.returned_yen
    return {
        "called": f"{rate.percent}%対象",
        "taxable": yen(rate.taxable_yen),
        "returned": yen(rate.returned_yen) if rate.returned_yen else "—",
        "returned_tax": yen(tax_yen(rate.returned_yen, rate.percent)) if rate.returned_yen else "",
        "net": yen(net),
        "tax": yen(rate.tax_yen),
        "sum": yen(net + rate.tax_yen),
    }


def _out_of_scope(row: Invoice) -> Iterator[Told]:
    if row.out_of_scope_yen:
        amount = yen(row.out_of_scope_yen)
        plain = {"taxable": amount, "returned": "—", "returned_tax": "", "net": amount, "tax": "—", "sum": amount}
        yield {"called": "不課税", **plain}


def _corrects(lines: Iterable[Stated], issued: Mapping[str, date]) -> Iterator[list[str]]:
    """Each month and invoice that lines correct: number, day of issue, month, and what its correction comes to before tax."""
    sums: defaultdict[tuple[str, str], int] = defaultdict(int)
    for line in lines:
        if line["corrects_month"]:
            sums[line["corrects_month"], line["corrects_invoice"]] += line["amount_yen"]
    for (of, number), amount in sorted(sums.items()):
        on = issued.get(number)
        yield [number or "—", day(on) if on else "—", f"{_month_named(of)}分", yen(amount)]


def _month_named(of: str) -> str:
    return month(date.fromisoformat(f"{of}-01"))


def _unit(unit: InvoiceUnit, first: date, issued: Mapping[str, date]) -> Told:
    return {
        "code": unit.code,
        "name": unit.name,
        "order_number": unit.order_number,
        "lines": [_line(line, first, issued) for line in unit.lines],
        "subtotal": yen(sum(line["amount_yen"] for line in unit.lines)),
    }


def _line(line: Stated, first: date, issued: Mapping[str, date]) -> Told:
    corrects = bool(line["corrects_month"])
    return {
        "number": line["number"],
        "name": line["name"],
        "mark": "返還" if is_return(line) else "訂正" if corrects else "",
        "fee": line["fee"],
        "days": period(date.fromisoformat(line["from_on"]), date.fromisoformat(line["to_on"]), first),
        "quantity": "" if corrects else f"{line['quantity']:,}",
        "price": "" if corrects else yen(line["unit_price_yen"]),
        "amount": yen(line["amount_yen"]),
        "tax": "不課税" if line["tax_category"] == TaxCategory.OUT_OF_SCOPE else f"{line['percent']}%",
        "notes": [*_lowers(line, issued), *_reckoning(line)],
    }


def _lowers(line: Stated, issued: Mapping[str, date]) -> Iterator[str]:
    """The month and the invoice that a correction is of: what gives back names what it lowers (適格返還請求書, I-44)."""
    if not line["corrects_month"]:
        return
    on = issued.get(line["corrects_invoice"])
    dated = f"、{day(on)}発行" if on else ""
    invoice = f"（請求書 {line['corrects_invoice']}{dated}）" if line["corrects_invoice"] else ""
    what = "返還" if is_return(line) else "訂正"
    yield f"{what}の対象：{_month_named(line['corrects_month'])}分{invoice}"


def _reckoning(line: Stated) -> Iterator[str]:
    """How the amount comes about, where quantity times price does not say it all."""
    if (
        line["corrects_month"]
        or line["amount_yen"] != line["quantity"] * line["unit_price_yen"]
        or line["tax_category"] != TaxCategory.TAXABLE
    ):
        yield for_customers(line["basis"])
