"""New messages of a mailbox since a UID, in order, as values; the caller remembers how far it got."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from remit.connectors.email import imap, mapping
from remit.connectors.email.config import Mailbox
from remit.connectors.email.mapping import Incoming


@dataclass(frozen=True, slots=True)
class Pulled:
    """One message by its place. `message` is None when it vanished before it could be read."""

    generation: int
    uid: int
    message: Incoming | None


def pull(mailbox: Mailbox, generation: int, last_uid: int, limit: int) -> Iterator[Pulled]:
    """Up to `limit` messages after `last_uid`; from the start when the mailbox was renumbered.

    Raises MailboxUnavailable, also in the middle: what was yielded stays good.
    """
    with imap.opened(mailbox) as folder:
        now = folder.generation()
        since = last_uid if now == generation else 0
        for uid in folder.uids_after(since)[:limit]:
            raw = folder.message(uid)
            yield Pulled(now, uid, None if raw is None else mapping.read(raw))
