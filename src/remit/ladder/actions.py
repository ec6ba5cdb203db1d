"""TakeReading: measure a gate now and keep what was found. Readings are append-only; people and schedules take them."""

from __future__ import annotations

import json
from typing import ClassVar

from remit.actions import Action, Change, NotFound, Refused, Target, handler
from remit.db.sessions import ReadSession, WriteSession
from remit.kit.ids import new_id
from remit.ladder.measures import ROWS_KEPT, judge, load_moved, measures, with_move
from remit.ladder.steps import GATES

_INSERT = """
INSERT INTO remit.readings (id, at, gate, definition_version, definition_hash, window_from_on, window_until_on, query,
    row_ids, row_digest, value, bound, threshold, n_count, n_min_count, state, taken_by, missing, detail)
VALUES (:id, :at, :gate, :version, :hash, :from_on, :until_on, :query, :row_ids, :row_digest, :value, :bound, :threshold,
    :n, :n_min, :state, :by, :missing, CAST(:detail AS jsonb))
"""


class TakeReading(Action):
    """Measure one gate over its window as of today."""

    event: ClassVar[str] = "gate:read"
    gate: str


def _gate(_session: ReadSession, action: TakeReading) -> Target:
    if action.gate not in GATES:
        raise NotFound("gate")
    return Target("gate", title=f"Reading of {action.gate}")


@handler(TakeReading, target=_gate, as_system=True)
def take_reading(tx: WriteSession, action: TakeReading, _target: Target) -> Change:
    """Measure over the whole firm (a gate is about all of it) and write the reading."""
    gate = GATES[action.gate]
    found_by = measures().get(gate.id)
    if found_by is None:
        raise Refused(f"{gate.id} is not measured yet: no measure of it exists.", code="not_measured_yet")
    # before what it counts: a change in between is measured once more, never missed
    move = load_moved(tx, gate.id)
    found = found_by(tx, gate, tx.now.date())
    state = judge(gate, found, tx.now.date())
    reading_id = new_id()
    tx.execute(
        _INSERT,
        {
            "id": reading_id, "at": tx.now, "gate": gate.id, "version": gate.version, "hash": gate.definition_hash,
            "from_on": found.window_from_on, "until_on": found.window_until_on, "query": found.query,
            "row_ids": list(found.row_ids)[:ROWS_KEPT], "row_digest": found.row_digest, "value": found.value,
            "bound": found.bound, "threshold": gate.threshold, "n": found.n_count, "n_min": gate.n_min_count,
            "state": state, "by": tx.scope.actor.id, "missing": found.missing, "detail": json.dumps(with_move(found.detail, move)),
        },
    )  # fmt: skip
    after = {"gate": gate.id, "state": state, "n": found.n_count, "row_digest": found.row_digest}
    return Change("reading", reading_id, {}, after, result={"state": state, "reading_id": str(reading_id)})
