"""The ground of a correction: what it rests on, why, and who may make it (I-50, I-51)."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from contracts.models.fact import BOOKKEEPING, Fact
from contracts.operations.refusal import Refused
from contracts.terms.putting_right import Basis, Written, own_slip_of_today


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """What a correction rests on: agreed with the customer, on a document; or our own slip. ``leads``: made by somebody who
    may decide what binds the customer, and any slip of any day.
    """

    basis: Basis
    document: str = ""
    reason: str
    leads: bool

    def must_hold(self) -> None:
        """Raises Refused without a reason, without the document of what was agreed, and where it is a lead's to make."""
        if not self.reason.strip():
            raise Refused(_("訂正には理由が必要です。"), field="reason", clause="9-1")
        if self.basis is Basis.AGREED and not self.document.strip():
            sentence = _("契約者との合意による訂正には、合意を示す文書番号が必要です（I-50）。")
            raise Refused(sentence, field="document", clause="9-1")
        if self.basis is Basis.AGREED and not self.leads:
            sentence = _(
                "契約者を拘束する訂正は、責任者が行います。自分が今日記録した誤記は、自分で訂正できます（I-51）。"
            )
            raise Refused(sentence, field="ground", clause="9-1")

    def must_allow(self, row: Fact, would: Fact | None, *, on: date, by: str) -> None:
        """Raises Refused where the row is not the person's own of today and they are no lead, or where what it would say
        otherwise (None: anything) was said before it.
        """
        if self.leads:
            return
        if not _own(row, on=on, by=by):
            sentence = _("自分が今日記録したものではありません。責任者が訂正します（I-51）。")
            raise Refused(sentence, field="ground", clause="9-1")
        before = before_today(row, on=on, by=by)
        if before is not None and (would is None or _said_before(before, row, would)):
            sentence = _("この内容は、今日より前に、又はほかの人が記録したものです。責任者が訂正します（I-51）。")
            raise Refused(sentence, field="ground", clause="9-1")


def before_today(row: Fact, *, on: date, by: str) -> Fact | None:
    """What was said in the place of the row before the person wrote anything of it today; None where they began it today."""
    for earlier in rows_before(row):
        if not _own(earlier, on=on, by=by):
            return earlier
    return None


def rows_before(row: Fact) -> list[Fact]:
    """The rows that were replaced one after the other until this one stood, the newest first."""
    found: list[Fact] = []
    here: Any = row
    while earlier := type(row)._default_manager.filter(replaced_by=here.pk).first():
        found.append(earlier)
        here = earlier
    return found


def _own(row: Fact, *, on: date, by: str) -> bool:
    written = Written(by=row.recorded_by, on=timezone.localtime(row.recorded_at).date())
    return own_slip_of_today(written, by=by, on=on)


def _said_before(before: Fact, row: Fact, would: Fact) -> bool:
    """Whether a column that would be otherwise stood so before the person's own rows of today."""
    otherwise = [name for name in said_names(row) if getattr(row, name) != getattr(would, name)]
    return any(getattr(before, name) == getattr(row, name) for name in otherwise)


def said_names(row: Fact) -> list[str]:
    """The columns of a fact that say something, by the names of their values."""
    return [field.attname for field in row._meta.concrete_fields if field.name not in BOOKKEEPING]
