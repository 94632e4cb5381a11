"""画面の「?」: what each screen is for, in two sentences, with the clauses that it rests on; one place for all screens."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Help:
    """What a screen is for, and what is done on it: two sentences; and the clauses of its rule."""

    text: Any
    clauses: tuple[str, ...] = ()


HELP: dict[str, Help] = {
    "index": Help(
        _("今日、決めること・することを、種別ごとに、管理単位と日で一行にまとめて示します。原因がなくなれば行は消えます。"),
    ),
    "contracts.workitem": Help(
        _("すべての作業を日付順に示し、引き受け、メモを残し、契約者に確かめて済む作業を済みにします。ほかの作業は、その事実を記録すれば消えます。"),
    ),
    "contracts_workitem_calendar": Help(
        _("期限、終了、更新、最低利用期間の満了を、月ごとに日に並べて示します。日の中の行から、片付ける画面に移れます。"),
        ("10-9", "5", "10-8"),
    ),
    "contracts.asked": Help(
        _("一人が依頼し、別の人の確認を待っている操作です。内容を今の事実で計算し直して確かめ、確定するか、理由を書いて差し戻します。"),
    ),
    "contracts.application": Help(
        _("一枚の申込は一つの管理単位についてのもので、契約・オプション・変更・料金をまとめて申し込みます。受付の後に別の人が承諾すると、契約になります。"),
        ("6", "10-1"),
    ),
    "contracts_application_new": Help(
        _("申し込まれた内容を行として加えると、右に判定と合計が出ます。一緒に必要なものは一枚にまとめ、受け付けて決定を待ちます。"),
        ("7-1", "7-10", "7-12", "7-13"),
    ),
    "contracts_application_accept": Help(
        _("承諾を試しに行った結果（契約になるもの、動く終了日、締めた月の訂正、請求の増減）を見て決めます。承諾すると、ここに示したとおりに登録されます。"),
        ("7-1", "13"),
    ),
    "contracts.contract": Help(
        _("契約の一つ一つと、その課金開始日、最低利用期間、料金、終了日です。準備完了日、課金開始日、料金、障害はこの画面から記録します。"),
        ("6", "5"),
    ),
    "contracts.option": Help(
        _("契約に付けたオプションと、その最低利用期間又は契約期間です。付した契約が終われば、オプションも終わります。"),
        ("10-2", "10-8", "10-9"),
    ),
    "contracts.customer": Help(
        _("契約の当事者である契約者です。新しい契約者は、管理単位・対応サービス・同意とともに一枚の画面で始められます。"),
    ),
    "contracts_customer_first": Help(
        _("新しい契約者、最初の管理単位、契約者名義の対応サービスと同意を一度に登録します。登録すると、そのまま申込の入力に進みます。"),
        ("7-3", "7-6"),
    ),
    "contracts.managementunit": Help(
        _("利用資格を判定する単位で、カテゴリの契約は一つの管理単位に一つだけです。選んだ日の契約、条件を満たすかどうか、これからの予定を一枚で示します。"),
        ("6-1", "7-1"),
    ),
    "contracts_managementunit_leaving": Help(
        _("選んだ契約を解約すると、いつ終わり、いくらかかるかを、通知を記録する前に示します。日を選ぶと内訳が変わり、そのまま通知の受付に進めます。"),
        ("12-1", "14-1", "10-9"),
    ),
    "contracts_managementunit_changing": Help(
        _("カテゴリ、数、年数、料金を変え、又は契約を加えたときの請求を、今のままの場合と月ごとに比べます。何も記録せず、そのまま申込に進めます。"),
        ("9-1", "10-5", "13"),
    ),
    "search": Help(
        _("名称・かな・番号の一部で、契約者、管理単位、契約、申込、通知、請求書などをまとめて探します。どの画面でも「/」キーで始められます。"),
    ),
    "contracts_managementunit_hand-over": Help(
        _("ある人の担当する管理単位を、すべて又は選んで、別の人に引き継ぎます。確定の前に、移る管理単位を示します。"),
    ),
    "contracts.linkedservice": Help(
        _("連携モジュールが連携する、当社のほかのサービスです。種類・品目・名義は日とともに変わり、モジュールはそれと一致していなければなりません。"),
        ("2", "7-5"),
    ),
    "contracts.linkedservicestate": Help(
        _("対応サービスの、ある日からの種類・品目・名義です。誤りは訂正として直し、前の記録も残ります。"),
        ("7-5",),
    ),
    "contracts.consent": Help(
        _("連携、設定変更、特則についての同意と、対応サービスの前提オプションの記録です。同意が終わる日の翌日から、それを要する管理単位は利用資格を失います。"),
        ("7-3", "7-4", "7-6", "7-7", "17-1"),
    ),
    "contracts.change": Help(
        _("承諾したカテゴリ・品目・保管年数・ライセンス数の変更です。変更日からの月額費用か料金据置を、必ずどちらか記録します。"),
        ("9-1", "10-5"),
    ),
    "contracts.price": Help(
        _("契約・オプションごとの初期費用・月額費用・一時費用で、見積りのとおりに、適用日とともに登録します。料金のない費目は、0円ではなく誤りとして扱います。"),
        ("13",),
    ),
    "contracts.effect": Help(
        _("終了・更新・変更が、その日に効力を生じたことの記録です。毎朝の定時処理が書き、事実が直れば書き直します。"),
        ("12-1", "10-9", "9-1"),
    ),
    "contracts.settingchange": Help(
        _("特則に基づき、確認せずに行った設定変更の記録です。契約者への報告が済むまで、作業一覧に残ります。"),
        ("17-1", "17-2"),
    ),
    "contracts.factcorrection": Help(
        _("承諾した事実を訂正し、又は取り消した記録で、根拠と理由が残っています。訂正は、直す記録の画面から行います。"),
    ),
    "contracts.entry": Help(
        _("だれが、いつ、なぜ、何をどう変えたかの履歴です。書き換えることも消すこともできません。"),
    ),
    "contracts.bookimport": Help(
        _("取り込んだ契約台帳と、そのときに登録した行数、読み替え、警告の記録です。取込みは「台帳の持込」から行います。"),
    ),
    "contracts.job": Help(
        _("効力の記録、作業一覧の更新、お知らせのメールを、毎日行う処理です。止まっていれば、ここから続きを、又はもう一度、実行します。"),
    ),
    "contracts.digest": Help(
        _("担当者に送る、決定・作業・結果・予定のメールです。届いたかどうか分からないものは、確かめてからもう一度送れます。"),
    ),
    "contracts_catalogue": Help(
        _("規程が定めるカテゴリ、モジュール、品目、オプションの一覧です。契約できる組合せは、ここにあるものがすべてです。"),
        ("1", "2", "3", "4", "10-2"),
    ),
    "contracts_readings": Help(
        _("規程に書かれていない点、読み方の分かれる点についての、当社の解釈です。画面の I-01 などの番号は、ここを指します。"),
    ),
    "contracts_clauses": Help(
        _("規程の本文を、条・項・号のとおりに示します。画面の条項を押すと、その場で同じ本文が開きます。"),
    ),
    "contracts.transfer": Help(
        _("管理単位の契約が、ある日から別の契約者のものになった記録です。移転は管理単位の画面から入力し、誤りは訂正か取消しで直します。"),
        ("7-3", "17-1"),
    ),
    "contracts.move": Help(
        _("契約が、ある日から別の管理単位のものになった記録です。移動は管理単位の画面から入力し、誤りは訂正か取消しで直します。"),
        ("6-1", "7-1"),
    ),
    "contracts.handover": Help(
        _("担当する管理単位を、ある日から別の人に引き継ぐ記録です。その日から、作業一覧とメールは引き継ぐ人のものになります。"),
    ),
    "contracts.name": Help(
        _("契約者と管理単位の名称と、それがいつからのものかの記録です。改称は契約者又は管理単位の画面から入力し、誤りは訂正か取消しで直します。"),
    ),
    "auth.user": Help(
        _("ログインする人と、その役割です。辞めた人は消さずに無効にし、担当は引継ぎで移します。"),
    ),
    "contracts.rightschange": Help(
        _("役割や権限の変更の依頼と、その決定です。依頼した人とは別の人が許可して初めて変わり、対象の人はもう一度ログインすることになります。"),
    ),
    "contracts_rights": Help(
        _("役割ごとに、何ができ、どの画面を見られるかの一覧です。今の役割の権限と、画面が求める権限から作ります。"),
    ),
    "auth.group": Help(
        _("役割ごとの、見られるものとできることです。変えると、その役割の人すべてに及びます。"),
    ),
}  # fmt: skip
"""By the name of an address, or by the model whose screens it is of; billing adds its own."""


def help_of(name: str, model: str) -> Help | None:
    """The help of a screen by the name of its address, else by its model (``contracts.price``); None where it has none."""
    return HELP.get(name) or HELP.get(model)
