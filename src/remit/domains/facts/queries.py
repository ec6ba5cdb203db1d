"""Reading facts. What may be said is a matter of `evidence.facts`; here they come as they are stored."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Row

from remit.actions import NotFound
from remit.db.sessions import ReadSession, read
from remit.evidence.facts import Fact
from remit.scope import Scope

COLUMNS: Final = """f.id, f.kind, f.subject, f.value, f.value_number, f.value_unit, f.value_minor, f.value_currency,
    f.source_name, f.locator, f.quote, f.as_of_on, f.valid_until_on, f.sensitivity, f.sayable, f.expectability, f.state, f.account_id,
    f.contact_id, f.version, f.topic"""
# an account has tens of facts and the firm hundreds; a runaway import must not make a draft unreadable
MOST: Final = 2000
_OF_ACCOUNT: Final = f"""
SELECT {COLUMNS} FROM remit.facts f
WHERE f.account_id = :account OR (:ours AND f.account_id IS NULL AND f.kind IN ('capability', 'proof', 'firm', 'competitor', 'integration', 'assurance'))
ORDER BY f.as_of_on DESC, f.id LIMIT {MOST}
"""
_OURS: Final = f"""
SELECT {COLUMNS} FROM remit.facts f WHERE f.account_id IS NULL AND f.kind = ANY (CAST(:kinds AS text[]))
ORDER BY f.as_of_on DESC, f.id LIMIT {MOST}
"""


def fact_of(row: Row[Any]) -> Fact:
    """A row of COLUMNS as a fact."""
    return Fact(
        id=row.id, kind=row.kind, value=row.value, source_name=row.source_name, as_of_on=row.as_of_on, subject=row.subject,
        value_number=row.value_number, value_unit=row.value_unit, value_minor=row.value_minor,
        value_currency=row.value_currency, locator=row.locator, quote=row.quote, valid_until_on=row.valid_until_on,
        sensitivity=row.sensitivity, sayable=row.sayable, expectability=row.expectability, state=row.state, account_id=row.account_id,
        contact_id=row.contact_id, version=row.version, topic=row.topic,
    )  # fmt: skip


def load_facts(s: ReadSession, account_id: UUID, *, ours: bool = False) -> list[Fact]:
    """All facts of an account in every state, newest first; `ours` adds what we may say of ourselves."""
    return [_same(row) for row in s.rows(_OF_ACCOUNT, {"account": account_id, "ours": ours})]


@lru_cache(maxsize=65_536)
def _same(row: Row[Any]) -> Fact:
    """As fact_of; a row that reads as before gives the same object, for which what was worked out of it is remembered."""
    return fact_of(row)


def load_own_facts(s: ReadSession, kinds: Sequence[str]) -> list[Fact]:
    """The firm's own facts of these kinds in every state, newest first: approved capabilities, battle cards."""
    return [fact_of(row) for row in s.rows(_OURS, {"kinds": list(kinds)})]


def list_facts(scope: Scope, account_id: UUID, *, ours: bool = False) -> list[Fact]:
    """As `load_facts`, in a session of its own."""
    with read(scope) as s:
        return load_facts(s, account_id, ours=ours)


def get_fact(scope: Scope, fact_id: UUID) -> Fact:
    """One fact. Raises NotFound."""
    with read(scope) as s:
        return load_fact(s, fact_id)


def load_fact(s: ReadSession, fact_id: UUID) -> Fact:
    """One fact inside a session. Raises NotFound."""
    row = s.row(f"SELECT {COLUMNS} FROM remit.facts f WHERE f.id = :id", {"id": fact_id})
    if row is None:
        raise NotFound("fact")
    return fact_of(row)


def load_of_document(s: ReadSession, document_id: UUID) -> list[Fact]:
    """The live facts that were read from a document, the newest first."""
    query = f"SELECT {COLUMNS} FROM remit.facts f WHERE f.document_id = :id AND f.state = 'live' ORDER BY f.id DESC LIMIT 500"
    return [fact_of(row) for row in s.rows(query, {"id": document_id})]


def has_facts(scope: Scope, document_id: UUID) -> bool:
    """Whether facts that the reader sees were ever read from a document, in whatever state they are now."""
    with read(scope) as s:
        return bool(
            s.scalar("SELECT EXISTS (SELECT 1 FROM remit.facts WHERE document_id = :id)", {"id": document_id})
        )
