"""What became of positions from one quarter to the next."""

from __future__ import annotations

import gzip
import json

from remit.knowledge.filings.changes import compare, positions
from remit.knowledge.filings.reports import read, read_text
from tests.knowledge.filings.forms import Row, cover, submission, table
from tests.support.reference_data import reference


def _report(*rows: Row, period: str = "03-31-2024", amendment: str = ""):
    filed = {"12-31-2023": "20240212", "03-31-2024": "20240510", "09-30-2023": "20231110"}[period]
    month, day, year = period.split("-")
    first = cover(period=period, amendment=amendment, rows=len(rows), total=sum(row[2] for row in rows))
    return read_text(submission(filed, year + month + day, first=first, rows=table(rows)))


BEFORE = _report(
    ("A CO", "00000A101", 1000, 10, ""), ("B CO", "00000B102", 1000, 10, ""), ("B CO", "00000B102", 1000, 10, ""), ("C CO", "00000C103", 1000, 10, ""), ("D CO", "00000D104", 1000, 10, ""),
    period="12-31-2023",
)  # fmt: skip
NOW = _report(
    ("A CO", "00000A101", 900, 10, ""), ("B CO", "00000B102", 3000, 25, ""), ("C CO", "00000C103", 500, 5, ""), ("C CO", "00000C103", 700, 7, "Call"), ("E CO", "00000E105", 1000, 10, ""),
)  # fmt: skip


def test_positions_are_new_closed_increased_decreased_or_unchanged() -> None:
    moved, doubts = compare(NOW, BEFORE)
    assert [(each.issuer, each.put_call) for each in moved.new] == [("E CO", ""), ("C CO", "CALL")]
    assert [each.issuer for each in moved.closed] == ["D CO"]
    assert [(each.issuer, each.ratio) for each in moved.increased] == [("B CO", 1.25)]
    assert [(each.issuer, each.ratio) for each in moved.decreased] == [("C CO", 0.5)]
    assert (moved.unchanged, doubts) == (1, [])


def test_a_report_beside_itself_has_no_changes() -> None:
    moved, _ = compare(NOW, NOW)
    assert (moved.new, moved.closed, moved.increased, moved.decreased) == ((), (), (), ())
    assert moved.unchanged == len(positions(NOW.holdings))


def test_a_wrong_order_and_a_gap_are_told() -> None:
    old = _report(("A CO", "00000A101", 1000, 10, ""), period="09-30-2023")
    assert [each.code for each in compare(BEFORE, NOW)[1]] == ["not_previous"]
    assert [each.code for each in compare(NOW, old)[1]] == ["gap"]


def test_an_amendment_that_only_adds_is_no_portfolio() -> None:
    added = _report(("A CO", "00000A101", 1000, 10, ""), amendment="NEW HOLDINGS")
    assert "partial" in [each.code for each in compare(added, BEFORE)[1]]


def test_the_stated_new_and_closed_positions_of_every_manager_are_found() -> None:
    folders = sorted((reference("sec-13f-quarters") / "funds").iterdir())
    assert len(folders) == 6
    for folder in folders:
        now, before = (read(next(folder.glob(f"{quarter}.json*"))) for quarter in ("2025-Q4", "2025-Q3"))
        source = next(folder.glob("diff_*.json*"))
        stated = json.loads(
            gzip.decompress(source.read_bytes()) if source.suffix == ".gz" else source.read_bytes()
        )["movements"]
        moved, doubts = compare(now, before)
        assert (len(moved.new), len(moved.closed), doubts) == (
            len(stated["new"]),
            len(stated["closed"]),
            [],
        ), folder.name
        assert now.total == now.cover.stated_total
