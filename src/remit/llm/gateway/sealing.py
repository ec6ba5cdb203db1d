"""Prompts and replies at rest, each bound to its call and part. Whoever loses the key file loses the texts, not the records of the calls."""

from __future__ import annotations

from pathlib import Path
from typing import Final, Literal
from uuid import UUID

from remit.db import sealing

KEY_FILE: Final = "model-content.key"
Part = Literal["prompt", "reply"]


class ContentUnreadable(Exception):
    """A sealed text cannot be opened: another key sealed it, or it was changed, or moved from another row."""

    code = "content_unreadable"


def seal(home: Path, call_id: UUID, part: Part, text: str) -> bytes:
    """`text` encrypted for one part of one call. Raises ContentUnreadable when the key file is damaged."""
    try:
        return sealing.seal(home, KEY_FILE, f"{call_id}:{part}", text)
    except sealing.SealUnreadable as error:
        raise ContentUnreadable(str(error)) from error


def unseal(home: Path, call_id: UUID, part: Part, sealed: bytes) -> str:
    """The text again. Raises ContentUnreadable."""
    try:
        return sealing.unseal(home, KEY_FILE, f"{call_id}:{part}", sealed)
    except sealing.SealUnreadable as error:
        raise ContentUnreadable(str(error)) from error
