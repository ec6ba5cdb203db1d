"""The ladder as it stands: each gate with its newest reading, and what is missing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Row

from remit.db.sessions import ReadSession, read
from remit.kit import clock
from remit.ladder.measures import load_moved, measures, seen_move
from remit.ladder.steps import GATES, STEPS, Gate, Step
from remit.policy.halt import Facts, halted_by
from remit.scope import Scope

NOT_MEASURED: Final = "not_measured_yet"
_NEWEST: Final = """
SELECT DISTINCT ON (r.gate) r.id, r.gate, r.at, r.definition_version, r.definition_hash, r.window_from_on,
       r.window_until_on, r.query, r.row_ids, r.row_digest, r.value, r.bound, r.threshold, r.n_count, r.n_min_count,
       r.state, r.missing, r.detail, p.name AS taken_by
FROM remit.readings r LEFT JOIN remit.people p ON p.id = r.taken_by
WHERE (CAST(:gate AS text) IS NULL OR r.gate = :gate) ORDER BY r.gate, r.at DESC
"""


@dataclass(frozen=True, slots=True)
class Reading:
    """One reading of a gate, as it was taken."""

    id: UUID
    at: datetime
    definition_version: int
    definition_hash: str
    window_from_on: date
    window_until_on: date
    query: str
    row_ids: tuple[UUID, ...]
    row_digest: str
    value: float | None
    bound: float | None
    threshold: float
    n_count: int
    n_min_count: int
    state: str
    missing: str
    detail: Mapping[str, Any]
    taken_by: str


@dataclass(frozen=True, slots=True)
class GateNow:
    """A gate today. `state`: met · not_met · insufficient · stale · not_measured_yet; `missing` says what it lacks.

    `moved_at`: what it counts changed after the newest reading, which therefore tells of before; a worker measures it anew.
    """

    gate: Gate
    state: str
    missing: str
    reading: Reading | None
    measurable: bool
    moved_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class StepNow:
    """A step today. `held`: every gate of it is met. `open`: the step below is held, so this one may be worked on."""

    step: Step
    gates: tuple[GateNow, ...]
    held: bool
    open: bool

    @property
    def met_count(self) -> int:
        """How many of its gates are met."""
        return sum(gate.state == "met" for gate in self.gates)


def list_steps(scope: Scope) -> list[StepNow]:
    """All eight steps from the newest readings."""
    with read(scope) as session:
        newest = {row.gate: _reading(row) for row in session.rows(_NEWEST, {"gate": None})}
        moved = {gate: _moved(session, gate, newest.get(gate)) for gate in measures()}
    found: list[StepNow] = []
    reached = True
    for step in STEPS:
        gates = tuple(_now(gate, newest.get(gate.id), moved.get(gate.id)) for gate in step.gates)
        held = all(gate.state == "met" for gate in gates)
        found.append(StepNow(step, gates, held, reached))
        reached = reached and held
    return found


def find_gate(scope: Scope, gate_id: str) -> GateNow | None:
    """One gate with its newest reading; None for an unknown id."""
    gate = GATES.get(gate_id)
    if gate is None:
        return None
    with read(scope) as session:
        row = session.row(_NEWEST, {"gate": gate_id})
        reading = _reading(row) if row is not None else None
        return _now(gate, reading, _moved(session, gate_id, reading))


def list_behind(scope: Scope) -> list[str]:
    """The gates whose newest reading saw another last change than there is now, so that somebody measures them.

    Asked with the system's scope, which sees every change. None while measuring is halted.
    """
    with read(scope) as session:
        if halted_by(session, Facts(action_kind="TakeReading")) is not None:
            return []
        saw = {row.gate: seen_move(row.detail) for row in session.rows(_NEWEST, {"gate": None})}
        return [gate for gate in sorted(measures()) if load_moved(session, gate) not in (None, saw.get(gate))]


def list_readings(scope: Scope, gate_id: str, limit: int = 30) -> list[Reading]:
    """The readings of a gate, newest first."""
    query = _NEWEST.replace("DISTINCT ON (r.gate)", "").replace(
        "ORDER BY r.gate, r.at DESC", "ORDER BY r.at DESC LIMIT :limit"
    )
    with read(scope) as session:
        return [_reading(row) for row in session.rows(query, {"gate": gate_id, "limit": limit})]


def _moved(session: ReadSession, gate_id: str, reading: Reading | None) -> datetime | None:
    """When what the gate counts changed, where the reading did not see that; None otherwise. A reader may see less than it saw."""
    move, saw = load_moved(session, gate_id), seen_move(reading.detail) if reading else None
    return move.at if move is not None and (saw is None or saw.at < move.at) else None


def _now(gate: Gate, reading: Reading | None, moved_at: datetime | None) -> GateNow:
    measurable = gate.id in measures()
    if reading is None:
        told = "No reading was taken yet." if measurable else "No measure of this gate exists yet."
        return GateNow(gate, NOT_MEASURED, told, None, measurable, moved_at)
    state = reading.state
    # A reading holds for as long as the gate allows and for the definition it was taken by.
    if (clock.today() - reading.at.date()).days > gate.stale_days:
        state = "stale"
    if reading.definition_hash != gate.definition_hash:
        state = "stale"
    return GateNow(gate, state, _missing(gate, reading, state), reading, measurable, moved_at)


def _missing(gate: Gate, reading: Reading, state: str) -> str:
    if state == "stale":
        return "The newest observation or reading is older than the gate allows; take a new one."
    if state in ("insufficient", "not_met") and reading.missing:
        return reading.missing
    if state == "insufficient":
        lacking = max(0, gate.n_min_count - reading.n_count)
        return f"{lacking} more {gate.observations} are needed ({reading.n_count} of {gate.n_min_count})."
    if state == "not_met" and reading.bound is not None:
        return f"{reading.bound:.3g} of {gate.threshold:.3g} {gate.unit}."
    return ""


def _reading(row: Row[Any]) -> Reading:
    values = {name: getattr(row, name) for name in Reading.__slots__}
    for name in ("value", "bound", "threshold"):
        values[name] = None if values[name] is None else float(values[name])
    return Reading(**{**values, "row_ids": tuple(row.row_ids), "taken_by": row.taken_by or ""})
