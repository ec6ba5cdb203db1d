"""What the pages of documents share: who may add one, and the part of its text that is shown, a cited place marked in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from remit.domains.documents import rules
from remit.domains.documents.rules import DocumentKind
from remit.web.allowed import may
from remit.web.problems import BadRequest
from remit.web.sessions import Viewer

STRETCH: Final = 30_000
"""Characters of text on one page: a 10-K has some 400,000."""
BEFORE: Final = 3_000


@dataclass(frozen=True, slots=True)
class Stretch:
    """Text from `start` to `end`, in three pieces of which the middle one is the place that was asked for (perhaps empty).

    `earlier` and `later` are where the neighbouring stretches begin; None at either end. `page` is the page of a PDF.
    """

    before: str
    marked: str
    after: str
    start: int
    end: int
    length: int
    earlier: int | None
    later: int | None
    page: int | None = None


def stretch(text: str, span: tuple[int, int] | None, at: int = 0, pages: tuple[int, ...] = ()) -> Stretch:
    """The stretch around `span`, or the one that begins at `at`. Places outside of the text are brought back into it."""
    length = len(text)
    if span is not None:
        first = min(max(0, span[0]), length)
        last = min(max(first, span[1]), length)
        start = _line_start(text, max(0, first - BEFORE))
        end = min(length, max(start + STRETCH, last))
    else:
        first = last = start = _line_start(text, min(max(0, at), max(0, length - 1)))
        end = min(length, start + STRETCH)
    page = sum(begin <= first for begin in pages) or None if pages else None
    earlier = None if start == 0 else max(0, start - STRETCH)
    later = None if end == length else end
    return Stretch(
        text[start:first], text[first:last], text[last:end], start, end, length, earlier, later, page
    )


def _line_start(text: str, place: int) -> int:
    """The start of the line of `place`, when it is near: a stretch does not begin in the middle of a word."""
    found = text.rfind("\n", max(0, place - 500), place)
    return found + 1 if found >= 0 else place


def kind_of(text: str | None) -> DocumentKind | None:
    """The kind that a form or an address names; None for none. Raises BadRequest."""
    if not text:
        return None
    if text not in rules.KIND_NAMES:
        raise BadRequest("This is not one of the kinds of document.")
    return text


def may_add(viewer: Viewer, *, of_account: bool) -> bool:
    """By the policies; the firm's own are kept by fewer (documents.rules)."""
    return may(viewer.scope, "AddDocument") and (of_account or viewer.has(*rules.FIRM_ROLES))
