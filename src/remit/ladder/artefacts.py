"""AI artefacts: the one definition of what was made with AI, by whom, and whether it was accepted.

A slice that keeps such things joins with one `artefact(Kind(...))`; the gates, the Team page and the commands count what
is registered here and nothing else. Accepted means sent, saved or cited: a text that was opened or thrown away is not use.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Row

from remit.db.sessions import ReadSession

COLUMNS: Final = (
    "id, person_id, account_id, title, motion, made_at, accepted_at, accepted_how, edited, minutes, sha256"
)
"""What the SELECT of every kind gives, under these names.

person_id: for whom it was made. motion: the work that it helps with ("" where none fits). accepted_at: NULL while it is not accepted; accepted_how: sent, saved or cited. edited: a
person changed it. minutes: minutes it saved, by its slice's own rule, NULL where none is known. sha256: hex, of its content.
"""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of artefact: what it is called, where one is opened (`href`, with {id} in it).

    `rows` is a SELECT without parameters that gives COLUMNS, under the reader's own row-level security.
    """

    name: str
    title: str
    href: str
    rows: str


@dataclass(frozen=True, slots=True)
class Artefact:
    """One artefact, as its slice keeps it."""

    kind: str
    id: UUID
    person_id: UUID
    account_id: UUID | None
    title: str
    motion: str
    made_at: datetime
    accepted_at: datetime | None
    accepted_how: str
    edited: bool
    minutes: float | None
    sha256: str

    @property
    def href(self) -> str:
        """Where a person opens it."""
        return _kinds[self.kind].href.format(id=self.id)


_kinds: dict[str, Kind] = {}


def artefact(kind: Kind) -> None:
    """Register a kind. Raises ValueError when another kind has its name."""
    if _kinds.get(kind.name, kind) != kind:
        raise ValueError(f"there is an artefact kind {kind.name} already")
    _kinds[kind.name] = kind


def kinds() -> Mapping[str, Kind]:
    """All registered kinds by name, in the order of their names."""
    return dict(sorted(_kinds.items()))


def with_artefacts(statement: str) -> str:
    """A constant statement that reads `artefacts` (kind, then COLUMNS, of all kinds), as SQL that can be run.

    It may go on with further WITH queries when it begins with a comma. Each part comes from a slice's own constant.
    """
    if not _kinds:
        raise RuntimeError("no kind of artefact is registered: import remit.wiring")
    parts = [
        f"SELECT '{name}' AS kind, {COLUMNS} FROM ({kind.rows}) {name}_rows" for name, kind in kinds().items()
    ]
    return f"WITH artefacts AS ({' UNION ALL '.join(parts)}) {statement}"


_BY_IDS: Final = "SELECT a.* FROM artefacts a WHERE a.id = ANY(:ids) ORDER BY a.accepted_at, a.id"


def load_artefacts(session: ReadSession, ids: Sequence[UUID]) -> list[Artefact]:
    """Those of `ids` that are artefacts and that the session sees, oldest accepted first."""
    rows = session.rows(with_artefacts(_BY_IDS), {"ids": list(ids)})
    return [of_row(row) for row in rows]


def of_row(row: Row[Any]) -> Artefact:
    """A row of `artefacts` as a value."""
    values = {name: getattr(row, name) for name in Artefact.__slots__}
    return Artefact(**{**values, "minutes": None if row.minutes is None else float(row.minutes)})
