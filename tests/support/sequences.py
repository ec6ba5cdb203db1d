"""A crowd in a sequence, processes that move it and are killed, and the question whether a step was lost or doubled."""

from __future__ import annotations

import os
import random
import signal
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import text

from remit.db.location import Location
from remit.identity import SYSTEM_ID
from tests.support.cast import as_owner
from tests.support.worker_zygote import Zygote, alive

_CONTACTS = """
INSERT INTO remit.contacts (id, account_id, access_id, first_name, last_name, title, email, country)
SELECT gen_random_uuid(), a.id, a.access_id, 'Crowd', CAST(n AS text), :title, 'crowd' || n || '.' || left(a.id::text, 13) || :mark || '@crowd.example', 'US'
FROM generate_series(1, :count) n JOIN LATERAL (SELECT id, access_id FROM (SELECT id, access_id, row_number() OVER (ORDER BY id) - 1 AS place,
    count(*) OVER () AS many FROM remit.accounts WHERE owner_id IS NOT NULL AND (CAST(:only AS uuid) IS NULL OR id = :only)
      AND (:fact = '' OR EXISTS (SELECT FROM remit.facts f WHERE f.account_id = accounts.id AND f.kind = :fact AND f.state = 'live'))) x
    WHERE x.place = n % x.many) a ON true
RETURNING id
"""
_RUNS = """
INSERT INTO remit.enrolments (id, account_id, access_id, contact_id, template_id, version_id, owner_id, account_owner_id, contact_owner_id, step,
    due_at, enrolled_at)
SELECT gen_random_uuid(), a.id, a.access_id, c.id, :template, :version, a.owner_id, a.owner_id, c.owner_id,
    (CAST(:at AS text[]))[1 + c.place % cardinality(CAST(:at AS text[]))], :due, :due
FROM (SELECT *, row_number() OVER (ORDER BY id) AS place FROM remit.contacts WHERE id = ANY (CAST(:ids AS uuid[]))) c JOIN remit.accounts a ON a.id = c.account_id
"""
# each sentence is a kind of harm; no row is none
_HARM = {
    "a task stands twice": """SELECT contact_id FROM remit.activities WHERE kind = 'task' AND body LIKE 'Step %' GROUP BY contact_id, subject, body
        HAVING count(*) > 1""",
    "a step asks a person and no task is there": """SELECT s.id FROM remit.enrolment_steps s WHERE s.kind IN ('call', 'social') AND s.outcome = 'asked'
        AND NOT EXISTS (SELECT FROM remit.activities a WHERE a.id = s.activity_id)""",
    "a task is there that no step asked for": """SELECT a.id FROM remit.activities a WHERE a.kind = 'task' AND a.body LIKE 'Step % of the sequence %'
        AND NOT EXISTS (SELECT FROM remit.enrolment_steps s WHERE s.activity_id = a.id)""",
    "a run stands still": """SELECT e.id FROM remit.enrolments e WHERE e.state = 'active' AND e.due_at IS NULL
        AND NOT EXISTS (SELECT FROM remit.enrolment_steps s WHERE s.enrolment_id = e.id AND s.step = e.step AND s.done_at IS NULL)""",
    "a text was asked for twice": """SELECT d.id FROM remit.drafts d JOIN remit.suggestions g ON g.object_type = 'draft' AND g.object_id = d.id
        WHERE d.enrolment_step_id IS NOT NULL GROUP BY d.id HAVING count(*) > 1""",
    "a text was written and never asked for": """SELECT d.id FROM remit.drafts d JOIN remit.enrolment_steps s ON s.id = d.enrolment_step_id AND s.done_at IS NULL AND s.why = ''
        JOIN remit.enrolments e ON e.id = s.enrolment_id AND e.state = 'active'
        WHERE NOT EXISTS (SELECT FROM remit.suggestions g WHERE g.object_type = 'draft' AND g.object_id = d.id)""",
}  # fmt: skip


def _sql(location: Location, statement: str, **given: object) -> list[tuple]:
    with as_owner(location).begin() as connection:
        connection.execute(text("SELECT set_config('remit.person_id', :p, true)"), {"p": str(SYSTEM_ID)})
        done = connection.execute(text(statement), given)
        return [tuple(row) for row in done] if done.returns_rows else []


def crowd(
    location: Location, template_id: UUID, version_id: UUID, count: int, at: Sequence[str], due: datetime, only: UUID | None = None,
    *, title: str = "COO", fact: str = "",
) -> list[UUID]:  # fmt: skip
    """Contacts at accounts that somebody owns (`only`: at this one; `fact`: where one of this kind is known), in the sequence at these steps in turn, due; gives the contacts."""
    mark = f".{random.Random(os.urandom(8)).randrange(10**9)}"
    ids = [
        row[0] for row in _sql(location, _CONTACTS, count=count, mark=mark, only=only, title=title, fact=fact)
    ]
    _sql(location, _RUNS, template=template_id, version=version_id, at=list(at), due=due, ids=ids)
    _sql(location, "ANALYZE remit.enrolments, remit.contacts")
    return ids


def unsound(location: Location) -> dict[str, int]:
    """Every kind of harm that is there, with how often."""
    return {what: len(rows) for what, query in _HARM.items() if (rows := _sql(location, query))}


def all_due(location: Location, at: datetime) -> None:
    """Make every waiting step of running runs due."""
    _sql(
        location,
        "UPDATE remit.enrolments SET due_at = :at WHERE state = 'active' AND due_at IS NOT NULL",
        at=at,
    )


def ways(location: Location, contacts: Sequence[UUID]) -> dict[tuple[str, ...], int]:
    """The steps that these contacts' runs took, in order, with how many took them."""
    rows = _sql(
        location,
        """SELECT way, count(*) FROM (SELECT array_agg(s.step ORDER BY s.taken_at, s.id) AS way FROM remit.enrolments e
        LEFT JOIN remit.enrolment_steps s ON s.enrolment_id = e.id WHERE e.contact_id = ANY (CAST(:ids AS uuid[])) GROUP BY e.id) x GROUP BY way""",
        ids=list(contacts),
    )
    return {tuple(way): number for way, number in rows}


@dataclass
class Killed:
    """What the harness did."""

    kills: int = 0
    at_work: int = 0
    harm: dict[str, int] = field(default_factory=dict)


_AT_WORK = """
SELECT 1 FROM pg_locks l WHERE l.relation = 'remit.enrolments'::regclass AND l.mode = 'RowExclusiveLock' AND l.granted LIMIT 1
"""


def _moving(location: Location, at: datetime, pause: threading.Event) -> bool:
    """Wait until a process moves rows, making more of them due when none is; False when no run is left to move."""
    for _ in range(4000):
        if _sql(location, _AT_WORK):
            return True
        if not _sql(
            location, "SELECT 1 FROM remit.enrolments WHERE state = 'active' AND due_at <= :at LIMIT 1", at=at
        ):
            all_due(location, at)
            if not _sql(
                location,
                "SELECT 1 FROM remit.enrolments WHERE state = 'active' AND due_at IS NOT NULL LIMIT 1",
            ):
                return False
        pause.wait(0.005)
    raise AssertionError("nobody moves the rows that are due")


def kill_many(
    location: Location, nursery: Zygote, settings: dict[str, object], at: datetime, *, kills: int, seed: int
) -> Killed:
    """Two processes move the runs at the stopped instant `at`; one after the other is killed with SIGKILL, as a rule while rows are being moved."""
    dice, done, pause = random.Random(seed), Killed(), threading.Event()
    order = {"sequences_at": at.isoformat()}
    running = [nursery.start(location, settings, **order) for _ in range(2)]
    while done.kills < kills and _moving(location, at, pause):
        pause.wait(dice.uniform(0, 0.03))
        done.at_work += bool(_sql(location, _AT_WORK))
        pid = running.pop(dice.randrange(2))
        if alive(pid):
            os.kill(pid, signal.SIGKILL)
        done.kills += 1
        running.append(nursery.start(location, settings, **order))
    for pid in running:
        os.kill(pid, signal.SIGKILL)
    return done
