"""One audit record, and the exact bytes that are hashed for it.

A record is turned once into canonical JSON (sorted keys, no blanks, UTF-8, no floats). That text is
stored as it is and is never made again from columns: what was hashed is what is read by an examiner.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, Final, Literal, get_args
from uuid import UUID

Kind = Literal[
    "decision",
    "change",
    "effect",
    "receipt",
    "outcome",
    "sign_in",
    "export",
    "refusal",
    "halt",
    "system",
]
KINDS: Final[frozenset[str]] = frozenset(get_args(Kind))
MAX_RECORD_BYTES: Final = 64 * 1024
LEAF_PREFIX: Final = b"\x00"


class AuditRecordInvalid(ValueError):
    """The record cannot be written, so the act it describes must not happen either."""

    code = "audit_record_invalid"


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """What happened, who did it, for whom, under which rules. No message content, no secrets.

    `event` names the act (`opportunity:stage:change`). Hashes are lower-case hex SHA-256. `body` is a small
    JSON object for what one needs to understand the act (old and new stage, an effect's key); a digest
    stands for anything long or confidential.
    """

    kind: Kind
    event: str
    actor_id: UUID | None = None
    actor_kind: str | None = None
    on_behalf_of: UUID | None = None
    approver_id: UUID | None = None
    action_id: UUID | None = None
    account_id: UUID | None = None
    access_id: int | None = None
    object_type: str | None = None
    object_id: UUID | None = None
    policy_hash: str | None = None
    rule_ids: tuple[str, ...] = ()
    payload_hash: str | None = None
    evidence_hash: str | None = None
    request_id: str | None = None
    sentence: str = ""
    body: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise AuditRecordInvalid(f"{self.kind!r} is not a kind of audit record")
        if not self.event:
            raise AuditRecordInvalid("an audit record needs the name of its event")


def format_instant(at: datetime) -> str:
    """RFC 3339 in UTC with microseconds always written, so that text order is time order."""
    if at.tzinfo is None:
        raise AuditRecordInvalid("an audit instant needs a time zone")
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def canonical_json(value: Any) -> str:
    """Canonical JSON text of `value`; raises AuditRecordInvalid where a value has no exact form.

    Floats are written as strings: their JSON form differs between languages. Text that UTF-8 cannot
    carry (lone surrogates) is escaped rather than refused: bad input must not stop the record of it.
    """
    text = json.dumps(
        _exact(value), sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    )
    if text.isascii():
        return text
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def serialise(record: Record, record_id: UUID, at: datetime) -> str:
    """The text that is stored and hashed for `record`.

    Raises AuditRecordInvalid when it is larger than MAX_RECORD_BYTES.
    """
    text = canonical_json(
        {
            "id": record_id,
            "at": format_instant(at),
            "kind": record.kind,
            "event": record.event,
            "actor_id": record.actor_id,
            "actor_kind": record.actor_kind,
            "on_behalf_of": record.on_behalf_of,
            "approver_id": record.approver_id,
            "action_id": record.action_id,
            "account_id": record.account_id,
            "access_id": record.access_id,
            "object_type": record.object_type,
            "object_id": record.object_id,
            "policy_hash": record.policy_hash,
            "rule_ids": record.rule_ids,
            "payload_hash": record.payload_hash,
            "evidence_hash": record.evidence_hash,
            "request_id": record.request_id,
            "sentence": record.sentence,
            "body": record.body,
        }
    )
    if len(text.encode("utf-8")) > MAX_RECORD_BYTES:
        raise AuditRecordInvalid(
            f"the audit record of {record.event} is larger than {MAX_RECORD_BYTES} bytes: "
            "keep a hash of the long part in its body instead"
        )
    return text


def leaf_hash(text: str) -> bytes:
    """SHA-256 of a leaf as in RFC 6962: one zero byte, then the record's UTF-8 bytes."""
    return hashlib.sha256(LEAF_PREFIX + text.encode("utf-8")).digest()


def _exact(value: Any) -> Any:
    if value is None or isinstance(value, str | bool | int):
        return value
    if isinstance(value, UUID | Decimal):
        return str(value)
    if isinstance(value, datetime):
        return format_instant(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float):
        return repr(value)
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, Mapping):
        return {_key(key): _exact(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_exact(item) for item in value]
    if isinstance(value, set | frozenset):
        return sorted(str(_exact(item)) for item in value)
    raise AuditRecordInvalid(f"an audit record cannot carry a {type(value).__name__}")


def _key(key: object) -> str:
    if not isinstance(key, str):
        raise AuditRecordInvalid("the keys of an audit record's body are text")
    return key
