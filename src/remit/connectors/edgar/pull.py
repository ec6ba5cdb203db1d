"""What is new of a CIK, as actions to perform; the caller performs them and remembers nothing else."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID

from remit.connectors.edgar import client, mapping
from remit.connectors.edgar.config import Edgar
from remit.domains.documents.actions import AddDocument
from remit.knowledge.documents import DocumentRefused
from remit.knowledge.filings.model import FilingRefused


@dataclass(frozen=True, slots=True)
class Pulled:
    """One filing: the action that keeps it, or why it cannot be kept."""

    accession: str
    action: AddDocument | None
    reason: str = ""


def pull(
    edgar: Edgar, cik: str, account_id: UUID, *, forms: Sequence[str], limit: int, skip: frozenset[str]
) -> Iterator[Pulled]:
    """Up to `limit` filings that are not on record, the newest first. Raises EdgarUnavailable."""
    with client.fetched(edgar, cik, forms, limit=limit, skip=skip) as found:
        for filing in found.filings:
            try:
                yield Pulled(filing.accession, mapping.adding(filing, account_id))
            except (DocumentRefused, FilingRefused) as refused:
                yield Pulled(filing.accession, None, refused.message)
        for accession, sentence in found.left_out:
            yield Pulled(accession, None, sentence)
