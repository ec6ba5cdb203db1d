"""The order of Today: urgency × value at stake × fit, with the reason for each factor. Pure; the weights are in weights.py."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from math import log10
from typing import Literal
from uuid import UUID

from remit.domains.planning import weights as w
from remit.domains.planning.weights import BASE_POINTS, KIND_NAMES, Kind
from remit.kit.money import Money

Factor = Literal["urgency", "value", "fit"]


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
    relation: str = ""
    """Of the account: customer, former, target; "" where it is not known."""
    open_deal: bool = False
    """Whether the account has an open deal, or this is one."""
    who: str = ""
    """Whose it is, where it is not the reader's own."""
    contact_id: UUID | None = None
    """For replies: who wrote."""
    document_id: UUID | None = None
    """For news: the document that is new."""
    draft_id: UUID | None = None
    payload_hash: str = ""
    payload: tuple[tuple[str, str], ...] = ()
    """For approvals: what would be done, field by field."""


@dataclass(frozen=True, slots=True)
class Part:
    """One reason: which factor it belongs to, what it is called, its points."""

    factor: Factor
    name: str
    points: float

    @property
    def times(self) -> float:
        """What it multiplies its factor by."""
        return times(self.points)


@dataclass(frozen=True, slots=True)
class Ranked:
    """A candidate with the reasons for its place. Points are logarithms of factors: their sum orders as the product does."""

    candidate: Candidate
    points: float
    parts: tuple[Part, ...]

    def factor(self, which: Factor) -> float:
        """Urgency, value or fit: 1 where nothing speaks for or against."""
        return times(sum(part.points for part in self.parts if part.factor == which))

    @property
    def score(self) -> float:
        """Urgency × value × fit."""
        return times(self.points)

    def reasons(self, which: Factor) -> tuple[Part, ...]:
        """The reasons of one factor."""
        return tuple(part for part in self.parts if part.factor == which)


def times(points: float) -> float:
    """Points as a factor."""
    return float(2 ** (points / w.POINTS_PER_DOUBLING))


def rank(candidates: Iterable[Candidate], now: datetime) -> list[Ranked]:
    """All candidates, most urgent first; equals by age, then id, so that the order is stable."""
    ranked = [_ranked(one, now) for one in candidates]
    return sorted(ranked, key=lambda r: (-r.points, r.candidate.at, str(r.candidate.id)))


def _ranked(one: Candidate, now: datetime) -> Ranked:
    parts = [
        Part("urgency", KIND_NAMES[one.kind], float(BASE_POINTS[one.kind])),
        *(Part("urgency", name, points) for name, points in _urgency(one, now)),
        *([Part("value", "value at stake", value_points(one.value))] if one.value is not None else ()),
        *(Part("fit", name, points) for name, points in _fit(one)),
    ]
    kept = tuple(
        Part(part.factor, part.name, round(part.points, 1)) for part in parts if round(part.points, 1)
    )
    return Ranked(one, round(sum(part.points for part in kept), 1), kept)


def _fit(one: Candidate) -> list[tuple[str, float]]:
    found = [("key account", w.KEY_ACCOUNT_POINTS)] if one.key_account else []
    if one.relation == "customer":
        found.append(("customer", w.CUSTOMER_POINTS))
    elif one.relation == "former":
        found.append(("former customer", w.FORMER_POINTS))
    if one.open_deal:
        found.append(("open deal", w.OPEN_DEAL_POINTS))
    return found


def value_points(value: Money) -> float:
    """Points for an amount. Amounts of different currencies are not converted: the order of magnitude is what counts."""
    major = float(value.major)
    if major <= w.VALUE_FROM:
        return 0.0
    return min(w.VALUE_POINTS_MOST, w.VALUE_POINTS_PER_TENFOLD * log10(major / w.VALUE_FROM))


def _urgency(one: Candidate, now: datetime) -> list[tuple[str, float]]:
    days = (now - one.at).total_seconds() / 86_400
    if one.kind in ("task", "meeting", "approval") and one.due_at is not None:
        return _until(one.due_at, now)
    if one.kind in ("reply", "parked"):
        return [("days waiting", min(w.WAITING_POINTS_MOST, w.WAITING_POINTS_PER_DAY * max(0.0, days)))]
    if one.kind == "stalled":
        return [("weeks quiet", min(w.QUIET_POINTS_MOST, w.QUIET_POINTS_PER_WEEK * max(0.0, days) / 7))]
    if one.kind in ("trigger", "noted"):
        return [("days old", max(-float(BASE_POINTS[one.kind]), w.FADING_POINTS_PER_DAY * max(0.0, days)))]
    return []


def _until(due_at: datetime, now: datetime) -> list[tuple[str, float]]:
    hours = (due_at - now).total_seconds() / 3600
    if hours < 0:
        return [
            (
                "overdue",
                min(w.OVERDUE_POINTS_MOST, w.DUE_TODAY_POINTS + w.OVERDUE_POINTS_PER_DAY * -hours / 24),
            )
        ]
    if hours <= w.SOON_HOURS:
        return [("within two hours", w.SOON_POINTS)]
    return [("within a day", w.DUE_TODAY_POINTS)] if hours <= 24 else []
