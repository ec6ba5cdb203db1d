"""A text from the clipboard or a file becomes one that can be read, quoted and stored; or it is refused with the reason."""

from __future__ import annotations

import unicodedata

from remit.kit.text import CONTROL, INVISIBLE
from remit.knowledge.pasted.model import MOST_CHARACTERS, Pasted, PasteRefused

_GONE = {**INVISIBLE, **CONTROL, **dict.fromkeys(range(0xE0000, 0xE0080)), 0xAD: None}


def take(raw: str) -> Pasted:
    """`raw` without what nobody sees; line ends become one sign. Raises PasteRefused."""
    if "\x00" in raw:
        raise PasteRefused("The text holds NUL characters: it is no text. Copy the words, not the file.")
    if len(raw) > MOST_CHARACTERS:
        raise PasteRefused(
            f"The text has {len(raw):,} characters; at most {MOST_CHARACTERS:,} are read. Paste the part that is about the prospect."
        )
    lines = raw.replace("\r\n", "\n").replace("\r", "\n")
    text = "".join(char for char in lines if not "\ud800" <= char <= "\udfff").translate(_GONE)
    removed = len(lines) - len(text)
    text = unicodedata.normalize("NFC", text).strip()
    if not any(char.isalnum() for char in text):
        raise PasteRefused("There is no text to read. Paste what you know about the prospect.")
    return Pasted(text, removed)
