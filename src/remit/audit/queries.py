"""Reading the log under a scope: a page of it, one record, and the proof that it stands in the signed tree."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Row

from remit.audit import heads, leaves, merkle
from remit.audit.leaves import Narrowed
from remit.audit.record import format_instant, leaf_hash
from remit.db.sessions import ReadSession, read
from remit.kit import paging
from remit.kit.paging import CursorInvalid, Page
from remit.scope import Scope

_RULE: Final = re.compile(r"[A-Za-z0-9_.-]{1,200}\Z")
_SELECT: Final = """
SELECT a.id, a.at, a.kind, a.event, a.actor_id, p.name AS actor, p.kind AS actor_kind, a.on_behalf_of,
       o.name AS on_behalf_of_name, a.approver_id, v.name AS approver, a.action_id, a.account_id, c.name AS account,
       a.object_type, a.object_id, a.record, l.leaf_index
FROM remit.audit a
LEFT JOIN remit.people p ON p.id = a.actor_id
LEFT JOIN remit.people o ON o.id = a.on_behalf_of
LEFT JOIN remit.people v ON v.id = a.approver_id
LEFT JOIN remit.accounts c ON c.id = a.account_id
LEFT JOIN remit.audit_leaves l ON l.audit_id = a.id
WHERE {where} ORDER BY a.at DESC, a.id DESC LIMIT :limit
"""
# Rule ids stand in the record only: there is no index on them, so ask for a period with them. Quotation marks
# inside a record's texts are escaped, so this matches the list of rules and nothing else.
_CLAUSES: Final = {
    "person_id": "(a.actor_id = :person_id OR a.on_behalf_of = :person_id OR a.approver_id = :person_id)",
    "account_id": "a.account_id = :account_id",
    "action_id": "a.action_id = :action_id",
    "object_id": "a.object_id = :object_id",
    "kind": "a.kind = :kind",
    "event": "starts_with(a.event, :event)",
    "act": "(a.event = :act OR starts_with(a.event, :act || ':'))",
    "rule": "a.record ~ :rule",
    "since": "a.at >= :since",
    "until": "a.at < :until",
}


class AuditRecordNotFound(Exception):
    """There is no such record, or this scope may not see it: one answer for both."""

    code = "not_found"


@dataclass(frozen=True, slots=True)
class AuditFilters:
    """What to show; None means everything. `person_id` acted, was acted for, or approved.

    `kind` is one of record.KINDS; `event` the beginning of an event's name (`opportunity:`), `act` the whole name of an
    action's (with what became of it); `rule` a policy rule's id; `since` included, `until` excluded.
    """

    person_id: UUID | None = None
    account_id: UUID | None = None
    action_id: UUID | None = None
    object_id: UUID | None = None
    kind: str | None = None
    event: str | None = None
    act: str | None = None
    rule: str | None = None
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class AuditRow:
    """One record as a list shows it. `account` is None where the account itself is not visible any more.

    `leaf_index` is its number in the tree, None for the moment until it is sealed.
    """

    id: UUID
    at: datetime
    kind: str
    event: str
    actor_id: UUID | None
    actor: str | None
    actor_kind: str | None
    on_behalf_of: UUID | None
    on_behalf_of_name: str | None
    approver_id: UUID | None
    approver: str | None
    action_id: UUID | None
    account_id: UUID | None
    account: str | None
    object_type: str | None
    object_id: UUID | None
    sentence: str
    rule_ids: tuple[str, ...]
    leaf_index: int | None


@dataclass(frozen=True, slots=True)
class Proof:
    """That a record is leaf `leaf_index` of the tree that head `head_id` signed (RFC 6962 audit path, hex).

    `leaf_hash` is made from the record as it stands now, so `holds` is False when it was changed.
    """

    leaf_index: int
    leaf_hash: str
    path: tuple[str, ...]
    head_id: int
    tree_size: int
    root: str
    sealed_at: datetime
    key_id: str
    holds: bool


@dataclass(frozen=True, slots=True)
class AuditDetail:
    """One record with everything in it: `record` parsed, `text` the exact bytes that were hashed."""

    row: AuditRow
    record: Mapping[str, Any]
    text: str
    proof: Proof | None


def list_audit(
    scope: Scope, filters: AuditFilters = AuditFilters(), after: str | None = None, limit: int | None = None
) -> Page[AuditRow]:
    """A page of records, newest first. Raises CursorInvalid."""
    wanted = paging.size(limit)
    if filters.rule is not None and not _RULE.match(filters.rule):
        return Page((), None)
    only = narrowed(filters)
    where, values = [only.clause], {**only.values, "limit": wanted + 1}
    if after is not None:
        values["at"], values["id"] = _cursor(after)
        where.append("(a.at, a.id) < (:at, :id)")
    with read(scope) as session:
        rows = session.rows(_SELECT.format(where=" AND ".join(where)), values)
    return paging.page([_row(row) for row in rows], wanted, lambda row: (format_instant(row.at), str(row.id)))


def narrowed(filters: AuditFilters) -> Narrowed:
    """The filters as a condition on `a`, the audit row; also for an export."""
    values: dict[str, Any] = {}
    where = ["true"]
    for name, clause in _CLAUSES.items():
        value = getattr(filters, name)
        if value is not None:
            where.append(clause)
            values[name] = value.replace("\x00", "") if isinstance(value, str) else value
    if filters.rule is not None:
        values["rule"] = r'"rule_ids":\[[^]]*"' + re.escape(filters.rule) + '"'
    return Narrowed(" AND ".join(where), values)


def get_audit(scope: Scope, record_id: UUID) -> AuditDetail:
    """One record with the proof of its place in the tree. Raises AuditRecordNotFound."""
    with read(scope) as session:
        row = session.row(_SELECT.format(where="a.id = :id"), {"id": record_id, "limit": 1})
        if row is None:
            raise AuditRecordNotFound("There is no such record, or you may not see it.")
        proof = None if row.leaf_index is None else _proof(session, row.leaf_index, leaf_hash(row.record))
    return AuditDetail(_row(row), json.loads(row.record), row.record, proof)


def _proof(session: ReadSession, leaf_index: int, leaf: bytes) -> Proof | None:
    connection = session.connection
    head = heads.find_above(connection, leaf_index)
    if head is None:
        return None
    path = merkle.inclusion_proof(
        leaf_index, head.tree_size, lambda start, height: leaves.subtree(connection, start, height)
    )
    return Proof(
        leaf_index=leaf_index,
        leaf_hash=leaf.hex(),
        path=tuple(one.hex() for one in path),
        head_id=head.id,
        tree_size=head.tree_size,
        root=head.root.hex(),
        sealed_at=head.sealed_at,
        key_id=head.key_id,
        holds=merkle.verify_inclusion(leaf, leaf_index, head.tree_size, path, head.root),
    )


def _cursor(after: str) -> tuple[datetime, UUID]:
    at, record_id = paging.decode(after, 2)
    try:
        return datetime.fromisoformat(str(at)), UUID(str(record_id))
    except ValueError as error:
        raise CursorInvalid("this page address belongs to another list") from error


def _row(row: Row[Any]) -> AuditRow:
    record = json.loads(row.record)
    copied = {name: getattr(row, name) for name in AuditRow.__slots__ if name not in ("sentence", "rule_ids")}
    return AuditRow(
        **copied, sentence=str(record.get("sentence", "")), rule_ids=tuple(record.get("rule_ids", ()))
    )
