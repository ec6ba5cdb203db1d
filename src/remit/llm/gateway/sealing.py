"""Prompts and replies at rest: AES-GCM with a key that lies in REMIT_HOME/secrets and never in the database.

A sealed text is bound to its call and part, so that it opens in no other row. Whoever has the database alone cannot
read it; whoever loses the key file loses the texts, not the records of the calls.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import os
from pathlib import Path
from typing import Final, Literal
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from remit.db.secrets import read_or_make

KEY_FILE: Final = "model-content.key"
Part = Literal["prompt", "reply"]

_VERSION: Final = b"\x01"
_KEY_ID_BYTES, _NONCE_BYTES = 8, 12


class ContentUnreadable(Exception):
    """A sealed text cannot be opened: another key sealed it, or it was changed, or moved from another row."""

    code = "content_unreadable"


def _key(home: Path) -> bytes:
    text = read_or_make(home, KEY_FILE)
    try:
        key = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except binascii.Error:
        key = b""
    if len(key) != 32:
        raise ContentUnreadable(
            f"{KEY_FILE} in the folder secrets does not hold a key of 32 bytes: bring back the right file."
        )
    return key


def _key_id(key: bytes) -> bytes:
    return hashlib.sha256(b"remit-model-content\n" + key).digest()[:_KEY_ID_BYTES]


def seal(home: Path, call_id: UUID, part: Part, text: str) -> bytes:
    """`text` encrypted for one part of one call. Raises ContentUnreadable when the key file is damaged."""
    key, nonce = _key(home), os.urandom(_NONCE_BYTES)
    sealed = AESGCM(key).encrypt(nonce, text.encode(), _bound(call_id, part))
    return _VERSION + _key_id(key) + nonce + sealed


def unseal(home: Path, call_id: UUID, part: Part, sealed: bytes) -> str:
    """The text again. Raises ContentUnreadable."""
    key = _key(home)
    head = len(_VERSION) + _KEY_ID_BYTES
    if sealed[:1] != _VERSION or sealed[1:head] != _key_id(key):
        raise ContentUnreadable(
            "This text was sealed with another key than the one in the folder secrets: bring back that file."
        )
    nonce, rest = sealed[head : head + _NONCE_BYTES], sealed[head + _NONCE_BYTES :]
    try:
        return AESGCM(key).decrypt(nonce, rest, _bound(call_id, part)).decode()
    except InvalidTag:
        raise ContentUnreadable(
            "This text was changed after it was sealed, or belongs to another call."
        ) from None


def _bound(call_id: UUID, part: Part) -> bytes:
    return f"{call_id}:{part}".encode()
