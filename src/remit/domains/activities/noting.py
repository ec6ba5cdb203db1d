"""Notes and tasks on an account that another slice leaves while it acts: a brief that was kept, a call that a sequence asks for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from remit.actions import Target
from remit.db.sessions import WriteSession
from remit.kit.ids import new_id

_INSERT: Final = """
INSERT INTO remit.activities (id, at, account_id, access_id, kind, subject, body, opportunity_id, owner_id, outcome, done_at)
VALUES (:id, :now, :account, :access, 'note', :subject, :body, :deal, :owner, :outcome, :now)
"""

_TASK: Final = """
INSERT INTO remit.activities (id, at, account_id, access_id, kind, subject, body, contact_id, owner_id, due_at)
VALUES (:id, :now, :account, :access, 'task', :subject, :body, :contact, :owner, :due)
"""


@dataclass(frozen=True, slots=True)
class Task:
    """Something for a person to do about a contact by `due_at`."""

    account_id: UUID
    access_id: int
    contact_id: UUID
    owner_id: UUID
    subject: str
    body: str
    due_at: datetime


def add_note(
    tx: WriteSession, target: Target, subject: str, body: str, *, outcome: str, opportunity_id: UUID | None = None
) -> UUID:  # fmt: skip
    """Write the note inside the action under way; gives its id. `outcome` is one word for what it is."""
    note_id = new_id()
    tx.execute(
        _INSERT,
        {
            "id": note_id, "now": tx.now, "account": target.account_id, "access": target.access_id, "subject": subject, "body": body,
            "deal": opportunity_id, "owner": tx.scope.person_id, "outcome": outcome,
        },
    )  # fmt: skip
    return note_id


def add_tasks(tx: WriteSession, tasks: Sequence[Task]) -> list[UUID]:
    """Write tasks inside the action under way; gives their ids in order."""
    ids = [new_id() for _ in tasks]
    rows = [
        {
            "id": task_id, "now": tx.now, "account": one.account_id, "access": one.access_id, "subject": one.subject, "body": one.body,
            "contact": one.contact_id, "owner": one.owner_id, "due": one.due_at,
        }
        for task_id, one in zip(ids, tasks, strict=True)
    ]  # fmt: skip
    if rows:
        tx.execute(_TASK, rows)
    return ids
