"""What in a text is confidential, and of which data class."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from remit.kit.text import INVISIBLE
from remit.llm.handling.spans import Found, resolve, trimmed

_UNSEEN = frozenset(INVISIBLE) | {
    0xAD,
    0x200C,
    0x200D,
    *range(0xE0000, 0xE0080),
}  # soft hyphen, joiners, tags
_BLANKS = frozenset("\u00a0\u2002\u2003\u2007\u2009\u202f")
_RUN = re.compile(r"[^\w\s]{60,}")  # the model's tokenizer takes the square of such a run's length
PIECE = 20_000  # characters handed to the model at a time: it is linear, its memory is not


def classify(
    text: str, client_names: Sequence[str] = (), *, passed_over: Collection[str] = ()
) -> list[Found]:
    """The finds in `text` without overlaps, in order of place. `client_names`: the accounts' names as recorded.

    `passed_over`: data classes that are no secret here; a name inside such a find is found as the name it is.

    Text of any length; it is read in pieces that end at a line or a blank. Loads the model on first use.
    """
    from remit.llm.handling.analyzer import analyze

    plain, places = seen_by_a_reader(text)
    plain = _RUN.sub(lambda run: " " * len(run[0]), plain)
    found: list[Found] = []
    start = 0
    while start < len(plain):
        end = _cut(plain, start)
        for each in analyze(plain[start:end], client_names):
            kept = trimmed(plain, Found(each.start + start, each.end + start, each.type, each.sure))
            if kept and kept.data_class not in passed_over:
                found.append(kept)
        start = end
    kept_apart = [cut for each in resolve(found, plain) if (cut := trimmed(plain, each))]
    if places is None:
        return kept_apart
    return [Found(places[each.start], places[each.end - 1] + 1, each.type, each.sure) for each in kept_apart]


def seen_by_a_reader(text: str) -> tuple[str, list[int] | None]:
    """`text` without characters that nobody sees and with wide digits and letters made plain, so that neither hides anything.

    Beside it the place in `text` of each character; None when the text is as it reads.
    """
    if text.isascii() or not any(
        ord(mark) in _UNSEEN or "\uff01" <= mark <= "\uff5e" or mark in _BLANKS for mark in text
    ):
        return text, None
    kept = [(place, mark) for place, mark in enumerate(text) if ord(mark) not in _UNSEEN]
    plain = "".join(
        " " if mark in _BLANKS else chr(ord(mark) - 0xFEE0) if "\uff01" <= mark <= "\uff5e" else mark
        for _, mark in kept
    )
    return plain, [place for place, _ in kept]


def _cut(text: str, start: int) -> int:
    if len(text) - start <= PIECE:
        return len(text)
    for mark in ("\n", ". ", " "):
        place = text.rfind(mark, start + PIECE // 2, start + PIECE)
        if place > 0:
            return place + len(mark)
    return start + PIECE
