"""Fetch what a source brings and keep it through the door, one document at a time; used by the worker and by commands."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from uuid import UUID

import structlog

from remit.actions import Refused, perform, perform_all
from remit.connectors.edgar import config as edgar_config
from remit.connectors.edgar import pull as edgar
from remit.connectors.edgar.client import EdgarUnavailable
from remit.connectors.edgar.mapping import FORMS
from remit.connectors.feeds import pull as feeds
from remit.connectors.feeds.client import FeedUnavailable
from remit.domains.documents.actions import AddDocument
from remit.domains.documents.sources import NoteSourceRead, Source, accessions, allowed_feeds, left_out
from remit.kit.turns import ReadersBusy
from remit.scope import Scope
from remit.settings import load

log = structlog.get_logger(__name__)
MOST_FILINGS = 12
"""Filings of one CIK at one reading: the rest come the next time."""

MOST_LEFT_OUT = 100


@dataclass
class Gathered:
    """What came of one reading: ids of new documents, how many were on record already or were refused, and sentences about the
    rest. `broke_off`: the source was not read, because it was refused or something failed."""

    added: list[UUID] = field(default_factory=list)
    known_count: int = 0
    refused_count: int = 0
    left_out: list[str] = field(default_factory=list)
    """Accession numbers of filings that cannot be read."""
    reasons: list[str] = field(default_factory=list)
    broke_off: bool = False

    @property
    def complete(self) -> bool:
        """Whether everything that was brought is on record: else it is asked for again."""
        return not self.refused_count

    @property
    def sentence(self) -> str:
        """It in a line."""
        said = f"{len(self.added)} new, {self.known_count} on record already"
        if self.refused_count:
            said += f", {self.refused_count} refused"
        return " ".join([f"{said}.", *self.reasons])[:500]


def keep(scope: Scope, actions: Iterable[AddDocument]) -> Gathered:
    """Perform each; one that is refused stops no other. Nothing of it waits: where a policy wants an approval it is refused."""
    found = Gathered()
    for action in actions:
        try:
            [done] = perform_all(scope, [action])
        except Refused as refused:
            found.refused_count += 1
            found.reasons.append(f"{action.title[:80]}: {refused.message}")
            continue
        if done.result["added"]:
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
    except (EdgarUnavailable, FeedUnavailable, ReadersBusy, edgar_config.EdgarSettingsInvalid) as error:
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


def read_each(scope: Scope, sources: Iterable[Source]) -> list[tuple[Source, Gathered]]:
    """Read one after the other; what stops one is logged and noted with it, and the others go on.

    Raises only what keeps the note from being written and is no refusal, as when the database is away: then none could go on.
    """
    found: list[tuple[Source, Gathered]] = []
    for source in sources:
        try:
            got = read_source(scope, source)
        except Refused as refused:
            # stopped by somebody in between, or its account is halted
            log.warning("a source was not read", source=str(source.id), code=refused.code)
            got = Gathered(reasons=[f"Not read: {refused.message}"], broke_off=True)
        except Exception as error:
            log.exception("a source failed", source=str(source.id))
            got = _note_failure(scope, source, error)
        found.append((source, got))
    return found


def _note_failure(scope: Scope, source: Source, error: Exception) -> Gathered:
    """Note that a reading broke off for a reason that nobody foresaw; its marks stay, so that nothing is passed over."""
    outcome = f"Not read: it broke off ({type(error).__name__}); the log says more."
    note = NoteSourceRead(source_id=source.id, outcome=outcome, etag=source.etag, modified=source.modified)
    try:
        perform(scope, note)
    except Refused as refused:
        log.warning("that a source failed was not noted", source=str(source.id), code=refused.code)
    return Gathered(reasons=[outcome], broke_off=True)
