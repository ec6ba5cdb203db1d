"""The verbs of model calls: the record of a call comes before it, what came of it after. Both pass the door.

The text itself is not in the payload, so it stands neither in the table of actions nor in the audit log: it comes beside
the payload, encrypted, and the payload names its hash.
"""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from typing import Any, ClassVar, Final
from uuid import UUID

from pydantic import Field

from remit import settings
from remit.actions import Action, Change, NotFound, Refused, Target, handler
from remit.db.sessions import ReadSession, WriteSession
from remit.llm.gateway import budget

CHANNEL: Final = "model"
ADVISORY: Final = (
    0x6D6F64  # one call at a time is admitted for a person, so that two cannot both take the last tokens
)
_HASH: Final = r"^[0-9a-f]{64}$"

_CALL: Final = """
INSERT INTO remit.model_calls (id, at, person_id, purpose, template, model, destination, prompt_sha256, redaction_count, left_out_count,
    handling_version, reserved_tokens, reserved_usd, action_id)
VALUES (:id, :at, :person, :purpose, :template, :model, :destination, :prompt_sha256, :redaction_count, :left_out_count, :handling_version,
    :reserved_tokens, :reserved_usd, :action)
"""
_REPLY: Final = """
INSERT INTO remit.model_replies (call_id, at, person_id, outcome, attempt_count, tokens_in, tokens_out, cost_usd, prices_on,
    latency_ms, reply_sha256)
SELECT c.id, :at, c.person_id, :outcome, :attempts, :tokens_in, :tokens_out, :cost, :prices_on, :latency, :reply_sha256
FROM remit.model_calls c WHERE c.id = :call AND c.person_id = :person ON CONFLICT (call_id) DO NOTHING
"""
_CONTENT: Final = """
INSERT INTO remit.model_contents (call_id, part, at, person_id, account_id, access_id, sealed)
VALUES (:call, :part, :at, :person, :account, :access, :sealed)
"""
# what the record of a call keeps of the action, and the audit log shows
_KEPT: Final = (
    "purpose", "template", "model", "destination", "prompt_sha256", "redaction_count", "left_out_count", "handling_version",
)  # fmt: skip
# a call without a reply is under way, or its process died: it counts as reserved for the rest of the day
_USED: Final = """
SELECT coalesce(sum(CASE WHEN r.call_id IS NULL THEN c.reserved_tokens ELSE r.tokens_in + r.tokens_out END), 0) AS tokens,
    coalesce(sum(CASE WHEN r.call_id IS NULL THEN c.reserved_usd ELSE r.cost_usd END), 0) AS usd
FROM remit.model_calls c LEFT JOIN remit.model_replies r ON r.call_id = c.id
WHERE c.person_id = :person AND c.at >= :since
"""


class CallModel(Action):
    """Ask a model something. `sealed` travels beside the payload and is not part of it."""

    event: ClassVar[str] = "model:call"
    by_api: ClassVar[bool] = False
    call_id: UUID
    purpose: str = Field(max_length=40)
    template: str = Field(max_length=80)
    model: str = Field(max_length=200)
    destination: str = Field(max_length=20)
    account_id: UUID | None = None
    prompt_sha256: str = Field(pattern=_HASH)
    redaction_count: int = Field(0, ge=0)
    left_out_count: int = Field(0, ge=0)
    handling_version: str = Field("", max_length=100)
    reserved_tokens: int = Field(ge=0)
    reserved_usd: Decimal | None = Field(None, ge=0)
    sealed_sha256: str = Field(pattern=_HASH)
    sealed: bytes = Field(default=b"", exclude=True, repr=False)


class NoteModelReply(Action):
    """Note what came of a call. `outcome`: ok, cut, denied, resting, given_up, or a kind of failure."""

    event: ClassVar[str] = "model:reply"
    by_api: ClassVar[bool] = False
    call_id: UUID
    outcome: str = Field(pattern=r"^[a-z_]{2,30}$")
    attempt_count: int = Field(ge=0)
    tokens_in: int = Field(ge=0)
    tokens_out: int = Field(ge=0)
    cost_usd: Decimal | None = Field(None, ge=0)
    prices_on: str = Field(pattern=r"^\d{4}-\d{2}-\d{2}$")
    latency_ms: int = Field(ge=0)
    reply_sha256: str = Field("", max_length=64)
    account_id: UUID | None = None
    sealed_sha256: str = Field(pattern=_HASH)
    sealed: bytes = Field(default=b"", exclude=True, repr=False)


class ReviewModelCall(Action):
    """Open the text of a call for supervision: the record of who looked comes before the look."""

    event: ClassVar[str] = "model:content:review"
    call_id: UUID


class ForgetModelContent(Action):
    """Remove texts of calls that were kept long enough (setting model_content_days). The records stay."""

    event: ClassVar[str] = "model:content:forget"


def sha256(data: bytes) -> str:
    """SHA-256 (hex)."""
    return hashlib.sha256(data).hexdigest()


def day_start(at: datetime) -> datetime:
    """The beginning of the day (UTC) that budgets count in."""
    return datetime.combine(at.astimezone(UTC).date(), time(), UTC)


def _about(s: ReadSession, action: CallModel | NoteModelReply) -> Target:
    if action.account_id is None:
        return Target("model_call", action.call_id, channel=CHANNEL)
    row = s.row("SELECT access_id, segment FROM remit.accounts WHERE id = :id", {"id": action.account_id})
    if row is None:
        raise NotFound("account")
    return Target("model_call", action.call_id, action.account_id, row.access_id, row.segment, CHANNEL)


def _call(s: ReadSession, action: ReviewModelCall) -> Target:
    row = s.row(
        """SELECT c.person_id, m.account_id, m.access_id FROM remit.model_calls c
        JOIN remit.model_contents m ON m.call_id = c.id AND m.part = 'prompt' WHERE c.id = :id""",
        {"id": action.call_id},
    )
    if row is None:
        raise NotFound("model call with a text that is kept")
    return Target(
        "model_call", action.call_id, row.account_id, row.access_id, attributes={"owner": str(row.person_id)}
    )


def _texts(_s: ReadSession, _action: ForgetModelContent) -> Target:
    return Target("model_contents", title="texts of model calls")


@handler(CallModel, target=_about)
def call_model(tx: WriteSession, action: CallModel, target: Target) -> Change:
    """Admit the call when it fits into the person's day, and keep its text."""
    person = tx.scope.person_id
    tx.execute(
        "SELECT pg_advisory_xact_lock(:kind, hashtext(CAST(:person AS text)))",
        {"kind": ADVISORY, "person": person},
    )
    row = tx.row(_USED, {"person": person, "since": day_start(tx.now)})
    used = budget.Used(int(row.tokens), Decimal(row.usd)) if row else budget.Used(0, Decimal())
    chosen = settings.load()
    limits = budget.Limits(chosen.model_day_tokens, Decimal(str(chosen.model_day_usd)))
    wanting = budget.why_not(used, limits, action.reserved_tokens, action.reserved_usd)
    if wanting and action.reserved_tokens:
        raise Refused(
            wanting,
            code="model_budget_used_up",
            details={
                "tokens_used": used.tokens,
                "usd_used": str(used.usd),
                "tokens_needed": action.reserved_tokens,
            },
        )
    values = action.model_dump(include={*_KEPT, "reserved_tokens", "reserved_usd"})
    tx.execute(_CALL, values | {"id": action.call_id, "at": tx.now, "person": person, "action": tx.action_id})
    _keep(tx, action, "prompt", target)
    return Change("model_call", action.call_id, after={name: values[name] for name in _KEPT})


@handler(NoteModelReply, target=_about)
def note_model_reply(tx: WriteSession, action: NoteModelReply, target: Target) -> Change:
    """Keep what came of one's own call, once."""
    done = tx.execute(
        _REPLY,
        {
            "call": action.call_id, "at": tx.now, "person": tx.scope.person_id, "outcome": action.outcome,
            "attempts": action.attempt_count, "tokens_in": action.tokens_in, "tokens_out": action.tokens_out,
            "cost": action.cost_usd, "prices_on": action.prices_on, "latency": action.latency_ms,
            "reply_sha256": action.reply_sha256,
        },
    )  # fmt: skip
    if done.rowcount == 0:
        raise Refused("There is no such call of yours without a reply.", code="model_call_closed")
    _keep(tx, action, "reply", target)
    after = {
        "outcome": action.outcome, "tokens_in": action.tokens_in, "tokens_out": action.tokens_out,
        "cost_usd": None if action.cost_usd is None else str(action.cost_usd), "latency_ms": action.latency_ms,
        "reply_sha256": action.reply_sha256,
    }  # fmt: skip
    return Change("model_call", action.call_id, after=after)


@handler(ReviewModelCall, target=_call)
def review_model_call(tx: WriteSession, action: ReviewModelCall, target: Target) -> Change:
    """Nothing changes but the record, which says who looked."""
    return Change("model_call", action.call_id, after={"reviewed": True})


@handler(ForgetModelContent, target=_texts, as_system=True)
def forget_model_content(tx: WriteSession, action: ForgetModelContent, _target: Target) -> Change:
    """Remove what is older than the setting allows and no legal hold covers (the database refuses to remove that)."""
    before = tx.now - timedelta(days=settings.load().model_content_days)
    count = tx.execute(
        "DELETE FROM remit.model_contents WHERE at < :before AND NOT remit.held(account_id, person_id, at)",
        {"before": before},
    ).rowcount
    after = {"removed_count": count, "before": before.isoformat()}
    return Change("model_contents", None, after=after, result=after)


def _keep(tx: WriteSession, action: CallModel | NoteModelReply, part: str, target: Target) -> None:
    if sha256(action.sealed) != action.sealed_sha256:
        raise Refused("The text that belongs to this record is not with it.", code="model_content_missing")
    if not action.sealed:
        return  # nothing left the building, so there is nothing to supervise
    values: dict[str, Any] = {
        "call": action.call_id, "part": part, "at": tx.now, "person": tx.scope.person_id,
        "account": target.account_id, "access": target.access_id, "sealed": action.sealed,
    }  # fmt: skip
    tx.execute(_CONTENT, values)
