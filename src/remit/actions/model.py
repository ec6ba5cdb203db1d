"""What an action is, what it acts on, and what comes of it: plain frozen values, no database."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict, field_validator

from remit.audit.record import canonical_json
from remit.kit.ids import new_id
from remit.kit.text import unsafe


class Action(BaseModel):
    """One named verb with its payload. Subclasses are named in the imperative (`ChangeStage`) and say their event."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    event: ClassVar[str] = ""
    by_api: ClassVar[bool] = True
    """Whether `POST /api/v1/actions` takes it. False for what has a way in of its own: sign-in and the door's own bookkeeping, files of
    this machine, and the account of what Remit itself did (a call of a model, a source that was read)."""

    one_request: ClassVar[bool] = False
    """Whether one request about its object is enough, whoever asked for it first (the approval of one version of a proposal)."""
    incidental: ClassVar[frozenset[str]] = frozenset()
    """Fields that say how it was asked for, not what: two requests that differ in these alone are one (when a page was opened)."""

    @field_validator("*", mode="before")
    @classmethod
    def _shows_as_it_reads(cls, value: Any) -> Any:
        if reason := _unsafe(value):
            raise ValueError(reason)
        return value

    @classmethod
    def kind(cls) -> str:
        """The name under which policies, remits and records know this verb."""
        return cls.__name__

    def payload(self) -> dict[str, Any]:
        """The payload as plain JSON values."""
        return self.model_dump(mode="json")

    def payload_hash(self) -> str:
        """SHA-256 (hex) of kind and payload in canonical JSON: what an approval names."""
        return payload_hash(self.kind(), self.payload())


def _unsafe(value: Any) -> str | None:
    """Why a value cannot be taken, looking into lists and objects; None when it can."""
    if isinstance(value, str):
        return unsafe(value)
    if isinstance(value, Mapping):
        return next(filter(None, map(_unsafe, (*value.keys(), *value.values()))), None)
    if isinstance(value, list | tuple | set | frozenset):
        return next(filter(None, map(_unsafe, value)), None)
    return None


def payload_hash(kind: str, payload: Mapping[str, Any]) -> str:
    """SHA-256 (hex) of an action's kind and payload."""
    return hashlib.sha256(canonical_json({"kind": kind, "payload": payload}).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Target:
    """What an action acts on, as it stands now.

    `attributes` and `context` go to the policy (keys of policy.model.RESOURCE_DEFAULTS and CONTEXT_DEFAULTS);
    segment and channel also select the remit. `subjects`: the people whom the act changes or gives something to.
    """

    type: str
    id: UUID | None = None
    account_id: UUID | None = None
    access_id: int | None = None
    segment: str = "*"
    channel: str = "*"
    version: int | None = None
    title: str = ""
    attributes: Mapping[str, Any] = field(default_factory=dict)
    context: Mapping[str, Any] = field(default_factory=dict)
    subjects: tuple[UUID, ...] = ()


def attributes_of(owner_id: UUID | None, key_account: bool | None, segment: str | None) -> dict[str, Any]:
    """What policy asks about an act on an account or on what belongs to one; None (no account, no owner) is the least."""
    return {"owner": str(owner_id or ""), "key_account": bool(key_account), "segment": segment or ""}


@dataclass(frozen=True, slots=True)
class Check:
    """One condition that was looked at before the act; `reason` says what was found and, when failed, what mends it."""

    id: str
    passed: bool
    reason: str

    @classmethod
    def that(cls, check_id: str, passed: bool, wanting: str, met: str) -> Check:
        """The check with the sentence that fits: `met` when it passed, else `wanting`, which says what mends it."""
        return cls(check_id, passed, met if passed else wanting)


@dataclass(frozen=True, slots=True)
class Effect:
    """Something that leaves the building, delivered once by a worker under `key`. Payload is plain JSON.

    The handler may write `id` on its own rows: the outbox row gets the same. `not_before`: when it may leave at the earliest; None: at once.
    """

    kind: str
    channel: str
    key: str
    payload: Mapping[str, Any]
    id: UUID = field(default_factory=new_id)
    not_before: datetime | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """What a handler changed. `before` and `after` hold the changed fields; they stand in the audit record.

    `account_id` and `access_id` override the target's, for records that the action itself created.
    """

    object_type: str
    object_id: UUID | None
    before: Mapping[str, Any] = field(default_factory=dict)
    after: Mapping[str, Any] = field(default_factory=dict)
    effects: Sequence[Effect] = ()
    result: Mapping[str, Any] = field(default_factory=dict)
    evidence_ids: Sequence[UUID] = ()
    account_id: UUID | None = None
    access_id: int | None = None


@dataclass(frozen=True, slots=True)
class Performed:
    """The action was done and recorded. `repeated`: an earlier call with the same key had done it already."""

    action_id: UUID
    kind: str
    result: Mapping[str, Any]
    sentence: str
    rule_ids: tuple[str, ...]
    effect_ids: tuple[UUID, ...] = ()
    repeated: bool = False


@dataclass(frozen=True, slots=True)
class Waiting:
    """The action waits for a person's approval of exactly `payload_hash`."""

    suggestion_id: UUID
    payload_hash: str
    sentence: str
    rule_ids: tuple[str, ...]
    expires_at: datetime
    approver_roles: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Approval:
    """A person's yes to exactly one payload. `performs`: they act in their own name (remit level suggest)."""

    suggestion_id: UUID
    approver_id: UUID
    roles: frozenset[str]
    is_maker: bool
    performs: bool = False
