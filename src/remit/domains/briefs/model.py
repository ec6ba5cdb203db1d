"""What a brief is: sections of dated lines, each with the records that it stands on. Pure."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from typing import Any, Final, Literal
from uuid import UUID

Kind = Literal["account", "opportunity", "meeting"]

TITLES: Final = {
    "who": "Who",
    "why_now": "Why now",
    "changed": "Changed since the last meeting",
    "holdings": "Holdings and filings",
    "promises": "Open promises",
    "objections": "Objections to expect",
    "segment": "What the segment teaches",
    "not_to_say": "What not to say",
    "questions": "Questions to ask",
}
"""The sections in the order in which they are read."""
MORE_AT: Final = {
    "who": "#people", "why_now": "#facts", "changed": "#timeline", "holdings": "#facts", "promises": "#timeline", "objections": "/objections",
    "not_to_say": "#say", "questions": "#facts",
    "segment": "/segment",
}  # fmt: skip
"""Where, from the account's address on, the lines are found for which a section has no room."""
NOT_KEPT: Final = "Nothing of this account; counts over other accounts are not kept."


@dataclass(frozen=True, slots=True)
class Citation:
    """A record that a line stands on. `href` opens it; `fact_id` is set where it is a fact."""

    source: str
    as_of: date | None
    href: str
    locator: str = ""
    quote: str = ""
    valid_until: date | None = None
    fact_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One line. `as_of`: the day on which it was so, that of its newest record. `private`: for our eyes only. `new`: since the last meeting.

    `shared`: everybody who reads the account reads what it stands on; what is not shared is shown to its reader and never kept.
    """

    text: str
    as_of: date | None
    citations: tuple[Citation, ...]
    private: bool = False
    new: bool = False
    shared: bool = True


@dataclass(frozen=True, slots=True)
class Section:
    """One section. `more_count`: lines that one page has no room for. `nothing`: what it says when it is empty.

    `more_unshared_count`: those of them that are for one reader's view alone.
    """

    key: str
    lines: tuple[Line, ...]
    nothing: str
    more_count: int = 0
    more_href: str = ""
    more_unshared_count: int = 0

    @property
    def title(self) -> str:
        """Its heading."""
        return TITLES[self.key]

    def kept(self) -> Section:
        """Without the lines that are for one reader's view alone."""
        lines = tuple(line for line in self.lines if line.shared)
        nothing = self.nothing if len(lines) == len(self.lines) else NOT_KEPT
        more = self.more_count - self.more_unshared_count
        return replace(self, lines=lines, nothing=nothing, more_count=more, more_unshared_count=0)


def more_at(account_id: UUID, key: str) -> str:
    """The address at which the lines are found for which a section has no room."""
    return f"/accounts/{account_id}{MORE_AT[key]}"


def fitted(key: str, found: Sequence[Line], room: int, nothing: str, account_id: UUID) -> Section:
    """A section with the lines that it has room for, which says how many more there are and where."""
    rest = found[room:]
    unshared = sum(not line.shared for line in rest)
    return Section(key, tuple(found[:room]), nothing, len(rest), more_at(account_id, key), unshared)


@dataclass(frozen=True, slots=True)
class Brief:
    """One page on an account, a deal or a meeting. `met_at`: the last meeting before it, None when there was none.

    `missing`: what nobody has recorded, in words. `day`: the day for which it was put together.
    """

    kind: Kind
    subject_id: UUID
    title: str
    account_id: UUID
    account: str
    day: date
    met_at: datetime | None
    sections: tuple[Section, ...]
    missing: tuple[str, ...]
    meeting_at: datetime | None = None
    meeting_id: UUID | None = None
    opportunity_id: UUID | None = None
    contact_id: UUID | None = None
    zone: str = "UTC"
    """The reader's time zone, in which its days are."""

    def lines(self) -> Iterator[Line]:
        """All lines, in order."""
        return (line for section in self.sections for line in section.lines)

    def fact_ids(self) -> list[UUID]:
        """Every fact that a line stands on, once, in order."""
        found = (one.fact_id for line in self.lines() for one in line.citations)
        return list(dict.fromkeys(each for each in found if each is not None))

    def kept(self) -> Brief:
        """What may be kept at the account, where everybody who sees the account reads it."""
        return replace(self, sections=tuple(section.kept() for section in self.sections))

    @property
    def sha256(self) -> str:
        """Hash (hex) of what may be kept of it and stands on: the same records give the same hash on the same day."""
        said = [
            [
                section.key,
                [[line.text, line.new, [asdict(one) for one in line.citations]] for line in section.lines],
            ]
            for section in self.kept().sections
        ]
        content = [self.kind, str(self.subject_id), self.day.isoformat(), said, list(self.missing)]
        return hashlib.sha256(json.dumps(content, default=str, ensure_ascii=False).encode()).hexdigest()

    def document(self) -> dict[str, Any]:
        """As JSON (command contract): sections with lines, what changed since when, and what is missing."""
        sections = [
            {
                "key": section.key,
                "title": section.title,
                "lines": [_line(line) for line in section.lines],
                "nothing": "" if section.lines else section.nothing,
                "more_count": section.more_count,
            }
            for section in self.sections
        ]
        return {
            "kind": self.kind, "id": str(self.subject_id), "title": self.title, "account_id": str(self.account_id),
            "account": self.account, "day": self.day.isoformat(), "meeting_at": _instant(self.meeting_at), "sections": sections,
            "changed_since": _instant(self.met_at), "time_zone": self.zone, "missing": list(self.missing), "sha256": self.sha256,
        }  # fmt: skip


def _instant(at: datetime | None) -> str | None:
    return at.isoformat() if at else None


def _line(line: Line) -> dict[str, Any]:
    citations = [
        {
            "source": one.source, "locator": one.locator, "quote": one.quote, "as_of": one.as_of.isoformat() if one.as_of else None,
            "valid_until": one.valid_until.isoformat() if one.valid_until else None, "href": one.href,
        }
        for one in line.citations
    ]  # fmt: skip
    return {
        "text": line.text,
        "as_of": line.as_of.isoformat() if line.as_of else None,
        "private": line.private,
        "new": line.new,
        "shared": line.shared,
        "citations": citations,
    }
