"""What the settings say about mail, checked once, as plain values."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from remit.connectors.email import addresses, unsubscribing
from remit.connectors.email.addresses import Address
from remit.connectors.email.client import Server, check_protection
from remit.settings import Settings


class MailSettingsInvalid(Exception):
    """The mail settings cannot work together; the message names what is missing."""

    code = "mail_settings_invalid"


@dataclass(frozen=True)
class Mailbox:
    """A folder on an IMAP server."""

    host: str
    port: int
    security: Literal["tls", "starttls", "none"]
    user: str
    password: str
    folder: str = "INBOX"
    ca_file: Path | None = None

    @property
    def name(self) -> str:
        """Stable name of the mailbox in records: no password."""
        return f"{self.user}@{self.host}/{self.folder}"


@dataclass(frozen=True)
class MailConfig:
    """`server` is None with the capture outbox; `inbox` and `archive` when there is none to read."""

    server: Server | None
    from_address: Address | None
    reply_to: Address | None
    archive_address: Address | None
    inbox: Mailbox | None
    archive: Mailbox | None
    firm_name: str = ""
    postal_address: str = ""
    unsubscribe_url: str = ""
    unsubscribe_secret: str = field(default="", repr=False)


def read(settings: Settings) -> MailConfig:
    """The mail configuration. Raises MailSettingsInvalid, AddressInvalid, HeaderUnsafe, UnsafeServer."""
    server = _server(settings)
    return MailConfig(
        server=server,
        from_address=_address(settings.mail_from_address),
        reply_to=_address(settings.mail_reply_to),
        archive_address=_address(settings.mail_archive_address) if server else None,
        inbox=_mailbox(
            settings,
            settings.imap_user,
            settings.imap_password.get_secret_value() if settings.imap_password else "",
            settings.imap_folder,
        ),
        archive=_mailbox(
            settings,
            settings.archive_imap_user,
            settings.archive_imap_password.get_secret_value() if settings.archive_imap_password else "",
            settings.archive_imap_folder,
        ),
        firm_name=addresses.clean(settings.mail_firm_name, "firm's name"),
        postal_address=addresses.clean(settings.mail_postal_address, "postal address"),
        unsubscribe_url=settings.mail_unsubscribe_url,
        unsubscribe_secret=unsubscribing.secret(settings.home) if settings.mail_unsubscribe_url else "",
    )


def _server(settings: Settings) -> Server | None:
    if settings.mail_transport == "capture":
        return None
    missing = [name for name in ("smtp_host", "mail_postal_address") if not getattr(settings, name)]
    if missing:
        raise MailSettingsInvalid(f"mail_transport = smtp also needs {' and '.join(missing)}")
    check_protection(settings.smtp_host, settings.smtp_security)
    return Server(
        settings.smtp_host,
        settings.smtp_port,
        settings.smtp_security,
        settings.smtp_user,
        settings.smtp_password.get_secret_value() if settings.smtp_password else "",
        settings.mail_ca_file,
    )


def _address(text: str) -> Address | None:
    return addresses.parse(text) if text else None


def _mailbox(settings: Settings, user: str, password: str, folder: str) -> Mailbox | None:
    if not settings.imap_host or not user:
        return None
    check_protection(settings.imap_host, settings.imap_security)
    return Mailbox(
        settings.imap_host,
        settings.imap_port,
        settings.imap_security,
        user,
        password,
        folder,
        settings.mail_ca_file,
    )
