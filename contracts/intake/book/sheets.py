"""The sheets of the book: their columns, which are required, which make the key, and how a cell is read."""

from dataclasses import dataclass

from contracts.intake.book import cells
from contracts.intake.book.cells import Parser


@dataclass(frozen=True, slots=True)
class SheetColumn:
    """A column by its English name and its Japanese label."""

    name: str
    label: str
    parse: Parser
    required: bool = False


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet by its English name and its Japanese label; ``key`` tells its rows apart."""

    name: str
    label: str
    columns: tuple[SheetColumn, ...]
    key: tuple[str, ...]

    def column(self, name: str) -> SheetColumn:
        """The column of that English name."""
        return next(column for column in self.columns if column.name == name)


def _must(name: str, label: str, parse: Parser) -> SheetColumn:
    return SheetColumn(name, label, parse, required=True)


SHEETS: tuple[Sheet, ...] = (
    Sheet(
        "customers",
        "契約者",
        (
            _must("code", "契約者コード", cells.code),
            _must("name", "契約者名", cells.text),
            SheetColumn("kana", "フリガナ", cells.text),
        ),
        ("code",),
    ),
    Sheet(
        "units",
        "管理単位",
        (
            _must("code", "管理単位コード", cells.code),
            _must("customer", "契約者コード", cells.code),
            _must("name", "管理単位名", cells.text),
        ),
        ("code",),
    ),
    Sheet(
        "linked_services",
        "対応サービス",
        (
            _must("code", "対応サービスコード", cells.code),
            _must("from_on", "適用日", cells.day),
            _must("service", "サービス", cells.service),
            SheetColumn("kind", "種類", cells.name),
            SheetColumn("item", "品目", cells.name),
            _must("holder", "名義", cells.holder),
            SheetColumn("module_consent_on", "連携同意日", cells.day),
            SheetColumn("premium_consent_on", "設定変更同意日", cells.day),
            SheetColumn("bypass_option_on", "バイパスオプション利用開始日", cells.day),
            SheetColumn("advanced_support_on", "アドバンストサポート利用開始日", cells.day),
            SheetColumn("ends_on", "終了日", cells.day),
            SheetColumn("known_on", "記録日", cells.day),
        ),
        ("code", "from_on"),
    ),
    Sheet(
        "contracts",
        "契約",
        (
            _must("number", "契約番号", cells.code),
            _must("unit", "管理単位コード", cells.code),
            _must("category", "カテゴリ", cells.category),
            SheetColumn("module_type", "モジュール種別", cells.module_type),
            SheetColumn("kind", "種類", cells.name),
            SheetColumn("item", "品目", cells.name),
            SheetColumn("linked_service", "対応サービスコード", cells.code),
            _must("application", "申込番号", cells.code),
            _must("applied_on", "申込日", cells.day),
            _must("accepted_on", "承諾日", cells.day),
            SheetColumn("billing_starts_on", "課金開始日", cells.day),
            SheetColumn("premium_consent_on", "特則同意日", cells.day),
            SheetColumn("ready_on", "通信環境準備完了日", cells.day),
        ),
        ("number",),
    ),
    Sheet(
        "options",
        "オプション",
        (
            _must("number", "オプション番号", cells.code),
            _must("contract", "契約番号", cells.code),
            _must("option", "オプション", cells.option),
            SheetColumn("licence_type", "ライセンス種別", cells.licence_type),
            SheetColumn("product", "EDR製品", cells.product),
            SheetColumn("retention_years", "保管年数", cells.count),
            SheetColumn("quantity", "ライセンス数", cells.count),
            _must("application", "申込番号", cells.code),
            _must("applied_on", "申込日", cells.day),
            _must("accepted_on", "承諾日", cells.day),
            SheetColumn("billing_starts_on", "課金開始日", cells.day),
        ),
        ("number",),
    ),
    Sheet(
        "changes",
        "変更",
        (
            _must("target", "対象番号", cells.code),
            _must("what", "変更事項", cells.what),
            _must("to", "変更後", cells.text),
            _must("application", "申込番号", cells.code),
            _must("accepted_on", "承諾日", cells.day),
            _must("effective_on", "変更日", cells.day),
            SheetColumn("keep_price", "料金据置", cells.yes),
        ),
        ("target", "what", "effective_on", "application"),
    ),
    Sheet(
        "prices",
        "料金",
        (
            _must("target", "対象番号", cells.code),
            _must("fee", "費目", cells.fee),
            _must("amount_yen", "金額", cells.whole),
            SheetColumn("from_on", "適用日", cells.day),
            SheetColumn("note", "備考", cells.text),
            SheetColumn("application", "申込番号", cells.code),
        ),
        ("target", "fee", "from_on"),
    ),
    Sheet(
        "notices",
        "解約通知",
        (
            _must("target", "対象番号", cells.code),
            _must("arrived_on", "到達日", cells.day),
            SheetColumn("requested_for", "指定日", cells.day),
            SheetColumn("basis", "根拠", cells.ground),
        ),
        ("target", "arrived_on", "basis"),
    ),
    Sheet(
        "outages",
        "利用不能",
        (
            _must("contract", "契約番号", cells.code),
            _must("known_at", "覚知日時", cells.moment),
            _must("restored_at", "復旧日時", cells.moment),
            SheetColumn("claimed_on", "請求日", cells.day),
        ),
        ("contract", "known_at"),
    ),
    Sheet(
        "breaches",
        "品質保証違背",
        (
            _must("contract", "契約番号", cells.code),
            _must("guarantee", "保証事項", cells.guarantee),
            _must("occurred_at", "発生日時", cells.moment),
            SheetColumn("claimed_on", "請求日", cells.day),
        ),
        ("contract", "guarantee", "occurred_at"),
    ),
)
"""In the order in which a book is read and written: what a row refers to stands in an earlier sheet."""

BY_NAME: dict[str, Sheet] = {sheet.name: sheet for sheet in SHEETS}
