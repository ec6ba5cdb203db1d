"""How long a kind of work took before there was AI: timed pieces that their recorder and a manager vouch for (S1-G4)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar, Final
from uuid import UUID

from pydantic import Field, field_validator, model_validator

from remit.actions import Action, Change, Refused, Target, handler
from remit.db.sessions import ReadSession, WriteSession, read
from remit.domains.productivity.actions import Method, Timed
from remit.domains.productivity.motions import MOTIONS
from remit.domains.productivity.rules import LEAST
from remit.kit.ids import new_id
from remit.scope import Scope

MOST: Final = 2_000
_INSERT: Final = """
INSERT INTO remit.task_baselines (id, motion, stratum, minutes, observed_on, note, method, recorded_by, approved_by, recorded_at)
VALUES (:id, :motion, :stratum, :minutes, :observed_on, :note, :method, :by, :approver, :at)
"""
_LIST: Final = f"""
SELECT b.id, b.motion, b.stratum, b.minutes, b.observed_on, b.method, r.name AS recorded_by, a.name AS approved_by, b.recorded_at
FROM remit.task_baselines b JOIN remit.people r ON r.id = b.recorded_by JOIN remit.people a ON a.id = b.approved_by
WHERE CAST(:motion AS text) IS NULL OR b.motion = :motion ORDER BY b.motion, b.stratum, b.observed_on, b.id LIMIT {MOST}
"""


class RecordBaseline(Action):
    """Put timed pieces of work without AI on record, with how they were timed; a manager or the VP approves exactly these."""

    event: ClassVar[str] = "baseline:record"
    motion: str
    method: Method
    observations: tuple[Timed, ...] = Field(min_length=LEAST, max_length=200)

    @field_validator("motion")
    @classmethod
    def _known(cls, motion: str) -> str:
        if motion not in MOTIONS:
            raise ValueError(f"the kind of work is one of {', '.join(MOTIONS)}")
        return motion

    @model_validator(mode="after")
    def _before(self) -> RecordBaseline:
        if any(one.side != "before" or one.artefact_id is not None for one in self.observations):
            raise ValueError("a baseline is of work without AI")
        return self


@dataclass(frozen=True, slots=True)
class Baseline:
    """One timed piece of work as it was before. `stratum`: how hard it was."""

    id: UUID
    motion: str
    stratum: str
    minutes: float
    observed_on: date
    method: str
    recorded_by: str
    approved_by: str
    recorded_at: datetime


def _work(_session: ReadSession, action: RecordBaseline) -> Target:
    return Target("baseline", title=f"Baseline: {MOTIONS[action.motion]}, {len(action.observations)} pieces")


@handler(RecordBaseline, target=_work)
def record_baseline(tx: WriteSession, action: RecordBaseline, _target: Target) -> Change:
    """Write them; they are never changed."""
    if tx.approver_id is None or tx.approver_id == tx.maker_id:
        raise Refused("A baseline needs the word of a second person.", code="needs_approval")
    given = {
        "motion": action.motion,
        "method": action.method,
        "by": tx.maker_id,
        "approver": tx.approver_id,
        "at": tx.now,
    }
    tx.execute(
        _INSERT,
        [
            given | {"id": new_id(), **one.model_dump(include={"stratum", "minutes", "observed_on", "note"})}
            for one in action.observations
        ],
    )  # fmt: skip
    after = {"motion": action.motion, "pieces": len(action.observations)}
    return Change("baseline", None, after=after, result={"pieces": len(action.observations)})


def load_baselines(session: ReadSession, motion: str | None = None) -> list[Baseline]:
    """The pieces on record, by kind of work and how hard they were."""
    return [Baseline(**row._mapping) for row in session.rows(_LIST, {"motion": motion})]


def list_baselines(scope: Scope, motion: str | None = None) -> list[Baseline]:
    """As load_baselines, in a session of its own."""
    with read(scope) as session:
        return load_baselines(session, motion)
