"""Accounts, contacts and deals whose names begin with what was typed, under the reader's own view.

Ranges by ~>=~ and ~<~ over stored keys instead of LIKE over lower(): these operators are leakproof, so that row-level
security lets an index serve them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal
from uuid import UUID

from remit.db.sessions import read
from remit.kit.text import clean, fold
from remit.scope import Scope

Kind = Literal["account", "contact", "deal"]
SHORTEST: Final = 2
LONGEST: Final = 100
# sorts behind every text that begins with the same letters
_LAST: Final = "\U0010ffff"

_ACCOUNTS: Final = """
SELECT a.id, a.name, a.segment AS detail, a.id AS account_id FROM remit.accounts a
WHERE a.name_key ~>=~ :start AND a.name_key ~<~ :stop ORDER BY a.name_key USING ~<~ LIMIT :limit
"""
_CONTACTS: Final = """
SELECT c.id, c.first_name || ' ' || c.last_name AS name, coalesce(c.title || ', ', '') || a.name AS detail, c.account_id
FROM remit.contacts c JOIN remit.accounts a ON a.id = c.account_id
WHERE (c.last_key ~>=~ :start AND c.last_key ~<~ :stop) OR (c.full_key ~>=~ :start AND c.full_key ~<~ :stop)
   OR (c.email_key ~>=~ :start AND c.email_key ~<~ :stop)
ORDER BY c.last_name, c.first_name, c.id LIMIT :limit
"""
_DEALS: Final = """
SELECT d.id, d.name, coalesce(d.outcome, d.stage) AS detail, d.account_id FROM remit.opportunities d
WHERE d.name_key ~>=~ :start AND d.name_key ~<~ :stop ORDER BY d.closed_at IS NOT NULL, d.close_on, d.id LIMIT :limit
"""


@dataclass(frozen=True, slots=True)
class Hit:
    """One thing found. `detail` tells namesakes apart."""

    kind: Kind
    id: UUID
    name: str
    detail: str
    account_id: UUID | None


def list_hits(scope: Scope, typed: str, *, size: int = 20) -> list[Hit]:
    """Up to `size` hits of each kind, accounts first; none for fewer than SHORTEST signs."""
    text = clean(typed)[:LONGEST].lower()
    if len(text) < SHORTEST:
        return []
    plain = {"start": text, "stop": text + _LAST, "limit": size}
    key = fold(text) or text
    named = {"start": key, "stop": key + _LAST, "limit": size}
    found: list[Hit] = []
    with read(scope) as s:
        found += [Hit("account", r.id, r.name, r.detail, r.account_id) for r in s.rows(_ACCOUNTS, named)]
        found += [Hit("contact", r.id, r.name, r.detail, r.account_id) for r in s.rows(_CONTACTS, plain)]
        found += [Hit("deal", r.id, r.name, r.detail, r.account_id) for r in s.rows(_DEALS, plain)]
    return found
