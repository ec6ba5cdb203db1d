"""A filing becomes the action that keeps it. Account, number and days come from the index; the text is only text."""

from __future__ import annotations

from dataclasses import replace
from typing import Final
from uuid import UUID

from remit.connectors.edgar.client import FilingFile
from remit.domains.documents import intake
from remit.domains.documents.actions import AddDocument
from remit.domains.documents.rules import DocumentKind, is_accession

FORMS: Final[dict[str, DocumentKind]] = {
    "10-K": "10-K", "10-K/A": "10-K", "10-Q": "10-Q", "10-Q/A": "10-Q", "8-K": "8-K", "8-K/A": "8-K", "13F-HR": "13F",
    "13F-HR/A": "13F",
}  # fmt: skip
"""The forms that are fetched, and what kind of document each is. A 13F notice has no table and is not fetched."""


def adding(filing: FilingFile, account_id: UUID) -> AddDocument:
    """The action for one filing. Raises DocumentRefused, FilingRefused, and KeyError for another form."""
    kind = FORMS[filing.form]
    found = intake.from_bytes(filing.path.read_bytes(), f"{filing.form} {filing.accession}", kind)
    number = filing.accession if is_accession(filing.accession) else None
    found = replace(found, accession_number=number)
    day = filing.period or filing.filed
    title = " · ".join(part for part in (filing.form, filing.company, day and day.isoformat()) if part)
    return intake.adding(
        found, source_name=f"EDGAR, {filing.address}", account_id=account_id, kind=kind, title=title,
        published_on=filing.filed, period_end_on=filing.period,
    )  # fmt: skip
