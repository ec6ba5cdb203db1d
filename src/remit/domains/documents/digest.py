"""What a document says in a few lines, and what it says that the one before it did not. Embedded; reads nothing else."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from remit.domains.documents.queries import Document
from remit.domains.documents.rules import DocumentKind
from remit.llm.embedded.summary.changes import Differences, compare
from remit.llm.embedded.summary.model import Bullet, Kind, Text
from remit.llm.embedded.summary.summarise import Summary, summarise

WRITER: Final = "embedded writer"
READ_AS: Final[dict[DocumentKind, Kind]] = {
    "10-K": "10-K", "10-Q": "10-Q", "8-K": "8-K", "call_transcript": "earnings-call", "news": "news", "call_note": "meeting",
    "meeting_note": "meeting", "pasted": "news", "battle_card": "news", "other": "news",
}  # fmt: skip
"""How each kind is summarised; holdings and ADV rows are tables and have no summary."""
COMPARED: Final = frozenset({"10-K", "10-Q", "8-K", "call_transcript"})
_CACHED: Final = 16  # summaries kept by a process: a page asks again for each click
_EMPTY: Final = Summary((), ())


def text_of(document: Document) -> Text:
    """The document as the summary reads it."""
    return Text(document.text, document.headings)


@lru_cache(maxsize=_CACHED)
def _made(text: Text, kind: Kind, bullets: int | None) -> Summary:
    return summarise(text, kind, bullets)


def summary_of(document: Document, bullets: int | None = None) -> Summary:
    """The embedded writer's summary: each bullet's numbers stand in its spans. Empty for tables."""
    kind = READ_AS.get(document.kind)
    return _EMPTY if kind is None else _made(text_of(document), kind, bullets)


@lru_cache(maxsize=_CACHED)
def _compared(now: Text, before: Text, kind: Kind) -> Differences:
    return compare(now, before, kind)


def changes_of(document: Document, previous: Document | None) -> Differences | None:
    """What changed against the previous document of the kind; None where there is none or the kind is not compared."""
    if previous is None or document.kind not in COMPARED:
        return None
    return _compared(text_of(document), text_of(previous), READ_AS[document.kind])


def hash_of(bullets: Sequence[Bullet]) -> str:
    """SHA-256 (hex) of bullets and their places: which summary somebody looked at."""
    plain = [[each.text, [[place.start, place.end] for place in each.citations]] for each in bullets]
    return hashlib.sha256(json.dumps(plain, ensure_ascii=False).encode("utf-8", "surrogatepass")).hexdigest()
