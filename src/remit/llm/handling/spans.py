"""What was found in a text, and which of two overlapping finds is kept."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

# Types by data class, most telling class first: of two overlapping finds the one that stands earlier here is kept.
CLASSES: Final[dict[str, tuple[str, ...]]] = {
    "credentials": ("PRIVATE_KEY", "API_KEY", "PASSWORD"),
    "account_identifiers": ("IBAN_CODE", "CREDIT_CARD", "ACCOUNT_NUMBER", "BIC"),
    "security_identifiers": ("ISIN", "LEI", "CUSIP"),
    "personal_identifiers": ("US_SSN", "US_DRIVER_LICENSE", "PASSPORT"),
    "trading_intent": ("TRADING_INTENT",),
    "fees": ("FEE",),
    "pricing": ("PRICE",),
    "positions": ("POSITION",),
    "aum": ("AUM",),
    "strategy": ("STRATEGY",),
    "client_name": ("CLIENT_NAME",),
    "personal": ("EMAIL_ADDRESS", "PHONE_NUMBER", "ADDRESS", "PERSON", "AGE", "IP_ADDRESS"),
    "context": ("URL", "DATE_TIME", "ORGANIZATION", "PLACE", "NATIONALITY", "JOB_TITLE"),
}
"""`context` = words that tell nothing by themselves (a country, a date, a firm that is not a client of ours)."""

CLASS_OF: Final = {kind: data_class for data_class, kinds in CLASSES.items() for kind in kinds}
RANK: Final = {kind: place for place, kind in enumerate(CLASS_OF)}


@dataclass(frozen=True, slots=True)
class Found:
    """One find: characters `start` to `end` (exclusive) of the text read as `type`. `sure`: checksum or cue, not shape alone."""

    start: int
    end: int
    type: str
    sure: bool = True

    @property
    def data_class(self) -> str:
        """The data class of the policy that this type belongs to."""
        return CLASS_OF[self.type]


def resolve(found: Iterable[Found], text: str) -> list[Found]:
    """The finds without overlaps, in order of place.

    The more telling class wins; within one class the longer find. What is left over of the loser is kept when there is a
    number or a name in it, and always of a trade that is meant.
    """
    kept: list[Found] = []
    for each in sorted(found, key=lambda f: (RANK[f.type], f.start - f.end, f.start)):
        for start, end in _gaps(each, kept):
            whole = (start, end) == (each.start, each.end)
            if (
                whole
                or each.type == "TRADING_INTENT"
                or any(mark.isdigit() or mark.isupper() for mark in text[start:end])
            ):
                kept.append(Found(start, end, each.type, each.sure))
    return sorted(kept, key=lambda f: f.start)


def _gaps(each: Found, kept: Sequence[Found]) -> Iterator[tuple[int, int]]:
    """The parts of `each` that no kept find covers; parts of fewer than three characters are dropped when something was cut."""
    start = each.start
    cuts = sorted((k.start, k.end) for k in kept if k.start < each.end and each.start < k.end)
    if not cuts:
        yield each.start, each.end
        return
    for cut_start, cut_end in [*cuts, (each.end, each.end)]:
        if cut_start - start >= 3:
            yield start, cut_start
        start = max(start, cut_end)


def trimmed(text: str, found: Found) -> Found | None:
    """`found` without blanks and loose punctuation at its ends; None when nothing is left."""
    start, end = found.start, found.end
    while start < end and (text[start].isspace() or text[start] in ",;:."):
        start += 1
    while end > start and (text[end - 1].isspace() or text[end - 1] in ",;:"):
        end -= 1
    return Found(start, end, found.type, found.sure) if start < end else None
