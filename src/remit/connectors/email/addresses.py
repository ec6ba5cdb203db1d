"""Addresses and identifiers of messages: pure, strict, without any header injection."""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import dataclass
from typing import Final
from uuid import UUID

MAX_LOCAL, MAX_ADDRESS = 64, 254  # RFC 5321 4.5.3.1, in octets
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_ATOM: Final = re.compile(r"^[\w!#$%&'*+/=?^`{|}~.-]+$")
_LABEL: Final = re.compile(r"^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$")
_TOKEN: Final = re.compile(r"\+([a-z2-7]{26})@")


class AddressInvalid(ValueError):
    """Not an address that a message can be sent to or from; the message says why, never more than the domain."""

    code = "address_invalid"


class HeaderUnsafe(ValueError):
    """A text that would break out of its header (line breaks and other control characters)."""

    code = "header_unsafe"


@dataclass(frozen=True, slots=True)
class Address:
    """One mailbox in the form for the wire: domain in ASCII (punycode), local part as it is."""

    local: str
    domain: str
    name: str = ""

    @property
    def spec(self) -> str:
        """`local@domain`."""
        return f"{self.local}@{self.domain}"

    @property
    def needs_utf8(self) -> bool:
        """Whether the server must offer SMTPUTF8 (RFC 6531)."""
        return not self.local.isascii()


def clean(text: str, what: str) -> str:
    """`text` unchanged when it is fit for a header. Raises HeaderUnsafe."""
    if _CONTROL.search(text):
        raise HeaderUnsafe(f"the {what} contains a line break or another control character")
    return text


def parse(address: str, name: str = "") -> Address:
    """A bare address (no display name, no comment). Raises AddressInvalid, HeaderUnsafe."""
    clean(address, "address")
    local, at, domain = address.strip().rpartition("@")
    if not at or not local or not domain:
        raise AddressInvalid("an address has the form name@domain")
    if not _ATOM.match(local) or local.startswith(".") or local.endswith(".") or ".." in local:
        raise AddressInvalid(f"the part before @{domain} is not an address of a mailbox")
    try:
        ascii_domain = domain.encode("idna").decode() if not domain.isascii() else domain.lower()
    except UnicodeError as error:
        raise AddressInvalid(f"{domain!r} is not a domain") from error
    labels = ascii_domain.split(".")
    if (len(labels) < 2 and ascii_domain != "localhost") or not all(_LABEL.match(one) for one in labels):
        raise AddressInvalid(f"{domain!r} is not a domain")
    found = Address(local, ascii_domain, clean(name.strip(), "name"))
    if len(local.encode()) > MAX_LOCAL or len(found.spec.encode()) > MAX_ADDRESS:
        raise AddressInvalid(f"the address at {domain} is too long")
    return found


def message_id(key: str, domain: str) -> str:
    """The Message-ID that belongs to idempotency key `key`: the same for every attempt, so receivers can tell."""
    return f"<{message_mark(key)}@{domain}>"


def message_mark(key: str) -> str:
    """The part of the Message-ID before the @: `remit.` and 160 bits of the key's hash."""
    return "remit." + hashlib.sha256(key.encode()).hexdigest()[:40]


def token(effect_id: UUID) -> str:
    """A name for an effect that survives in an address: 26 characters of a-z and 2-7."""
    return base64.b32encode(effect_id.bytes).decode().rstrip("=").lower()


def tagged(address: Address, effect_id: UUID) -> str:
    """`name+token@domain`: replies to it find their message even when the threading headers were lost."""
    return f"{address.local}+{token(effect_id)}@{address.domain}"


def effect_of(address_or_header: str) -> UUID | None:
    """The effect named by a plus-address anywhere in the text; None when there is none."""
    found = _TOKEN.search(address_or_header.lower())
    return from_token(found.group(1)) if found else None


def from_token(text: str) -> UUID | None:
    """The effect named by `token`; None when it is none."""
    try:
        return UUID(bytes=base64.b32decode(text.upper() + "======"))
    except ValueError:
        return None
