"""The little of IMAP that we need, over imaplib: sign in, list new UIDs, fetch, search by Message-ID."""

from __future__ import annotations

import imaplib
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any, Final

from remit.connectors.email.client import check_protection, tls_context
from remit.connectors.email.config import Mailbox

SECONDS: Final = 30.0
MAX_MESSAGE_BYTES: Final = 25_000_000
_SAFE: Final = re.compile(r"^[\w.+=@-]{1,250}$")


class MailboxUnavailable(Exception):
    """The mailbox cannot be read now: no connection, no sign-in, no such folder."""

    code = "mailbox_unavailable"
    exit_code = 4


@contextmanager
def opened(mailbox: Mailbox) -> Iterator[Folder]:
    """The folder, opened read-only (nothing is marked as read: other people may use the mailbox too)."""
    check_protection(mailbox.host, mailbox.security)
    try:
        connection = _connect(mailbox)
        try:
            connection.login(mailbox.user, mailbox.password)
            _ok(connection.select(f'"{mailbox.folder}"', readonly=True), "the folder cannot be opened")
            yield Folder(connection)
        finally:
            with suppress(imaplib.IMAP4.error, OSError):
                connection.logout()
    except (imaplib.IMAP4.error, OSError) as error:
        raise MailboxUnavailable(f"{mailbox.name} cannot be read: {error}") from error


def _connect(mailbox: Mailbox) -> imaplib.IMAP4:
    if mailbox.security == "tls":
        return imaplib.IMAP4_SSL(
            mailbox.host, mailbox.port, ssl_context=tls_context(mailbox.ca_file), timeout=SECONDS
        )
    made = imaplib.IMAP4(mailbox.host, mailbox.port, timeout=SECONDS)
    if mailbox.security == "starttls":
        made.starttls(tls_context(mailbox.ca_file))
    return made


def _ok(answer: tuple[str, Any], what: str) -> Any:
    status, data = answer
    if status != "OK":
        raise MailboxUnavailable(f"{what}: {data!r}")
    return data


class Folder:
    """An open folder."""

    def __init__(self, connection: imaplib.IMAP4) -> None:
        self._connection = connection

    def generation(self) -> int:
        """UIDVALIDITY: while it stays the same, UIDs name the same messages and only grow (RFC 3501 2.3.1.1)."""
        _, data = self._connection.response("UIDVALIDITY")
        if not data or data[0] is None:
            raise MailboxUnavailable("the server gives no UIDVALIDITY")
        return int(data[0])

    def uids_after(self, last: int) -> list[int]:
        """UIDs greater than `last`, ascending."""
        data = _ok(self._connection.uid("SEARCH", f"UID {last + 1}:*"), "the folder cannot be searched")
        found = {int(one) for line in data if line for one in line.split()}
        return sorted(
            uid for uid in found if uid > last
        )  # "n:*" also matches the last message when n is past it

    def message(self, uid: int) -> bytes | None:
        """The whole message; None when it is gone. Larger ones than MAX_MESSAGE_BYTES are cut there."""
        part = f"(BODY.PEEK[]<0.{MAX_MESSAGE_BYTES}>)"
        data = _ok(self._connection.uid("FETCH", str(uid), part), "a message cannot be fetched")
        for one in data:
            if isinstance(one, tuple) and len(one) > 1 and isinstance(one[1], bytes):
                return one[1]
        return None

    def find_message_id(self, mark: str) -> list[int]:
        """UIDs of messages whose Message-ID contains `mark`. Raises ValueError for an unsafe mark."""
        if not _SAFE.match(mark):
            raise ValueError("not a part of a Message-ID that can be searched for")
        data = _ok(
            self._connection.uid("SEARCH", f'HEADER Message-ID "{mark}"'), "the folder cannot be searched"
        )
        return [int(one) for line in data if line for one in line.split()]
