"""What is new of a feed, as actions to perform, and the marks by which its server knows what we have."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from remit.connectors.feeds import client, mapping
from remit.domains.documents.actions import AddDocument
from remit.knowledge.documents import DocumentRefused


@dataclass(frozen=True, slots=True)
class Pulled:
    """`actions` in the feed's order, without entries that have no text; `changed` False when the server had nothing new."""

    actions: tuple[AddDocument, ...]
    etag: str
    modified: str
    changed: bool


def pull(address: str, account_id: UUID, *, etag: str, modified: str, private: bool) -> Pulled:
    """Read the feed if it changed. Raises FeedUnavailable."""
    got = client.get(address, etag=etag, modified=modified, private=private)
    if got.body is None:
        return Pulled((), got.etag, got.modified, False)
    actions: list[AddDocument] = []
    for entry in mapping.entries(got.body):
        try:
            actions.append(mapping.adding(entry, account_id, address))
        except DocumentRefused:
            continue  # an entry without text: there is nothing to keep
    return Pulled(tuple(actions), got.etag, got.modified, True)
