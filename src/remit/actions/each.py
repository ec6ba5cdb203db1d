"""Many acts of one maker through the door in one transaction, each by itself: its own stages, record, key and answer.

What they ask of the database at the same stage is asked once (`db.together`). An act that is refused is on the record and holds up no
other; whatever cannot be done in step (a verb that does not say so, an act that would queue an effect) is performed alone, afterwards.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from psycopg.errors import UniqueViolation
from sqlalchemy.exc import IntegrityError

from remit.actions import asking, record, suggestions
from remit.actions.attempt import Alone, NeedsApproval, attempt
from remit.actions.errors import Refused
from remit.actions.model import Action, Performed, Waiting
from remit.actions.perform import perform
from remit.actions.registry import verb
from remit.audit import log
from remit.db.sessions import Permit, WriteSession, write
from remit.db.together import Together
from remit.db.trouble import check_space
from remit.identity import SYSTEM_ID
from remit.kit import clock
from remit.kit.ids import new_id
from remit.scope import Scope, check

Answer = Performed | Waiting | Refused


@dataclass(frozen=True, slots=True)
class One:
    """An act of the batch, with what `perform` takes beside it."""

    action: Action
    key: str | None = None
    reason: str = ""


def perform_each(scope: Scope, asked: Sequence[One]) -> list[Answer]:
    """As `perform` for each of these, in order; a refusal is given instead of raised. Raises DiskFull before anything is begun."""
    check(scope)
    if not asked:
        return []
    check_space()
    try:
        found = _in_step(scope, asked)
    except IntegrityError as error:
        if not isinstance(error.orig, UniqueViolation):
            raise
        found = [None] * len(asked)  # somebody was faster at one of them: each by itself finds out which
    return [
        answer if answer is not None else _alone(scope, one) for one, answer in zip(asked, found, strict=True)
    ]


def _alone(scope: Scope, one: One) -> Answer:
    try:
        return perform(scope, one.action, key=one.key, reason=one.reason)
    except Refused as error:
        return error


def _in_step(scope: Scope, asked: Sequence[One]) -> list[Answer | None]:
    """One transaction; None for an act that has to be performed alone."""
    viewer = SYSTEM_ID if all(verb(one.action.kind()).as_system for one in asked) else scope.person_id
    with write(Permit(scope, new_id(), clock.now()), viewer) as first:
        connection = first.connection
        together = Together(connection)
        others = [WriteSession(connection, Permit(scope, new_id(), clock.now())) for _ in asked[1:]]
        sessions = [first, *others]
        for session in sessions:
            session.together = together
        jobs: list[Callable[[], Performed | Waiting | NeedsApproval]] = [
            partial(_attempt, session, scope, one, viewer)
            for session, one in zip(sessions, asked, strict=True)
        ]
        found = together.run(jobs, (Refused, Alone))
        waits = [place for place, answer in enumerate(found) if isinstance(answer, NeedsApproval)]
        put = asking.put(
            sessions[0],
            [
                asking.Asked(answer, asked[place].action, asked[place].reason, asked[place].key)
                for place in waits
                if isinstance(answer := found[place], NeedsApproval)
            ],
        )
        told = [_final(answer) for answer in found]
        for place, waiting in zip(waits, put, strict=True):
            told[place] = waiting
        refused = [
            record.refusal(scope, one.action, answer)
            for one, answer in zip(asked, told, strict=True)
            if isinstance(answer, Refused)
        ]
        log.append(connection, [*together.kept, *refused], at=sessions[0].now)
    return told


def _final(answer: object) -> Answer | None:
    """None: to be performed alone. So is what was not found: `perform` looks whether it was a seeded draft."""
    if isinstance(answer, (Performed, Waiting)):
        return answer
    return answer if isinstance(answer, Refused) and answer.code != "not_found" else None


def _attempt(tx: WriteSession, scope: Scope, one: One, viewer: object) -> Performed | Waiting | NeedsApproval:
    found = verb(one.action.kind())
    if found.think is not None or (found.as_system and viewer != SYSTEM_ID):
        raise Alone
    if one.key is not None and (waiting := suggestions.find_by_key(tx, one.action, one.key)) is not None:
        return waiting
    return attempt(tx, scope, one.action, approval=None, key=one.key)
