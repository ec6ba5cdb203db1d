"""mail-devel: a real SMTP and IMAP server with a mailbox for every address, for one test.

It sorts messages by their To and Cc headers, not by the envelope.
"""

from __future__ import annotations

import imaplib
import smtplib
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.support.smtp_server import free_port

PASSWORD = "mailpassword"


@dataclass(frozen=True)
class MailServer:
    """Ports on this machine. Every address is an account; the password is the same for all."""

    smtp_port: int
    imap_port: int

    def put(self, sender: str, recipient: str, raw: bytes) -> None:
        """Deliver a raw message as somebody outside would."""
        with smtplib.SMTP("127.0.0.1", self.smtp_port, timeout=10) as client:
            client.sendmail(sender, [recipient], raw)

    def messages(self, account: str) -> list[bytes]:
        """All messages of an account's INBOX."""
        client = imaplib.IMAP4("127.0.0.1", self.imap_port, timeout=10)
        client.login(account, PASSWORD)
        client.select("INBOX", readonly=True)
        found = []
        for number in client.search(None, "ALL")[1][0].split():
            for part in client.fetch(number, "(BODY.PEEK[])")[1]:
                if isinstance(part, tuple):
                    found.append(part[1])
        client.logout()
        return found


@contextmanager
def mail_server(folder: Path) -> Iterator[MailServer]:
    """The server, running while the block lasts."""
    server = MailServer(free_port(), free_port())
    with (folder / "mail-server.log").open("wb") as log:
        process = subprocess.Popen(
            [
                sys.executable, "-m", "mail_devel", "--host", "127.0.0.1", "--user", "inbox@northlake.example",
                "--password", PASSWORD, "--multi-user", "--no-http", "--smtp-port", str(server.smtp_port),
                "--imap-port", str(server.imap_port),
                "--alias", "inbox+*@northlake.example:inbox@northlake.example",
            ],
            stdout=log, stderr=log, cwd=folder,
        )  # fmt: skip
        try:
            _wait(server, process)
            yield server
        finally:
            process.terminate()
            process.wait(10)


def _wait(server: MailServer, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        assert process.poll() is None, "mail_devel ended; see mail-server.log"
        try:
            smtplib.SMTP("127.0.0.1", server.smtp_port, timeout=2).close()
            imaplib.IMAP4("127.0.0.1", server.imap_port, timeout=2).logout()
            return
        except (OSError, imaplib.IMAP4.error, smtplib.SMTPException):
            time.sleep(0.1)
    raise AssertionError("mail_devel does not answer")
