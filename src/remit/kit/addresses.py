"""Addresses of the web, and how one mailbox may be written."""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

MAX_LABEL = 63  # characters between two dots of a host's name
MAX_HOST = 253


def is_web_address(text: str) -> bool:
    """Whether `text` is a whole http or https address that names a host, no account, and a port that there can be."""
    try:
        parts = urlsplit(text)
        host, port = parts.hostname or "", parts.port
    except ValueError:  # brackets that do not close, a port that is no number or too large
        return False
    if parts.scheme not in ("http", "https") or parts.username is not None or port == 0:
        return False
    labels = host.removesuffix(".").split(".")
    return 0 < len(host) <= MAX_HOST and all(0 < len(label) <= MAX_LABEL for label in labels)


def is_loopback(host: str) -> bool:
    """Whether `host` is this machine."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def on_the_wire(address: str) -> str:
    """A mail address in small letters with its domain as it is looked up: full-width letters and invisible ones are none there."""
    local, at, domain = address.strip().lower().rpartition("@")
    try:
        return f"{local}{at}{domain if domain.isascii() else domain.encode('idna').decode()}"
    except UnicodeError:  # no domain: nothing goes there
        return f"{local}{at}{domain}"


def mailbox(address: str) -> str:
    """Whose mailbox an address is: on the wire, without what follows a plus."""
    local, at, domain = on_the_wire(address).rpartition("@")
    return f"{local.partition('+')[0] or local}{at}{domain}"


def spellings(address: str) -> list[str]:
    """Under which a mailbox may stand on a list: as written and as on the wire, each also without what follows a plus."""
    written = address.strip().lower()
    local, at, domain = written.rpartition("@")
    return sorted(
        {written, on_the_wire(address), mailbox(address), f"{local.partition('+')[0] or local}{at}{domain}"}
    )
