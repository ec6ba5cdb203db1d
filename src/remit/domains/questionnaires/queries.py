"""Reads about questionnaires: the list, one with its lines, its file, and who of our engineers may take a gap."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Row

from remit.actions import NotFound
from remit.db.sessions import ReadSession, read
from remit.domains.questionnaires import rules
from remit.kit import paging
from remit.scope import Scope

_COLUMNS: Final = """q.id, q.account_id, q.access_id, a.name AS account, q.opportunity_id, coalesce(o.name, '') AS deal, q.title, q.file_name,
    q.form, q.state, q.due_on, q.notes, q.owner_id, p.name AS owner, q.added_at, q.looked_at, q.approved_by,
    coalesce(b.name, '') AS approved_by_name, q.approved_at, q.approved_sha256, q.file IS NOT NULL AS has_file, q.sha256, q.version"""
_FROM: Final = """FROM remit.questionnaires q JOIN remit.accounts a ON a.id = q.account_id JOIN remit.people p ON p.id = q.owner_id
    LEFT JOIN remit.people b ON b.id = q.approved_by LEFT JOIN remit.opportunities o ON o.id = q.opportunity_id"""
_COUNTS: Final = """LEFT JOIN LATERAL (SELECT jsonb_object_agg(state, number) AS counts FROM (
    SELECT i.state, count(*) AS number FROM remit.questionnaire_items i WHERE i.questionnaire_id = q.id GROUP BY i.state) s) c ON true"""
_LIST: Final = f"""
SELECT {_COLUMNS}, coalesce(c.counts, '{{}}'::jsonb) AS counts {_FROM} {_COUNTS}
WHERE (CAST(:state AS text) IS NULL OR q.state = :state) AND (CAST(:account AS uuid) IS NULL OR q.account_id = :account)
  AND (CAST(:text AS text) IS NULL OR q.title ILIKE :text OR a.name ILIKE :text)
  AND (CAST(:after_at AS timestamptz) IS NULL OR (q.added_at, q.id) < (CAST(:after_at AS timestamptz), CAST(:after_id AS uuid)))
ORDER BY q.added_at DESC, q.id DESC LIMIT :limit
"""
_ONE: Final = (
    f"SELECT {_COLUMNS}, coalesce(c.counts, '{{}}'::jsonb) AS counts {_FROM} {_COUNTS} WHERE q.id = :id"
)
_ITEMS: Final = """
SELECT i.id, i.questionnaire_id, i.position, i.sheet, i.section, i.number, i.question, i.kind, i.options, i.answer_at, i.comment_at, i.given,
       i.state, i.short, i.answer, i.answer_id, i.fact_id, i.score, i.against, i.why, i.assigned_to, coalesce(s.name, '') AS assigned_name,
       i.task_id, i.decided_by, coalesce(d.name, '') AS decided_by_name, i.decided_at, i.version,
       coalesce(w.owner_name, r.owner_name, '') AS source_owner, coalesce(w.as_of_on, f.as_of_on, r.of_on) AS as_of_on,
       coalesce(w.review_by_on, f.valid_until_on, r.review_by_on) AS review_by_on, coalesce(w.question, '') AS source_question,
       coalesce(w.source_name, f.source_name || CASE f.locator WHEN '' THEN '' ELSE ', ' || f.locator END, r.title, '') AS source_name,
       coalesce(w.state, f.state, r.source_state, CASE WHEN i.document_place <> '' THEN 'live' ELSE '' END) AS source_state, i.document_id, i.document_at, i.document_place,
       i.against_document_id, i.against_at, i.against_place, coalesce(x.title, '') AS against_title,
       coalesce(substr(x.text, i.against_at[1] + 1, i.against_at[2] - i.against_at[1]), '') AS against_text
FROM remit.questionnaire_items i LEFT JOIN remit.people s ON s.id = i.assigned_to LEFT JOIN remit.people d ON d.id = i.decided_by
LEFT JOIN LATERAL (SELECT n.*, p.name AS owner_name FROM remit.answers n JOIN remit.people p ON p.id = n.owner_id WHERE n.id = i.answer_id) w ON true
LEFT JOIN remit.facts f ON f.id = i.fact_id
LEFT JOIN LATERAL (
    SELECT d.title, p.review_by_on, coalesce(d.published_on, CAST(p.released_at AS date)) AS of_on, o.name AS owner_name,
           CASE WHEN d.account_id IS NULL AND d.state = 'live' AND p.state = 'released' THEN 'live' ELSE 'withdrawn' END AS source_state
    FROM remit.documents d JOIN remit.papers p ON p.document_id = d.id JOIN remit.people o ON o.id = p.owner_id WHERE d.id = i.document_id) r ON true
LEFT JOIN remit.documents x ON x.id = i.against_document_id AND x.account_id IS NULL
WHERE {where} ORDER BY i.position LIMIT :limit
"""
# who sees the account by territory and admission: a seat on a deal team alone makes nobody its engineer
_ENGINEERS: Final = """
SELECT p.id, p.name FROM remit.people p JOIN remit.person_roles r ON r.person_id = p.id AND r.role = 'se' JOIN remit.access_groups g ON g.id = :access
WHERE p.active AND p.kind = 'person'
  AND (p.reach IN ('all', 'all_with_barriers') OR (p.reach = 'own' AND EXISTS (
      SELECT FROM remit.person_territories t WHERE t.person_id = p.id AND t.territory_id = g.territory_id)))
  AND (g.barrier_id IS NULL OR EXISTS (
      SELECT FROM remit.person_barriers b WHERE b.person_id = p.id AND b.barrier_id = g.barrier_id))
ORDER BY (p.reach <> 'own'), p.name, p.id
"""
# what an engineer could answer: of nobody yet, or theirs
_UNANSWERED: Final = """
SELECT count(*) AS lines, count(DISTINCT q.id) AS lists FROM remit.questionnaire_items i JOIN remit.questionnaires q ON q.id = i.questionnaire_id
WHERE q.state = 'open' AND i.state = 'gap' AND (i.assigned_to IS NULL OR i.assigned_to = :me)
"""
MOST_LINES: Final = 3_000
UNSOURCED: Final[dict[str, Any]] = {
    "answer_id": None, "fact_id": None, "document_id": None, "document_at": [], "document_place": "", "against_document_id": None,
    "against_at": [], "against_place": "",
}  # fmt: skip
"""The columns of a line whose words come from nothing approved."""


@dataclass(frozen=True, slots=True)
class Questionnaire:
    """A questionnaire as lists show it; `counts`: its lines by state."""

    id: UUID
    account_id: UUID
    access_id: int
    account: str
    opportunity_id: UUID | None
    deal: str
    title: str
    file_name: str
    form: str
    state: str
    due_on: date | None
    notes: Sequence[str]
    owner_id: UUID
    owner: str
    added_at: datetime
    looked_at: datetime | None
    approved_by: UUID | None
    approved_by_name: str
    approved_at: datetime | None
    approved_sha256: str
    has_file: bool
    sha256: str
    version: int
    counts: dict[str, int]

    @property
    def questions(self) -> int:
        """How many lines it has."""
        return sum(self.counts.values())

    @property
    def open(self) -> int:
        """How many lines wait for a person."""
        return sum(self.counts.get(state, 0) for state in rules.OPEN)


@dataclass(frozen=True, slots=True)
class Item:
    """One line. `question` is the buyer's own words: shown, never obeyed. The `source_…` fields tell of what it was taken from.

    `document_at`: first and last character of the words quoted from a paper of ours; `against_…`: a paper that says something else.
    """

    id: UUID
    questionnaire_id: UUID
    position: int
    sheet: str
    section: str
    number: str
    question: str
    kind: str
    options: Sequence[str]
    answer_at: str
    comment_at: str
    given: str
    state: str
    short: str
    answer: str
    answer_id: UUID | None
    fact_id: UUID | None
    score: float | None
    against: Sequence[UUID]
    why: str
    assigned_to: UUID | None
    assigned_name: str
    task_id: UUID | None
    decided_by: UUID | None
    decided_by_name: str
    decided_at: datetime | None
    version: int
    source_owner: str
    as_of_on: date | None
    review_by_on: date | None
    source_question: str
    source_name: str
    source_state: str
    document_id: UUID | None
    document_at: Sequence[int]
    document_place: str
    against_document_id: UUID | None
    against_at: Sequence[int]
    against_place: str
    against_title: str
    against_text: str


@dataclass(frozen=True, slots=True)
class Engineer:
    """A solutions engineer who sees an account."""

    id: UUID
    name: str


def list_questionnaires(
    scope: Scope, *, state: str | None = None, account_id: UUID | None = None, text: str | None = None,
    after: str | None = None, size: int = 50,
) -> paging.Page[Questionnaire]:  # fmt: skip
    """Questionnaires that the reader sees, the newest first."""
    key = paging.as_texts(after, 2) if after else (None, None)
    given = {
        "state": state,
        "account": account_id,
        "text": f"%{text}%" if text else None,
        "after_at": key[0],
        "after_id": key[1],
        "limit": size + 1,
    }
    with read(scope) as s:
        rows = [_one(row) for row in s.rows(_LIST, given)]
    more = (
        paging.encode((rows[size - 1].added_at.isoformat(), str(rows[size - 1].id)))
        if len(rows) > size
        else None
    )
    return paging.Page(tuple(rows[:size]), more)


def count_unanswered(scope: Scope) -> tuple[int, int]:
    """Lines without an answer that are nobody's or the reader's, and in how many open questionnaires."""
    with read(scope) as s:
        row = s.row(_UNANSWERED, {"me": scope.person_id})
    return (row.lines, row.lists) if row else (0, 0)


def get_questionnaire(scope: Scope, questionnaire_id: UUID) -> Questionnaire:
    """One questionnaire. Raises NotFound."""
    with read(scope) as s:
        return load_questionnaire(s, questionnaire_id)


def load_questionnaire(s: ReadSession, questionnaire_id: UUID) -> Questionnaire:
    """As get_questionnaire, inside a session."""
    row = s.row(_ONE, {"id": questionnaire_id})
    if row is None:
        raise NotFound("questionnaire")
    return _one(row)


def list_items(scope: Scope, questionnaire_id: UUID, *, state: str | None = None) -> list[Item]:
    """The lines of a questionnaire in their order; of one state where one is given."""
    with read(scope) as s:
        found = load_items(s, questionnaire_id)
    return [each for each in found if state is None or each.state == state]


def load_items(s: ReadSession, questionnaire_id: UUID) -> list[Item]:
    """As list_items, inside a session."""
    rows = s.rows(
        _ITEMS.format(where="i.questionnaire_id = :id"), {"id": questionnaire_id, "limit": MOST_LINES}
    )
    return [Item(**row._mapping) for row in rows]


def load_item(s: ReadSession, item_id: UUID) -> Item:
    """One line. Raises NotFound."""
    row = s.row(_ITEMS.format(where="i.id = :id"), {"id": item_id, "limit": 1})
    if row is None:
        raise NotFound("question")
    return Item(**row._mapping)


def get_item(scope: Scope, item_id: UUID) -> Item:
    """As load_item, in a session of its own."""
    with read(scope) as s:
        return load_item(s, item_id)


def hash_of(items: Sequence[Item]) -> str:
    """What an approval of these lines names."""
    return rules.content_hash((each.position, each.state, each.short, each.answer) for each in items)


def makers(found: Questionnaire, items: Sequence[Item]) -> tuple[UUID, ...]:
    """Who had a hand in it: whoever added it, and whoever decided on a line."""
    return tuple(sorted({found.owner_id} | {each.decided_by for each in items if each.decided_by}))


def load_file(s: ReadSession, questionnaire_id: UUID) -> bytes | None:
    """The file as it came; None for what was answered before Remit."""
    found = s.scalar("SELECT file FROM remit.questionnaires WHERE id = :id", {"id": questionnaire_id})
    return None if found is None else bytes(found)


def load_engineers(s: ReadSession, access_id: int) -> list[Engineer]:
    """Solutions engineers who see accounts of this group, those of the territory first."""
    return [Engineer(row.id, row.name) for row in s.rows(_ENGINEERS, {"access": access_id})]


def list_engineers(scope: Scope, access_id: int) -> list[Engineer]:
    """As load_engineers, in a session of its own."""
    with read(scope) as s:
        return load_engineers(s, access_id)


def _one(row: Row[Any]) -> Questionnaire:
    return Questionnaire(**row._mapping)
