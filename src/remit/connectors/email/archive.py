"""Proof that a message left: its blind copy in the archive mailbox, found by its Message-ID."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from email import message_from_bytes
from email.policy import compat32
from typing import Any

import structlog

from remit.connectors.email import imap
from remit.connectors.email.config import Mailbox

log = structlog.get_logger(__name__)


def find(mailbox: Mailbox, mark: str) -> Mapping[str, Any] | None:
    """Proof in plain JSON, or None when no copy is there (yet), or the archive cannot be read now."""
    try:
        with imap.opened(mailbox) as folder:
            for uid in folder.find_message_id(mark):
                raw = folder.message(uid)
                if raw is None:
                    continue
                identifier = str(message_from_bytes(raw, policy=compat32).get("Message-ID", "")).strip()
                if mark in identifier:
                    return {
                        "transport": "smtp",
                        "proof": "archived copy",
                        "mailbox": mailbox.name,
                        "generation": folder.generation(),
                        "uid": uid,
                        "message_id": identifier,
                        "copy_sha256": hashlib.sha256(raw).hexdigest(),
                    }
    except imap.MailboxUnavailable as error:
        log.warning("the archive mailbox cannot be read", reason=str(error))
    return None
