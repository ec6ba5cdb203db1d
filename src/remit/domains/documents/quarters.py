"""What a manager's 13F filings of one quarter say together: the report that stands, and what amendments add to it.

A restatement takes the place of the report; an amendment of new holdings adds rows to it and is no portfolio by itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from typing import Final
from uuid import UUID

from remit.db.sessions import ReadSession
from remit.domains.documents import holdings, queries
from remit.domains.documents.queries import Document
from remit.knowledge.filings.changes import Changes, Position
from remit.knowledge.filings.model import Report, Warned

_OF_QUARTER: Final = """
SELECT id FROM remit.documents WHERE account_id = :account AND kind = '13F' AND state = 'live' AND period_end_on = :period
ORDER BY published_on NULLS FIRST, added_at, id LIMIT :limit
"""
_QUARTERS: Final = """
SELECT DISTINCT period_end_on FROM remit.documents
WHERE account_id = :account AND kind = '13F' AND state = 'live' AND period_end_on IS NOT NULL
    AND (CAST(:before AS date) IS NULL OR period_end_on < :before)
ORDER BY period_end_on DESC LIMIT :limit
"""
MOST_FILINGS: Final = 20
MOST_QUARTERS: Final = 12  # looked through for the newest that is whole
QUARTER_MONTHS: Final = 3


@dataclass(frozen=True, slots=True)
class Quarter:
    """`document`: the report that stands; `added`: amendments whose rows are in `report` too, the first filed first.

    `doubts`: what keeps it from being the whole of that quarter, or from being sure.
    """

    document: Document
    added: tuple[Document, ...]
    report: Report
    doubts: tuple[Warned, ...] = ()

    @property
    def positions(self) -> tuple[Position, ...]:
        """Rows added up by security, the largest first."""
        return tuple(holdings.positions_of(self.report))


@lru_cache(maxsize=16)
def read_report(text: str) -> Report:
    """The report in a 13F document's text."""
    return holdings.from_text(text)


def period_of(document: Document) -> date | None:
    """The end of the quarter that a report is of; None when nothing says."""
    return document.head.period_end_on or read_report(document.text).cover.period


def _filed(document: Document) -> tuple[date, bool]:
    report = read_report(document.text)
    day = document.head.published_on or report.cover.filed or date.min
    return day, report.cover.form.endswith("/A")


def stands(filings: Sequence[Document]) -> Quarter | None:
    """What filings of one manager and quarter say together; None when there is no report, only additions to one."""
    base: Document | None = None
    added: list[Document] = []
    doubts: list[Warned] = []
    for each in sorted(filings, key=_filed):
        cover = read_report(each.text).cover
        if cover.amendment == "NEW HOLDINGS":
            added.append(each)
        elif cover.form.endswith("/A") and cover.amendment != "RESTATEMENT":
            said = f"The amendment “{each.head.title}” does not say whether it replaces the report or adds to it; it is not counted."
            doubts.append(Warned("amendment_unclear", said))
        else:
            base, added, doubts = each, [], []
    if base is None:
        return None
    first = read_report(base.text)
    rows = (first.holdings, *(read_report(each.text).holdings for each in added))
    return Quarter(
        base,
        tuple(added),
        replace(first, holdings=tuple(row for part in rows for row in part)),
        tuple(doubts),
    )


def load_quarter(s: ReadSession, account_id: UUID, period: date, cik: str = "") -> Quarter | None:
    """What the account's filings of that quarter say together, those of one manager when `cik` is given."""
    given = {"account": account_id, "period": period, "limit": MOST_FILINGS}
    found = [queries.load_document(s, row.id) for row in s.rows(_OF_QUARTER, given)]
    return stands([each for each in found if not cik or _cik(each) in ("", cik.lstrip("0"))])


def _cik(document: Document) -> str:
    return read_report(document.text).cover.cik.lstrip("0")


def load_newest(s: ReadSession, account_id: UUID) -> Quarter | None:
    """The account's newest quarter with a whole report; None when it has none."""
    given = {"account": account_id, "before": None, "limit": MOST_QUARTERS}
    for row in s.rows(_QUARTERS, given):
        found = load_quarter(s, account_id, row.period_end_on)
        if found is not None:
            return found
    return None


def load_of_document(s: ReadSession, document: Document) -> Quarter:
    """The quarter that a 13F document is of. A document without a quarter, or that adds to a report not on record, stands alone."""
    period, account_id = period_of(document), document.head.account_id
    found = None
    if period is not None and account_id is not None and document.head.state == "live":
        found = load_quarter(s, account_id, period, _cik(document))
    if found is not None:
        return found
    report = read_report(document.text)
    doubts = []
    if report.cover.form.endswith("/A") or report.cover.amendment:
        said = "The report that this amendment belongs to is not on record; by itself it need not be the whole portfolio."
        doubts.append(Warned("alone", said))
    return Quarter(document, (), report, tuple(doubts))


def load_before(s: ReadSession, quarter: Quarter) -> Quarter | None:
    """The quarter before, of the same manager; None when its report is not on record."""
    period, account_id = period_of(quarter.document), quarter.document.head.account_id
    if period is None or account_id is None:
        return None
    row = s.row(_QUARTERS, {"account": account_id, "before": period, "limit": 1})
    if row is None or _months(row.period_end_on, period) != QUARTER_MONTHS:
        return None
    return load_quarter(s, account_id, row.period_end_on, _cik(quarter.document))


def _months(first: date, last: date) -> int:
    return (last.year - first.year) * 12 + last.month - first.month


def moves(now: Quarter, before: Quarter) -> tuple[Changes, tuple[Warned, ...]]:
    """What became of the positions, and everything that makes the comparison doubtful."""
    changed, doubts = holdings.moves(now.report, before.report)
    return changed, (*now.doubts, *before.doubts, *doubts)
