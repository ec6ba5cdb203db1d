"""What in a text is confidential, and of which data class."""

from __future__ import annotations

from collections.abc import Sequence

from remit.llm.handling.spans import Found, resolve, trimmed

PIECE = 20_000  # characters handed to the model at a time: it is linear, its memory is not


def classify(text: str, client_names: Sequence[str] = ()) -> list[Found]:
    """The finds in `text` without overlaps, in order of place. `client_names`: the accounts' names as recorded.

    Text of any length; it is read in pieces that end at a line or a blank. Loads the model on first use.
    """
    from remit.llm.handling.analyzer import analyze

    found: list[Found] = []
    start = 0
    while start < len(text):
        end = _cut(text, start)
        for each in analyze(text[start:end], client_names):
            kept = trimmed(text, Found(each.start + start, each.end + start, each.type, each.sure))
            if kept:
                found.append(kept)
        start = end
    return resolve(found)


def _cut(text: str, start: int) -> int:
    if len(text) - start <= PIECE:
        return len(text)
    for mark in ("\n", ". ", " "):
        place = text.rfind(mark, start + PIECE // 2, start + PIECE)
        if place > 0:
            return place + len(mark)
    return start + PIECE
