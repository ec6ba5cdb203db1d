"""Reads: the sequences with how many are where, the runs of one, what each got and gets next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Row

from remit.actions import NotFound
from remit.db.sessions import ReadSession, read
from remit.domains.library import queries as library
from remit.domains.library.queries import Version
from remit.domains.library.texts import with_sources
from remit.domains.sequences import rules
from remit.kit import paging
from remit.scope import Scope

# an e-mail that waited for the morning may have been called back, or refused, before it left
_OUTCOME: Final = """CASE WHEN {step}.outcome = 'sent' AND EXISTS (SELECT FROM remit.drafts q JOIN remit.effects f ON f.id = q.effect_id
    WHERE q.enrolment_step_id = {step}.id AND f.state IN ('recalled', 'failed')) THEN 'not_left' ELSE {step}.outcome END"""
_RUN: Final = """
SELECT e.id, e.account_id, a.name AS account, e.contact_id, coalesce(btrim(c.first_name || ' ' || c.last_name), '') AS contact,
    e.template_id AS sequence_id, e.version_id, v.number, v.title, e.owner_id, p.name AS owner, e.state, e.step, e.due_at, e.heard, e.code, e.why,
    e.enrolled_at, e.closed_at, e.version, s.id AS open_step_id, s.try_at, s.why AS later, d.id AS draft_id, g.id AS suggestion_id
FROM remit.enrolments e JOIN remit.accounts a ON a.id = e.account_id LEFT JOIN remit.contacts c ON c.id = e.contact_id
JOIN remit.template_versions v ON v.id = e.version_id JOIN remit.people p ON p.id = e.owner_id
LEFT JOIN remit.enrolment_steps s ON s.enrolment_id = e.id AND s.step = e.step AND s.done_at IS NULL
LEFT JOIN remit.drafts d ON d.enrolment_step_id = s.id
LEFT JOIN LATERAL (SELECT w.id FROM remit.suggestions w WHERE w.object_type = 'draft' AND w.object_id = d.id AND w.state = 'waiting'
    ORDER BY w.proposed_at DESC LIMIT 1) g ON true
"""
_LIST: Final = f"""{_RUN}
WHERE (CAST(:sequence AS uuid) IS NULL OR e.template_id = :sequence) AND (CAST(:state AS text) IS NULL OR e.state = :state)
  AND (CAST(:code AS text) IS NULL OR e.code = :code OR e.heard = :code)
  AND (NOT :reached OR EXISTS (SELECT FROM remit.enrolment_steps r WHERE r.enrolment_id = e.id AND {_OUTCOME.format(step="r")} = 'sent'))
  AND (CAST(:step AS text) IS NULL OR (e.step = :step AND e.state IN ('active', 'paused'))) AND (CAST(:owner AS uuid) IS NULL OR e.owner_id = :owner)
  AND (CAST(:contact AS uuid) IS NULL OR e.contact_id = :contact) AND (CAST(:account AS uuid) IS NULL OR e.account_id = :account)
  AND (CAST(:after_at AS timestamptz) IS NULL OR (e.enrolled_at, e.id) < (CAST(:after_at AS timestamptz), CAST(:after_id AS uuid)))
ORDER BY e.enrolled_at DESC, e.id DESC LIMIT :limit
"""
_ONE: Final = f"{_RUN} WHERE e.id = :id"
_AT_ACCOUNT: Final = f"{_RUN} WHERE e.account_id = :account AND e.state IN ('active', 'paused') LIMIT 200"
_STEPS: Final = f"""
SELECT s.step AS name, s.kind, s.taken_at, s.done_at, {_OUTCOME.format(step="s")} AS outcome, s.why, s.try_at, s.activity_id, d.id AS draft_id
FROM remit.enrolment_steps s LEFT JOIN remit.drafts d ON d.enrolment_step_id = s.id WHERE s.enrolment_id = :id ORDER BY s.taken_at, s.id
"""
_COUNTS: Final = """
SELECT e.template_id, e.state, e.step, count(*) AS number FROM remit.enrolments e
WHERE CAST(:sequence AS uuid) IS NULL OR e.template_id = :sequence GROUP BY 1, 2, 3
"""
_WHY: Final = """
SELECT e.code, count(*) AS number FROM remit.enrolments e WHERE e.template_id = :sequence AND e.state IN ('stopped', 'paused') GROUP BY 1 ORDER BY 2 DESC, 1
"""
# sent: e-mails of its steps that left; answered: runs that a reply ended or turned
_CAME: Final = f"""
SELECT count(*) FILTER (WHERE s.outcome = 'sent') AS sent, count(DISTINCT s.enrolment_id) FILTER (WHERE s.outcome = 'sent') AS reached,
    count(DISTINCT e.id) FILTER (WHERE e.code = 'reply' OR e.heard = 'reply') AS answered,
    count(DISTINCT e.id) FILTER (WHERE e.code = 'meeting' OR e.heard = 'meeting') AS met
FROM remit.enrolments e LEFT JOIN (SELECT x.enrolment_id, {_OUTCOME.format(step="x")} AS outcome FROM remit.enrolment_steps x) s ON s.enrolment_id = e.id
WHERE e.template_id = :sequence
"""
_TEXTS: Final = """
SELECT x.step, x.number AS place, w.id AS version_id, t.key, w.number, w.title, w.state FROM remit.sequence_texts x
JOIN remit.template_versions w ON w.id = x.template_version_id JOIN remit.templates t ON t.id = w.template_id
WHERE x.version_id = :version ORDER BY x.step, x.number
"""
# before it is approved: the versions that would be pinned now
_WOULD_BE: Final = """
SELECT DISTINCT ON (t.key) t.key, w.id AS version_id, w.number, w.title, w.state FROM remit.templates t
JOIN remit.template_versions w ON w.template_id = t.id AND (w.state = 'live' OR w.newest)
WHERE t.key = ANY (CAST(:keys AS text[])) ORDER BY t.key, (w.state = 'live') DESC, w.number DESC
"""


@dataclass(frozen=True, slots=True)
class Run:
    """One contact's run. `step`: the one that comes next, or is with somebody; `due_at`: when it is taken, None once it was.

    `later`: why its e-mail was put off; `code`, `why`: what stopped or paused it; `heard`: the event that turned it.
    """

    id: UUID
    account_id: UUID
    account: str
    contact_id: UUID
    contact: str
    sequence_id: UUID
    version_id: UUID
    number: int
    title: str
    owner_id: UUID
    owner: str
    state: str
    step: str
    due_at: datetime | None
    heard: str
    code: str
    why: str
    enrolled_at: datetime
    closed_at: datetime | None
    version: int
    open_step_id: UUID | None
    try_at: datetime | None
    later: str | None
    draft_id: UUID | None
    suggestion_id: UUID | None

    @property
    def now(self) -> str:
        """Where it is, in words."""
        if self.state != "active":
            return rules.STATES[self.state]
        if self.suggestion_id:
            return "waits for approval"
        if self.open_step_id and self.later:
            return "put off"
        if self.draft_id:
            return "with its owner"
        return "to be written" if self.open_step_id else "running"


@dataclass(frozen=True, slots=True)
class Taken:
    """A step as it was taken. `outcome`: sent, not_left (called back or refused first), asked (of a person), waited, nothing (came back), left_out, stopped; "" while open."""

    name: str
    kind: str
    taken_at: datetime
    done_at: datetime | None
    outcome: str
    why: str
    try_at: datetime | None
    activity_id: UUID | None
    draft_id: UUID | None


@dataclass(frozen=True, slots=True)
class Text:
    """A template's version that a step says; `place` counts those tried in order from 1."""

    step: str
    place: int
    version_id: UUID
    key: str
    number: int
    title: str
    state: str


@dataclass(frozen=True, slots=True)
class Came:
    """What came of a sequence, in what the reader may see."""

    sent: int
    reached: int
    answered: int
    met: int


@dataclass(frozen=True, slots=True)
class Listed:
    """A sequence in the list: its version shown, and how many runs are in each state and, of those running, at each step."""

    version: Version
    states: Mapping[str, int] = field(default_factory=dict)
    steps: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Filters:
    """Which runs; None: any. `code`: what stopped, paused or turned them; `step`: those there now; `reached`: to whom an e-mail was sent."""

    sequence_id: UUID | None = None
    state: str | None = None
    step: str | None = None
    owner_id: UUID | None = None
    contact_id: UUID | None = None
    account_id: UUID | None = None
    code: str | None = None
    reached: bool = False


def list_sequences(scope: Scope, filters: library.Filters | None = None) -> list[Listed]:
    """Every sequence (a hundred at most): the live version, else the newest, with its runs that the scope sees."""
    chosen = filters or library.Filters()
    page = library.list_templates(
        scope,
        library.Filters(
            motion=chosen.motion,
            persona=chosen.persona,
            state=chosen.state,
            text=chosen.text,
            channel="sequence",
        ),
        size=100,
    )
    with read(scope) as s:
        counted = s.rows(_COUNTS, {"sequence": None})
    return [_listed(one, counted) for one in with_sources(scope, page.rows)]


def get_listed(scope: Scope, version: Version) -> Listed:
    """One sequence as in the list."""
    with read(scope) as s:
        return _listed(version, s.rows(_COUNTS, {"sequence": version.template_id}))


def _listed(version: Version, counted: Sequence[Row[Any]]) -> Listed:
    states: dict[str, int] = {}
    steps: dict[str, int] = {}
    for row in counted:
        if row.template_id == version.template_id:
            states[row.state] = states.get(row.state, 0) + row.number
            if row.state in ("active", "paused"):
                steps[row.step] = steps.get(row.step, 0) + row.number
    return Listed(version, states, steps)


def list_runs(
    scope: Scope, filters: Filters, *, after: str | None = None, size: int | None = None
) -> paging.Page[Run]:
    """Runs, the last enrolled first."""
    wanted = paging.size(size)
    at, last = paging.as_texts(after, 2) if after else (None, None)
    with read(scope) as s:
        rows = s.rows(
            _LIST,
            {
                "sequence": filters.sequence_id, "state": filters.state, "step": filters.step, "owner": filters.owner_id,
                "contact": filters.contact_id, "account": filters.account_id, "code": filters.code, "reached": filters.reached, "after_at": at, "after_id": last, "limit": wanted + 1,
            },
        )  # fmt: skip
    return paging.page(
        [Run(**row._mapping) for row in rows], wanted, lambda one: (one.enrolled_at.isoformat(), str(one.id))
    )


def get_run(scope: Scope, run_id: UUID) -> Run:
    """One run. Raises NotFound."""
    with read(scope) as s:
        row = s.row(_ONE, {"id": run_id})
    if row is None:
        raise NotFound("enrolment")
    return Run(**row._mapping)


def find_run_of_step(scope: Scope, step_id: UUID) -> UUID:
    """The run whose step this is. Raises NotFound."""
    with read(scope) as s:
        found = s.scalar("SELECT enrolment_id FROM remit.enrolment_steps WHERE id = :id", {"id": step_id})
    if found is None:
        raise NotFound("step of a sequence")
    return UUID(str(found))


def list_running(scope: Scope, account_id: UUID) -> dict[UUID, Run]:
    """Contact to their run that is active or paused, at one account."""
    with read(scope) as s:
        rows = s.rows(_AT_ACCOUNT, {"account": account_id})
    return {row.contact_id: Run(**row._mapping) for row in rows}


def get_steps(scope: Scope, run_id: UUID) -> list[Taken]:
    """The steps that a run took, in order."""
    with read(scope) as s:
        return [Taken(**row._mapping) for row in s.rows(_STEPS, {"id": run_id})]


def get_reasons(scope: Scope, sequence_id: UUID) -> Mapping[str, int]:
    """Why runs of a sequence stopped or are paused: code to how many."""
    with read(scope) as s:
        return {row.code: row.number for row in s.rows(_WHY, {"sequence": sequence_id})}


def get_came(scope: Scope, sequence_id: UUID) -> Came:
    """What came of a sequence."""
    with read(scope) as s:
        row = s.row(_CAME, {"sequence": sequence_id})
    return Came(**row._mapping) if row else Came(0, 0, 0, 0)


def get_texts(scope: Scope, version: Version) -> Mapping[str, Sequence[Text]]:
    """Step to the template versions it says: those it was approved with, else those it would be approved with now."""
    with read(scope) as s:
        found = [Text(**row._mapping) for row in s.rows(_TEXTS, {"version": version.id})]
        if not found:
            found = _would_be(s, version)
    steps: dict[str, list[Text]] = {}
    for one in found:
        steps.setdefault(one.step, []).append(one)
    return steps


def _would_be(s: ReadSession, version: Version) -> list[Text]:
    named = [
        (step.name, place, key)
        for step in version.template.steps
        for place, key in enumerate(step.templates, 1)
    ]
    known = {row.key: row for row in s.rows(_WOULD_BE, {"keys": [key for _, _, key in named]})}
    return [
        Text(step, place, row.version_id, key, row.number, row.title, row.state)
        for step, place, key in named
        if (row := known.get(key)) is not None
    ]
