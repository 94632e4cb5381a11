"""The catalogue's codes as choices of a field: the code is stored, the terms' name is shown."""

from collections.abc import Mapping
from typing import TypeVar

from django.utils.translation import gettext_lazy as _

from contracts.terms import catalog
from contracts.terms.art15_claims import Responsibility
from contracts.terms.consents import Assent
from contracts.terms.putting_right import Basis
from contracts.terms.unit import Ground, What

Code = TypeVar("Code", bound=str)


def choices(names: Mapping[Code, str]) -> list[tuple[str, str]]:
    """(code, name) in the terms' order. Catalogue names are the same in every language."""
    return [(str(code), name) for code, name in names.items()]


CATEGORIES = choices(catalog.CATEGORY_NAMES)
MODULE_TYPES = choices(catalog.MODULE_TYPE_NAMES)
SERVICES = choices(catalog.SERVICE_NAMES)
OPTIONS = choices(catalog.OPTION_NAMES)
LICENCES = choices(catalog.LICENCE_NAMES)
PRODUCTS = choices(catalog.PRODUCT_NAMES)

GROUNDS = [
    (Ground.NOTICE.value, _("解約通知")),
    (Ground.GENERAL_28_2.value, _("一般規程第28条第2項")),
    (Ground.GENERAL_28_3.value, _("一般規程第28条第3項")),
    (Ground.COMPANY.value, _("当社による解除")),
    (Ground.ABOLISHED.value, _("廃止（第10条第11項）")),
]
CHANGED = [
    (What.CATEGORY.value, _("カテゴリ")),
    (What.ITEM.value, _("品目")),
    (What.RETENTION_YEARS.value, _("保管年数")),
    (What.QUANTITY.value, _("ライセンス数")),
]
FEES = [("initial", _("初期費用")), ("monthly", _("月額費用")), ("one_time", _("一時費用"))]
GUARANTEES = [("uptime", _("稼働率")), ("notification", _("通知"))]
FAULTS = [
    (Responsibility.COMPANY.value, _("当社の責に帰すべき事由")),
    (Responsibility.CUSTOMER.value, _("契約者の義務違反（第11条第2項）")),
    (Responsibility.NOT_COMPANY.value, _("当社の責に帰さない事由（第11条第2項）")),
]
CLAIM_DECISIONS = [("granted", _("認めた")), ("refused", _("認めない"))]
INCIDENT_SOURCES = [("recorded", _("画面での記録"))]
KINDS = [("tier", _("カテゴリの契約")), ("module", _("モジュールの契約")), ("option", _("オプション"))]
APPLICATION_STATES = [
    ("draft", _("下書き")),
    ("received", _("受付済み")),
    ("accepted", _("承諾")),
    ("rejected", _("拒絶")),
    ("withdrawn", _("取下げ")),
]
RETURNS = [("sent_back", _("差戻し")), ("reopened", _("決定前の訂正"))]
ASSENTS = [
    (Assent.MODULE_CONSENT.value, _("連携への同意（第7条第3項）")),
    (Assent.PREMIUM_CONSENT.value, _("設定変更への同意（第7条第4項）")),
    (Assent.BYPASS_OPTION.value, _("バイパスオプション（第7条第6項）")),
    (Assent.ADVANCED_SUPPORT.value, _("アドバンストサポートオプション（第7条第7項）")),
    (Assent.OWN_PREMIUM_CONSENT.value, _("特則への契約者の同意（第17条第1項）")),
]
WORK = [
    ("application", _("申込の決定")),
    ("returned", _("差し戻された申込")),
    ("rejected", _("拒絶された申込")),
    ("asked", _("二人目の確認")),
    ("handed_back", _("差し戻された依頼")),
    ("accepted", _("承諾された申込")),
    ("confirmed", _("確定された依頼")),
    ("claim_granted", _("認められた請求")),
    ("claim_refused", _("認められなかった請求")),
    ("eligibility", _("利用資格")),
    ("consent", _("同意・前提")),
    ("readiness", _("通信環境の準備")),
    ("untold", _("設定変更の報告")),
    ("start", _("課金開始日")),
    ("contradiction", _("事実の矛盾")),
    ("renewal", _("期間ライセンスの更新")),
    ("ending", _("終了の予定")),
    ("minimum_term", _("最低利用期間の満了")),
    ("pair", _("同日に終了する対")),
    ("alone", _("残された監視")),
    ("price", _("料金の未登録")),
    ("claim", _("減額の請求")),
    ("claim_due", _("減額の請求の期限")),
]
BASES = [
    (Basis.AGREED.value, _("契約者との合意（I-50）")),
    (Basis.SLIP.value, _("当社の誤記（I-51）")),
]
CORRECTED = [
    ("name", _("名称")),
    ("change", _("変更")),
    ("start", _("課金開始日")),
    ("price", _("料金")),
    ("linked_service", _("対応サービスの状態")),
    ("consent", _("同意・前提")),
    ("outage", _("利用不能")),
    ("breach", _("品質保証の違背")),
    ("abolition", _("EDRオプションの廃止")),
    ("transfer", _("契約の移転")),
    ("move", _("管理単位の移動")),
]
"""Facts that are put right by a declared kind of correction; a notice has its own (I-34)."""
TRANSFERS = [("transfer", _("契約上の地位の移転")), ("merger", _("合併"))]
EFFECTS = [("ended", _("終了")), ("renewed", _("更新")), ("changed", _("変更"))]
HAND_OVER_STATES = [("waiting", _("予定")), ("done", _("実施済み")), ("taken_back", _("取消し済み"))]
ASKED_STATES = [("waiting", _("確認待ち")), ("done", _("確定済み")), ("refused", _("差戻し済み"))]
JOBS = [
    ("effects", _("効力の記録")),
    ("worklist", _("作業一覧の更新")),
    ("dated", _("名称と担当の引継ぎの適用")),
    ("digest", _("期限のお知らせ")),
    ("documents", _("書面の作成と送信")),
    ("abolition", _("EDRオプションの廃止")),
    ("check", _("台帳の検査")),
]
JOB_STATES = [("waiting", _("待機中")), ("running", _("実行中")), ("done", _("完了")), ("stopped", _("停止"))]
MAIL_STATES = [("waiting", _("未送信")), ("sending", _("送信中")), ("sent", _("送信済み")), ("failed", _("送信失敗"))]
RECORDS = [
    ("customer", _("契約者")),
    ("unit", _("管理単位")),
    ("name", _("名称")),
    ("linked_service", _("対応サービス")),
    ("application", _("申込")),
    ("contract", _("契約")),
    ("option", _("オプション")),
    ("change", _("変更")),
    ("price", _("料金")),
    ("notice", _("解約通知")),
    ("outage", _("利用不能")),
    ("breach", _("品質保証の違背")),
    ("consent", _("同意・前提")),
    ("setting_change", _("設定変更")),
    ("work_item", _("作業")),
    ("month", _("月次")),
    ("effect", _("効力の記録")),
    ("job", _("定時処理")),
    ("abolition", _("EDRオプションの廃止")),
    ("held_settlement", _("保留した解除調定金")),
    ("invoice", _("請求書")),
    ("billing_group", _("請求先グループ")),
    ("export", _("帳票の書出し")),
    ("journal_file", _("会計ソフトへの仕訳")),
    ("asked", _("確認待ちの操作")),
    ("hand_over", _("引継ぎ")),
    ("book", _("台帳の持込")),
    ("book_export", _("台帳の書出し")),
    ("transfer", _("契約の移転")),
    ("move", _("管理単位の移動")),
    ("document", _("お客様への書面")),
    ("person", _("利用者")),
    ("role", _("役割")),
    ("login", _("ログイン")),
    ("settings", _("設定")),
    ("ledger_check", _("台帳の検査")),
    ("rights", _("権限の変更")),
    ("password", _("パスワード")),
    ("billing_party", _("請求先")),
    ("order_number", _("管理単位の注文番号")),
    ("invoice_mark", _("送付と入金")),
    ("receipts", _("入金の一覧")),
]
OPERATIONS = [
    ("import", _("台帳の取込")),
    ("bring_book", _("台帳の持込")),
    ("send_book", _("台帳の提出")),
    ("reject_book", _("台帳の却下")),
    ("take_book", _("台帳の取込の決定")),
    ("register", _("登録")),
    ("rename", _("名称の変更")),
    ("assign", _("担当の変更")),
    ("plan_hand_over", _("引継ぎの予定")),
    ("draft", _("下書きの保存")),
    ("receive", _("受付")),
    ("send_back", _("差戻し")),
    ("reopen", _("決定前の訂正")),
    ("accept", _("承諾")),
    ("reject", _("拒絶")),
    ("acknowledge", _("拒絶の確認")),
    ("withdraw", _("取下げ")),
    ("consent", _("同意・前提の記録")),
    ("end_consent", _("同意・前提の終了")),
    ("readiness", _("通信環境の準備の記録")),
    ("start", _("課金開始日の決定")),
    ("setting_change", _("設定変更の記録")),
    ("tell", _("設定変更の報告")),
    ("take", _("作業の引受け")),
    ("settle", _("作業の済み")),
    ("unsettle", _("作業の済みの取消し")),
    ("close", _("月次の締め")),
    ("quote", _("料金の登録")),
    ("keep_price", _("料金据置の記録")),
    ("change_price", _("料金の変更")),
    ("withdraw_price", _("料金の取下げ")),
    ("correct_price", _("料金の訂正")),
    ("correct", _("訂正")),
    ("take_back", _("取消し")),
    ("ask", _("確認の依頼")),
    ("confirm", _("二人目の確定")),
    ("hand_back", _("依頼の差戻し")),
    ("notice", _("解約通知の受付")),
    ("withdraw_notice", _("解約通知の撤回")),
    ("correct_notice", _("解約通知の訂正")),
    ("move_end", _("終了日の決定")),
    ("take_effect", _("効力の発生")),
    ("undo_effect", _("効力の記録の取消し")),
    ("abolish", _("EDRオプションの廃止")),
    ("run_again", _("再実行の依頼")),
    ("resend", _("再送の依頼")),
    ("propose", _("月次の提案")),
    ("ask_close", _("締めの依頼")),
    ("issue", _("請求書の発行")),
    ("group", _("請求先グループの変更")),
    ("bill_to", _("請求先の決定")),
    ("order_number", _("注文番号の決定")),
    ("mark", _("送付・入金の記録")),
    ("mark_sent", _("送付の一括記録")),
    ("read_receipts", _("入金の一覧の読込")),
    ("mark_paid", _("入金の一括記録")),
    ("bill_held", _("保留の解除調定金の請求")),
    ("waive_held", _("保留の解除調定金の免除")),
    ("export", _("書出し")),
    ("record_outage", _("利用不能の記録")),
    ("restore", _("復旧の記録")),
    ("record_uptime", _("稼働率の記録")),
    ("record_notification", _("通知の遅れの記録")),
    ("decide_fault", _("帰責の決定")),
    ("receive_claim", _("減額の請求の受付")),
    ("grant_claim", _("減額の請求を認める決定")),
    ("refuse_claim", _("減額の請求を認めない決定")),
    ("transfer", _("契約の移転")),
    ("hold", _("契約者の変更")),
    ("move", _("管理単位の移動")),
    ("stay", _("管理単位の変更")),
    ("make_document", _("書面の作成")),
    ("reissue", _("請求書の再発行")),
    ("mail_document", _("書面の送信の依頼")),
    ("bounce", _("不達の記録")),
    ("log_in", _("ログイン")),
    ("log_in_failed", _("ログインの失敗")),
    ("log_out", _("ログアウト")),
    ("change_person", _("利用者の変更")),
    ("change_role", _("役割の変更")),
    ("set_password", _("パスワードの変更")),
    ("remove", _("削除")),
    ("begin", _("起動時の設定")),
    ("check", _("台帳の検査")),
    ("ask_rights", _("権限の変更の依頼")),
    ("grant_rights", _("権限の変更の許可")),
    ("refuse_rights", _("権限の変更の却下")),
    ("own_password", _("自分のパスワードの変更")),
]
