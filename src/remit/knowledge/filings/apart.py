"""A 13F report of a stranger, read in a process of its own (`remit.knowledge.apart`)."""

from __future__ import annotations

from typing import Any, Final

from pydantic import TypeAdapter

from remit.knowledge import apart
from remit.knowledge.apart import ReaderFell
from remit.knowledge.filings import reports
from remit.knowledge.filings.model import FilingRefused, Report

_REPORT: Final = TypeAdapter(Report)


def read_text(text: str, name: str) -> Report:
    """As `reports.read_text`. Raises FilingRefused, also when the reader took too much or fell; ReadersBusy."""
    try:
        kind, found = apart.ask("filing", text, name)
    except ReaderFell as fell:
        raise FilingRefused(
            "filing_too_large",
            f"{name} {fell.reason}. Fetch the information table alone from EDGAR and give that.",
        ) from fell
    if kind == "refused":
        raise FilingRefused(found[0], found[1], found[2])
    return _REPORT.validate_json(found)


def answer(text: str, name: str) -> tuple[str, Any]:
    """What the process of its own says of a report: JSON, checked against the report's form by whoever asked."""
    try:
        report = reports.read_text(text, name)
    except FilingRefused as refused:
        return "refused", (refused.code, refused.message, refused.details)
    return "read", _REPORT.dump_json(report)
