"""Reads about approved answers: the list, one with those before it, and what may answer a question today."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from remit.actions import NotFound
from remit.db.sessions import ReadSession, read
from remit.kit import paging
from remit.scope import Scope

_COLUMNS: Final = """n.id, n.question, n.short, n.answer, n.product, n.source_name, n.questionnaire_id, coalesce(q.title, '') AS questionnaire,
    n.place, n.owner_id, o.name AS owner, n.as_of_on, n.review_by_on, n.state, n.made_by, m.name AS made_by_name, n.made_at, n.approved_by,
    coalesce(b.name, '') AS approved_by_name, n.approved_at, n.replaces_id, n.why, n.version,
    (SELECT count(*) FROM remit.questionnaire_items i WHERE i.answer_id = n.id AND i.state = 'accepted') AS used_count"""
# the questionnaire is joined under the reader's own view: its title tells nobody else who asked
_FROM: Final = """FROM remit.answers n JOIN remit.people o ON o.id = n.owner_id JOIN remit.people m ON m.id = n.made_by
    LEFT JOIN remit.people b ON b.id = n.approved_by LEFT JOIN remit.questionnaires q ON q.id = n.questionnaire_id"""
_LIST: Final = f"""
SELECT {_COLUMNS} {_FROM}
WHERE (CAST(:state AS text) IS NULL OR n.state = :state OR (:state = 'stale' AND n.state = 'live' AND n.review_by_on < :today))
  AND (CAST(:product AS text) IS NULL OR n.product = :product)
  AND (CAST(:text AS text) IS NULL OR n.question ILIKE :text OR n.answer ILIKE :text)
  AND (CAST(:after_question AS text) IS NULL OR (n.question, n.id) > (:after_question, CAST(:after_id AS uuid)))
ORDER BY n.question, n.id LIMIT :limit
"""
_ONE: Final = f"SELECT {_COLUMNS} {_FROM} WHERE n.id = :id"
# how often each was used is counted for lists alone: a lookup reads thousands
_BARE: Final = _COLUMNS[: _COLUMNS.index("(SELECT count")] + "0 AS used_count"
_LIVE: Final = f"SELECT {_BARE} {_FROM} WHERE n.state = 'live' ORDER BY n.review_by_on DESC, n.id LIMIT 20000"
_BY_IDS: Final = f"SELECT {_COLUMNS} {_FROM} WHERE n.id = ANY (:ids) ORDER BY n.question, n.id"
_COUNTS: Final = """
SELECT count(*) FILTER (WHERE state = 'live') AS live, count(*) FILTER (WHERE state = 'draft') AS draft,
       count(*) FILTER (WHERE state = 'live' AND review_by_on < :today) AS stale FROM remit.answers
"""


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer of the library. `questionnaire`: the title of where it came from, "" where the reader does not see that."""

    id: UUID
    question: str
    short: str
    answer: str
    product: str
    source_name: str
    questionnaire_id: UUID | None
    questionnaire: str
    place: str
    owner_id: UUID
    owner: str
    as_of_on: date
    review_by_on: date
    state: str
    made_by: UUID
    made_by_name: str
    made_at: datetime
    approved_by: UUID | None
    approved_by_name: str
    approved_at: datetime | None
    replaces_id: UUID | None
    why: str
    version: int
    used_count: int

    def stale_on(self, day: date) -> bool:
        """Whether its review date has passed."""
        return self.review_by_on < day


def list_answers(
    scope: Scope, today: date, *, state: str | None = None, product: str | None = None, text: str | None = None,
    after: str | None = None, size: int = 50,
) -> paging.Page[Answer]:  # fmt: skip
    """Answers by question; state `stale` is those approved whose review date has passed."""
    key = paging.as_texts(after, 2) if after else (None, None)
    given = {
        "state": state, "today": today, "product": product, "text": f"%{text}%" if text else None,
        "after_question": key[0], "after_id": key[1], "limit": size + 1,
    }  # fmt: skip
    with read(scope) as s:
        rows = [Answer(**row._mapping) for row in s.rows(_LIST, given)]
    more = paging.encode((rows[size - 1].question, str(rows[size - 1].id))) if len(rows) > size else None
    return paging.Page(tuple(rows[:size]), more)


def count_answers(scope: Scope, today: date) -> dict[str, int]:
    """How many are approved, wait for approval, and are out of date."""
    with read(scope) as s:
        row = s.row(_COUNTS, {"today": today})
    return dict(row._mapping) if row else {}


def get_answer(scope: Scope, answer_id: UUID) -> Answer:
    """One answer. Raises NotFound."""
    with read(scope) as s:
        return load_answer(s, answer_id)


def load_answer(s: ReadSession, answer_id: UUID) -> Answer:
    """As get_answer, inside a session."""
    row = s.row(_ONE, {"id": answer_id})
    if row is None:
        raise NotFound("answer")
    return Answer(**row._mapping)


def load_live(s: ReadSession) -> list[Answer]:
    """All approved answers, those that hold longest first."""
    return [Answer(**row._mapping) for row in s.rows(_LIVE)]


def load_by_ids(s: ReadSession, ids: Sequence[UUID]) -> list[Answer]:
    """These answers, in whatever state they are now."""
    return [Answer(**row._mapping) for row in s.rows(_BY_IDS, {"ids": list(ids)})] if ids else []


def list_by_ids(scope: Scope, ids: Sequence[UUID]) -> list[Answer]:
    """As load_by_ids, in a session of its own."""
    with read(scope) as s:
        return load_by_ids(s, ids)
