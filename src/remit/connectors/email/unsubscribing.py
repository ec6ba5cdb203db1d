"""The token in a message's unsubscribe link: which message it is, signed, so that nobody can make one for another. Pure but for
the secret's file, which web and workers share (REMIT_HOME/secrets)."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from pathlib import Path
from typing import Final
from uuid import UUID

from remit.connectors.email import addresses
from remit.db import secrets

_SHAPE: Final = re.compile(r"([a-z2-7]{26})([a-z2-7]{32})")


def secret(home: Path) -> str:
    """The installation's secret for these links; made at first use."""
    return secrets.read_or_make(home, "unsubscribe")


def token(key: str, effect_id: UUID) -> str:
    """58 characters of a-z and 2-7: the effect, and 160 bits that only the holder of `key` can make."""
    return addresses.token(effect_id) + _signature(key, effect_id)


def effect_of(key: str, text: str) -> UUID | None:
    """The effect whose token this is; None when it is none of ours."""
    found = _SHAPE.fullmatch(text)
    effect_id = addresses.from_token(found.group(1)) if found else None
    if found is None or effect_id is None:
        return None
    return effect_id if hmac.compare_digest(found.group(2), _signature(key, effect_id)) else None


def _signature(key: str, effect_id: UUID) -> str:
    mac = hmac.digest(key.encode(), b"unsubscribe:" + effect_id.bytes, hashlib.sha256)
    return base64.b32encode(mac[:20]).decode().lower()
