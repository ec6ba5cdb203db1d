"""Whether a message that says it is HubSpot's is. Only that is taken from it: that something changed."""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import UTC, datetime
from typing import Final

OLDEST_SECONDS: Final = 300


def is_genuine(
    secret: str, method: str, url: str, body: bytes, stamp: str, signature: str, now: datetime
) -> bool:
    """Version 3 of HubSpot's signature: over method, address, body and instant, with the app's secret, not older than five minutes."""
    if not secret or not stamp.isascii() or not stamp.isdigit() or len(stamp) > 15:
        return False
    sent = datetime.fromtimestamp(int(stamp) / 1000, UTC)
    if abs((now - sent).total_seconds()) > OLDEST_SECONDS:
        return False
    signed = method.encode() + url.encode() + body + stamp.encode()
    expected = base64.b64encode(hmac.new(secret.encode(), signed, hashlib.sha256).digest())
    return hmac.compare_digest(expected, signature.encode("utf-8", "replace"))
