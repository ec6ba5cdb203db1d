"""Who a template is looked at on or written for: contacts as readers, with job, segment and country; templates that fit them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final
from uuid import UUID

from remit.actions import NotFound
from remit.db.sessions import ReadSession, read
from remit.domains.library import queries
from remit.domains.library.fitting import Aimed, Who, fits, who_of
from remit.domains.library.queries import Version
from remit.kit import clock
from remit.scope import Scope

_WHO: Final = """
SELECT c.id, btrim(c.first_name || ' ' || c.last_name) AS name, c.title, c.persona, c.country, c.jurisdiction, a.segment, a.country AS account_country
FROM remit.contacts c JOIN remit.accounts a ON a.id = c.account_id
WHERE c.id = :contact OR (CAST(:contact AS uuid) IS NULL AND c.account_id = :account) ORDER BY c.created_at, c.id LIMIT 200
"""


def load_who(s: ReadSession, contact_id: UUID) -> Who:
    """A contact as the reader of a template. Raises NotFound."""
    row = s.row(_WHO, {"contact": contact_id, "account": None})
    if row is None:
        raise NotFound("contact")
    return who_of(row, row.name)


def load_whos(s: ReadSession, account_id: UUID) -> list[tuple[UUID, Who]]:
    """The contacts of an account as readers, oldest on record first."""
    rows = s.rows(_WHO, {"contact": None, "account": account_id})
    return [(row.id, who_of(row, row.name)) for row in rows]


def load_fitting(s: ReadSession, version: Version, who: Who) -> list[Version]:
    """Live templates for the same work, in the same channel, that are for this reader."""
    return queries.load_suited(
        s, version.motion, version.channel, sorted(who.personas), who.segment, who.jurisdiction, clock.today()
    )


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody on whom a template can be looked at."""

    contact_id: UUID
    name: str
    title: str
    account: str
    account_id: UUID


_READERS: Final = """
SELECT c.id AS contact_id, btrim(c.first_name || ' ' || c.last_name) AS name, coalesce(c.title, '') AS title, a.name AS account, a.id AS account_id
FROM remit.contacts c JOIN remit.accounts a ON a.id = c.account_id
WHERE (CAST(:id AS uuid) IS NULL OR c.id = :id) AND (CAST(:text AS text) IS NULL OR a.name ILIKE :text)
ORDER BY coalesce(a.owner_id = :me, false) DESC, a.name, c.id LIMIT :limit
"""


def list_readers(
    scope: Scope, *, text: str = "", contact_id: UUID | None = None, limit: int = 40
) -> list[Reader]:
    """Contacts to look at a template on: of one's own accounts before others; `text`: part of the account's name."""
    like = text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    with read(scope) as s:
        rows = s.rows(
            _READERS,
            {"id": contact_id, "text": f"%{like}%" if text else None, "me": scope.person_id, "limit": limit},
        )
    return [Reader(**row._mapping) for row in rows]


_SUITED: Final = """
SELECT c.id AS contact_id, btrim(c.first_name || ' ' || c.last_name) AS name, coalesce(c.title, '') AS title, a.name AS account, a.id AS account_id,
  c.persona, c.country, c.jurisdiction, a.segment, a.country AS account_country
FROM remit.contacts c JOIN remit.accounts a ON a.id = c.account_id
LEFT JOIN (SELECT f.account_id, count(DISTINCT f.kind) AS held FROM remit.facts f
  WHERE f.account_id IS NOT NULL AND f.state = 'live' AND f.kind = ANY (CAST(:kinds AS text[])) GROUP BY f.account_id) known ON known.account_id = a.id
WHERE (CAST(:text AS text) IS NULL OR a.name ILIKE :text) AND (CAST(:segments AS text[]) IS NULL OR a.segment = ANY (CAST(:segments AS text[])))
ORDER BY coalesce(a.owner_id = :me, false) DESC, coalesce(known.held, 0) DESC, a.name, c.id LIMIT :most
"""
_LOOKED_AT: Final = (200, 3_000)
"""Contacts held against a template: the first hundreds have somebody as a rule; the rest are read before nobody is found."""


def list_suited(
    scope: Scope, aim: Aimed, kinds: Sequence[str], *, text: str = "", limit: int = 12
) -> list[Reader]:
    """Contacts whom a template is for (job, segment, country): one's own first, then those with most of the facts it needs."""
    like = text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    asked = {
        "kinds": list(kinds), "text": f"%{like}%" if text else None, "me": scope.person_id,
        "segments": None if "any" in aim.segments else list(aim.segments),
    }  # fmt: skip
    found: list[Reader] = []
    with read(scope) as s:
        for most in _LOOKED_AT:
            rows = s.rows(_SUITED, {**asked, "most": most})
            fitting = (row for row in rows if fits(aim, who_of(row, row.name)))
            found = [
                Reader(row.contact_id, row.name, row.title, row.account, row.account_id)
                for row in islice(fitting, limit)
            ]
            if len(found) == limit or len(rows) < most:
                break
    return found
