"""THE DOOR. Whatever changes the firm's records, or leaves the building, passes `perform`.

identity → remit → policy → evidence and guard → approval → handler → audit → effect, in one transaction: either all
of it is there afterwards, or nothing but the record that it was refused. What a check needs of a model is found out
before that: no transaction is open while a model runs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Final, TypeVar
from uuid import UUID

from psycopg.errors import UniqueViolation
from sqlalchemy.exc import IntegrityError

from remit import identity
from remit.actions import asking, record, seeded, suggestions
from remit.actions.attempt import attempt
from remit.actions.errors import KeyReused, Refused
from remit.actions.model import Action, Performed, Waiting
from remit.actions.registry import verb
from remit.audit import log
from remit.db import engines
from remit.db.location import Role
from remit.db.sessions import Permit, WriteSession, read, write
from remit.db.trouble import check_space
from remit.identity import SYSTEM_ID
from remit.kit import clock
from remit.kit.ids import new_id
from remit.scope import Scope, check

_OWN_KEYS: Final = frozenset({"actions_own_key", "suggestions_own_key"})
_T = TypeVar("_T")


def perform(scope: Scope, action: Action, *, key: str | None = None, reason: str = "") -> Performed | Waiting:
    """Perform `action` for `scope`, or leave it waiting for the person whose approval it needs.

    `key`: idempotency key, the maker's own: a second call of theirs with the same key and payload gives the first
    one's answer, and nobody else's key meets it. `reason` is shown to whoever
    has to approve. Raises Refused (with NotFound and Conflict among its kinds), which is on the
    record by then, and DiskFull before anything is begun.
    """
    return _recorded(scope, action, key, reason, ask=False)


def propose(scope: Scope, action: Action, *, key: str | None = None, reason: str = "") -> Waiting:
    """Leave `action` waiting for a person, also where policy would let it pass. Raises Refused.

    With a `key` that was performed before it raises Refused (`already_performed`).
    """
    answer = _recorded(scope, action, key, reason, ask=True)
    if isinstance(answer, Performed):
        raise Refused(
            "This was performed already.",
            code="already_performed",
            details={"action_id": str(answer.action_id)},
        )
    return answer


def perform_all(scope: Scope, actions: Sequence[Action], *, key: str | None = None) -> list[Performed]:
    """Perform several actions in one transaction: all or none. One that needs an approval refuses the whole."""
    check(scope)
    reached: list[Action] = []
    try:
        for action in actions:
            reached.append(action)
            _think(scope, action)
        return _twice(lambda: _together(scope, actions, key, reached), key)
    except Refused as error:
        if reached:
            record_refusal(scope, reached[-1], error)
        raise


def _together(
    scope: Scope, actions: Sequence[Action], key: str | None, reached: list[Action]
) -> list[Performed]:
    check_space()
    done: list[Performed] = []
    for at_once in actions:
        if verb(at_once.kind()).as_system:
            raise Refused(
                f"{at_once.kind()} works on the whole firm: perform it by itself.", code="not_together"
            )
    with engines.engine(Role.WRITER).begin() as connection:
        for number, action in enumerate(actions):
            reached.append(action)
            tx = WriteSession(connection, Permit(scope, new_id(), clock.now()))
            tx.view_as(scope.person_id)
            answer = attempt(tx, scope, action, approval=None, key=f"{key}#{number}" if key else None)
            if not isinstance(answer, Performed):
                raise Refused(f"{answer.decision.sentence} Perform it by itself.", code="needs_approval")
            done.append(answer)
    return done


def approve(scope: Scope, suggestion_id: UUID, payload_hash: str) -> Performed:
    """Approve exactly the payload with this hash (hex) and perform it, decided again on today's state.

    The approver's own view applies: who may not see the account cannot approve. Raises Refused.
    """
    check(scope)
    check_space()
    act = suggestions.ApproveSuggestion(suggestion_id=suggestion_id, approved_hash=payload_hash)
    try:
        if (asked := suggestions.find_waiting(scope, suggestion_id)) is not None:
            _think(scope, asked)
        with _taken_refused(None), write(Permit(scope, new_id(), clock.now()), scope.person_id) as tx:
            return suggestions.approve(tx, scope, act)
    except Refused as error:
        record_refusal(scope, act, error)
        if error.code == "suggestion_expired":
            _close(suggestion_id)
        if error.code == seeded.CODE:
            error.message = _missed(scope, suggestion_id)
        raise


def _missed(scope: Scope, suggestion_id: UUID) -> str:
    """A seeded draft was taken for one that may leave: noted, by Remit itself; what it was is said."""
    system = identity.for_service("supervising", via="approval")
    act = seeded.NoteSeededAnswer(suggestion_id=suggestion_id, person_id=scope.person_id, answer="missed")
    done = perform(system, act)
    return str(done.result["said"]) if isinstance(done, Performed) else done.sentence


def _close(suggestion_id: UUID) -> None:
    """An expiry that was said to somebody stands, also when the clock is put back before the workers close it."""
    system = identity.for_service("upkeep", via="approval")
    try:
        perform(system, suggestions.ExpireSuggestion(suggestion_id=suggestion_id))
    except Refused as error:
        if error.code != "not_due":  # a worker was faster
            raise


def _recorded(
    scope: Scope, action: Action, key: str | None, reason: str, *, ask: bool
) -> Performed | Waiting:
    check(scope)
    try:
        _think(scope, action)
        return _twice(lambda: _once(scope, action, key, reason, ask=ask), key)
    except Refused as error:
        record_refusal(scope, action, error)
        if error.code == "not_found":
            _touched(scope, action)
        raise


def _touched(scope: Scope, action: Action) -> None:
    """An act on the draft behind a suggestion where there is none: a seeded one was taken up to be changed or sent. Noted, and said."""
    with read(scope) as s:
        waits = seeded.find_touched(s, action)
    if waits is None:
        return
    act = seeded.NoteSeededAnswer(suggestion_id=waits, person_id=scope.person_id, answer="opened")
    try:
        done = perform(identity.for_service("supervising", via="approval"), act)
    except Refused:  # it is none, or was answered at this moment: what was said first stands
        return
    if isinstance(done, Performed):
        raise Refused(str(done.result["said"]), code=seeded.CODE)


def _think(scope: Scope, action: Action) -> None:
    """Read, think, perform: what the verb's checks need of a model, with no transaction open. It decides nothing."""
    think = verb(action.kind()).think
    if think is not None and scope.allows(action.kind()):
        think(scope, action)


def _twice(once: Callable[[], _T], key: str | None) -> _T:
    """Two calls with one key at the same moment: asked once more, the second sees what the first did."""
    try:
        return once()
    except IntegrityError as error:
        if not _is_taken(error):
            raise
    with _taken_refused(key):
        return once()


@contextmanager
def _taken_refused(key: str | None) -> Iterator[None]:
    """A key taken by an act that its maker may no longer see is a refusal, not a fault."""
    try:
        yield
    except IntegrityError as error:
        if not _is_taken(error):
            raise
        raise KeyReused(key) from error


def _is_taken(error: IntegrityError) -> bool:
    return isinstance(error.orig, UniqueViolation) and error.orig.diag.constraint_name in _OWN_KEYS


def _once(scope: Scope, action: Action, key: str | None, reason: str, *, ask: bool) -> Performed | Waiting:
    check_space()
    viewer = SYSTEM_ID if verb(action.kind()).as_system else scope.person_id
    with write(Permit(scope, new_id(), clock.now()), viewer) as tx:
        if key is not None and (waiting := suggestions.find_by_key(tx, action, key)) is not None:
            return waiting
        answer = attempt(tx, scope, action, approval=None, key=key, ask=ask)
        if isinstance(answer, Performed):
            return answer
        return asking.put_once(tx, [asking.Asked(answer, action, reason, key)])[0]


def record_refusal(scope: Scope, action: Action, error: Refused) -> None:
    """Write the refusal in a transaction of its own: the attempt itself has been rolled back."""
    now = clock.now()
    with write(Permit(scope, new_id(), now), scope.person_id) as tx:
        log.append(tx.connection, [record.refusal(scope, action, error)], at=now)
