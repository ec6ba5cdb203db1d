"""Text at rest: AES-GCM with a key of this installation that lies in REMIT_HOME/secrets and never in the database.

A sealed text is bound to what it belongs to, so that it opens in no other row. Whoever has the database alone cannot read it.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import os
from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from remit.db.secrets import read_or_make

_VERSION: Final = b"\x01"
_KEY_ID_BYTES, _NONCE_BYTES = 8, 12


class SealUnreadable(Exception):
    """A sealed text cannot be opened: another key sealed it, or it was changed, or moved from another row."""

    code = "seal_unreadable"


def _key(home: Path, key_file: str) -> bytes:
    text = read_or_make(home, key_file)
    try:
        key = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except binascii.Error:
        key = b""
    if len(key) != 32:
        raise SealUnreadable(
            f"{key_file} in the folder secrets does not hold a key of 32 bytes: bring back the right file."
        )
    return key


def _key_id(key: bytes, key_file: str) -> bytes:
    return hashlib.sha256(f"remit-{key_file.removesuffix('.key')}\n".encode() + key).digest()[:_KEY_ID_BYTES]


def seal(home: Path, key_file: str, bound: str, text: str) -> bytes:
    """`text` encrypted, to be opened with the same `bound` only. Raises SealUnreadable when the key file is damaged."""
    key, nonce = _key(home, key_file), os.urandom(_NONCE_BYTES)
    sealed = AESGCM(key).encrypt(nonce, text.encode(), bound.encode())
    return _VERSION + _key_id(key, key_file) + nonce + sealed


def unseal(home: Path, key_file: str, bound: str, sealed: bytes) -> str:
    """The text again. Raises SealUnreadable."""
    key = _key(home, key_file)
    head = len(_VERSION) + _KEY_ID_BYTES
    if sealed[:1] != _VERSION or sealed[1:head] != _key_id(key, key_file):
        raise SealUnreadable(
            "This was sealed with another key than the one in the folder secrets: bring back that file."
        )
    nonce, rest = sealed[head : head + _NONCE_BYTES], sealed[head + _NONCE_BYTES :]
    try:
        return AESGCM(key).decrypt(nonce, rest, bound.encode()).decode()
    except InvalidTag:
        raise SealUnreadable("This was changed after it was sealed, or belongs to something else.") from None
