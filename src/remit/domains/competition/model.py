"""What a comparison is. Pure."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

from remit.actions import Check
from remit.domains.metrics.win_rate import METHOD, WinRate
from remit.evidence.facts import Fact, why_secret
from remit.evidence.support import Sentence


@dataclass(frozen=True, slots=True)
class Named:
    """A product of ours or a competitor: id and name."""

    id: UUID
    name: str


@dataclass(frozen=True, slots=True)
class Cell:
    """One fact of one side. `why_not`: why it may not be said, as a code of evidence.facts, '' when it may."""

    fact: Fact
    why_not: str

    @property
    def private(self) -> bool:
        """Whether it is for our eyes only, whatever else holds of it: a secret that ran out is one still."""
        return bool(why_secret(self.fact))


@dataclass(frozen=True, slots=True)
class Topic:
    """One matter, both sides. An empty side has no fact on record."""

    name: str
    ours: tuple[Cell, ...]
    theirs: tuple[Cell, ...]

    @property
    def both(self) -> bool:
        """Whether each side has a fact that may be said."""
        return any(not one.why_not for one in self.ours) and any(not one.why_not for one in self.theirs)


@dataclass(frozen=True, slots=True)
class Record:
    """Our own closed deals against the competitor, with what they are: `cohort` in words, first and last day of closing.

    `reasons`: kinds of loss with counts, never the words of a reason: those may name people of an account.
    """

    rate: WinRate
    cohort: str
    first_on: date | None
    last_on: date | None
    reasons: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Split:
    """The record against the competitor in one part of our business. `by`: segment or product; `key`: as filters name it."""

    by: str
    key: str
    name: str
    rate: WinRate


@dataclass(frozen=True, slots=True)
class Note:
    """Sentences to put into a message, what each stands on, and the checks. `usable`: all of them passed."""

    text: str
    sentences: Sequence[Sentence]
    checks: Sequence[Check]
    lacks: str
    """Why it says less than it could, in words; '' when it says both sides."""

    @property
    def usable(self) -> bool:
        """Whether it says something and every check passed."""
        return bool(self.text) and all(check.passed for check in self.checks)


@dataclass(frozen=True, slots=True)
class Comparison:
    """A product of ours beside a competitor. `account_id`: whose territory the record is counted in, None: all that one sees."""

    product: Named
    competitor: Named
    topics: tuple[Topic, ...]
    record: Record
    note: Note
    day: date
    account_id: UUID | None = None
    account: str = ""
    own_record: Record | None = None
    """The record of the account's own deals, which everybody who sees it may read; None without an account."""
    splits: tuple[Split, ...] = ()
    """All products together, by segment and by product, the most deals first; never kept, for another reader sees other deals."""

    def facts(self) -> list[Fact]:
        """Every fact that it shows, once."""
        return [one.fact for topic in self.topics for one in (*topic.ours, *topic.theirs)]

    @property
    def missing(self) -> tuple[str, ...]:
        """Topics on which one side has no fact that may be said, in words."""
        found = []
        for topic in self.topics:
            if not any(not one.why_not for one in topic.theirs):
                found.append(f"{topic.name}: no approved fact on {self.competitor.name}")
            if not any(not one.why_not for one in topic.ours):
                found.append(f"{topic.name}: no approved fact on {self.product.name}")
        return tuple(found)

    def kept(self) -> Comparison:
        """What may be kept at the account, where everybody who sees the account reads it: no deal of another is counted."""
        return replace(self, record=self.own_record or self.record, splits=())

    @property
    def sha256(self) -> str:
        """Hash (hex) of what may be kept of it."""
        shown = json.dumps(self.kept().document(), ensure_ascii=False, sort_keys=True)
        return hashlib.sha256(shown.encode()).hexdigest()

    def document(self) -> dict[str, Any]:
        """As JSON."""
        rate = self.record.rate
        return {
            "product": {"id": str(self.product.id), "name": self.product.name},
            "competitor": {"id": str(self.competitor.id), "name": self.competitor.name},
            "account_id": str(self.account_id) if self.account_id else None, "account": self.account, "day": self.day.isoformat(),
            "topics": [
                {"topic": topic.name, "ours": [_cell(one) for one in topic.ours], "theirs": [_cell(one) for one in topic.theirs]}
                for topic in self.topics
            ],
            "win_rate": {
                "won": rate.won_count, "lost": rate.lost_count, "n": rate.n, "value": rate.value,
                "interval": [rate.low, rate.high] if rate.n else None, "method": METHOD, "cohort": self.record.cohort,
                "first_on": _day(self.record.first_on), "last_on": _day(self.record.last_on),
                "loss_reasons": [{"reason": reason, "n": n} for reason, n in self.record.reasons],
            },
            "splits": [
                {
                    "by": one.by, "name": one.name, "won": one.rate.won_count, "lost": one.rate.lost_count, "n": one.rate.n, "value": one.rate.value,
                    "interval": [one.rate.low, one.rate.high], "method": METHOD,
                }
                for one in self.splits
            ],
            "note": {
                "text": self.note.text, "usable": self.note.usable, "lacks": self.note.lacks,
                "claims": [
                    {"text": one.text, "support": one.support.state, "reason": one.support.reason, "fact_ids": [str(each) for each in one.support.fact_ids]}
                    for one in self.note.sentences
                ],
                "checks": [{"id": check.id, "passed": check.passed, "reason": check.reason} for check in self.note.checks],
            },
            "missing": list(self.missing),
        }  # fmt: skip


def _cell(cell: Cell) -> dict[str, Any]:
    fact = cell.fact
    return {
        "text": f"{fact.subject} {fact.value}", "state": cell.why_not or "approved",
        "citation": {
            "fact_id": str(fact.id), "source": fact.source_name, "locator": fact.locator, "quote": fact.quote,
            "as_of": fact.as_of_on.isoformat(), "valid_until": _day(fact.valid_until_on),
        },
    }  # fmt: skip


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None
