"""Placeholders instead of telling words, the same for the same words throughout a conversation, and back again."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from remit.kit.text import fold
from remit.llm.handling.spans import CLASS_OF, Found

_LABEL: Final = "|".join(
    sorted((re.escape(each).replace("_", r"\\?[\s_-]*") for each in CLASS_OF), key=len, reverse=True)
)
# What models make of [PERSON_1]: other brackets, other case, a blank or a hyphen for the underscore, an escaped underscore, leading zeros.
_BRACKETED: Final = re.compile(
    rf"\\?(?:\[\[|\{{\{{|[\[(<{{«])\s*(?P<label>{_LABEL})\\?[\s_-]*(?:#\s?)?0*(?P<number>\d+)\s*\\?(?:\]\]|\}}\}}|[\])>}}»])",
    re.I,
)
_BARE: Final = re.compile(rf"(?<![\w\[])(?P<label>{_LABEL})\\?[_-]0*(?P<number>\d+)(?![\w\]])", re.I)


@dataclass(frozen=True, slots=True)
class Restored:
    """A reply with the words put back. `unknown`: placeholders in it that this conversation never handed out."""

    text: str
    unknown: tuple[str, ...]


@dataclass
class Mask:
    """The placeholders of one conversation. Hand the same one to every turn; keep it where the conversation is kept.

    `words`: what each placeholder stands for, as it was written first.
    """

    words: dict[str, str] = field(default_factory=dict)
    _by_words: dict[tuple[str, str], str] = field(default_factory=dict)
    _taken: dict[str, int] = field(default_factory=dict)

    def apply(self, text: str, found: Iterable[Found]) -> str:
        """`text` with a placeholder for each find. `found` must not overlap."""
        self._step_over(text)
        pieces: list[str] = []
        last = 0
        for each in sorted(found, key=lambda f: f.start):
            pieces += [text[last : each.start], self._placeholder(each.type, text[each.start : each.end])]
            last = each.end
        return "".join([*pieces, text[last:]])

    def restore(self, reply: str) -> Restored:
        """`reply` with the words back in place. One pass: words that are put back are not read again."""
        unknown: list[str] = []

        def back(match: re.Match[str]) -> str:
            label = re.sub(r"[\\\s-]+", "_", match["label"].upper()).replace("__", "_")
            said = self.words.get(f"[{label}_{int(match['number'])}]")
            if said is None:
                unknown.append(match[0])
                return match[0]
            return said

        both = re.compile(
            f"{_BRACKETED.pattern}|{_BARE.pattern.replace('label>', 'label2>').replace('number>', 'number2>')}",
            re.I,
        )
        pieces = []
        for piece in self._handed_out().split(reply):
            said = self.words.get(piece)
            pieces.append(
                both.sub(lambda match: back(_BRACKETED.fullmatch(match[0]) or _bare(match)), piece)
                if said is None
                else said
            )
        return Restored("".join(pieces), tuple(unknown))

    def _handed_out(self) -> re.Pattern[str]:
        """Our own placeholders to the letter. They go first: a bracket that stood beside the words is not part of one."""
        return re.compile("(" + ("|".join(map(re.escape, self.words)) or r"(?!)") + ")")

    def _placeholder(self, kind: str, said: str) -> str:
        key = (kind, fold(said) or said)
        held = self._by_words.get(key)
        if held is None:
            number = self._taken.get(kind, 0) + 1
            self._taken[kind] = number
            held = f"[{kind}_{number}]"
            self._by_words[key] = held
            self.words[held] = said
        return held

    def _step_over(self, text: str) -> None:
        """Numbers that stand in the text already, as if they were placeholders of ours, are not handed out."""
        for pattern in (_BRACKETED, _BARE):
            for match in pattern.finditer(text):
                kind = re.sub(r"[\\\s-]+", "_", match["label"].upper()).replace("__", "_")
                if int(match["number"]) < 1_000_000:
                    self._taken[kind] = max(self._taken.get(kind, 0), int(match["number"]))


def _bare(match: re.Match[str]) -> re.Match[str]:
    found = _BARE.fullmatch(match[0])
    if found is None:
        raise ValueError(f"“{match[0]}” is no placeholder")
    return found
