"""S1-G1: how much of what people did in 90 days has an approved, unexpired template, and where one is missed the most."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final
from uuid import UUID

from remit.db.sessions import ReadSession, read
from remit.domains.library import motions, seen
from remit.domains.outreach.rules import COMPOSING_WORDS_PER_MINUTE, READING_WORDS_PER_MINUTE
from remit.kit.text import counted
from remit.ladder.measures import Measured, measure
from remit.ladder.steps import Gate
from remit.scope import Scope

DAYS: Final = 90
MOST_SHOWN: Final = 200
"""Pieces of one motion that are kept to be opened, newest first."""
BASIS: Final = (
    "the words that were written in these pieces ÷ 19 a minute (composing, Karat et al. 1999) less ÷ 238 a minute (reading, Brysbaert"
    " 2019): what a template could have spared at most"
)
_LIVE: Final = """
SELECT motion, count(*) AS templates FROM remit.template_versions WHERE state = 'live' AND channel <> 'sequence' AND review_by_on >= :today GROUP BY motion
"""


@dataclass(frozen=True, slots=True)
class Covered:
    """One motion as it was seen: pieces of work, live templates for it, minutes lost where there is none (see BASIS)."""

    motion: str
    title: str
    pieces: int
    templates: int
    minutes: float
    newest_on: date
    ids: Sequence[UUID]

    @property
    def lost_minutes(self) -> float:
        """Minutes that a template would have spared; 0 where there is one."""
        return 0.0 if self.templates else self.minutes


@dataclass(frozen=True, slots=True)
class Coverage:
    """All motions seen, most frequent first. `from_on`, `until_on`: the days looked at."""

    motions: Sequence[Covered]
    from_on: date
    until_on: date

    @property
    def pieces(self) -> int:
        """Pieces of work in all."""
        return sum(one.pieces for one in self.motions)

    @property
    def share(self) -> float | None:
        """Covered pieces ÷ all pieces; None without any."""
        return sum(one.pieces for one in self.motions if one.templates) / self.pieces if self.pieces else None

    @property
    def gaps(self) -> list[Covered]:
        """Motions without a live template, those that cost most minutes first."""
        return sorted(
            (one for one in self.motions if not one.templates),
            key=lambda one: (-one.lost_minutes, one.motion),
        )


def load_coverage(s: ReadSession, today: date, days: int = DAYS) -> Coverage:
    """What the session sees of the last `days` days, today included."""
    first = today - timedelta(days=days - 1)
    live = {row.motion: row.templates for row in s.rows(_LIVE, {"today": today})}
    by_motion: dict[str, list[seen.Seen]] = defaultdict(list)
    for one in seen.load_seen(s, first, today):
        if one.motion is not None:
            by_motion[one.motion].append(one)
    found = [
        Covered(
            motion, motions.title(motion), len(pieces), live.get(motion, 0),
            round(sum(one.words for one in pieces) * (1 / COMPOSING_WORDS_PER_MINUTE - 1 / READING_WORDS_PER_MINUTE), 1),
            pieces[0].at.date(), [one.id for one in pieces[:MOST_SHOWN]],
        )
        for motion, pieces in sorted(by_motion.items(), key=lambda each: (-len(each[1]), each[0]))
    ]  # fmt: skip
    return Coverage(found, first, today)


def get_coverage(scope: Scope, today: date) -> Coverage:
    """As load_coverage: a rep sees their own part of the work."""
    with read(scope) as s:
        return load_coverage(s, today)


def list_pieces(scope: Scope, motion: str, today: date) -> list[seen.Piece]:
    """What the reader sees of one motion, newest first, MOST_SHOWN at most."""
    found = get_coverage(scope, today)
    ids = [each for one in found.motions if one.motion == motion for each in one.ids]
    return seen.list_pieces(scope, ids, found.from_on, today)


@measure("S1-G1")
def covered_motions(session: ReadSession, gate: Gate, today: date) -> Measured:
    """A count of all logged work in the window: exact, so the bound is the value."""
    found = load_coverage(session, today, gate.window_days)
    share = found.share
    return Measured(
        value=share, bound=share, n_count=found.pieces, window_from_on=found.from_on, window_until_on=today,
        newest_on=max((one.newest_on for one in found.motions), default=None),
        query="e-mails sent, calls and meetings of the window by motion (domains/library/motions.py); covered: a live template whose review is not overdue",
        row_ids=[each for one in found.motions for each in one.ids][:1000], missing=missing(found, gate.threshold),
        detail={
            "motions": [{"motion": one.motion, "pieces": one.pieces, "templates": one.templates, "lost_minutes": one.lost_minutes} for one in found.motions],
            "basis": BASIS,
        },
    )  # fmt: skip


def missing(found: Coverage, needed: float) -> str:
    """Where templates are missing, in words; "" when enough is covered."""
    if found.share is None:
        return "No e-mail, call or meeting was logged in the window."
    if found.share >= needed:
        return ""
    told = ", ".join(
        f"{one.title.lower()} ({counted(one.pieces, 'piece')} of work, {one.lost_minutes:.0f} minutes of writing)"
        for one in found.gaps[:4]
    )
    more = f" and {counted(len(found.gaps) - 4, 'other motion')}" if len(found.gaps) > 4 else ""
    return f"No live template for {counted(len(found.gaps), 'motion')}: {told}{more}."
