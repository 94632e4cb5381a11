"""What is on record, table by table: every row with its stamps, whether it stands or not, as the book carries it out and back.

A row keeps its number (its primary key) on the way, so that whatever names it by number goes on meaning it: the row that replaced
another, the history, the worklist. What has a code or a number of its own is referred to by that.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.contrib.auth.models import User
from django.db.models import Field, ForeignKey, Model, Q, QuerySet
from django.utils.translation import override

from contracts import models

ROWS_AT_ONCE = 2000

NOTHING = Q()
OF_THE_LEDGER = Q(record__in=["month", "held_settlement", "invoice", "invoice_mark", "receipts", "export"])
"""Entries that tell of months, lines and invoices: they stay with the ledger, which is no part of the book."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """A table of the record: what its sheet is called, in English and in Japanese.

    ``named_by`` is the lookup of the code or number by which other rows refer to one of its rows; '' where none does.
    """

    name: str
    label: str
    model: type[Model]
    named_by: str = ""
    without: Q = NOTHING
    """Rows that are not in the book."""

    def rows(self) -> QuerySet[Any]:
        """The rows of the table that are in the book."""
        rows = self.model._base_manager.all()
        return rows.exclude(self.without) if self.without else rows


PEOPLE = Recorded("people", "利用者", User, "username")
"""The people that records name by their log-in. A book carries neither passwords nor roles."""

OF_CONTRACTS: tuple[Recorded, ...] = (
    PEOPLE,
    Recorded("customers", "契約者", models.Customer, "code"),
    Recorded("units", "管理単位", models.ManagementUnit, "code"),
    Recorded("linked_services", "対応サービス", models.LinkedService, "code"),
    Recorded("linked_states", "対応サービスの状態", models.LinkedServiceState),
    Recorded("applications", "申込", models.Application, "number"),
    Recorded("targets", "対象", models.Target, "number"),
    Recorded("contracts", "契約", models.Contract, "target__number"),
    Recorded("options", "オプション", models.Option, "target__number"),
    Recorded("starts", "課金開始日", models.BillingStart),
    Recorded("changes", "変更", models.Change),
    Recorded("prices", "料金", models.Price),
    Recorded("notices", "解約通知", models.Notice),
    Recorded("consents", "同意・前提", models.Consent),
    Recorded("setting_changes", "設定変更", models.SettingChange),
    Recorded("outages", "利用不能", models.Outage),
    Recorded("breaches", "品質保証の違背", models.Breach),
    Recorded("abolitions", "EDRオプションの廃止", models.Abolition),
    Recorded("corrections", "訂正の記録", models.FactCorrection),
    Recorded("asked", "確認待ちの操作", models.Asked),
    Recorded("effects", "効力", models.Effect),
    Recorded("work_items", "作業一覧", models.WorkItem),
    Recorded("numbers", "番号", models.NumberSeries),
    Recorded("moments", "版の日時", models.RevisionMoment),
    Recorded("imports", "台帳の取込", models.BookImport),
    Recorded("jobs", "定時処理", models.Job),
    Recorded("entries", "履歴", models.Entry, without=OF_THE_LEDGER),
    Recorded("names", "名称", models.Name),
    Recorded("hand_overs", "引継ぎ", models.HandOver),
    Recorded("transfers", "契約の移転", models.Transfer),
    Recorded("moves", "管理単位の移動", models.Move),
)
"""In the order in which they are written and restored: what a row refers to stands in an earlier table."""


@dataclass(frozen=True, slots=True)
class RecordColumn:
    """A column of a table: its English name, its Japanese heading, the field, and the lookup of what is written in it.

    ``refers_to`` is the table whose row it names by code or number; None where the column says its own value.
    """

    name: str
    label: str
    field: "Field[Any, Any]"
    path: str
    refers_to: Recorded | None = None


def columns_of(table: Recorded, tables: Sequence[Recorded]) -> tuple[RecordColumn, ...]:
    """The columns of a table of those ``tables``: every column that the database has of it, in its order."""
    return _columns(table, tuple(tables))


@lru_cache(256)
def _columns(table: Recorded, tables: tuple[Recorded, ...]) -> tuple[RecordColumn, ...]:
    if table is PEOPLE:
        named = {"username": "ユーザー名", "last_name": "姓", "first_name": "名"}
        fields = {field.name: field for field in User._meta.concrete_fields}
        return tuple(RecordColumn(name, label, fields[name], name) for name, label in named.items())
    named_by = {one.model: one for one in tables if one.named_by}
    with override("ja"):
        return tuple(_column(field, named_by) for field in table.model._meta.concrete_fields)


def _column(field: "Field[Any, Any]", named_by: dict[type[Model], Recorded]) -> RecordColumn:
    if not isinstance(field, ForeignKey):
        return RecordColumn(field.name, "記録番号" if field.primary_key else str(field.verbose_name), field, field.name)
    referred: Any = field.related_model
    if referred is field.model:
        return RecordColumn(field.name, str(field.verbose_name), field, field.attname)
    table = named_by[referred]
    return RecordColumn(field.name, str(field.verbose_name), field, f"{field.name}__{table.named_by}", table)


def rows_on_record(table: Recorded, tables: Sequence[Recorded]) -> Iterator[tuple[Any, ...]]:
    """The values of every row of a table, in the order of its columns, in the order in which they were recorded. Streams."""
    paths = [column.path for column in columns_of(table, tables)]
    if table is PEOPLE:
        names = sorted(_people(tables))
        rows = {row[0]: row for row in User.objects.filter(username__in=names).values_list(*paths)}
        yield from (rows[name] for name in names)
        return
    yield from table.rows().order_by("pk").values_list(*paths).iterator(chunk_size=ROWS_AT_ONCE)


def _people(tables: Sequence[Recorded]) -> set[str]:
    """The log-ins of all people that a row of the tables refers to."""
    found: set[str] = set()
    for table in tables:
        for column in columns_of(table, tables):
            if column.refers_to is PEOPLE:
                named = table.rows().exclude(**{column.field.name: None}).order_by()
                found.update(named.values_list(column.path, flat=True).distinct())
    return found


def count_on_record(table: Recorded, tables: Sequence[Recorded]) -> int:
    """How many rows ``rows_on_record`` has of a table."""
    return len(_people(tables)) if table is PEOPLE else table.rows().count()
