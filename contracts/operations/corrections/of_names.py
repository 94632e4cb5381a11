"""What can be put right of names: what a customer or a unit is called, and from which day on (I-52)."""

from datetime import date

from django.utils.translation import gettext as _

from contracts.facts.writing import Writing
from contracts.models import Name
from contracts.operations.corrections.kind import Correction, Put
from contracts.operations.refusal import Refused
from contracts.operations.renaming import about, bring_name_up


def _must_name(was: Name, would: Name | None, on: date) -> None:
    """The first name stays the first; of one day there is one."""
    if would is None:
        if was.from_on is None:
            raise Refused(_("初めからの名称は取り消せません。訂正してください。"))
        return
    if not would.name.strip():
        raise Refused(_("名称を入力してください。"), field="name")
    if (was.from_on is None) != (would.from_on is None):
        raise Refused(_("適用日は、初めからの名称にはなく、名称変更には必要です。"), field="from_on")
    same = Name.objects.standing().filter(**about(was.owner), from_on=would.from_on)
    if same.exclude(pk=was.pk).exists():
        raise Refused(
            _("この日からの名称が既に記録されています。その名称を訂正してください（I-52）。"), field="from_on"
        )


def _with_its_owner(writing: Writing, put: Put, because: str) -> list[Put]:
    """What stands with the customer or the unit follows."""
    bring_name_up(put.was.owner, on=writing.on)
    return []


NAMES = Correction(
    kind="name",
    model=Name,
    related=("customer", "unit"),
    says=frozenset({"name", "kana", "from_on"}),
    clause=lambda row: "",
    subject=lambda row: str(row.owner.code),
    unit_id=lambda row: row.unit_id,
    units=lambda row: [row.unit_id] if row.unit_id else [],
    must=_must_name,
    beside=_with_its_owner,
    judged=False,
)
