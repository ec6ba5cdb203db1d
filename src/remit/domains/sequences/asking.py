"""The e-mails of sequences: written from the approved texts when they are due, and asked for at the door in their owner's name.

Read, think, perform: each e-mail is two acts of its own (write, send), in that order, done in step with others (`batches`).
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, ClassVar, Final
from uuid import UUID

import structlog
from pydantic import Field
from sqlalchemy import Row

from remit.actions import (
    Action,
    Change,
    One,
    Performed,
    Refused,
    Target,
    Waiting,
    attributes_of,
    handler,
)
from remit.db.sessions import ReadSession, WriteSession, read
from remit.domains.sequences import moving
from remit.domains.sequences.batches import FAILED, ask_together, failed, performed
from remit.domains.sequences.hours import waking, why_not_now
from remit.domains.sequences.said import load_step
from remit.domains.supervision.profiles import Profile, load_profiles
from remit.kit import clock
from remit.scope import Scope

logger = structlog.get_logger(__name__)
BATCH: Final = 500
"""E-mails that are looked at together."""
TOGETHER: Final = 50
"""E-mails of one owner that are written in one transaction, and asked for in one."""
LATER: Final = {"contact-cap": timedelta(hours=12), "conduct-contact-caps": timedelta(hours=24)}
"""Checks that a later hour passes, and when to try again."""
HALTED_FOR: Final = timedelta(minutes=30)
"""How long an e-mail waits that a halt of its sender's agent stopped: the sweep holds the runs of every other halt."""
FAILED_FOR: Final = timedelta(hours=1)
"""How long an e-mail that ended in a fault is left alone."""
# open e-mails that nobody was asked about since the run began or was resumed
_TO_ASK: Final = """
SELECT s.id, s.try_at, s.enrolment_id, s.step, e.contact_id, e.owner_id, e.entered, e.version_id, v.title, v.source, v.number, t.key, d.id AS draft_id, a.segment,
    coalesce(c.country, a.country, c.jurisdiction, '') AS country, coalesce(c.time_zone, '') AS time_zone
FROM remit.enrolment_steps s JOIN remit.enrolments e ON e.id = s.enrolment_id AND e.step = s.step AND e.state = 'active'
JOIN remit.template_versions v ON v.id = e.version_id JOIN remit.templates t ON t.id = e.template_id
JOIN remit.contacts c ON c.id = e.contact_id JOIN remit.accounts a ON a.id = e.account_id
LEFT JOIN remit.drafts d ON d.enrolment_step_id = s.id
WHERE s.done_at IS NULL AND s.kind = 'email' AND s.try_at <= :now AND (d.id IS NULL OR (d.state = 'draft' AND NOT EXISTS (
    SELECT FROM remit.suggestions g WHERE g.object_type = 'draft' AND g.object_id = d.id AND g.proposed_at >= coalesce(e.resumed_at, '-infinity'))))
  AND (CAST(:after_at AS timestamptz) IS NULL OR (s.try_at, s.id) > (CAST(:after_at AS timestamptz), CAST(:after AS uuid)))
ORDER BY s.try_at, s.id LIMIT :limit
"""
_MINE: Final = "SELECT pg_try_advisory_xact_lock(hashtextextended(:lock, 0))"
_PUT_OFF: Final = (
    "UPDATE remit.enrolment_steps SET try_at = :at, why = :why WHERE id = :id AND done_at IS NULL"
)


class NoteStep(Action):
    """An e-mail that may not be asked for now: tried again at `try_at`, or, without it, held with its run until a person resumes."""

    event: ClassVar[str] = "sequence:step:note"
    step_id: UUID
    try_at: datetime | None = None
    code: str = Field(max_length=60)
    why: str = Field(max_length=1000)


@dataclass(frozen=True, slots=True)
class Hands:
    """Who asks: scopes that a worker starts. `notes` is the sequences' own job; `owner` gives a person's, `sender` that of their agent
    with an auto remit for e-mail of this segment, else the person's."""

    notes: Scope
    owner: Callable[[UUID], Scope | None]
    sender: Callable[[UUID, str], Scope | None]


@dataclass(frozen=True, slots=True)
class _Noted:
    """What is to be noted of a step, and how it is counted."""

    told: str
    act: NoteStep


def _step(s: ReadSession, action: NoteStep) -> Target:
    row = load_step(s, action.step_id)
    return Target(
        "enrolment", row.enrolment_id, row.account_id, row.access_id, row.segment, "email", title=f"Step {row.step}, {row.account}",
        attributes=attributes_of(row.owner_id, row.key_account, row.segment),
    )  # fmt: skip


@handler(NoteStep, target=_step, as_system=True, apart=lambda action: [action.step_id], in_step=True)
def note_step(tx: WriteSession, action: NoteStep, _target: Target) -> Change:
    """Put the step off, or hold its run."""
    row = load_step(tx, action.step_id)
    if action.try_at is not None:
        tx.write(_PUT_OFF, {"id": row.id, "at": action.try_at, "why": action.why})
    else:
        moving.hold(tx, [(row.enrolment_id, action.code, action.why)])
    after = {"step": row.step, "code": action.code, "try_at": action.try_at}
    return Change("enrolment", row.enrolment_id, after=after, result={"held": action.try_at is None})


def ask_due(hands: Hands, *, limit: int = BATCH, seconds: float = 0, most: int = 0) -> Counter[str]:
    """Write and ask for the e-mails that are due, `limit` at a time, until `seconds` are over and `most` were looked at; gives what became of
    them, counted."""
    until, tally = time.monotonic() + seconds, Counter[str]()
    last: Row[Any] | None = None
    looked = 0
    while True:
        now = clock.now()
        with read(hands.notes) as s:
            place = {"after_at": last.try_at, "after": last.id} if last else {"after_at": None, "after": None}
            rows = s.rows(_TO_ASK, {"now": now, "limit": limit, **place})
            profiles = load_profiles(s)
        tally += _ask(hands, rows, profiles, now)
        looked += len(rows)
        if len(rows) < limit or (time.monotonic() >= until and looked >= most):
            return tally
        last = rows[-1]


def _ask(hands: Hands, rows: Sequence[Row[Any]], profiles: Sequence[Profile], now: datetime) -> Counter[str]:
    """One batch, owner by owner; who may not be written to at this hour waits for one at which they may."""
    notes: list[_Noted] = []
    owners: dict[UUID, list[Row[Any]]] = {}
    hours: dict[tuple[str, str], tuple[str, datetime] | None] = {}
    for row in rows:
        zone = (row.country, row.time_zone)
        if zone not in hours:
            why = why_not_now(*zone, now, profiles)
            hours[zone] = (why, waking(*zone, now, profiles)) if why is not None else None
        if (quiet := hours[zone]) is not None:
            notes.append(_put_off(row, quiet[1], "quiet", quiet[0]))
        else:
            owners.setdefault(row.owner_id, []).append(row)
    tally = Counter[str]()
    for owner_id, mine in owners.items():
        for row, answer in _of_one(hands, owner_id, mine):
            noted = _refused(row, answer, now) if isinstance(answer, Refused) else answer
            if isinstance(noted, _Noted):
                notes.append(noted)
            else:
                tally[noted if isinstance(noted, str) else type(noted).__name__.lower()] += 1
    return tally + _note(hands, notes)


def _of_one(
    hands: Hands, owner_id: UUID, rows: Sequence[Row[Any]]
) -> Sequence[tuple[Row[Any], Performed | Waiting | Refused | str]]:
    """As `_of_owner`; what is the matter with one owner holds up no other."""
    try:
        return _of_owner(hands, owner_id, rows)
    except Exception as error:
        logger.exception("the e-mails of an owner failed", owner=str(owner_id), count=len(rows))
        why = failed(error)
        return [(row, why) for row in rows]


def _of_owner(
    hands: Hands, owner_id: UUID, rows: Sequence[Row[Any]]
) -> Sequence[tuple[Row[Any], Performed | Waiting | Refused | str]]:
    """What became of the e-mails of one owner; one process at a time takes an owner's."""
    owner = hands.owner(owner_id)
    if owner is None:
        return [(row, "owner_left") for row in rows]  # the sweep stops the runs
    senders = {segment: hands.sender(owner_id, segment) for segment in {row.segment for row in rows}}
    asked_by = {row.id: _or_owner(senders[row.segment], owner) for row in rows}
    answers: list[tuple[Row[Any], Performed | Waiting | Refused | str]] = []
    for start in range(0, len(rows), TOGETHER):
        part = rows[start : start + TOGETHER]
        with read(hands.notes) as lock:
            if not lock.scalar(_MINE, {"lock": f"sequence-asks:{owner_id}"}):
                return [*answers, *((row, "taken") for row in rows[start:])]

            def beat(lock: ReadSession = lock) -> None:
                lock.scalar("SELECT 1")  # a session that says nothing for long is ended

            answers += zip(part, ask_together(owner, part, asked_by, beat), strict=True)
    return answers


def _or_owner(sender: Scope | None, owner: Scope) -> Scope:
    """The agent whose remit lets it send, else the owner's own scope."""
    return sender if sender is not None and sender.actor.kind == "agent" else owner


def _refused(row: Row[Any], error: Refused, now: datetime) -> _Noted | str:
    """Later where an hour helps; nothing where the sweep decides; else the run waits for a person."""
    checks = {one["id"] for one in error.details.get("checks", [])}
    if checks and checks <= set(LATER):
        return _put_off(row, now + max(LATER[one] for one in checks), "cap", error.message)
    if "sequence-running" in checks or error.code == "key_reused":
        return "swept"  # the sweep decides, or another worker has just written it
    if error.code == "halted":  # out of the way of the others
        return _put_off(row, now + HALTED_FOR, "halted", error.message)
    if error.code == FAILED:
        return _put_off(row, now + FAILED_FOR, FAILED, error.message)
    return _Noted("held", NoteStep(step_id=row.id, code=error.code, why=error.message[:1000].rstrip(".")))


def _put_off(row: Row[Any], until: datetime, code: str, why: str) -> _Noted:
    return _Noted("later", NoteStep(step_id=row.id, try_at=until, code=code, why=why[:1000]))


def _note(hands: Hands, notes: Sequence[_Noted]) -> Counter[str]:
    """Put off or hold these; where everything here is halted, the sweep holds their runs."""
    tally = Counter[str]()
    done = performed(hands.notes, [One(one.act) for one in notes])
    for noted, answer in zip(notes, done, strict=True):
        if not isinstance(answer, Refused):
            tally[noted.told] += 1
        elif answer.code == "halted":
            tally["swept"] += 1
        else:  # it keeps its place, and the next round comes to it again
            logger.warning("a step was not noted", step=str(noted.act.step_id), why=answer.message)
            tally[FAILED] += 1
    return tally
