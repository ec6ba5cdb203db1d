"""The order of Today: points per kind of work, per value at stake and per urgency, with the reason for each. Pure.

All weights are here. Points only order one person's list; they are no forecast and mean nothing outside of it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from math import log10
from typing import Final, Literal
from uuid import UUID

from remit.kit.money import Money

Kind = Literal["meeting", "parked", "reply", "approval", "task", "stalled", "trigger", "quality"]

BASE_POINTS: Final[dict[Kind, int]] = {
    "meeting": 70,  # somebody else's time is fixed
    "parked": 65,  # a message may or may not have left; only a person can say
    "reply": 60,  # a buyer spoke last
    "approval": 55,  # work of others stands still
    "task": 40,
    "stalled": 25,
    "trigger": 22,  # a reason to write now
    "quality": 5,
}
KIND_NAMES: Final[dict[Kind, str]] = {
    "meeting": "Meeting",
    "parked": "Uncertain delivery",
    "reply": "Reply waiting",
    "approval": "To approve",
    "task": "Task",
    "stalled": "Stalled deal",
    "trigger": "News",
    "quality": "Data quality",
}
VALUE_POINTS_PER_TENFOLD: Final = 5.0
VALUE_FROM: Final = 1_000
"""Major units from which value counts; ten times as much is worth VALUE_POINTS_PER_TENFOLD more."""
VALUE_POINTS_MOST: Final = 20.0
KEY_ACCOUNT_POINTS: Final = 8.0
DUE_TODAY_POINTS: Final = 15.0
OVERDUE_POINTS_PER_DAY: Final = 3.0
OVERDUE_POINTS_MOST: Final = 30.0
SOON_HOURS: Final = 2.0
SOON_POINTS: Final = 20.0
WAITING_POINTS_PER_DAY: Final = 4.0
WAITING_POINTS_MOST: Final = 24.0
QUIET_POINTS_PER_WEEK: Final = 3.0
QUIET_POINTS_MOST: Final = 15.0
FADING_POINTS_PER_DAY: Final = -1.0
"""News loses a point a day."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """One thing that could be done. `at`: since when it is so. `due_at`: until when it should be done, or when it begins."""

    kind: Kind
    id: UUID
    title: str
    reason: str
    at: datetime
    due_at: datetime | None = None
    account_id: UUID | None = None
    account: str = ""
    opportunity_id: UUID | None = None
    value: Money | None = None
    key_account: bool = False
    who: str = ""
    """Whose it is, where it is not the reader's own."""
    contact_id: UUID | None = None
    """For replies: who wrote."""
    draft_id: UUID | None = None
    payload_hash: str = ""
    payload: tuple[tuple[str, str], ...] = ()
    """For approvals: what would be done, field by field."""


@dataclass(frozen=True, slots=True)
class Ranked:
    """A candidate with its points and where they come from."""

    candidate: Candidate
    points: float
    parts: tuple[tuple[str, float], ...]


def rank(candidates: Iterable[Candidate], now: datetime) -> list[Ranked]:
    """All candidates, most urgent first; equals by age, then id, so that the order is stable."""
    ranked = [_ranked(one, now) for one in candidates]
    return sorted(ranked, key=lambda r: (-r.points, r.candidate.at, str(r.candidate.id)))


def _ranked(one: Candidate, now: datetime) -> Ranked:
    parts = [(KIND_NAMES[one.kind], float(BASE_POINTS[one.kind])), *_urgency(one, now)]
    if one.value is not None and (worth := value_points(one.value)) > 0:
        parts.append(("value at stake", worth))
    if one.key_account:
        parts.append(("key account", KEY_ACCOUNT_POINTS))
    kept = tuple((name, round(points, 1)) for name, points in parts if round(points, 1))
    return Ranked(one, round(sum(points for _, points in kept), 1), kept)


def value_points(value: Money) -> float:
    """Points for an amount. Amounts of different currencies are not converted: the order of magnitude is what counts."""
    major = float(value.major)
    if major <= VALUE_FROM:
        return 0.0
    return min(VALUE_POINTS_MOST, VALUE_POINTS_PER_TENFOLD * log10(major / VALUE_FROM))


def _urgency(one: Candidate, now: datetime) -> list[tuple[str, float]]:
    days = (now - one.at).total_seconds() / 86_400
    if one.kind in ("task", "meeting", "approval") and one.due_at is not None:
        return _until(one.due_at, now)
    if one.kind in ("reply", "parked"):
        return [("days waiting", min(WAITING_POINTS_MOST, WAITING_POINTS_PER_DAY * max(0.0, days)))]
    if one.kind == "stalled":
        return [("weeks quiet", min(QUIET_POINTS_MOST, QUIET_POINTS_PER_WEEK * max(0.0, days) / 7))]
    if one.kind == "trigger":
        return [("days old", max(-float(BASE_POINTS["trigger"]), FADING_POINTS_PER_DAY * max(0.0, days)))]
    return []


def _until(due_at: datetime, now: datetime) -> list[tuple[str, float]]:
    hours = (due_at - now).total_seconds() / 3600
    if hours < 0:
        return [
            ("overdue", min(OVERDUE_POINTS_MOST, DUE_TODAY_POINTS + OVERDUE_POINTS_PER_DAY * -hours / 24))
        ]
    if hours <= SOON_HOURS:
        return [("within two hours", SOON_POINTS)]
    return [("within a day", DUE_TODAY_POINTS)] if hours <= 24 else []
