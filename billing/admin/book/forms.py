"""The forms of a book: the file, how a list is to be read, what is to be taken out."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from contracts.admin.kit.fields import reason_field
from contracts.intake.book.cells import CellError, code, day, text
from contracts.intake.book.headings import bare
from contracts.intake.book.listed import FIELDS, NAMES, PASSED_OVER, SAYABLE
from contracts.intake.book.narrowed import Narrowed
from contracts.operations.export_book import CSV, XLSX

LEAVE, SKIP = "", "-"
"""In the choice of a column: as it is known, and not to be read."""
SAID, COLUMN = "said_", "column_"
_HELP = {
    "kind": _(
        "種類のあるモジュールの種類。いくつもあるときは「、」で区切ります。例：FireWall-1、ファイアウォール:タイプ1"
    ),
    "holder": _("対応サービスの名義。「契約者」なら契約者自身です。"),
}
_DAY_HELP = _("日付（例：2025-04-01）、又はその日のある列の名（例：申込日）。")


class BringForm(forms.Form):
    """The file."""

    file = forms.FileField(
        label=_("ファイル"),
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": ".xlsx,.xlsm,.zip,.csv,.tsv,.txt"}),
        help_text=_("Excel（.xlsx、.xlsm）、CSVをまとめた.zip、又は一枚の一覧（.xlsx、.csv）。"),
        error_messages={"required": _("ファイルを選んでください。")},
    )


class TakeForm(forms.Form):
    """What the decision was made on."""

    mark = forms.CharField(required=False, widget=forms.HiddenInput)


class RejectForm(forms.Form):
    """Why the book does not come in."""

    reason = reason_field(_("却下の理由"))


class ReadingForm(forms.Form):
    """How a list is to be read: what each of its columns is, and what holds for all rows where no column says it."""

    def __init__(self, listed: Mapping[str, Any], said: Mapping[str, str], *args: Any) -> None:
        super().__init__(*args)
        self.headings = list(listed["headings"])
        names = [(meant, names[0]) for meant, names in NAMES.items()]
        for at, (heading, meant) in enumerate(zip(self.headings, listed["fields"], strict=True)):
            self.fields[f"{COLUMN}{at}"] = forms.ChoiceField(
                label=heading,
                required=False,
                choices=[(LEAVE, _("（決めていません）")), (SKIP, _("読みません")), *names],
                initial=SKIP if meant == PASSED_OVER else meant or LEAVE,
            )
        known = {meant for meant in listed["fields"] if meant}
        by_field = {FIELDS.get(bare(name), ""): value for name, value in {**listed["said"], **said}.items()}
        for name in SAYABLE:
            if name not in known:
                self.fields[f"{SAID}{name}"] = forms.CharField(
                    label=NAMES[name][0],
                    required=False,
                    max_length=255,
                    initial=by_field.get(name, ""),
                    help_text=_HELP.get(name, _DAY_HELP if name.endswith("_on") else ""),
                )

    def clean(self) -> dict[str, Any]:
        """Each day a day or a column's name; each field of the list once."""
        given: dict[str, Any] = super().clean() or {}
        taken: dict[str, str] = {}
        for name, value in list(given.items()):
            if name.startswith(COLUMN) and value not in (LEAVE, SKIP):
                if value in taken:
                    said = {"other": self.fields[taken[value]].label}
                    self.add_error(name, _("「%(other)s」と同じ項目です。一つの列だけにしてください。") % said)
                taken.setdefault(value, name)
            elif name.startswith(SAID) and value and bare(value) not in FIELDS:
                try:
                    (day if name.endswith("_on") else text)(value)
                except CellError as error:
                    self.add_error(name, error.args[0].said())
        return given

    def said(self) -> dict[str, str]:
        """What is said of all rows, by heading."""
        fields = {name: value for name, value in self.cleaned_data.items() if name.startswith(SAID)}
        return {NAMES[name.removeprefix(SAID)][0]: value for name, value in fields.items() if value}

    def columns(self) -> dict[str, str]:
        """What each column is, by its heading."""
        found = {}
        for at, heading in enumerate(self.headings):
            meant = self.cleaned_data.get(f"{COLUMN}{at}", LEAVE)
            if meant != LEAVE:
                found[heading] = PASSED_OVER if meant == SKIP else meant
        return found

    def of_columns(self) -> list[forms.BoundField]:
        """The fields of the columns."""
        return [field for field in self if field.name.startswith(COLUMN)]

    def of_rows(self) -> list[forms.BoundField]:
        """The fields of what holds for all rows."""
        return [field for field in self if field.name.startswith(SAID)]


class OutForm(forms.Form):
    """Which book is taken out, and how."""

    customer = forms.CharField(label=_("契約者コード"), required=False, max_length=64)
    unit = forms.CharField(label=_("管理単位コード"), required=False, max_length=64)
    form = forms.ChoiceField(label=_("形式"), choices=[(XLSX, _("Excel（.xlsx）")), (CSV, _("CSV（.zip）"))])
    headings = forms.ChoiceField(label=_("見出し"), choices=[("ja", _("日本語")), ("en", _("英語"))])

    def clean_customer(self) -> str:
        """A code as codes are written."""
        return _code(self.cleaned_data["customer"])

    def clean_unit(self) -> str:
        """A code as codes are written."""
        return _code(self.cleaned_data["unit"])

    def clean(self) -> dict[str, Any]:
        """Of a customer or of a unit, not of both."""
        given: dict[str, Any] = super().clean() or {}
        if given.get("customer") and given.get("unit"):
            self.add_error("unit", _("契約者か管理単位か、どちらか一つを書いてください。"))
        return given

    def narrowed(self) -> Narrowed:
        """What is asked for."""
        return Narrowed(customer=self.cleaned_data["customer"], unit=self.cleaned_data["unit"])


def _code(raw: str) -> str:
    try:
        return str(code(raw)) if raw else ""
    except CellError as error:
        raise forms.ValidationError(error.args[0].said()) from None
