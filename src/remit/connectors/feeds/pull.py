"""What is new of a feed, as actions to perform, and the marks by which its server knows what we have."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from remit.connectors.feeds import client, mapping
from remit.domains.documents.actions import AddDocument
from remit.knowledge.documents import DocumentRefused


@dataclass(frozen=True, slots=True)
class Pulled:
    """`actions` in the feed's order; `empty_count` entries had no text; `changed` False when the server had nothing new."""

    actions: tuple[AddDocument, ...]
    empty_count: int
    etag: str
    modified: str
    changed: bool


def pull(address: str, account_id: UUID, *, etag: str, modified: str, private: bool) -> Pulled:
    """Read the feed if it changed. Raises FeedUnavailable."""
    got = client.get(address, etag=etag, modified=modified, private=private)
    if got.body is None:
        return Pulled((), 0, got.etag, got.modified, False)
    actions: list[AddDocument] = []
    empty = 0
    for entry in mapping.entries(got.body):
        try:
            actions.append(mapping.adding(entry, account_id, address))
        except DocumentRefused:
            empty += 1
    return Pulled(tuple(actions), empty, got.etag, got.modified, True)
