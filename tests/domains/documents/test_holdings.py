"""A 13F report kept as a plain table is read back exactly: every position, every move, of invented and of real reports."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from remit.domains.documents import holdings, intake
from remit.knowledge.filings import changes, reports
from remit.knowledge.filings.model import Cover, Holding, Report
from tests.knowledge.filings.forms import OLD_TEXT, submission
from tests.support.reference_data import reference

WORDS = st.text(alphabet="ABC xyz&|.,'-", min_size=1, max_size=20).map(
    lambda text: " ".join(text.replace("|", "/").split()) or "A"
)
ROW = st.builds(
    Holding, issuer=WORDS, title=WORDS, cusip=st.from_regex(r"[0-9A-Z]{9}", fullmatch=True), value=st.integers(0, 10**13),
    shares=st.integers(0, 10**11), share_type=st.sampled_from(["SH", "PRN"]), put_call=st.sampled_from(["", "PUT", "CALL"]),
)  # fmt: skip


@given(st.lists(ROW, max_size=12))
def test_any_table_is_read_back(rows: list[Holding]) -> None:
    cover = Cover(
        "Larkspur Hill",
        "0000000042",
        "0000000042-24-000007",
        "13F-HR",
        "",
        date(2024, 3, 31),
        date(2024, 5, 10),
        "RESTATEMENT",
    )
    report = Report(cover, tuple(rows), "thousands")
    back = holdings.from_text(holdings.as_text(report))
    assert back.holdings == report.holdings
    assert (back.cover, back.unit) == (cover, "thousands")


@pytest.mark.parametrize("text", [submission(), OLD_TEXT])
def test_a_filing_is_read_back_from_its_document(text: str) -> None:
    kept = intake.from_bytes(text.encode(), "filing.txt", "13F")
    assert changes.positions(holdings.from_text(kept.text).holdings) == list(
        changes.positions(reports.read_text(text).holdings)
    )
    assert kept.period_end_on is not None and "positions" in kept.text


def test_the_quarters_of_six_managers_give_the_stated_moves_from_their_documents() -> None:
    folders = sorted((reference("sec-13f-quarters") / "funds").iterdir())
    seen = 0
    for folder in folders:
        before, now = (
            holdings.from_text(intake.from_bytes(file.read_bytes(), file.name, "13F").text)
            for quarter in ("2025-Q3", "2025-Q4")
            for file in folder.glob(f"{quarter}.json*")
        )
        straight = changes.compare(
            *(reports.read(next(folder.glob(f"{quarter}.json*"))) for quarter in ("2025-Q4", "2025-Q3"))
        )[0]
        moves = holdings.moves(now, before)[0]
        assert [len(each) for each in (moves.new, moves.closed, moves.increased, moves.decreased)] == [
            len(each) for each in (straight.new, straight.closed, straight.increased, straight.decreased)
        ], folder.name
        seen += 1
    assert seen == 6
