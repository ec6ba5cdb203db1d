"""Addresses of the web."""

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
