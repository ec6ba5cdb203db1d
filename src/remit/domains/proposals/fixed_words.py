"""What a Word template of the firm's own says beside the proposal, held against the rules of conduct: it goes to every buyer."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any, Final

from remit.actions import Check
from remit.db.sessions import ReadSession
from remit.domains.outreach.conduct import check_wording
from remit.domains.proposals.inspection import root_of
from remit.domains.proposals.visible import WORD
from remit.evidence.claims import split
from remit.evidence.conduct import LOOK_AGAIN
from remit.evidence.support import Sentence, Support
from remit.kit.text import counted, shorten

_SYMBOL: Final = re.compile(r"(?:[fF]0)?(?:00)?([0-9a-fA-F]{2})")
_LEVEL: Final = re.compile(r"%\d")  # the number of a level, in the mark of a list
_TAG: Final = re.compile(r"\{%.*?%\}|\{#.*?#\}", re.DOTALL)
_VALUE: Final = re.compile(r"\{\{.*?\}\}", re.DOTALL)
_NO_FACT: Final = Support("not_a_claim", "It stands in the Word template.")
_EVERYWHERE: Final = ""  # no country: a template is for every buyer, so every rule counts


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph as a buyer reads it, with "…" where a value is printed; `findings`: what the rules of conduct say of it."""

    text: str
    findings: tuple[Check, ...] = ()

    @property
    def stopped(self) -> bool:
        """Whether a rule forbids it."""
        return not all(one.passed for one in self.findings)


def paragraphs(data: bytes) -> Iterator[str]:
    """What every part of it says of its own, whatever the part is called: paragraphs, marks of lists, drawn words. Raises TemplateUnfit for a damaged part."""
    with zipfile.ZipFile(io.BytesIO(data)) as pack:
        names = sorted(pack.namelist(), key=lambda name: (name != "word/document.xml", name))
        for name in names:
            if name.endswith(".xml"):
                yield from _of_part(root_of(name, pack.read(name)))


def _of_part(root: Any) -> Iterator[str]:
    """Texts of one part, as they stand in it; those outside of any paragraph last."""
    said: dict[Any, list[str]] = {}
    loose: list[str] = []
    for one in root.iter():
        name = one.tag.rpartition("}")[2] if isinstance(one.tag, str) else ""
        if name == "p":
            said[one] = []
        elif name in ("lvlText", "textpath"):
            loose.append(_LEVEL.sub("", one.get(f"{WORD}val") or one.get("string") or ""))
        elif text := _text_of(one, name):
            within = next((each for each in one.iterancestors() if each in said), None)
            if within is None:
                loose.append(text)
            else:
                said[within].append(text)
    for text in (*("".join(each) for each in said.values()), *loose):
        text = " ".join(_VALUE.sub("…", _TAG.sub("", text)).split())
        if any(char.isalpha() for char in text):
            yield text


def _text_of(one: Any, name: str) -> str:
    """What an element shows: text of any kind (written, a formula's, a drawing's, a deleted one), a symbol, a break."""
    if name in ("t", "delText"):
        return str(one.text or "")
    if name == "sym":
        code = _SYMBOL.fullmatch(one.get(f"{WORD}char", ""))  # fonts of symbols stand in the private area
        return chr(int(code[1], 16)) if code else " "
    return {"tab": " ", "br": " ", "cr": " ", "noBreakHyphen": "-"}.get(name, "")


def _joined(texts: Iterable[str]) -> Iterator[str]:
    """Two that follow each other as one, where a word may go on from the first into the second."""
    for first, second in pairwise(texts):
        if first[-1].isalpha() and (second[0].islower() or (first[-1].isupper() and second[0].isupper())):
            yield first + second


def look_at(s: ReadSession, data: bytes, now: datetime) -> list[Paragraph]:
    """Each paragraph with the rules that it does not pass, and those that say to look again."""
    texts = list(paragraphs(data))
    seen = [Paragraph(text, tuple(_findings(s, text, now))) for text in texts]
    split_up = (Paragraph(text, tuple(_findings(s, text, now))) for text in _joined(texts))
    return [*seen, *(one for one in split_up if one.stopped)]


def _findings(s: ReadSession, text: str, now: datetime) -> Iterator[Check]:
    sentences = [Sentence(text[a:b], a, b, "claim", _NO_FACT) for a, b in split(text)]
    for one in check_wording(s, sentences, _EVERYWHERE, now):
        if not one.passed or one.reason.startswith(LOOK_AGAIN):
            yield one


def check_fixed_words(s: ReadSession, data: bytes, now: datetime) -> list[Check]:
    """As checks of the act that brings a template in: each finding names its paragraph."""
    seen = look_at(s, data, now)
    found = [
        Check(one.id, one.passed, f"{one.reason} It stands in the paragraph “{shorten(each.text, 140)}”.")
        for each in seen
        for one in each.findings
    ]
    return [*found, Check("template-words", True, f"The rules of conduct were held against {counted(len(seen), 'paragraph')} of its own words.")]  # fmt: skip
