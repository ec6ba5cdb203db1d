"""What a Word template of the firm's own says beside the proposal, held against the rules of conduct: it goes to every buyer."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from remit.actions import Check
from remit.db.sessions import ReadSession
from remit.domains.outreach.conduct import check_wording
from remit.domains.proposals.inspection import WORD, root_of
from remit.evidence.claims import split
from remit.evidence.conduct import LOOK_AGAIN
from remit.evidence.support import Sentence, Support
from remit.kit.text import counted, shorten

_SHOWN: Final = re.compile(r"word/(document|header\d*|footer\d*|footnotes|endnotes|comments)\.xml")
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
    """The paragraphs of its text, headers, footers and notes that say something of their own. Raises TemplateUnfit for a damaged part."""
    with zipfile.ZipFile(io.BytesIO(data)) as pack:
        names = sorted(pack.namelist(), key=lambda name: (name != "word/document.xml", name))
        for name in filter(_SHOWN.fullmatch, names):
            yield from _of_part(name, pack.read(name))


def _of_part(name: str, part: bytes) -> Iterator[str]:
    for each in root_of(name, part).iter(f"{WORD}p"):
        if each.find(f".//{WORD}p") is not None:  # a text box: its paragraphs come by themselves
            continue
        said = "".join(one.text or "" for one in each.iter(f"{WORD}t"))
        text = " ".join(_VALUE.sub("…", _TAG.sub("", said)).split())
        if any(char.isalpha() for char in text):
            yield text


def look_at(s: ReadSession, data: bytes, now: datetime) -> list[Paragraph]:
    """Each paragraph with the rules that it does not pass, and those that say to look again."""
    return [Paragraph(text, tuple(_findings(s, text, now))) for text in paragraphs(data)]


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
