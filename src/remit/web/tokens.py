"""The token that a form carries to show that it is from our own page."""

from __future__ import annotations

import base64
import hmac
import os


def masked_token(secret: str) -> str:
    """The session's token as a page carries it: masked anew each time, so that compression gives nothing away."""
    plain = secret.encode()
    mask = os.urandom(len(plain))
    return base64.urlsafe_b64encode(mask + bytes(a ^ b for a, b in zip(mask, plain, strict=True))).decode()


def token_matches(given: str, secret: str) -> bool:
    """Whether `given` is a masked form of `secret`."""
    try:
        raw = base64.urlsafe_b64decode(given.encode("ascii"))
    except (ValueError, UnicodeError):
        return False
    half = len(raw) // 2
    plain = bytes(a ^ b for a, b in zip(raw[:half], raw[half:], strict=False))
    return len(raw) == 2 * len(secret.encode()) and hmac.compare_digest(plain, secret.encode())
