"""Many acts of one maker through the door in one transaction, each by itself: its own stages, record, key and answer.

What they ask of the database at the same stage is asked once (`db.together`). An act that is refused is on the record and holds up no
other. Whatever could be told something else than it would be told alone is performed alone, afterwards: an agent's act (its cap counts),
one that is about what another of the batch is about, one of a verb that does not say what it is about, one that would queue an effect.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import structlog

from remit.actions import asking, record, suggestions
from remit.actions.attempt import Alone, NeedsApproval, attempt
from remit.actions.errors import Refused
from remit.actions.model import Action, Performed, Waiting
from remit.actions.perform import perform
from remit.actions.registry import verb
from remit.audit import log
from remit.db.sessions import Permit, WriteSession, write_together
from remit.db.trouble import check_space, ends_all
from remit.identity import SYSTEM_ID
from remit.kit import clock
from remit.kit.ids import new_id
from remit.scope import Scope, check

Answer = Performed | Waiting | Refused
logger = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class One:
    """An act of the batch, with what `perform` takes beside it."""

    action: Action
    key: str | None = None
    reason: str = ""


class Faulted(Exception):
    """Some acts ended in a fault, which is the cause; the others were performed. `answers`: what became of each, or its fault."""

    code = "faulted"

    def __init__(self, answers: Sequence[Answer | Exception]) -> None:
        self.answers = answers
        faults = [one for one in answers if isinstance(one, Exception) and not isinstance(one, Refused)]
        super().__init__(f"{len(faults)} of {len(answers)} acts ended in a fault; the others were performed.")


def perform_each(scope: Scope, asked: Sequence[One]) -> list[Answer]:
    """As `perform` for each of these; the answers in this order, a refusal given instead of raised.

    Raises DiskFull before anything is begun, the database's error when it is away, and Faulted when all were tried and some failed.
    """
    check(scope)
    if not asked:
        return []
    check_space()
    found: dict[int, Answer | None] = {}
    if len(places := _apart(scope, asked)) > 1:
        try:
            found = dict(zip(places, _in_step(scope, [asked[one] for one in places]), strict=True))
        except Exception as error:
            if ends_all(error):
                raise
            logger.warning("a batch of acts is performed one by one", count=len(places), why=str(error)[:300])
    answers = [found.get(place) or _alone(scope, one) for place, one in enumerate(asked)]
    told = [one for one in answers if isinstance(one, (Performed, Waiting, Refused))]
    if len(told) < len(answers):
        fault = next(one for one in answers if isinstance(one, Exception) and not isinstance(one, Refused))
        raise Faulted(answers) from fault
    return told


def _apart(scope: Scope, asked: Sequence[One]) -> list[int]:
    """The places of those that may go in step: no two about the same or under one key, none behind one that may touch anything."""
    if scope.actor.kind == "agent":
        return []
    as_system = verb(asked[0].action.kind()).as_system
    places: list[int] = []
    taken: set[object] = set()
    for place, one in enumerate(asked):
        found = verb(one.action.kind())
        about: set[object] = {*found.apart(one.action)} if found.apart else set()
        if not about or found.think is not None or found.as_system != as_system:
            break
        if one.key is not None:
            about.add(one.key)
        if not taken & about:
            places.append(place)
        taken |= about
    return places


def _alone(scope: Scope, one: One) -> Answer | Exception:
    try:
        return perform(scope, one.action, key=one.key, reason=one.reason)
    except Refused as error:
        return error
    except Exception as error:
        if ends_all(error):
            raise
        logger.exception("an act of a batch failed", kind=one.action.kind())
        return error


def _in_step(scope: Scope, asked: Sequence[One]) -> list[Answer | None]:
    """One transaction; None for an act that has to be performed alone."""
    viewer = SYSTEM_ID if verb(asked[0].action.kind()).as_system else scope.person_id
    permits = [Permit(scope, new_id(), clock.now()) for _ in asked]
    with write_together(permits, viewer) as sessions:
        together, connection = sessions[0].together, sessions[0].connection
        if together is None:
            raise RuntimeError("these sessions do not ask in step")
        jobs: list[Callable[[], Performed | Waiting | NeedsApproval]] = [
            partial(_attempt, session, scope, one) for session, one in zip(sessions, asked, strict=True)
        ]
        found = together.run(jobs, (Refused, Alone))
        waits = {place: answer for place, answer in enumerate(found) if isinstance(answer, NeedsApproval)}
        put = asking.put_once(
            sessions[0],
            [
                asking.Asked(answer, asked[place].action, asked[place].reason, asked[place].key)
                for place, answer in waits.items()
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
        log.append(connection, [*together.kept, *refused])  # of this instant, as of one alone
    return told


def _final(answer: object) -> Answer | None:
    """None: to be performed alone. So is what was not found: `perform` looks whether it was a seeded draft."""
    if isinstance(answer, (Performed, Waiting)):
        return answer
    return answer if isinstance(answer, Refused) and answer.code != "not_found" else None


def _attempt(tx: WriteSession, scope: Scope, one: One) -> Performed | Waiting | NeedsApproval:
    if one.key is not None and (waiting := suggestions.find_by_key(tx, one.action, one.key)) is not None:
        return waiting
    return attempt(tx, scope, one.action, approval=None, key=one.key)
