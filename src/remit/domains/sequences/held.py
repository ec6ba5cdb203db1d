"""Runs of one's own that are held because the sequence, or a text of it, is out of use: a person has to do something."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from remit.db.sessions import read
from remit.scope import Scope

_HELD: Final = """
SELECT v.id AS version_id, v.title, e.code, count(*) AS runs FROM remit.enrolments e JOIN remit.template_versions v ON v.id = e.version_id
WHERE e.owner_id = :me AND e.state = 'paused' AND e.code IN ('plan_out_of_use', 'template_not_live') GROUP BY 1, 2, 3 ORDER BY v.title, v.id, e.code LIMIT 20
"""


@dataclass(frozen=True, slots=True)
class Held:
    """How many runs of the asker's own one version holds; `code`: plan_out_of_use (the whole), template_not_live (a step's text)."""

    version_id: UUID
    title: str
    code: str
    runs: int


def list_held(scope: Scope) -> list[Held]:
    """The asker's own held runs, by sequence and what holds them."""
    with read(scope) as s:
        return [Held(**row._mapping) for row in s.rows(_HELD, {"me": scope.person_id})]
