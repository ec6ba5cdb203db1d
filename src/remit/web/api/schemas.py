"""What the API says, as types. Fields may be added, never renamed."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field


class Out(BaseModel):
    """Read from our frozen dataclasses by attribute."""

    model_config = ConfigDict(from_attributes=True)


class ErrorBody(BaseModel):
    """A stable code, a sentence that says how to mend it, and plain details."""

    code: str
    message: str
    details: dict[str, Any]


class Error(BaseModel):
    """Every refusal and fault of the API."""

    error: ErrorBody


class Me(Out):
    """The signed-in person; `csrf` goes into the header X-CSRF-Token of every change."""

    id: UUID
    name: str
    roles: list[str]
    time_zone: str
    csrf: str


class Suggestion(Out):
    """Something that waits for a person. Approve exactly `payload_hash`."""

    id: UUID
    kind: str
    title: str
    reason: str
    account_id: UUID | None
    account: str | None
    proposer: str
    needs: list[str]
    rule_ids: list[str]
    state: str
    proposed_at: datetime
    expires_at: datetime
    payload: dict[str, Any]
    payload_hash: str
    action_id: UUID | None
    held: str


class SuggestionPage(BaseModel):
    """A page of suggestions; `next` is the cursor of the page after it."""

    suggestions: list[Suggestion]
    next: str | None


class Effect(Out):
    """Something that leaves the building, with its proof once it did."""

    id: UUID
    kind: str
    channel: str
    state: str
    attempt_count: int
    known: str
    delivered_at: datetime | None
    proof: dict[str, Any] | None


class PerformedAction(Out):
    """An action with the trail of its stages and what left because of it."""

    id: UUID
    kind: str
    actor: str
    actor_kind: str
    approver: str | None
    account_id: UUID | None
    payload: dict[str, Any]
    payload_hash: str
    rule_ids: list[str]
    policy_hash: str
    sentence: str
    stages: list[dict[str, Any]]
    result: dict[str, Any]
    at: datetime
    effects: list[Effect]


class Approve(BaseModel):
    """The hash of what is approved, as it was shown."""

    model_config = ConfigDict(extra="forbid")
    payload_hash: str = Field(pattern=r"^[0-9a-f]{64}$")


class Reject(BaseModel):
    """Why; the maker reads it."""

    model_config = ConfigDict(extra="forbid")
    reason: str


class Perform(BaseModel):
    """An action by kind and payload. `key`: your own idempotency key; the same call again gives the first answer."""

    model_config = ConfigDict(extra="forbid")
    kind: str
    payload: dict[str, Any]
    key: str | None = Field(default=None, pattern=r"^[^\x00-\x1f]{1,200}$")
    reason: str = ""


class Outcome(BaseModel):
    """`performed`: done and recorded. `waiting`: a suggestion that needs a person's approval."""

    status: str
    sentence: str
    rule_ids: list[str]
    action_id: UUID | None = None
    result: dict[str, Any] | None = None
    suggestion_id: UUID | None = None
    payload_hash: str | None = None
    expires_at: datetime | None = None


class GateState(BaseModel):
    """One gate today, as `remit ladder --json` gives it."""

    id: str
    title: str
    state: str
    value: float | None
    bound: float | None
    threshold: float
    n: int
    n_min: int
    missing: str
    definition_version: int


class StepState(BaseModel):
    """One step with its gates."""

    step: int
    title: str
    gates: list[GateState]


class AuditRecord(Out):
    """One line of the record; `leaf_index` is its number in the sealed tree."""

    id: UUID
    at: datetime
    kind: str
    event: str
    actor: str | None
    approver: str | None
    action_id: UUID | None
    account_id: UUID | None
    sentence: str
    rule_ids: list[str]
    leaf_index: int | None


class AuditPage(BaseModel):
    """A page of the record, newest first."""

    records: list[AuditRecord]
    next: str | None
