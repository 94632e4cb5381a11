"""Columns of 利用不能 and 品質保証の違背, for every page that shows some. Their screens, which show money, are in billing.admin.incident.admin."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from contracts import clock
from contracts.admin.kit.columns import choice, column, day, iso, link, minute, moment, own_page
from contracts.judge.claims import CLAIMED, EXCUSED, GRANTED, LAPSED, OPEN, REFUSED, TOO_SHORT, UNCLAIMED, standing
from contracts.operations.claims import plain_of

STANDINGS = {
    OPEN: _("復旧待ち"),
    TOO_SHORT: _("時間不足（第15条第1項）"),
    EXCUSED: _("減額なし（第11条第2項）"),
    UNCLAIMED: _("未請求"),
    CLAIMED: _("請求済み・未決定"),
    GRANTED: _("認めた"),
    REFUSED: _("認めない"),
    LAPSED: _("失効"),
}


def _standing(row: Any) -> Any:
    return STANDINGS[standing(plain_of(row), clock.today())]


CONTRACT = link("contract__target", _("契約番号"), name="contract")
UNIT = link("contract__target__unit", _("管理単位"))
KNOWN, RESTORED = moment("known_at", _("覚知日時")), moment("restored_at", _("復旧日時"))
OCCURRED, GUARANTEE = moment("occurred_at", _("発生日時")), choice("guarantee", _("保証事項"))
CLAIMED_ON = day("claimed_on", _("請求日"))
DEADLINE = column("deadline", _("請求の期限"), lambda row: iso(plain_of(row).deadline))
SAFE = column("safe_day", _("安全な日"), lambda row: iso(plain_of(row).safe_day))
STANDING = column("standing", _("請求の状態"), _standing)
FAULT = choice("fault", _("帰責"))
OUTAGE_COLUMNS = (
    own_page("known_at", _("覚知日時"), lambda row: minute(row.known_at)),
    RESTORED,
    CLAIMED_ON,
    DEADLINE,
    STANDING,
)
BREACH_COLUMNS = (
    own_page("occurred_at", _("発生日時"), lambda row: minute(row.occurred_at)),
    GUARANTEE,
    CLAIMED_ON,
    DEADLINE,
    STANDING,
)
