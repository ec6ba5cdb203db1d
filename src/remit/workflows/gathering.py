"""Fetch what a source brings and keep it through the door, one document at a time; used by the worker and by commands."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from uuid import UUID

import structlog

from remit.actions import Performed, Refused, perform
from remit.connectors.edgar import config as edgar_config
from remit.connectors.edgar import pull as edgar
from remit.connectors.edgar.client import EdgarUnavailable
from remit.connectors.edgar.mapping import FORMS
from remit.connectors.feeds import pull as feeds
from remit.connectors.feeds.client import FeedUnavailable
from remit.domains.documents.actions import AddDocument
from remit.domains.documents.sources import NoteSourceRead, Source, accessions, allowed_feeds, left_out
from remit.scope import Scope
from remit.settings import load

log = structlog.get_logger(__name__)
MOST_FILINGS = 12
"""Filings of one CIK at one reading: the rest come the next time."""

MOST_LEFT_OUT = 100


@dataclass
class Gathered:
    """What came of one reading: ids of new documents, how many were on record already, wait for approval or were refused, and
    sentences about the rest."""

    added: list[UUID] = field(default_factory=list)
    known_count: int = 0
    waiting_count: int = 0
    refused_count: int = 0
    left_out: list[str] = field(default_factory=list)
    """Accession numbers of filings that cannot be read."""
    reasons: list[str] = field(default_factory=list)

    @property
    def complete(self) -> bool:
        """Whether everything that was brought is on record: else it is asked for again."""
        return not self.waiting_count and not self.refused_count

    @property
    def sentence(self) -> str:
        """It in a line."""
        counts = [(len(self.added), "new"), (self.known_count, "on record already")]
        more = [(self.waiting_count, "waiting for approval"), (self.refused_count, "refused")]
        said = ", ".join(f"{count} {name}" for count, name in [*counts, *(one for one in more if one[0])])
        return " ".join([f"{said}.", *self.reasons])[:500]


def keep(scope: Scope, actions: Iterable[AddDocument]) -> Gathered:
    """Perform each; one that is refused stops no other."""
    found = Gathered()
    for action in actions:
        try:
            done = perform(scope, action)
        except Refused as refused:
            found.refused_count += 1
            found.reasons.append(f"{action.title[:80]}: {refused.message}")
            continue
        if not isinstance(done, Performed):
            found.waiting_count += 1
        elif done.result["added"]:
            found.added.append(UUID(done.result["document_id"]))
        else:
            found.known_count += 1
    return found


def fetch_filings(
    scope: Scope,
    account_id: UUID,
    cik: str,
    *,
    forms: Sequence[str] = tuple(FORMS),
    limit: int = MOST_FILINGS,
) -> Gathered:
    """New filings of a CIK as documents of the account. Raises EdgarUnavailable, EdgarSettingsInvalid."""
    asked = edgar_config.read(load())
    skip = accessions(scope, account_id) | left_out(scope, account_id, cik)
    pulled = list(edgar.pull(asked, cik, account_id, forms=forms, limit=limit, skip=skip))
    found = keep(scope, [each.action for each in pulled if each.action is not None])
    found.reasons += [each.reason for each in pulled if each.reason]
    found.left_out = [each.accession for each in pulled if each.action is None and each.accession]
    return found


def read_source(scope: Scope, source: Source) -> Gathered:
    """Read one watched source and note what came of it; what cannot be reached is noted and tried the next time."""
    etag, modified = source.etag, source.modified
    try:
        if source.kind == "cik":
            found = fetch_filings(scope, source.account_id, source.address)
        else:
            if source.address not in allowed_feeds():
                raise FeedUnavailable("The settings do not allow this feed any more (feed_addresses).")
            got = feeds.pull(
                source.address, source.account_id, etag=etag, modified=modified, private=load().feed_private
            )
            found = keep(scope, got.actions)
            if found.complete:  # else the server would say “nothing changed”, and what was not kept were lost
                etag, modified = got.etag, got.modified
            if not got.changed:
                found.reasons.append("Nothing changed.")
    except (EdgarUnavailable, FeedUnavailable, edgar_config.EdgarSettingsInvalid) as error:
        found = Gathered(reasons=[f"Not read: {error}"])
    note = NoteSourceRead(
        source_id=source.id,
        outcome=found.sentence,
        added_count=len(found.added),
        etag=etag,
        modified=modified,
        left_out=tuple(found.left_out[:MOST_LEFT_OUT]),
    )
    perform(scope, note)
    return found


def note_failure(scope: Scope, source: Source, error: Exception) -> None:
    """Note that a reading broke off for a reason that nobody foresaw; its marks stay, so that nothing is passed over."""
    outcome = f"Not read: it broke off ({type(error).__name__}); the log says more."
    perform(
        scope,
        NoteSourceRead(source_id=source.id, outcome=outcome, etag=source.etag, modified=source.modified),
    )
