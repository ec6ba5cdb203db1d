"""Reads about cases: one with what was timed, lists, what a person may name as evidence."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Row

from remit.actions import Check, NotFound
from remit.db.sessions import ReadSession, read
from remit.domains.productivity.fitting import check_fits
from remit.domains.productivity.rules import Observation, Strata, strata
from remit.ladder.artefacts import Artefact, load_artefacts, of_row, with_artefacts
from remit.scope import Scope

MOST_CASES: Final = 500
_CASES: Final = """
SELECT c.id, c.owner_id, o.name AS owner, o.manager_id, c.title, c.motion, c.method, c.state, c.submitted_at, c.decided_by,
       coalesce(d.name, '') AS decided_by_name, c.decided_at, c.reason, c.point_minutes, c.bound_minutes, c.created_at,
       c.updated_at, c.version
FROM remit.productivity_cases c JOIN remit.people o ON o.id = c.owner_id LEFT JOIN remit.people d ON d.id = c.decided_by
"""
_ONE: Final = _CASES + "WHERE c.id = :id"
_LIST: Final = (
    _CASES
    + """WHERE (CAST(:state AS text) IS NULL OR c.state = :state) AND (CAST(:owner AS uuid) IS NULL OR c.owner_id = :owner)
ORDER BY c.state <> 'submitted', c.updated_at DESC, c.id LIMIT :limit"""
)
_OBSERVATIONS: Final = """
SELECT case_id, side, minutes, observed_on, stratum, note, artefact_id, artefact_sha256
FROM remit.case_observations WHERE case_id = ANY(:ids) ORDER BY case_id, number
"""
_ELSEWHERE: Final = """
SELECT DISTINCT o.artefact_id FROM remit.case_observations o JOIN remit.productivity_cases c ON c.id = o.case_id
WHERE o.artefact_id = ANY(:ids) AND o.case_id <> :id AND c.state IN ('submitted', 'signed')
"""
_CHOICES: Final = """
SELECT a.* FROM artefacts a WHERE a.person_id = :me AND a.accepted_at IS NOT NULL ORDER BY a.accepted_at DESC, a.id LIMIT :limit
"""


@dataclass(frozen=True, slots=True)
class Case:
    """A case as it stands. Minutes with AI less minutes before: the point and its upper 95 % bound (None: nothing to compare)."""

    id: UUID
    owner_id: UUID
    owner: str
    manager_id: UUID | None
    title: str
    motion: str
    method: str
    state: str
    submitted_at: datetime | None
    decided_by: UUID | None
    decided_by_name: str
    decided_at: datetime | None
    reason: str
    point_minutes: float | None
    bound_minutes: float | None
    created_at: datetime
    updated_at: datetime
    version: int
    observations: tuple[Observation, ...] = ()

    @property
    def strata(self) -> Strata:
        """What of it can be compared."""
        return strata(self.observations)

    @property
    def better(self) -> bool:
        """Whether it takes less time with AI, beyond chance, on enough observations."""
        return self.strata.enough and self.bound_minutes is not None and self.bound_minutes < 0


def load_case(session: ReadSession, case_id: UUID) -> Case:
    """One case with its observations inside an open session. Raises NotFound."""
    found = _with_observations(session, session.rows(_ONE, {"id": case_id}))
    if not found:
        raise NotFound("case")
    return found[0]


def load_cases(session: ReadSession, *, state: str | None = None, owner_id: UUID | None = None) -> list[Case]:
    """Cases that the session sees, those that wait for a manager first, then the last changed; MOST_CASES at most."""
    rows = session.rows(_LIST, {"state": state, "owner": owner_id, "limit": MOST_CASES})
    return _with_observations(session, rows)


def get_case(scope: Scope, case_id: UUID) -> Case:
    """As load_case."""
    with read(scope) as session:
        return load_case(session, case_id)


def list_cases(scope: Scope, *, state: str | None = None, owner_id: UUID | None = None) -> list[Case]:
    """As load_cases."""
    with read(scope) as session:
        return load_cases(session, state=state, owner_id=owner_id)


def list_evidence(scope: Scope, case: Case) -> dict[UUID, Artefact]:
    """The artefacts that a case names and the scope may see, by id."""
    with read(scope) as session:
        return {one.id: one for one in load_artefacts(session, _named(case))}


def list_choices(scope: Scope, limit: int = 100) -> list[Artefact]:
    """What the scope's person may name as evidence: their own accepted artefacts, newest first."""
    with read(scope) as session:
        rows = session.rows(with_artefacts(_CHOICES), {"me": scope.person_id, "limit": limit})
        return [of_row(row) for row in rows]


def load_used_elsewhere(session: ReadSession, case: Case) -> list[UUID]:
    """Artefacts of the case that stand in another submitted or signed one."""
    rows = session.rows(_ELSEWHERE, {"ids": _named(case), "id": case.id})
    return [row.artefact_id for row in rows]


def load_bad_evidence(session: ReadSession, case: Case) -> list[UUID]:
    """Artefacts of the case that the session does not see, that are accepted no more, or whose content is another now."""
    now = {one.id: one.sha256 for one in load_artefacts(session, _named(case)) if one.accepted_at is not None}
    return [
        one.artefact_id
        for one in case.observations
        if one.artefact_id is not None and now.get(one.artefact_id) != one.artefact_sha256
    ]


def load_fit(session: ReadSession, case: Case) -> Check:
    """Whether the artefacts that the session sees are of the work that the case timed."""
    return check_fits(case.motion, case.observations, load_artefacts(session, _named(case)))


def _named(case: Case) -> list[UUID]:
    return [one.artefact_id for one in case.observations if one.artefact_id is not None]


def _with_observations(session: ReadSession, rows: Any) -> list[Case]:
    found: dict[UUID, list[Observation]] = defaultdict(list)
    for row in session.rows(_OBSERVATIONS, {"ids": [row.id for row in rows]}) if rows else ():
        found[row.case_id].append(_observation(row))
    return [Case(**row._mapping, observations=tuple(found[row.id])) for row in rows]


def _observation(row: Row[Any]) -> Observation:
    values = {name: value for name, value in row._mapping.items() if name != "case_id"}
    return Observation(**values)
