"""Text as software may read it: invisible marks gone, look-alike letters told, encodings undone, markup opened.

Every reading (`Reading`) keeps, letter by letter, where it stands in the text as it came, so that a person can be shown
the place. Nothing here decides anything.
"""

from __future__ import annotations

import base64
import binascii
import codecs
import html
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final
from urllib.parse import unquote

from remit.kit.text import CONTROL, INVISIBLE

# Without one of these words no order is worth the reading of turned letters or digits.
_KEYS: Final = (
    "ignore", "instruction", "previous", "prompt", "forget", "system", "approve", "disregard", "forward", "pretend", "discount", "assistant",
)  # fmt: skip
_TURNED: Final = tuple(codecs.encode(word, "rot13") for word in _KEYS)
MAX_ENCODED: Final = 20_000  # letters of one encoded piece that are undone
MAX_HIDDEN: Final = (
    200_000  # letters inside hidden elements of one text that are read (elements may lie in one another)
)
MAX_PIECES: Final = 200  # encoded pieces of one text that are undone
_TAGS: Final = range(0xE0020, 0xE007F)  # letters that no one sees, one for each of ASCII
# Zero-width and joining marks, soft hyphen, variation selectors, invisible operators.
_UNSEEN: Final = frozenset(
    [*INVISIBLE, *CONTROL, *range(0x200B, 0x2010), *range(0x2060, 0x2065), 0xAD, 0x34F, 0x180E, *range(0xFE00, 0xFE10), 0xE0001, 0xE007F]
) - {0x0D, 0x0C}  # fmt: skip
# Letters of other scripts that look like Latin ones; taken as such only in a word that mixes scripts.
_ALIKE: Final = dict(zip("асеорхуіјѕԁһԛԝɡοαενικтмнвкгı", "aceopxyijsdhqwgoaevikтмнвкri", strict=True)) | {
    "т": "t",
    "м": "m",
    "н": "h",
    "в": "b",
    "к": "k",
}
_WORD: Final = re.compile(r"[^\W\d_]{2,}")
_SPACED: Final = re.compile(r"(?<!\w)(?:\w[ \t._\-*|]{1,3}){6,200}\w(?!\w)")
_LEET: Final = tuple(str.maketrans("013457@$", f"o{one}eastas") for one in "il")
_LEET_WORD: Final = re.compile(r"\b(?=\w*[a-z@$])(?=\w*[013457@$])[a-z013457@$]{4,20}\b")
_BASE64: Final = re.compile(
    r"(?<![\w+/=-])[A-Za-z0-9+/_-]{16,}(?:[\r\n]{1,2}[A-Za-z0-9+/_-]{16,}){0,300}={0,2}"
)
_HEX: Final = re.compile(r"(?<!\w)(?:(?:0x|\\x)?[0-9a-fA-F]{2}[ ,:]?){10,}(?!\w)")
_PERCENT: Final = re.compile(r"(?:%[0-9A-Fa-f]{2}|[\w.~-]){6,}")
_ENTITIES: Final = re.compile(r"(?:&#x?[0-9a-fA-F]{2,6};[ ]?){6,}")
_BINARY: Final = re.compile(r"(?<!\w)(?:[01]{8}[ ]?){8,}(?!\w)")
_ESCAPES: Final = re.compile(r"(?:\\u[0-9a-fA-F]{4}){6,}")
_TAG: Final = re.compile(r"<([a-zA-Z]\w{0,11})\b([^<>]{1,2000})>")
_HIDING: Final = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0(?:\.0+)?(?:px|pt|em|rem|%)?\s*(?:[;\"']|$)|opacity\s*:\s*0(?:\.0+)?\s*(?:[;\"']|$)"
    r"|(?<![-\w])color\s*[:=]\s*[\"']?(?:#fff(?:fff)?\b|white\b|transparent)|(?:text-indent|left|top)\s*:\s*-\d{3,}|\shidden\b|aria-hidden\s*=\s*[\"']?true",
    re.IGNORECASE,
)
_ATTRIBUTE: Final = re.compile(
    r"\b(?:alt|title|content|value|aria-label|data-[\w-]{1,30})\s*=\s*(?:\"([^\"]{8,2000})\"|'([^']{8,2000})')",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to read the text. `how`: how it was hidden, '' for what everybody sees; `places`: for each letter its place in the original."""

    how: str
    text: str
    places: tuple[int, ...] | range
    width: int  # letters of the original that the last letter stands for


def readings(text: str) -> Iterator[Reading]:
    """Every way to read `text`: as seen first, then what is hidden or encoded in it."""
    seen = folded(text)
    yield seen
    yield from _tagged(text)
    yield from _marked_up(text)
    yield from _spread(seen)
    yield from _encoded(text)
    if any(word in seen.text for word in _TURNED):
        yield Reading("letters turned by 13", codecs.decode(seen.text, "rot13"), seen.places, 1)


def folded(text: str, how: str = "") -> Reading:
    """`text` in small letters with single blanks, unseen marks taken out and look-alike letters replaced."""
    letters: list[str] = []
    places: list[int] = []
    blank = True
    for place, mark in enumerate(text):
        for one in _plain(mark):
            if one == "\n":
                if letters and letters[-1] == " ":
                    letters[-1] = "\n"
                elif letters and letters[-1] != "\n":
                    letters.append("\n")
                    places.append(place)
                blank = True
            elif one.isspace():
                if not blank:
                    letters.append(" ")
                    places.append(place)
                blank = True
            else:
                letters.append(one)
                places.append(place)
                blank = False
    return Reading(how, _one_script("".join(letters)), tuple(places), 1)


def unseen_in_words(text: str) -> int:
    """How many unseen marks stand between two letters of a word: nobody types these."""
    if text.isascii():
        return 0
    return sum(
        1 for place in range(1, len(text) - 1)
        if ord(text[place]) in _UNSEEN and ord(text[place]) > 0xFF and text[place - 1].isascii() and text[place - 1].isalpha()
    )  # fmt: skip


def _plain(mark: str) -> str:
    if mark.isascii():
        return "" if ord(mark) in _UNSEEN else mark.lower()
    if ord(mark) in _UNSEEN or ord(mark) in _TAGS:
        return ""
    if mark in "’‘ʼ":
        return "'"
    if mark in "“”„":
        return '"'
    return unicodedata.normalize("NFKC", mark).lower()


def _one_script(text: str) -> str:
    """Words that mix Latin with look-alikes of another script, in Latin; the length stays."""
    if text.isascii():
        return text

    def latin(found: re.Match[str]) -> str:
        word = found.group()
        if word.isascii() or not any("a" <= mark <= "z" for mark in word):
            return word
        return "".join(_ALIKE.get(mark, mark) for mark in word)

    return _WORD.sub(latin, text)


def _tagged(text: str) -> Iterator[Reading]:
    if text.isascii():
        return
    places = [place for place, mark in enumerate(text) if ord(mark) in _TAGS]
    if places:
        inner = "".join(chr(ord(text[place]) - 0xE0000) for place in places)
        yield _inside("written in invisible letters", inner, places[0], places[-1] + 1)


COVERED: Final = frozenset(
    {"in a comment of the markup", "in a passage that a page does not show", "written in invisible letters"}
)


def _marked_up(text: str) -> Iterator[Reading]:
    if "<" not in text:
        return
    for start, end in _comments(text):
        yield _part(text, "in a comment of the markup", start, end)
    left = MAX_HIDDEN
    for tag in _TAG.finditer(text):
        if left > 0 and _HIDING.search(tag.group(2)):
            end = text.find(f"</{tag.group(1)}", tag.end(), tag.end() + MAX_ENCODED)
            end = end if end > 0 else min(len(text), tag.end() + MAX_ENCODED)
            left -= end - tag.end()
            yield _part(text, "in a passage that a page does not show", tag.end(), end)
        for found in _ATTRIBUTE.finditer(tag.group(2)):
            start = tag.start(2) + found.start(found.lastindex or 0)
            end = tag.start(2) + found.end(found.lastindex or 0)
            yield _part(text, "in an attribute of the markup", start, end)


def _comments(text: str) -> Iterator[tuple[int, int]]:
    place, left = text.find("<!--"), MAX_PIECES
    while place >= 0 and left:
        end = text.find("-->", place)
        end = len(text) if end < 0 else end
        yield place + 4, min(end, place + 4 + MAX_ENCODED)
        place, left = text.find("<!--", end), left - 1


def _part(text: str, how: str, start: int, end: int) -> Reading:
    base = folded(text[start:end], how)
    return Reading(how, base.text, tuple(start + place for place in base.places), 1)


def _spread(seen: Reading) -> Iterator[Reading]:
    """Words whose letters stand apart (`S a y`) or are written with digits (`1gn0re`)."""
    joined = list(_SPACED.finditer(seen.text))
    for found in joined[:MAX_PIECES]:
        # two and more blanks part words; single ones part letters; without such, words run together
        letters = re.sub(r"(?<=\w)[ \t._\-*|](?=\w)", "", re.sub(r"[ ]{2,}", "\n", found.group()))
        inner = letters.replace("\n", " ")
        yield Reading("letters set apart", inner, (seen.places[found.start()],) * len(inner), found.end() - found.start())  # fmt: skip
    for table in _LEET if _LEET_WORD.search(seen.text) else ():
        plain = _LEET_WORD.sub(lambda found, table=table: found.group().translate(table), seen.text)  # type: ignore[misc]
        if any(plain.count(word) > seen.text.count(word) for word in _KEYS):
            yield Reading("digits in place of letters", plain, seen.places, 1)


def _encoded(text: str) -> Iterator[Reading]:
    left = MAX_PIECES
    for how, pattern, undo in (
        ("in base64", _BASE64, _from_base64),
        ("in hexadecimal", _HEX, _from_hex),
        ("in binary digits", _BINARY, _from_binary),
        ("in percent signs", _PERCENT, lambda piece: unquote(piece) if piece.count("%") > 2 else ""),
        ("in entities of the markup", _ENTITIES, lambda piece: html.unescape(piece)),
        ("in escapes", _ESCAPES, lambda piece: piece.encode().decode("unicode_escape", "ignore")),
    ):
        for found in pattern.finditer(text):
            inner = undo(found.group()[:MAX_ENCODED])
            if _reads(inner):
                yield _inside(how, inner, found.start(), found.end())
                left -= 1
                if not left:
                    return


def _inside(how: str, inner: str, start: int, end: int) -> Reading:
    base = folded(inner)
    return Reading(how, base.text, (start,) * len(base.text), end - start)


def _reads(inner: str) -> bool:
    """Whether this is text: printable, and with letters enough for an order."""
    if len(inner) < 8:
        return False
    letters = sum(mark.isalpha() or mark == " " for mark in inner)
    return letters >= 0.7 * len(inner) and all(mark.isprintable() or mark in "\n\r\t" for mark in inner)


def _from_base64(piece: str) -> str:
    plain = re.sub(r"[\r\n]", "", piece).rstrip("=").replace("-", "+").replace("_", "/")
    plain = plain[: len(plain) - (len(plain) % 4 == 1)]
    try:
        return base64.b64decode(plain + "=" * (-len(plain) % 4), validate=True).decode("utf-8")
    except (binascii.Error, UnicodeDecodeError):
        return ""


def _from_hex(piece: str) -> str:
    digits = re.sub(r"0x|\\x|[ ,:]", "", piece)
    try:
        return bytes.fromhex(digits).decode("utf-8")
    except (ValueError, UnicodeDecodeError):
        return ""


def _from_binary(piece: str) -> str:
    digits = piece.replace(" ", "")
    return bytes(int(digits[place : place + 8], 2) for place in range(0, len(digits), 8)).decode("latin-1")
