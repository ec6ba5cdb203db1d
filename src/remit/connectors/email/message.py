"""The message as it goes over the wire: built from what was approved, byte for byte the same on each attempt
except for its Date.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address as HeaderAddress
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import Final
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from remit.connectors.email import addresses
from remit.connectors.email.addresses import Address, HeaderUnsafe
from remit.domains.outreach.attaching import MOST_BYTES, Attached

MAX_BODY_BYTES: Final = 1_000_000
_ID_LENGTH: Final = 250
_LINE_LENGTH: Final = 990  # octets; SMTP allows 998 (RFC 5321 4.5.3.1.6)


class EmailPayload(BaseModel):
    """What an `email.send` effect carries. The recipient stands here because it was approved; it is compared with
    the contact's stored address before anything leaves."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    to: str
    to_name: str = ""
    from_person: UUID | None = None
    subject: str
    body: str
    contact_id: UUID
    draft_id: UUID | None = None
    message_id: str | None = None
    thread: str | None = None
    in_reply_to: str | None = None
    references: tuple[str, ...] = ()
    attached: Attached | None = None
    """The file that was approved with it, by its hash."""
    disclosures: tuple[str, ...] = ()
    """Lines that the rules under which it is sent want under it, as they were when it was approved."""


@dataclass(frozen=True, slots=True)
class Enclosed:
    """A file in the message: its name (ASCII), media type and bytes."""

    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Sender:
    """Who the message is from, and what the law wants under it."""

    address: Address
    reply_to: Address
    person_name: str
    firm_name: str = ""
    postal_address: str = ""
    unsubscribe_url: str = ""


def footer(sender: Sender, disclosures: Sequence[str] = ()) -> str:
    """The lines under every message: who sent it, where they are, under whose rules, how to stop it."""
    return footer_of(sender.person_name, sender.firm_name, sender.postal_address, disclosures)


def footer_of(person_name: str, firm_name: str, postal_address: str, disclosures: Sequence[str] = ()) -> str:
    """The same from its parts, for showing it before there is a message."""
    lines = ["-- ", person_name]
    place = ", ".join(part for part in (firm_name, postal_address) if part)
    if place:
        lines.append(place)
    lines += disclosures
    lines.append(
        'If you would rather not hear from us, reply with "unsubscribe" and we will not write again.'
    )
    return "\n".join(lines)


def build(
    payload: EmailPayload, sender: Sender, recipient: Address, effect_id: UUID, message_id: str, at: datetime,
    enclosed: Enclosed | None = None,
) -> bytes:  # fmt: skip
    """The message in wire form (CRLF, quoted-printable UTF-8; a file after the text, in base64). Raises HeaderUnsafe, ValueError."""
    made = EmailMessage(policy=SMTP)
    made["From"] = _header(sender.address, sender.person_name)
    made["To"] = _header(recipient, payload.to_name)
    made["Reply-To"] = addresses.tagged(sender.reply_to, effect_id)
    made["Subject"] = addresses.clean(payload.subject, "subject").strip()
    made["Date"] = format_datetime(at)
    made["Message-ID"] = _identifier(message_id)
    if payload.in_reply_to:
        made["In-Reply-To"] = _identifier(payload.in_reply_to)
    if chain := _chain(payload):
        made["References"] = " ".join(chain)
    mailto = f"<mailto:{addresses.tagged(sender.reply_to, effect_id)}?subject=unsubscribe>"
    if sender.unsubscribe_url:
        made["List-Unsubscribe"] = f"<{sender.unsubscribe_url}>, {mailto}"
        made["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    else:
        made["List-Unsubscribe"] = mailto
    text = (
        payload.body.replace("\r\n", "\n").replace("\r", "\n").rstrip()
        + "\n\n"
        + footer(sender, payload.disclosures)
        + "\n"
    )
    if "\x00" in text or len(text.encode()) > MAX_BODY_BYTES:
        raise ValueError("the text has NUL characters or is larger than a megabyte")
    made.set_content(text, subtype="plain", charset="utf-8", cte="quoted-printable")
    if enclosed is not None:
        _enclose(made, enclosed, effect_id)
    utf8 = sender.address.needs_utf8 or recipient.needs_utf8
    # headers are not folded below the limit of SMTP: folding a long address or URL would encode it
    wire = made.as_bytes(policy=SMTP.clone(utf8=utf8, max_line_length=_LINE_LENGTH))
    return wire if wire.endswith(b"\r\n") else wire + b"\r\n"


def _enclose(made: EmailMessage, enclosed: Enclosed, effect_id: UUID) -> None:
    """The file as a second part. The line between the parts comes from the effect: every attempt builds the same bytes."""
    if len(enclosed.content) > MOST_BYTES:
        raise ValueError(f"the file is larger than {MOST_BYTES:,} bytes")
    main, _, sub = enclosed.media_type.partition("/")
    name = addresses.clean(enclosed.name, "file name")
    made.add_attachment(enclosed.content, maintype=main, subtype=sub, filename=name, cte="base64")
    made.set_boundary(f"remit-{effect_id.hex}")


def _header(address: Address, name: str) -> HeaderAddress:
    return HeaderAddress(addresses.clean(name.strip(), "name"), addr_spec=address.spec)


def _identifier(text: str) -> str:
    bare = text.strip()
    if addresses._CONTROL.search(bare) or " " in bare or len(bare) > _ID_LENGTH:
        raise HeaderUnsafe("a message identifier has blanks or control characters")
    if not (bare.startswith("<") and bare.endswith(">") and "@" in bare and bare.isascii()):
        raise HeaderUnsafe("a message identifier has the form <unique@domain>")
    return bare


def _chain(payload: EmailPayload) -> Sequence[str]:
    chain = [_identifier(one) for one in payload.references]
    if payload.in_reply_to and _identifier(payload.in_reply_to) not in chain:
        chain.append(_identifier(payload.in_reply_to))
    return chain[-20:]
