"""Tokens and records cross a network only encrypted; plain http is for this machine."""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit


def is_safe(url: str) -> bool:
    """Whether `url` is https, or http to this machine."""
    parts = urlsplit(url)
    if parts.scheme == "https":
        return bool(parts.hostname)
    if parts.scheme != "http" or not parts.hostname:
        return False
    if parts.hostname == "localhost":
        return True
    try:
        return ipaddress.ip_address(parts.hostname).is_loopback
    except ValueError:
        return False
