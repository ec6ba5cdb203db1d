"""What a halt or a lost remit took back goes to Approvals: a person may have it sent after all, unchanged.

The effect stays the same row with the same idempotency key and Message-ID, so it is still delivered once. What a person
recalled by hand does not come back by itself, and a rejected suggestion leaves its effect recalled for good.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, Any, ClassVar, Final
from uuid import UUID

from pydantic import Field
from sqlalchemy import Row

from remit.actions import asking, stages
from remit.actions.attempt import NeedsApproval
from remit.actions.errors import Conflict, NotFound, Refused
from remit.actions.model import Action, Change, Check, Target, attributes_of
from remit.actions.registry import handler
from remit.actions.suggestions import void_for_object
from remit.db.sessions import ReadSession, WriteSession, read
from remit.identity import SYSTEM_ID
from remit.policy import halt, remits
from remit.policy.model import Decision
from remit.scope import Actor, Scope

LIFETIME: Final = timedelta(days=14)
"""Longer than that of other suggestions: a halt may last, and what the text says is checked again when it is approved."""

_FIND: Final = """
SELECT e.id, e.version, e.state, e.action_kind, e.kind, e.channel, e.payload, e.account_id, e.access_id, e.agent_id, e.known,
       coalesce(e.on_behalf_of, e.actor_id) AS person_id, a.name AS account, a.segment, a.key_account, a.owner_id,
       e.dropped_at IS NOT NULL AS dropped, EXISTS (SELECT FROM remit.suggestions g WHERE g.kind = 'SendRecalled' AND g.object_id = e.id
               AND g.state = 'rejected') AS rejected,
       EXISTS (SELECT FROM remit.suggestions g WHERE g.kind = 'SendRecalled' AND g.object_id = e.id
               AND g.state = 'waiting' AND g.held <> '') AS held
FROM remit.effects e LEFT JOIN remit.accounts a ON a.id = e.account_id WHERE {where}
"""
_RECALLED_BY: Final = """
SELECT c.actor_id, p.name, c.payload ->> 'reason' AS reason FROM remit.actions c JOIN remit.people p ON p.id = c.actor_id
WHERE c.kind = 'RecallEffect' AND c.object_id = :id ORDER BY c.at DESC LIMIT 1
"""
_RELEASE: Final = """
UPDATE remit.effects SET state = 'queued', phase = '', worker = NULL, known = :known, next_at = :now, released_at = :now,
    version = version + 1
WHERE id = :id AND state = 'recalled' AND version = :expected
"""
_DROP: Final = """
UPDATE remit.effects SET dropped_at = :now, known = known || ' ' || :known, version = version + 1
WHERE id = :id AND state = 'recalled' AND dropped_at IS NULL AND version = :expected
"""
_REASON_IN_TITLE: Final = 120
_OFF: Final = remits.Standing("off", False, "a person decides")


class SendRecalled(Action):
    """Send after all what was recalled. `content` is the effect's whole payload, so that an approval binds it."""

    event: ClassVar[str] = "effect:recalled:send"
    effect_id: UUID
    expected_version: int
    content: dict[str, Any]


class DropRecalled(Action):
    """What was recalled is not sent after all: nobody is asked again."""

    event: ClassVar[str] = "effect:recalled:drop"
    effect_id: UUID
    expected_version: int
    reason: Annotated[str, Field(min_length=1, max_length=1000)]


@dataclass(frozen=True, slots=True)
class Resending:
    """What a slice knows of its kind of effect: what to call it, and the checks under which it may leave today."""

    what: Callable[[Mapping[str, Any]], str]
    checks: Callable[[ReadSession, Mapping[str, Any]], Sequence[Check]]


_known: dict[str, Resending] = {}


def resendable(effect_kind: str, resending: Resending) -> None:
    """Let recalled effects of this kind go back to Approvals; others stay recalled and are only listed."""
    _known[effect_kind] = resending


def hand_back(tx: WriteSession, effect_ids: Sequence[UUID], because: str) -> int:
    """Put effects that were recalled in this transaction into Approvals; gives how many.

    `because` completes "recalled because …". The system proposes, on behalf of whoever the effect was made by or for,
    who so counts as its maker. What policy would refuse even with an approval stays recalled.
    """
    decided: dict[tuple[object, ...], Decision | None] = {}
    waiting = []
    for row in tx.rows(_FIND.format(where="e.id = ANY(:ids)"), {"ids": list(effect_ids)}):
        if row.kind not in _known or row.rejected or row.dropped:
            continue
        action = SendRecalled(effect_id=row.id, expected_version=row.version, content=row.payload)
        maker = stages.Maker(Actor(SYSTEM_ID, "workflow", "Remit"), row.person_id, frozenset())
        target = _target_of(row, because)
        facts = (row.channel, *target.attributes.values())
        if facts not in decided:
            decided[facts] = _decide(maker, action, target)
        if decision := decided[facts]:
            answer = NeedsApproval(maker, target, decision)
            key = f"after-recall:{row.id}:{row.version}"
            waiting.append(asking.Asked(answer, action, row.known, key, LIFETIME))
    return len(asking.put(tx, waiting))


def _decide(maker: stages.Maker, action: SendRecalled, target: Target) -> Decision | None:
    try:
        return stages.ask_policy(maker, action, target, _OFF, None, stages.Trail())
    except Refused:
        return None


def _target_of(row: Row[Any], because: str = "") -> Target:
    what = _known[row.kind].what(row.payload)
    place = f" at {row.account}" if row.account else ""
    told = because if len(because) <= _REASON_IN_TITLE else because[: _REASON_IN_TITLE - 1].rstrip() + "…"
    return Target(
        "effect", row.id, row.account_id, row.access_id, row.segment or "*", row.channel, row.version,
        f"Send after all: {what}{place}" + (f", recalled because {told}" if told else ""),
        attributes=attributes_of(row.owner_id, row.key_account, row.segment),
    )  # fmt: skip


def _row(s: ReadSession, action: SendRecalled | DropRecalled) -> Row[Any]:
    row = s.row(_FIND.format(where="e.id = :id"), {"id": action.effect_id})
    if row is None or (isinstance(action, SendRecalled) and row.kind not in _known):
        raise NotFound("recalled sending")
    return row


def _target(s: ReadSession, action: SendRecalled) -> Target:
    row = _row(s, action)
    if row.state != "recalled":
        raise Refused(
            f"This is {row.state}; only what was recalled can be sent after all.", code="not_recalled"
        )
    if row.dropped:
        raise Refused("A person dropped this for good; write a new one.", code="dropped")
    if row.version != action.expected_version:
        raise Conflict("effect", expected=action.expected_version, found=row.version)
    return _target_of(row)


def _drop_target(s: ReadSession, action: DropRecalled) -> Target:
    row = _row(s, action)
    return Target(
        "effect", row.id, row.account_id, row.access_id, row.segment or "*", row.channel, row.version,
        f"Drop what was recalled{f' at {row.account}' if row.account else ''}",
        attributes=attributes_of(row.owner_id, row.key_account, row.segment),
    )  # fmt: skip


def _still_holds(s: ReadSession, action: SendRecalled, _target: Target) -> Sequence[Check]:
    """What the original action stood on, as it is today: halts on its own kind and agent, and its slice's checks."""
    row = _row(s, action)
    by = s.row(_RECALLED_BY, {"id": row.id})
    stopped = halt.halted_by(s, halt.Facts(row.action_kind, row.channel, row.account_id, row.agent_id))
    return [
        Check.that(
            "not-halted",
            stopped is None,
            f"{stopped.sentence} Lift that first." if stopped else "",
            "Nothing about it is halted any more.",
        ),
        Check.that(
            "not-rejected",
            not row.rejected,
            "A person has rejected to send this after all; write a new one.",
            "Nobody has rejected it.",
        ),
        Check.that(
            "not-held",
            not row.held,
            "It waits, held since a restore: it may have been sent since. Release or reject that first.",
            "Nothing about it is held.",
        ),
        Check.that(
            "not-taken-back-by-another",
            by is None or by.actor_id in (row.person_id, s.scope.person_id),
            f"{by.name} took it back by hand: “{by.reason}”. Only {by.name} may ask to have it sent after all, "
            "where their role sends e-mail; otherwise write a new one."
            if by
            else "",
            "Nobody else took it back by hand.",
        ),
        Check.that(
            "same-content",
            action.content == row.payload,
            "The content is not that of the recalled effect.",
            "The content is that of the recalled effect.",
        ),
        *_known[row.kind].checks(s, row.payload),
    ]


@handler(SendRecalled, target=_target, checks=[_still_holds])
def send_recalled(tx: WriteSession, action: SendRecalled, _target: Target) -> Change:
    """Queue the same effect again; a worker asks the halts once more before it leaves."""
    known = "Was recalled; sent after all because a person approved it."
    values = {"id": action.effect_id, "expected": action.expected_version, "now": tx.now, "known": known}
    if tx.execute(_RELEASE, values).rowcount == 0:
        raise Refused("This was decided a moment ago.", code="not_recalled")
    tx.execute("SELECT pg_notify('remit_effects', :id)", {"id": str(action.effect_id)})
    result = {"effect_id": str(action.effect_id), "state": "queued"}
    return Change("effect", action.effect_id, {"state": "recalled"}, {"state": "queued"}, result=result)


def load_again(scope: Scope, effect_id: UUID) -> SendRecalled:
    """What to propose when nobody decided about a recalled effect in time. Raises NotFound."""
    with read(scope) as s:
        row = s.row(_FIND.format(where="e.id = :id"), {"id": effect_id})
    if row is None or row.kind not in _known:
        raise NotFound("recalled sending")
    return SendRecalled(effect_id=row.id, expected_version=row.version, content=row.payload)


@handler(DropRecalled, target=_drop_target)
def drop_recalled(tx: WriteSession, action: DropRecalled, _target: Target) -> Change:
    """Close it for good, with what waits about it; the table lets nobody queue it again."""
    if not action.reason.strip():
        raise Refused("Say why it is not sent.", code="reason_missing")
    known = f"Dropped by {tx.scope.actor.name}: {action.reason.strip()}"
    values = {"id": action.effect_id, "expected": action.expected_version, "now": tx.now, "known": known}
    if tx.execute(_DROP, values).rowcount == 0:
        row = _row(tx, action)
        if row.state != "recalled" or row.dropped:
            state = "dropped" if row.dropped else row.state
            raise Refused(f"This is {state}; only what was recalled can be dropped.", code="not_recalled")
        raise Conflict("effect", expected=action.expected_version, found=row.version)
    voided = void_for_object(tx, "effect", action.effect_id, "it was dropped")
    after = {"dropped": True, "reason": action.reason.strip(), "voided": voided}
    return Change("effect", action.effect_id, {"dropped": False}, after, result={"state": "dropped"})
