"""Reads about the data-handling policy: which version is in force, who has acknowledged it, and the names to look for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from remit.db.sessions import ReadSession, read
from remit.scope import Scope

_ACTIVE = """
SELECT p.id, p.version, p.policy_hash, p.title, p.owner, p.valid_from_on, p.published_at, m.name AS published_by, coalesce(a.name, '') AS approved_by
FROM remit.handling_policies p JOIN remit.people m ON m.id = p.published_by LEFT JOIN remit.people a ON a.id = p.approved_by
ORDER BY p.published_at DESC, p.id DESC LIMIT 1
"""
ATTESTED = """
SELECT p.id AS person_id, p.name, k.acknowledged_at FROM remit.people p
LEFT JOIN remit.handling_acknowledgements k ON k.person_id = p.id AND k.policy_hash = :hash
WHERE p.kind = 'person' AND p.active ORDER BY k.acknowledged_at IS NOT NULL, p.name, p.id
"""


@dataclass(frozen=True, slots=True)
class Published:
    """A published version of the policy."""

    id: UUID
    version: str
    policy_hash: str
    title: str
    owner: str
    valid_from_on: date
    published_at: datetime
    published_by: str
    approved_by: str


@dataclass(frozen=True, slots=True)
class Attestation:
    """An active person; `acknowledged_at` is None while they have not acknowledged the version asked about."""

    person_id: UUID
    name: str
    acknowledged_at: datetime | None


def load_active(session: ReadSession) -> Published | None:
    """The version in force inside an open session; None before the first."""
    row = session.row(_ACTIVE)
    return None if row is None else Published(**row._mapping)


def load_versions(session: ReadSession) -> dict[str, str]:
    """Hash by version of everything ever published."""
    return {
        row.version: row.policy_hash
        for row in session.rows("SELECT version, policy_hash FROM remit.handling_policies")
    }


def load_attestations(session: ReadSession, policy_hash: str) -> list[Attestation]:
    """Every active person, those who have not acknowledged first."""
    return [Attestation(**row._mapping) for row in session.rows(ATTESTED, {"hash": policy_hash})]


def find_active(scope: Scope) -> Published | None:
    """The version in force; None before the first."""
    with read(scope) as session:
        return load_active(session)


def list_attestations(scope: Scope, policy_hash: str) -> list[Attestation]:
    """As `load_attestations`."""
    with read(scope) as session:
        return load_attestations(session, policy_hash)


def list_client_names(scope: Scope) -> list[str]:
    """Names and legal names of the accounts that the scope sees, for `prepare`. The gateway asks with the system's scope."""
    with read(scope) as session:
        rows = session.rows(
            "SELECT name FROM remit.accounts UNION SELECT legal_name FROM remit.accounts WHERE legal_name <> '' ORDER BY 1"
        )
    return [row.name for row in rows]
