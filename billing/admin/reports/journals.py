"""会計ソフトへの仕訳: what was taken out for which package, its slips, and the file again."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import path, reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from billing.admin.kit.filters import in_month
from billing.admin.month.became import became
from billing.admin.reports.page import EXPORT
from billing.models import JournalFile, JournalSlip, Month
from billing.models.journal import PACKAGES
from billing.operations.export_journal import export_journal, journal_again, packages_of
from contracts.admin.kit.base import Related, list_of
from contracts.admin.kit.columns import choice, column, link, moment, number, plain, who, yen
from contracts.admin.kit.verb import Given, Verb
from contracts.admin.kit.verbs import ActingAdmin
from contracts.admin.kit.words import LISTED, MODELS
from contracts.models import Entry
from contracts.operations.refusal import Refused

MODELS["journal_file"] = JournalFile
LISTED["journal_file"] = (JournalFile, "q")
TYPES = {"csv": "text/csv", "zip": "application/zip"}


class PackageForm(forms.Form):
    """Which package the slips are for."""

    package = forms.ChoiceField(label=_("会計ソフト"), choices=PACKAGES)


def _fit(form: Any, row: Month) -> None:
    """Only packages that finance maps the journal of the month onto."""
    known = packages_of(row)
    form.fields["package"].choices = [(code, label) for code, label in PACKAGES if code in known]


def _export(row: Month, given: Given, by: User) -> JournalFile:
    out = export_journal(row, given["package"], by=by)
    out.file.close()
    return out.record


def _follows(row: Month, given: Given, rehearsal: Any) -> list[str]:
    """How many slips leave, and what they come to."""
    made: JournalFile = rehearsal.result
    found = [gettext("新しい伝票：%(count)s件") % {"count": f"{made.slip_count:,}"}]
    if made.reversal_count:
        found.append(
            gettext("前に書き出した後に変わった伝票の取消：%(count)s件") % {"count": f"{made.reversal_count:,}"}
        )
    found.append(gettext("売掛金は%(yen)s円増減します。") % {"yen": f"{made.total_yen:+,}"})
    return found


TAKE_OUT = Verb(
    name="journal",
    label=_("会計ソフトへの仕訳"),
    permission=EXPORT,
    form=PackageForm,
    fit=_fit,
    do=_export,
    follows=_follows,
    bills=False,
    done=_("仕訳のファイルを作りました。このページから受け取ってください。"),
    offered=lambda row: became(row).issued > 0,
    help=_(
        "この月の請求書を、会計ソフトに取り込む伝票にします。請求書ごとに一度だけ書き出します。前に書き出した後に科目や税区分の対応が変わったものは、"
        "取消の伝票と新しい伝票になります。"
    ),
    then=lambda row, made: reverse("admin:billing_journalfile_change", args=[made.pk]),
)
"""The verb of a month."""


NUMBER, MONTH = column("number", _("番号"), lambda row: row.pk), link("month", _("月"))
PACKAGE, FORM = choice("package", _("会計ソフト")), choice("form", _("形式"))
AT, BY = moment("exported_at", _("書出し日時")), who("exported_by", _("書き出した人"))
SLIPS, REVERSALS = number("slip_count", _("新しい伝票")), number("reversal_count", _("取消の伝票"))
ROWS, TOTAL = number("row_count", _("行数")), yen("total_yen", _("売掛金の増減（円、税込）"))
SIZE, HASH = number("size", _("大きさ（バイト）")), plain("sha256", _("SHA-256"))
MAPPING = column("mapping", _("対応の開始日"), lambda row: row.mapping_from.isoformat())
INVOICE, REVISION = link("invoice", _("請求書")), number("revision", _("版"))
KIND = column("kind", _("種類"), lambda row: gettext("取消") if row.reversal else gettext("伝票"))


@admin.register(JournalFile)
class JournalFileAdmin(ActingAdmin):
    """Files for packages, newest first."""

    list_display = (AT, MONTH, PACKAGE, FORM, SLIPS, REVERSALS, ROWS, TOTAL, BY)
    list_select_related = ("month",)
    list_filter = ("package",)
    ordering = ("-pk",)
    search_fields = ("month",)
    search_help_text = _("月から検索します（例：2025-04）")
    fieldsets = (
        (None, {"fields": (NUMBER, MONTH, PACKAGE, FORM, MAPPING, AT, BY)}),
        (_("内容"), {"fields": (SLIPS, REVERSALS, ROWS, TOTAL, SIZE, HASH)}),
    )

    def heading(self, row: JournalFile) -> str:
        said = {"package": row.get_package_display(), "month": row.month, "number": row.pk}
        return gettext("%(package)s %(month)s（%(number)s番）") % said

    def get_urls(self) -> list[Any]:
        file = path("<int:pk>/file/", self.admin_site.admin_view(self._file), name="billing_journalfile_file")
        return [file, *super().get_urls()]

    def _file(self, request: HttpRequest, pk: int) -> Any:
        """The file, made of its slips again; back to its page with the reason where it would be another."""
        if not request.user.has_perm(EXPORT):
            raise PermissionDenied
        row = JournalFile.objects.select_related("month").filter(pk=pk).first()
        if row is None:
            raise Http404
        try:
            out = journal_again(row)
        except Refused as refused:
            messages.error(request, str(refused))
            return self._back(row)
        kind = TYPES[out.name.rsplit(".", 1)[-1]]
        return FileResponse(out.file, as_attachment=True, filename=out.name, content_type=kind)

    def _back(self, row: JournalFile) -> HttpResponse:
        return HttpResponseRedirect(reverse("admin:billing_journalfile_change", args=[row.pk]))

    def found(self, term: str) -> Q:
        return in_month("month__month", term)

    def related(self, row: Any) -> list[Related]:
        slips = JournalSlip.objects.filter(file=row).select_related("invoice").order_by("pk")
        return [Related(slips, (INVOICE, REVISION, KIND, TOTAL))]

    def history_of(self, row: Any) -> str:
        return list_of(Entry, record="journal_file", subject=str(row.pk))

    def links(self, row: Any) -> list[tuple[Any, str]]:
        return [(_("ファイルを受け取る"), reverse("admin:billing_journalfile_file", args=[row.pk]))]
