"""A book of any size comes in part by part: each part holds all that hangs together, and the whole is what it would be at once."""

import gc
import tracemalloc
from datetime import date, datetime

import pytest
from django.db import transaction

from contracts.intake.book import kept
from contracts.intake.book.kept import Kept
from contracts.intake.book.parts import parts_of
from contracts.intake.book.read import read_book
from contracts.intake.book.row import Row
from contracts.intake.book.sheets import BY_NAME, SHEETS
from contracts.intake.book.stored import stored_rows
from contracts.intake.faults import BookError, Fault
from contracts.intake.sentence import Sentence
from contracts.models import BookImport, Entry, FactsRevision, Price, WorkItem
from contracts.operations import import_book as operation
from contracts.operations.import_book import import_book
from tests.conftest import SAMPLE
from tests.contracts.book.build import (
    as_folder,
    book,
    change,
    customer,
    ips,
    ips_service,
    module,
    must_take,
    notice,
    option,
    price,
    priced,
    service,
    stored,
    tier,
    unit,
)
from tests.contracts.book.test_cases import WORKBOOKS

EACH_BY_ITSELF = 0
TODAY = date(2026, 1, 5)


@pytest.fixture
def each_by_itself(monkeypatch):
    """Nothing is put together that does not hang together."""
    monkeypatch.setattr(kept, "IN_MEMORY", EACH_BY_ITSELF)


def of_units(*names, **said):
    """Units of a customer each, with a tier, a module and prices."""
    return book(
        *(customer(f"C-{n}", f"株式会社{n}") for n in names),
        *(unit(f"U-{n}", f"C-{n}") for n in names),
        *(tier(number=f"T-{n}", of=f"U-{n}", application=f"A-{n}", **said) for n in names),
        *(module(number=f"M-{n}", of=f"U-{n}", application=f"A-{n}", **said) for n in names),
        *(priced(f"T-{n}", 100_000) for n in names),
    )


def divided(rows, path) -> list[list[str]]:
    """The parts of a book, by what their rows name first."""
    parts = parts_of(read_book(as_folder(rows, path)))
    return [sorted({str(row.key[0]) for rows in part.rows.values() for row in rows}) for part in parts]


class TestKept:
    ROWS = (
        Row("customers", 2, {"code": "C-1", "name": "一", "kana": None}),
        *(
            Row("outages", number, dict.fromkeys((c.name for c in BY_NAME["outages"].columns), datetime(2025, 3, 1, 2)))
            for number in range(2, 30)
        ),
        Row("units", 2, {"code": "U-1", "customer": "C-1", "name": "本社"}),
    )

    @pytest.mark.parametrize("held", [0, 1, 7, 28, 29, 30, 100])
    def test_rows_come_as_they_were_added(self, held, monkeypatch):
        monkeypatch.setattr(kept, "IN_MEMORY", held)
        rows = Kept()
        for row in self.ROWS:
            rows.add(row)
        assert list(rows) == list(rows) == list(self.ROWS)
        assert len(rows) == 30
        assert rows.by_sheet == {"customers": 1, "outages": 28, "units": 1}
        assert rows["units"] == [self.ROWS[-1]]
        assert (rows.scratch is None) == (held >= 30)

    def test_memory_does_not_grow_with_them(self, monkeypatch):
        monkeypatch.setattr(kept, "IN_MEMORY", 500)

        def peak(many: int) -> int:
            tracemalloc.start()
            rows = Kept()
            for number in range(many):
                rows.add(Row("units", number, {"code": f"U-{number}", "customer": f"C-{number}", "name": "本社" * 20}))
            assert sum(row.number for row in rows) == many * (many - 1) // 2
            used = tracemalloc.get_traced_memory()[1]
            tracemalloc.stop()
            return used

        assert peak(8_000) < 1.2 * peak(2_000)


@pytest.mark.django_db
class TestWhatHangsTogether:
    def test_a_small_book_is_one_part(self, tmp_path):
        (part,) = parts_of(read_book(as_folder(of_units("A", "B"), tmp_path / "in")))
        assert not part.ahead
        assert len(part) == 12

    def test_customers_first_and_a_unit_with_all_that_is_its_own(self, tmp_path, each_by_itself):
        rows = of_units("A", "B")
        found = divided(rows, tmp_path / "in")
        assert found == [["C-A"], ["C-B"], ["M-A", "T-A", "U-A"], ["M-B", "T-B", "U-B"]]
        read = read_book(tmp_path / "in")
        for _again in range(2):
            parts = list(parts_of(read))
            assert [part.ahead for part in parts] == [True, True, False, False]
            assert [len(part) for part in parts] == [1, 1, 5, 5]

    def test_parts_are_filled(self, tmp_path, monkeypatch):
        """Two units of five rows into one of eight, and no customer among them."""
        monkeypatch.setattr(kept, "IN_MEMORY", 8)
        found = divided(of_units("A", "B", "C"), tmp_path / "in")
        assert [len(names) for names in found] == [3, 6, 3]

    @pytest.mark.parametrize(
        "joins",
        [
            pytest.param([service("IIJセキュアMXサービス", "S-A"), *(module(number=f"L-{n}", of=f"U-{n}", application=f"A-{n}", links="S-A") for n in "AB")], id="a service"),
            pytest.param([option("ログ保管オプション", "M-A", "O-1", application="A-B")], id="an application"),
            pytest.param([module(number="M-A", of="U-B", application="A-B")], id="a number"),
            pytest.param([("prices", {**price("T-A", "one_time", 1, "2025-05-01")[1], "application": "A-B"})], id="a price's application"),
            pytest.param([change("T-A", "category", "プレミアム", "2025-06-01", application="A-B")], id="a change"),
        ],
    )  # fmt: skip
    def test_units_that_share(self, joins, tmp_path, each_by_itself):
        rows = of_units("A", "B", "C")
        for sheet, row in joins:
            rows.setdefault(sheet, []).append(row)
        of_a = next(names for names in divided(rows, tmp_path / "in") if "U-A" in names)
        assert {"U-A", "U-B", "T-A", "T-B", "M-B"} <= set(of_a)
        assert "U-C" not in of_a

    def test_what_is_called_the_same_and_is_another_thing_does_not(self, tmp_path, each_by_itself):
        rows = book(customer("X"), unit("X", "X"), tier(number="X", of="U-2", application="X"), unit("U-2", "X"))
        assert divided(rows, tmp_path / "in") == [["X"], ["U-2", "X"], ["X"]]

    def test_what_is_on_record_as_of_one_unit(self, tmp_path, each_by_itself):
        rows = of_units("A", "B")
        rows |= book(ips_service(code="S-1", holder="C-A"), rows["customers"] and customer("C-Z"), unit("U-Z", "C-Z"))
        rows["customers"] += of_units("A", "B")["customers"]
        rows["units"] += of_units("A", "B")["units"]
        rows["contracts"].append(ips(number="L-A", of="U-A", application="A-A", links="S-1")[1])
        rows.setdefault("options", []).append(option("ログ保管オプション", "M-A", "O-A", application="A-A", retention_years=1)[1])  # fmt: skip
        must_take(rows, tmp_path / "first")
        later = book(
            *(notice("O-A", "2025-05-01"), notice("T-B", "2025-05-01"), price("M-A", "monthly", 2, "2025-06-01")),
            *(ips_service(code="S-1", holder="C-A", from_on="2025-06-01"),),
        )
        del later["customers"], later["units"]
        assert divided(later, tmp_path / "later") == [["M-A", "O-A", "S-1"], ["T-B"]]


def outcome(path, **said):
    """What taking a book in comes to: its faults, or its counts and warnings; and all that is stored then. Nothing of it stays."""
    with transaction.atomic():
        try:
            taken = import_book(path, by="試験", on=TODAY, **said)
        except BookError as refused:
            count = len(refused.faults) + refused.untold
            found = {"count": count, "faults": sorted(map(str, refused.faults)), "notes": refused.notes}
        else:
            found = {"added": taken.added, "known": taken.known, "notes": taken.notes, "sheets": list(taken.added)}
            found["warnings"] = sorted(map(str, taken.warnings))
        found["facts"] = {sheet.name: sorted(map(repr, stored_rows(sheet.name))) for sheet in SHEETS}
        found["stored"] = stored()
        found["entries"] = sorted(map(str, Entry.objects.values_list("record", "subject", "unit__code", "reason")))
        found["books"] = list(BookImport.objects.order_by("pk").values_list("rows_added", "rows_known"))
        found["work"] = sorted(map(str, WorkItem.objects.values_list("kind", "unit__code", "subject", "due_on")))
        transaction.set_rollback(True)
    return found


def same_in_parts(path, monkeypatch, **said):
    """The book comes to the same at once and part by part; what it comes to."""
    whole = outcome(path, **said)
    monkeypatch.setattr(kept, "IN_MEMORY", EACH_BY_ITSELF)
    assert outcome(path, **said) == whole
    monkeypatch.undo()
    return whole


FAR_AWAY = [
    tier(number="T-X", of="U-B", application="A-A", accepted="2025-03-11"),
    option("ログ保管オプション", "M-B", "T-A", application="A-B", retention_years=1),
    option("ログ保管オプション", "M-nobody", "O-9", application="A-B", retention_years=1),
    price("T-B", "monthly", 1, "2025-04-01"),
    change("T-nobody", "category", "プレミアム", "2025-06-01", application="A-9"),
    customer("C-A", "株式会社別"),
    unit("U-9", "C-nobody"),
    notice("T-A", "2025-05-01"),
]
"""Facts that contradict others, at the far end of a book."""


@pytest.mark.django_db
class TestAsAWhole:
    @pytest.mark.parametrize(
        "name", ["01_ja_plain.xlsx", "16a_formula_no_cache.xlsx", "27_flat_list.xlsx", "e_notices__basis.xlsx"]
    )
    def test_books_as_people_write_them(self, name, monkeypatch):
        """Taken, refused for what could not be read, one list, and with what only warns."""
        same_in_parts(WORKBOOKS / name, monkeypatch)

    def test_the_sample(self, monkeypatch):
        """Also in parts of several units each."""
        found = same_in_parts(SAMPLE, monkeypatch)
        assert found["warnings"]
        monkeypatch.setattr(kept, "IN_MEMORY", 40)
        assert outcome(SAMPLE) == found

    def test_what_is_known_already(self, monkeypatch):
        import_book(WORKBOOKS / "01_ja_plain.xlsx", by="試験", on=TODAY)
        again = WORKBOOKS / "21b_remarks_column.xlsx"
        found = same_in_parts(again, monkeypatch)
        assert (found["added"], found["known"]) == ({}, read_book(again).count())

    @pytest.mark.parametrize("fact", FAR_AWAY, ids=lambda fact: f"{fact[0]} {BY_NAME[fact[0]].key[0]}")
    def test_what_contradicts_something_far_away(self, fact, tmp_path, monkeypatch):
        rows = of_units("A", "B", "C")
        rows.setdefault(fact[0], []).append(fact[1])
        path = as_folder(rows, tmp_path / "in")
        found = same_in_parts(path, monkeypatch)
        assert found.get("faults") or fact[0] == "notices"

    def test_every_fault_of_every_part_is_told(self, tmp_path, monkeypatch):
        rows = of_units("A", "B", "C")
        for sheet, row in FAR_AWAY:
            rows.setdefault(sheet, []).append(row)
        found = same_in_parts(as_folder(rows, tmp_path / "in"), monkeypatch)
        sheets = {"契約", "オプション", "料金", "変更", "契約者", "管理単位"}
        assert {fault.split()[0] for fault in found["faults"]} == sheets
        assert found["count"] == len(found["faults"])

    def test_what_could_not_be_read_is_not_called_missing(self, tmp_path, monkeypatch):
        rows = of_units("A", "B")
        unread = module(number="M-X", of="U-A", application="A-A")[1] | {"category": ""}
        rows["contracts"].append(unread)
        rows["options"] = [option("ログ保管オプション", "M-X", "O-1", application="A-A", retention_years=1)[1]]
        rows["prices"] += [price("M-X", "monthly", 1, "2025-04-01")[1], price("O-1", "monthly", 1, "2025-04-01")[1]]
        (fault,) = same_in_parts(as_folder(rows, tmp_path / "in"), monkeypatch)["faults"]
        assert "「カテゴリ」が必要です" in fault

    def test_more_faults_than_are_told_are_counted(self, tmp_path, monkeypatch):
        monkeypatch.setattr(operation, "MOST_FAULTS", 3)
        rows = book(*(unit(f"U-{n}", f"C-{n}") for n in range(20, 27)))
        path = as_folder(rows, tmp_path / "in")
        for at_once in (100, 0):
            monkeypatch.setattr(kept, "IN_MEMORY", at_once)
            with pytest.raises(BookError) as refused:
                import_book(path, by="試験", on=TODAY)
            assert (len(refused.value.faults), refused.value.untold) == (3, 4)

    def test_a_holder_by_a_customer_s_name_whose_rows_are_elsewhere(self, tmp_path, monkeypatch):
        rows = of_units("A", "B")
        rows["linked_services"] = [ips_service(code="S-1", holder="株式会社B")[1]]
        found = same_in_parts(as_folder(rows, tmp_path / "in"), monkeypatch)
        assert "'holder': 'C-B'" in found["facts"]["linked_services"][0]

    def test_a_holder_by_the_name_of_two_customers(self, tmp_path, monkeypatch):
        rows = of_units("A", "B")
        rows["customers"] += [customer("C-2", "株式会社二")[1], customer("C-3", "株式会社二")[1]]
        rows["linked_services"] = [ips_service(code="S-1", holder="株式会社二")[1]]
        (fault,) = same_in_parts(as_folder(rows, tmp_path / "in"), monkeypatch)["faults"]
        assert "契約者が複数あります（C-2、C-3）" in fault

    def test_what_is_all_but_the_same_is_pointed_out_across_parts(self, tmp_path, monkeypatch):
        must_take(of_units("O"), tmp_path / "before")
        rows = of_units("0", "I", "1")
        rows["units"].append(unit("U-8", "C-1", "本　社")[1])
        found = same_in_parts(as_folder(rows, tmp_path / "in"), monkeypatch)
        told = [warning for warning in found["warnings"] if "同じものではありませんか" in warning]
        assert len(told) == 4 + 4 + 1

    @pytest.mark.parametrize("said", [{}, {"dry_run": True}, {"warns": lambda rows: [Fault("", None, "", Sentence("{count}", count=name)) for name in rows]}])  # fmt: skip
    def test_whatever_is_asked_for(self, said, tmp_path, monkeypatch):
        """Also a trial: nothing stays of it."""
        must_take(of_units("Z"), tmp_path / "before")
        rows = of_units("A", "B", "C")
        rows["notices"] = [notice("T-A", "2025-05-01", "2025-05-02")[1]]
        path = as_folder(rows, tmp_path / "in")
        before = stored(), FactsRevision.current()
        assert sum(same_in_parts(path, monkeypatch, **said)["added"].values()) == 19
        monkeypatch.setattr(kept, "IN_MEMORY", EACH_BY_ITSELF)
        import_book(path, by="試験", on=TODAY, dry_run=True)
        assert (stored(), FactsRevision.current()) == before

    def test_it_is_one_write_of_facts(self, tmp_path, each_by_itself):
        before = FactsRevision.current()
        must_take(of_units("A", "B", "C"), tmp_path / "in")
        assert FactsRevision.current() == before + 1
        assert set(Price.objects.values_list("recorded_in", flat=True)) == {before + 1}

    def test_how_far_it_is_is_said(self, tmp_path, each_by_itself):
        told: list[str] = []
        import_book(as_folder(of_units("A", "B"), tmp_path / "in"), by="試験", on=TODAY, progress=told.append)
        assert told.count("1行を照合中") == 1
        assert "5行を照合中（12行のうち7行は済み）" in told

    def test_memory_does_not_grow_with_the_book(self, tmp_path, monkeypatch):
        """Whenever it says something, the rows of no more than a part, the one before, and their settled forms are held."""
        monkeypatch.setattr(kept, "IN_MEMORY", 20)
        monkeypatch.setattr(kept, "_AT_ONCE", 5)
        held: list[int] = []

        def count(_message: str) -> None:
            held.append(sum(type(one) is Row for one in gc.get_objects()))

        path = as_folder(of_units(*range(50)), tmp_path / "in")
        before = sum(type(one) is Row for one in gc.get_objects())
        import_book(path, by="試験", on=TODAY, progress=count)
        assert len(held) > 50
        assert max(held) - before <= 4 * 20
