"""Halt and Resume: stop new and queued work by scope, and lift the stop. What was recalled waits in Approvals."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from pydantic import Field, field_validator

from remit.actions import Action, Change, NotFound, Refused, Target, handler
from remit.db.sessions import ReadSession, WriteSession, read
from remit.domains.governance import recall
from remit.domains.governance.rules import Reason
from remit.kit.ids import new_id
from remit.policy.halt import HaltScope, parse_scope, recalled_note
from remit.policy.schema import current

_INSERT = """
INSERT INTO remit.halts (id, scope_kind, scope_value, reason, halted_by, halted_at)
VALUES (:id, :kind, :value, :reason, :by, :at)
ON CONFLICT (scope_kind, scope_value) WHERE resumed_at IS NULL DO NOTHING
"""
_LIVE = """
SELECT id, halted_by FROM remit.halts WHERE scope_kind = :kind AND scope_value = :value AND resumed_at IS NULL
"""
_LIFT = """
UPDATE remit.halts SET resumed_by = :by, resumed_at = :at, resume_reason = :reason WHERE id = :id
"""
_CHANNELS = """
SELECT EXISTS (SELECT FROM remit.effects WHERE channel = :value) OR EXISTS (SELECT FROM remit.actions WHERE channel = :value)
"""
CHANNELS = frozenset({"email"})


class _OfScope(Action):
    scope: str = Field(max_length=200)
    reason: Reason

    @field_validator("scope")
    @classmethod
    def _canonical(cls, text: str) -> str:
        return str(parse_scope(text))


class Halt(_OfScope):
    """Stop new and queued work. `scope`: everything · agent:ID · action:KIND · channel:NAME · account:ID."""

    event: ClassVar[str] = "halt:set"


class Resume(_OfScope):
    """Lift a halt. New work may go on; what was recalled waits for a person, who approves or rejects each."""

    event: ClassVar[str] = "halt:lift"


def _target(session: ReadSession, action: Halt | Resume) -> Target:
    """The scope, checked: a halt on a misspelt name would look like one and stop nothing."""
    scope = parse_scope(action.scope)
    live = session.row(_LIVE, {"kind": scope.kind, "value": scope.value})
    own = live is not None and live.halted_by == session.scope.actor.id
    context = {"halt_scope": scope.kind, "own_halt": own}
    title = _title(action, scope)
    if scope.kind == "agent":
        row = session.row(
            "SELECT owner_id, name FROM remit.people WHERE id = :id AND kind = 'agent'",
            {"id": scope.uuid},
        )
        if row is None:
            raise NotFound("agent")
        owner, title = str(row.owner_id or ""), _title(action, scope, row.name)
        return Target("halt", title=title, attributes={"owner": owner, "key_account": False}, context=context)
    if scope.kind == "account":
        return _account_target(session, action, scope)
    _check_name(session, scope)
    return Target("halt", title=title, attributes={"key_account": False}, context=context)


def _title(action: Halt | Resume, scope: HaltScope, name: str = "") -> str:
    return f"{'Halt' if isinstance(action, Halt) else 'Lift the halt'}: {scope.told(name)}"


def _account_target(session: ReadSession, action: Halt | Resume, scope: HaltScope) -> Target:
    """An account that the person cannot see is not there, though the halt itself works on the whole firm."""
    with read(session.scope) as own:
        row = own.row(
            "SELECT id, access_id, key_account, name FROM remit.accounts WHERE id = :id", {"id": scope.uuid}
        )
    if row is None:
        raise NotFound("account")
    attributes = {"key_account": row.key_account}
    context = {"halt_scope": scope.kind}
    return Target(
        "halt",
        None,
        row.id,
        row.access_id,
        title=_title(action, scope, row.name),
        attributes=attributes,
        context=context,
    )


def _check_name(session: ReadSession, scope: HaltScope) -> None:
    if scope.kind == "action" and scope.value not in current().action_groups:
        raise Refused(f"There is no action called {scope.value}.", code="unknown_action")
    if scope.kind == "channel" and scope.value not in CHANNELS:
        known = session.scalar(_CHANNELS, {"value": scope.value})
        if not known:
            raise Refused(f"Nothing goes by the channel {scope.value}.", code="unknown_channel")


@handler(Halt, target=_target, as_system=True)
def halt(tx: WriteSession, action: Halt, _target: Target) -> Change:
    """Set the halt and recall what is queued under it. Halting what is halted already recalls what came since."""
    scope = parse_scope(action.scope)
    key = {"kind": scope.kind, "value": scope.value}
    halt_id = new_id()
    values = {**key, "id": halt_id, "reason": action.reason, "by": tx.maker_id, "at": tx.now}
    already = tx.execute(_INSERT, values).rowcount == 0
    if already:
        halt_id = _live_halt(tx, scope)
    recalled, waiting = recall.under_halt(tx, scope, recalled_note(halt_id, action.reason), action.reason)
    held = recall.in_flight(tx, scope)
    result = {
        "halt_id": str(halt_id),
        "scope": str(scope),
        "already_halted": already,
        "recalled_count": recalled,
        "waiting_count": waiting,
        "in_flight_count": len(held),
    }
    return Change("halt", halt_id, after={"state": "halted", **result}, result=result)


@handler(Resume, target=_target, as_system=True)
def resume(tx: WriteSession, action: Resume, _target: Target) -> Change:
    """Lift the halt of exactly this scope. Sends nothing again."""
    scope = parse_scope(action.scope)
    halt_id = _live_halt(tx, scope)
    tx.execute(_LIFT, {"id": halt_id, "by": tx.maker_id, "at": tx.now, "reason": action.reason})
    result = {"halt_id": str(halt_id), "scope": str(scope)}
    return Change(
        "halt", halt_id, before={"state": "halted"}, after={"state": "lifted", **result}, result=result
    )


def _live_halt(tx: WriteSession, scope: HaltScope) -> UUID:
    row = tx.row(_LIVE + " FOR UPDATE", {"kind": scope.kind, "value": scope.value})
    if row is None:
        raise Refused(f"{scope.told()} is not halted.", code="not_halted")
    found: UUID = row.id
    return found
