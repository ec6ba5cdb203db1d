"""What every act on a proposal shares: what it acts on, and how long somebody worked."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar, Final
from uuid import UUID

from pydantic import Field

from remit.actions import Action, Target, attributes_of
from remit.db.sessions import ReadSession, WriteSession
from remit.domains.proposals import queries, rules
from remit.kit.ids import new_id

_WORK: Final = """
INSERT INTO remit.proposal_work (id, proposal_id, account_id, access_id, person_id, doing, began_at, ended_at, elsewhere_minutes)
VALUES (:id, :proposal, :account, :access, :person, :doing, :began_at, :ended_at, :elsewhere)
"""


class Timed(Action):
    """An act on a proposal whose working time is kept: `opened_at` is when its page or command was opened."""

    one_request: ClassVar[bool] = True
    incidental: ClassVar[frozenset[str]] = frozenset({"opened_at"})
    opened_at: datetime | None = None
    elsewhere_minutes: float = Field(0, ge=0, le=600, allow_inf_nan=False)


def proposal_target(session: ReadSession, proposal_id: UUID, **context: Any) -> Target:
    """The target of an act on a proposal; its subjects are the makers of what is open. Raises NotFound."""
    found = queries.load_proposal(session, proposal_id)
    makers = queries.load_makers(session, found)
    return Target(
        "proposal", found.id, found.account_id, found.access_id, found.segment, version=found.version,
        title=f"{found.reference} {found.title}", attributes=attributes_of(found.author_id, found.key_account, found.segment),
        context=context | {"own_work": session.scope.person_id in makers}, subjects=makers,
    )  # fmt: skip


def note_work(tx: WriteSession, proposal_id: UUID, target: Target, action: Timed, doing: str) -> None:
    """Keep from when to when somebody worked on it."""
    worked = rules.stretch(tx.scope.person_id, action.opened_at, tx.now, action.elsewhere_minutes)
    tx.execute(
        _WORK,
        {
            "id": new_id(), "proposal": proposal_id, "account": target.account_id, "access": target.access_id,
            "person": worked.person_id, "doing": doing, "began_at": worked.began_at, "ended_at": worked.ended_at,
            "elsewhere": worked.elsewhere_minutes,
        },
    )  # fmt: skip
