"""画面の「?」 of the screens that show money: billing's part of the one place for all screens (contracts.admin.kit.help)."""

from django.utils.translation import gettext_lazy as _

from billing.reports import AHEAD, REPORTS
from contracts.admin.kit.help import HELP, Help

HELP |= {
    "contracts.notice": Help(
        _("契約者の解約通知などを、到達日と指定日のとおりに記録します。終了日は規程から計算し、伴って終わるものと解除調定金を、記録の前に示します。"),
        ("12-1", "10-9", "10-10", "14-1"),
    ),
    "contracts.abolition": Help(
        _("すべての契約者のEDRオプションを、一つの日に終わらせる廃止の宣言です。解除調定金は保留となり、経理が請求か免除を決めます。"),
        ("10-11",),
    ),
    "contracts.outage": Help(
        _("利用不能を、知った時刻から復旧までの時間で記録し、帰責と減額の請求を決めます。約款の定める時間に達し、期限内に請求があれば減額します。"),
        ("15-1", "11-2"),
    ),
    "contracts.breach": Help(
        _("品質保証の違背を記録し、帰責と減額の請求を決めます。期限内に請求がなければ、減額の権利は失われます。"),
        ("11-1", "15-2"),
    ),
    "contracts.bookupload": Help(
        _("契約台帳のファイルを持ち込んで試行し、誤りがなければ提出します。別の人が確かめて取り込むまで、何も登録されません。"),
    ),
    "billing.proposal": Help(
        _("月の全体を、明細を保存せずに計算し、前月との差異と計算できない対象を示します。提案した人とは別の人が確かめて締めます。"),
        ("13",),
    ),
    "billing_proposal_rows": Help(
        _("提案した月と前月との差を、契約・オプションごとに、原因と計算の根拠とともに示します。見るものと契約者で絞り込み、額の大きい順に確かめます。"),
        ("13",),
    ),
    "billing.month": Help(
        _("締めた月と、その合計・明細です。締めた月は動かず、後から届いた事実は次に締める月の訂正になります。"),
    ),
    "billing.monthclosing": Help(
        _("締めの依頼と、その計算の進み具合です。途中で止まっても、続きから計算し、同じ結果になります。"),
    ),
    "billing.ledgercheck": Help(
        _("締めた月、請求書、履歴、データベースの保護が、書かれた時のままかどうかを毎日調べた結果です。いつでも検査を依頼でき、検査は何も変えません。"),
    ),
    "billing.chargeline": Help(
        _("請求する額の明細で、期間、数量、単価、条項、計算の根拠があります。基になった事実と解釈まで、ここからたどれます。"),
        ("13", "14-1", "15-1"),
    ),
    "billing.parkedtarget": Help(
        _("料金がないなどの理由で、その月に計算できなかった契約・オプションです。直して計算し直すか、理由を付けて除外します。"),
        ("13",),
    ),
    "billing.heldsettlement": Help(
        _("計算して保留した解除調定金です。経理が理由を付けて、次の月に請求するか免除するかを一度だけ決めます。"),
        ("14-1",),
    ),
    "billing.invoice": Help(
        _("締めた月の適格請求書で、発行した時の内容のまま残ります。番号は月ごとに欠番なく付きます。"),
    ),
    "billing.document": Help(
        _("お客様へ出した請求書と案内のPDFです。一度だけ作り、何度開いても同じファイルが出ます。"),
    ),
    "billing.documentmail": Help(
        _("書面を添付して送るメールの一覧です。同じ書面は同じ宛先へ一度だけ送り、送れなかったものと、届かずに戻ったものが分かります。"),
    ),
    "billing.billinggroup": Help(
        _("一人の契約者の管理単位をいくつかに分け、それぞれの宛先に請求するためのグループです。グループがなければ、契約者に一通で請求します。"),
    ),
    "billing.billingparty": Help(
        _("請求書の宛先、送付方法、支払条件、振込先を、適用日から決めます。発行日の請求先を使い、発行済みの請求書は変わりません。"),
    ),
    "billing.invoicemark": Help(
        _("請求書を送付した日と、全額が入金された日の記録です。誤った記録は、理由を付けて取り消します。"),
    ),
    "billing.receipts": Help(
        _("銀行などの入金の一覧（CSV）を読み込み、番号と金額が合う請求書を入金済みにします。合わない行は理由を示し、記録せずに残します。"),
    ),
    "billing.exportrecord": Help(
        _("だれが、いつ、どの帳票を、どの絞り込みで取り出したかの記録です。同じものをもう一度作り、同じであることを確かめられます。"),
    ),
    "billing.journalfile": Help(
        _("請求書を会計ソフトの伝票として書き出した記録です。同じ請求書は一度だけ書き出し、後で変わったものは取消と新しい伝票になります。"),
    ),
    "billing.forecast": Help(
        _("先の一年から二年に請求される見通しと、MRRの増減です。締めと同じ計算で、新しい事実がなければ締めた額と一致します。"),
        ("5", "10-9", "13"),
    ),
    "billing_reports": Help(
        _("請求、仕訳、解除調定金、減額、異動、更新期限の帳票です。絞り込んで見て、Excel又はCSVで取り出します。"),
    ),
}  # fmt: skip

HELP |= {f"billing_report_{report.name}": HELP["billing_reports"] for report in REPORTS}
HELP |= {f"billing_report_{report.name}": HELP["billing.forecast"] for report in AHEAD}
