"""What erasing a person would take and what it would leave, counted before the second person agrees; as `remit.erase_person` finds it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from remit.db.sessions import read
from remit.scope import Scope

# the same sets as in the function that erases (migration 0054); `others`: what names them and is none of these
_COUNTS: Final = """
WITH them AS (SELECT c.id, c.account_id, a.name AS account, c.first_name, c.last_name,
        CASE WHEN btrim(c.first_name) <> '' AND btrim(c.last_name) <> '' THEN lower(btrim(c.first_name) || ' ' || btrim(c.last_name)) END AS name
    FROM remit.contacts c JOIN remit.accounts a ON a.id = c.account_id WHERE c.id = :id AND c.last_name <> '(erased)'),
drafted AS (SELECT d.id FROM remit.drafts d WHERE d.contact_id = :id),
sent AS (SELECT m.id, m.message_id FROM remit.messages m WHERE m.contact_id = :id OR m.draft_id IN (SELECT id FROM drafted)),
noted AS (SELECT a.id FROM remit.activities a WHERE a.contact_id = :id
    OR (a.account_id = (SELECT account_id FROM them) AND a.message_id IN (SELECT message_id FROM sent))),
mine AS (SELECT id FROM drafted UNION SELECT id FROM sent UNION SELECT id FROM noted UNION SELECT id FROM them),
asked AS (SELECT s.id FROM remit.suggestions s WHERE s.kind <> 'ErasePerson' AND (s.object_id IN (SELECT id FROM mine)
    OR (s.account_id = (SELECT account_id FROM them) AND s.payload::text LIKE '%' || CAST(:id AS text) || '%')))
SELECT t.account, left(t.first_name, 1) AS first, left(t.last_name, 1) AS last, (SELECT count(*) FROM sent) AS messages, (SELECT count(*) FROM drafted) AS drafts,
    (SELECT count(*) FROM noted) AS activities, (SELECT count(*) FROM remit.facts f WHERE f.contact_id = :id) AS facts, (SELECT count(*) FROM asked) AS requests,
    (SELECT count(*) FROM remit.actions x WHERE x.account_id = t.account_id AND (x.object_id IN (SELECT id FROM mine UNION SELECT id FROM asked)
        OR x.payload::text LIKE '%' || CAST(:id AS text) || '%')) AS acts,
    (SELECT count(*) FROM remit.activities o WHERE o.account_id = t.account_id AND o.id NOT IN (SELECT id FROM mine) AND position(t.name IN lower(o.subject || ' ' || o.body)) > 0)
    + (SELECT count(*) FROM remit.drafts o WHERE o.account_id = t.account_id AND o.id NOT IN (SELECT id FROM mine) AND position(t.name IN lower(o.subject || ' ' || o.body)) > 0)
    + (SELECT count(*) FROM remit.messages o WHERE o.account_id = t.account_id AND o.id NOT IN (SELECT id FROM mine) AND position(t.name IN lower(o.subject || ' ' || o.body)) > 0)
    AS others
FROM them t
"""


@dataclass(frozen=True, slots=True)
class Foretold:
    """Who it is, by initials and account, and how many rows of each kind go; `others`: texts of others that name them, which stay."""

    initials: str
    account: str
    goes: tuple[tuple[str, int], ...]
    others: int


def foretell(scope: Scope, contact_id: UUID) -> Foretold | None:
    """What would go with this person, in what the scope sees; None once they are erased or where the scope does not see them."""
    with read(scope) as s:
        row = s.row(_COUNTS, {"id": contact_id})
    if row is None:
        return None
    goes = (
        ("messages", row.messages),
        ("drafts", row.drafts),
        ("notes, calls, meetings and tasks", row.activities),
        ("facts", row.facts),
        ("requests for approval", row.requests),
        ("texts of acts (the acts stay on the record)", row.acts),
    )
    initials = " ".join(f"{part}." for part in (row.first, row.last) if part)
    return Foretold(initials, row.account, goes, row.others)
