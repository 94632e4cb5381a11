"""効力の記録: what took effect, when, and by which clause."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from contracts.admin.kit.base import OfTargetAdmin, by_code
from contracts.admin.kit.columns import choice, clause, column, day, link, moment, own_page, plain, target
from contracts.facts.names import value_said
from contracts.models import Effect
from contracts.terms.unit import What


def _said(row: Effect) -> str:
    """What it came to: the new term's last day, the new category, item, years or licences."""
    if row.kind != "changed":
        return row.value
    what = What(row.of)
    number = what in (What.RETENTION_YEARS, What.QUANTITY)
    return value_said(what, int(row.value) if number else row.value)


ON, KIND, TARGET, UNIT = (
    day("on", _("効力の生じた日")),
    choice("kind", _("効力")),
    target(),
    link("target__unit", _("管理単位")),
)
CLAUSE, READINGS = clause("clause", _("条項")), plain("readings", _("解釈"))
VALUE, AFTER = column("value", _("結果"), _said), plain("after", _("伴った対象"))
AT = moment("recorded_at", _("記録日時"))
COLUMNS = (
    own_page("on", _("効力の生じた日"), lambda row: row.on.isoformat()),
    KIND,
    VALUE,
    AFTER,
    CLAUSE,
    READINGS,
    AT,
)


@admin.register(Effect)
class EffectAdmin(OfTargetAdmin):
    """What took effect, newest record first."""

    subject_path = "target__number"
    list_display = (ON, KIND, TARGET, UNIT, VALUE, AFTER, CLAUSE, READINGS, AT)
    list_select_related = ("target__unit",)
    list_filter = ("kind", by_code("target", _("対象番号"), "target__number"))
    fieldsets = ((None, {"fields": (TARGET, UNIT, KIND, ON, VALUE, AFTER, CLAUSE, READINGS, AT)}),)
