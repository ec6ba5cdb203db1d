"""Text from outside: cleaned on the way in, made harmless on the way out, and folded to compare names."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Final

from remit.kit.legal_forms import ARTICLES, LEADING_FORMS, LEGAL_FORMS

# Characters that change how the text around them is shown: bidirectional overrides and isolates, zero-width, BOM.
INVISIBLE: Final = dict.fromkeys(
    [*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200B, 0x200E, 0x200F, 0x2060, 0xFEFF, 0x061C]
)
CONTROL: Final = dict.fromkeys(
    [code for code in [*range(0x20), *range(0x7F, 0xA0)] if code not in (0x09, 0x0A)] + [0xFFFE, 0xFFFF]
)
_REMOVED: Final = {**INVISIBLE, **CONTROL, 0x0D: 0x0A, **dict.fromkeys(range(0xD800, 0xE000))}
_UNSAFE: Final = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff]|(?P<turned>[\u202a-\u202e\u2066-\u2069])"
)
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_NUMBER: Final = re.compile(r"[+-]?\d+([.,]\d+)*([eE][+-]?\d+)?%?")
_APOSTROPHES: Final = re.compile(r"[’'`´ʼ]")
_DOTTED: Final = re.compile(r"\b(?:\w\.){2,}(?:\w\b)?|\b\w(?:\.\w)+\b")
_AND: Final = re.compile(r"\s*[&+]\s*")
_NOT_WORD: Final = re.compile(r"[\W_]+")
_PLURALS: Final = {
    "person": "people",
    "match": "matches",
    "reply": "replies",
    "activity": "activities",
    "hash": "hashes",
}
_FORM_ENDS: Final = frozenset(form.split()[-1] for form in LEGAL_FORMS)
_FORM_STARTS: Final = frozenset(form.split()[0] for form in LEADING_FORMS)


def clean(value: str) -> str:
    """`value` without control characters, bidirectional overrides, zero-width characters and outer blanks; NFC.

    Line ends become `\\n`. What is left can be stored by PostgreSQL and shows as it reads.
    """
    if value.isascii() and value.isprintable():
        return value.strip()
    if not value.isprintable():
        value = value.replace("\r\n", "\n").translate(_REMOVED)
    return unicodedata.normalize("NFC", value).strip()


def unsafe(value: str) -> str | None:
    """Why a text that somebody typed cannot be taken as it is, in words; None when it can.

    Stricter than it must be to store it: what a record says must show as it reads, also in a terminal.
    """
    if value.isascii() and value.isprintable():
        return None
    found = _UNSAFE.search(value)
    if found is None:
        return None
    if found["turned"]:
        return "holds characters that turn the direction of the text around; remove them"
    return "holds control characters (such as NUL); remove them"


def like(value: str) -> str:
    """`value` as a literal part of an SQL LIKE pattern (escape sign: backslash)."""
    return value.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def safe_cell(value: object) -> str:
    """`value` for a CSV cell that a spreadsheet opens: text that would start a formula gets a leading apostrophe.

    Plain numbers keep their sign. None is the empty cell.
    """
    if value is None:
        return ""
    text = str(value)
    if text.lstrip(" ").startswith(_FORMULA) and not _NUMBER.fullmatch(text):
        return "'" + text
    return text


def shorten(value: str, limit: int) -> str:
    """`value` with at most `limit` characters, the last an ellipsis when something was cut."""
    return value if len(value) <= limit else value[: max(0, limit - 1)] + "…"


def fold(value: str) -> str:
    """Letters and digits of `value` in lower case without accents, words separated by one blank."""
    value = value.casefold()  # first: Ø and Ł are ø and ł before these become o and l
    if not value.isascii():
        spread = unicodedata.normalize("NFKD", value.replace("ø", "o").replace("ł", "l"))
        # compatibility forms (ℌ, ℡) unfold to capitals
        value = "".join(mark for mark in spread if not unicodedata.combining(mark)).casefold()
    return _NOT_WORD.sub(" ", _APOSTROPHES.sub("", value)).strip()


@lru_cache(maxsize=65_536)
def name_key(name: str) -> str:
    """The key under which a firm's name is found: folded, without legal form and leading article.

    "The Acme Corp.", "ACME Corporation" and "Acmé, Inc." share the key `acme`. A name that is nothing but a
    legal form keeps its words. Never empty for a name with a letter or digit.
    """
    words = name_words(name)
    kept = without_legal_form(words)
    return " ".join(kept or words)


def name_words(name: str) -> list[str]:
    """Folded words of a name: initials joined (`A.B.C.` → `abc`), `&` read as and."""
    joined = _DOTTED.sub(lambda found: found.group().replace(".", ""), _AND.sub(" and ", name))
    return fold(joined).split()


def without_legal_form(words: list[str]) -> list[str]:
    """`words` without legal forms at either end and without a leading article; may be empty."""
    start, end = 0, len(words)
    moved = True
    while moved and start < end:
        moved = False
        # most words end or begin no form at all: only for those that do is it worth joining words
        for size in range(min(8, end - start), 0, -1) if words[end - 1] in _FORM_ENDS else ():
            if " ".join(words[end - size : end]) in LEGAL_FORMS:
                end, moved = end - size, True
                break
        for size in range(min(8, end - start), 0, -1) if words[start] in _FORM_STARTS else ():
            if " ".join(words[start : start + size]) in LEADING_FORMS:
                start, moved = start + size, True
                break
    if start < end - 1 and words[start] in ARTICLES:
        start += 1
    if end - start > 1 and words[end - 1] == "and":
        end -= 1
    return words[start:end]


def squash(value: str) -> str:
    """`value` folded and without blanks: `GTX Pro` and `GTXPro` are the same."""
    return fold(value).replace(" ", "")


def counted(count: int, one: str, many: str = "") -> str:
    """A number with what it counts, in the right number: `1 meeting`, `1,204 meetings`, `1 person`, `2 people`.

    `many` is for words whose plural is not made with s: `counted(n, "is", "are")` need not guess.
    """
    return f"{count:,} {by_number(count, one, many)}"


def percent(share: float | None, digits: int = 0) -> str:
    """A share of 0 to 1 as we write it in sentences and tables: '88 %'; nothing for None."""
    return "" if share is None else f"{share * 100:.{digits}f} %"


def by_number(count: int, one: str, many: str = "") -> str:
    """The word alone that goes with a number: `by_number(1, "waits", "wait")` is `waits`."""
    return one if count == 1 else many or _PLURALS.get(one) or f"{one}s"


def in_words(name: str) -> str:
    """A name of ours in words: ChangeStage → Change stage, all_with_barriers → all with barriers."""
    spaced = "".join(f" {char.lower()}" if char.isupper() and i else char for i, char in enumerate(name))
    return spaced.replace("_", " ")
