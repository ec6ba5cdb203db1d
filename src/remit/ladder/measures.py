"""Measures of gates. Pure detectors declare themselves here: facts in, value, bound and sample size out.

A measure reads under the scope it is given and changes nothing. `judge` turns what was measured into a state; too few
observations is a result of its own and grants nothing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Literal
from uuid import UUID

from remit.db.sessions import ReadSession
from remit.ladder.steps import GATES, Gate

State = Literal["met", "not_met", "insufficient", "stale"]
ROWS_KEPT = 1_000


@dataclass(frozen=True, slots=True)
class Measured:
    """What a measure found: the value, its confidence bound (equal to it for whole-population counts), and on what.

    `newest_on` is the day of the newest observation; `row_ids` the rows behind the number; `query` how to count again.
    `missing` says in words what it lacks ("" when nothing); `detail` is what the number was made of, as plain JSON.
    """

    value: float | None
    bound: float | None
    n_count: int
    window_from_on: date
    window_until_on: date
    newest_on: date | None
    query: str
    row_ids: Sequence[UUID] = ()
    missing: str = ""
    detail: Mapping[str, object] = field(default_factory=dict)

    @property
    def row_digest(self) -> str:
        """SHA-256 (hex) of the ids behind the number, in order."""
        return hashlib.sha256(b"".join(sorted(row.bytes for row in self.row_ids))).hexdigest()


@dataclass(frozen=True, slots=True)
class Move:
    """The last change of what a gate counts: when it was made, and the number of all, since of two at a time either may come last."""

    at: datetime
    count: int


Measure = Callable[[ReadSession, Gate, date], Measured]
Moved = Callable[[ReadSession], Move | None]
_measures: dict[str, Measure] = {}
_moved: dict[str, Moved] = {}


def measure(gate_id: str, *, moved: Moved | None = None) -> Callable[[Measure], Measure]:
    """Register the decorated function as the one measure of a gate. Raises ValueError for an unknown gate or a second one.

    `moved` says when what the gate counts last changed by a person's act; a running worker measures such a gate anew within
    seconds of it. The others change with every piece of work and are measured once a day.
    """

    def register(function: Measure) -> Measure:
        if gate_id not in GATES:
            raise ValueError(f"there is no gate {gate_id}")
        known = _measures.get(gate_id)
        if known is not None and known.__qualname__ != function.__qualname__:
            raise ValueError(f"{gate_id} has a measure already")
        _measures[gate_id] = function
        if moved is not None:
            _moved[gate_id] = moved
        return function

    return register


def measures() -> Mapping[str, Measure]:
    """All registered measures by gate."""
    return dict(_measures)


def load_moved(session: ReadSession, gate_id: str) -> Move | None:
    """The last change of what a gate counts, under the session's view; None where no single act changes it."""
    found = _moved.get(gate_id)
    return found(session) if found else None


def with_move(detail: Mapping[str, object], move: Move | None) -> dict[str, object]:
    """A reading's detail with the change that it saw: what is compared afterwards is this, and no clock's order of the two."""
    if move is None:
        return dict(detail)
    return {**detail, "moved_at": move.at.astimezone(UTC).isoformat(), "moved_count": move.count}


def seen_move(detail: Mapping[str, object]) -> Move | None:
    """The last change that a reading with this detail saw; None where it saw none, or was taken before that was kept."""
    at, count = detail.get("moved_at"), detail.get("moved_count")
    return Move(datetime.fromisoformat(at), count) if isinstance(at, str) and isinstance(count, int) else None


def clears(gate: Gate, number: float) -> bool:
    """Whether a number satisfies the gate's threshold."""
    if gate.comparison == "at least":
        return number >= gate.threshold
    return number <= gate.threshold if gate.comparison == "at most" else number < gate.threshold


def judge(gate: Gate, found: Measured, today: date) -> State:
    """The state of a gate by what was measured. Stale before anything else: old evidence proves nothing now."""
    if found.n_count < gate.n_min_count or found.bound is None:
        return "insufficient"
    if found.newest_on is None or (today - found.newest_on).days > gate.stale_days:
        return "stale"
    return "met" if clears(gate, found.bound) else "not_met"
