"""Verbs on activities."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated, ClassVar, Final, Literal
from uuid import UUID

from pydantic import AfterValidator, AwareDatetime, Field, StringConstraints

from remit.actions import Action, Change, NotFound, Refused, Target, handler
from remit.db.sessions import ReadSession, WriteSession
from remit.domains.accounts.targets import account_target, check_of_account
from remit.kit.ids import new_id

_INSERT = """
INSERT INTO remit.activities (id, at, account_id, access_id, kind, direction, subject, body, contact_id, opportunity_id,
    owner_id, minutes_count, due_at, done_at)
VALUES (:id, :at, :account_id, :access_id, :activity_kind, :direction, :subject, :body, :contact_id, :opportunity_id,
    :owner_id, :minutes_count, :due_at, :done_at)
"""


# reach by territory and admission; a seat in a deal team alone does not make somebody answerable for tasks of the account
SEES = """
SELECT true FROM remit.people p JOIN remit.access_groups g ON g.id = :access
WHERE p.id = :owner AND p.active AND p.kind = 'person'
  AND (p.reach IN ('all', 'all_with_barriers') OR (p.reach = 'own' AND EXISTS (
      SELECT FROM remit.person_territories t WHERE t.person_id = p.id AND t.territory_id = g.territory_id)))
  AND (g.barrier_id IS NULL OR p.reach = 'all_with_barriers' OR EXISTS (
      SELECT FROM remit.person_barriers b WHERE b.person_id = p.id AND b.barrier_id = g.barrier_id))
"""
"""Whether the person :owner is active and reaches the access group :access."""


def _on_a_calendar(at: datetime) -> datetime:
    if not 1900 <= at.year <= 2200:
        raise ValueError("a time is of the years 1900 to 2200")
    return at


PAST_DAYS: Final = 366
"""How far back somebody may say that what they note lies; older talks come by an import."""
Instant = Annotated[AwareDatetime, AfterValidator(_on_a_calendar)]
"""A time that a page can show in every zone: near either end of what a calendar counts, a page with it fails."""


class LogActivity(Action):
    """Note a call, a meeting, an e-mail sent elsewhere, a note, or a task to be done by `due_at`."""

    event: ClassVar[str] = "activity:log"
    account_id: UUID
    activity_kind: Literal["email", "call", "meeting", "task", "note"]
    subject: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]
    body: Annotated[str, StringConstraints(max_length=100_000)] = ""
    direction: Literal["in", "out"] | None = None
    contact_id: UUID | None = None
    opportunity_id: UUID | None = None
    at: Instant | None = None
    minutes_count: int | None = Field(None, ge=0, le=24 * 60)
    due_at: Instant | None = None
    owner_id: UUID | None = None
    """Whose task it is; None: whoever notes it. A task with direction "in" is what the other side owes us, for its owner to chase."""


class CompleteTask(Action):
    """Tick a task off."""

    event: ClassVar[str] = "activity:task:complete"
    activity_id: UUID


def _account(session: ReadSession, action: LogActivity) -> Target:
    return account_target(session, action.account_id, title=action.subject)


def _task(session: ReadSession, action: CompleteTask) -> Target:
    row = session.row(
        "SELECT account_id, access_id, subject FROM remit.activities WHERE id = :id AND kind = 'task'",
        {"id": action.activity_id},
    )
    if row is None:
        raise NotFound("task")
    if row.account_id is None:
        return Target("activity", action.activity_id, None, row.access_id, title=row.subject)
    return account_target(session, row.account_id, title=row.subject)


@handler(LogActivity, target=_account)
def log_activity(tx: WriteSession, action: LogActivity, target: Target) -> Change:
    """Write the activity. A task is open until it is ticked off; everything else has happened."""
    if action.activity_kind == "task" and action.due_at is None:
        raise Refused("A task needs a date by which it is due.", code="due_missing")
    if action.at is not None and action.at < tx.now - timedelta(days=PAST_DAYS):
        raise Refused(
            f"What is noted by hand lies {PAST_DAYS} days back at most. Give a later day, or bring older talks by an import.",
            code="too_long_ago",
        )
    owner = action.owner_id or tx.scope.person_id
    if owner != tx.scope.person_id and not tx.scalar(SEES, {"owner": owner, "access": target.access_id}):
        raise Refused("Whoever is to do this does not see the account; take it yourself.", code="owner_unfit")
    activity_id, at = new_id(), action.at or tx.now
    values = {**action.model_dump(), "at": at, "access_id": target.access_id, "owner_id": owner}
    done_at: datetime | None = None if action.activity_kind == "task" else at
    check_of_account(
        tx, action.account_id, contact_id=action.contact_id, opportunity_id=action.opportunity_id
    )
    tx.execute(_INSERT, {**values, "id": activity_id, "done_at": done_at})
    after = {"kind": action.activity_kind, "subject": action.subject, "at": at}
    return Change("activity", activity_id, after=after, result={"activity_id": str(activity_id)})


@handler(CompleteTask, target=_task)
def complete_task(tx: WriteSession, action: CompleteTask, target: Target) -> Change:
    """Set the moment it was done; doing it twice is refused."""
    done = tx.execute(
        "UPDATE remit.activities SET done_at = :now, version = version + 1, updated_at = :now"
        " WHERE id = :id AND kind = 'task' AND done_at IS NULL",
        {"now": tx.now, "id": action.activity_id},
    )
    if done.rowcount == 0:
        raise Refused("This task is done already.", code="task_done")
    return Change("activity", action.activity_id, {"done_at": None}, {"done_at": tx.now})
