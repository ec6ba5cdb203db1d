"""Remediation of findings: a task with a day and an owner, done by them, verified by somebody else."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Any, ClassVar, Final
from uuid import UUID

from pydantic import Field, StringConstraints

from remit.actions import Action, Change, Check, NotFound, Refused, Target, handler
from remit.actions.rows import change_row
from remit.db.sessions import ReadSession, WriteSession
from remit.domains.activities.actions import SEES
from remit.kit import clock
from remit.kit.ids import new_id

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=500)]
_FINDING: Final = """
SELECT f.id, f.account_id, f.access_id, a.name AS account, EXISTS (SELECT FROM remit.seeded_drafts z WHERE z.item_id = f.item_id) AS seeded
FROM remit.findings f JOIN remit.accounts a ON a.id = f.account_id WHERE f.id = :id
"""
_REMEDY: Final = """
SELECT r.id, r.account_id, r.access_id, r.task, r.owner_id, r.state, r.done_by, r.version, p.name AS owner
FROM remit.remediations r JOIN remit.people p ON p.id = r.owner_id WHERE r.id = :id
"""
_INSERT: Final = """
INSERT INTO remit.remediations (id, finding_id, account_id, access_id, task, owner_id, due_on, set_by, set_at, updated_at)
VALUES (:id, :finding, :account, :access, :task, :owner, :due, :by, :at, :at)
"""


class OpenRemediation(Action):
    """What is to be done about a finding, by whom, by when."""

    event: ClassVar[str] = "supervision:remediation:open"
    finding_id: UUID
    owner_id: UUID
    task: Text
    due_on: date


class CompleteRemediation(Action):
    """Whoever it was given to says that it is done, and how."""

    event: ClassVar[str] = "supervision:remediation:complete"
    remediation_id: UUID
    expected_version: int
    note: Text


class VerifyRemediation(Action):
    """Somebody else has looked: it is done, or it goes back."""

    event: ClassVar[str] = "supervision:remediation:verify"
    remediation_id: UUID
    expected_version: int
    accepted: bool
    note: str = Field("", max_length=500)


def _finding(s: ReadSession, action: OpenRemediation) -> Target:
    row = s.row(_FINDING, {"id": action.finding_id})
    if row is None:
        raise NotFound("finding")
    if row.seeded:
        raise Refused(
            "This was found in a seeded draft, which never went out: nothing is to be mended.", code="seeded"
        )
    return Target("finding", row.id, row.account_id, row.access_id, title=f"Remediation at {row.account}")


def _fits(s: ReadSession, action: OpenRemediation, target: Target) -> Sequence[Check]:
    """Its owner can see what it is about, and the day is still to come."""
    sees = s.scalar(SEES, {"owner": action.owner_id, "access": target.access_id})
    return [
        Check.that(
            "remediation-owner", bool(sees), "Whoever is to do this is not active or does not see the account; name somebody who does.",
            "Its owner sees the account.",
        ),
        Check.that("remediation-due", action.due_on >= clock.today(), f"{action.due_on} has passed; name a day to come.", f"Due on {action.due_on}."),
    ]  # fmt: skip


@handler(OpenRemediation, target=_finding, checks=[_fits])
def open_remediation(tx: WriteSession, action: OpenRemediation, target: Target) -> Change:
    """Open from here on."""
    remedy_id = new_id()
    tx.execute(
        _INSERT,
        {
            "id": remedy_id, "finding": action.finding_id, "account": target.account_id, "access": target.access_id, "task": action.task,
            "owner": action.owner_id, "due": action.due_on, "by": tx.maker_id, "at": tx.now,
        },
    )  # fmt: skip
    after = {"task": action.task, "owner_id": str(action.owner_id), "due_on": str(action.due_on)}
    return Change("remediation", remedy_id, {}, after, result={"remediation_id": str(remedy_id)})


def _remedy(s: ReadSession, action: CompleteRemediation | VerifyRemediation) -> Target:
    row = _row(s, action.remediation_id)
    return Target(
        "remediation", row.id, row.account_id, row.access_id, version=row.version, title=f"Remediation: {row.task}",
        attributes={"owner": str(row.owner_id), "key_account": False},
    )  # fmt: skip


def _row(s: ReadSession, remedy_id: UUID) -> Any:
    row = s.row(_REMEDY, {"id": remedy_id})
    if row is None:
        raise NotFound("remediation")
    return row


@handler(CompleteRemediation, target=_remedy)
def complete_remediation(tx: WriteSession, action: CompleteRemediation, _target: Target) -> Change:
    """Done from here on, until somebody else has looked."""
    _in_state(_row(tx, action.remediation_id), "open")
    values = {"state": "done", "done_by": tx.maker_id, "done_at": tx.now, "done_note": action.note}
    before = change_row(tx, "remediations", action.remediation_id, action.expected_version, values, what="remediation")  # fmt: skip
    return Change("remediation", action.remediation_id, {"state": before["state"]}, {"state": "done", "note": action.note})  # fmt: skip


@handler(VerifyRemediation, target=_remedy)
def verify_remediation(tx: WriteSession, action: VerifyRemediation, _target: Target) -> Change:
    """Verified, or open again with the reason."""
    row = _row(tx, action.remediation_id)
    _in_state(row, "done")
    if row.done_by == tx.maker_id:
        raise Refused("You did it; somebody else verifies it.", code="own_remediation")
    if not action.accepted and len(action.note.strip()) < 3:
        raise Refused("Say what is missing.", code="reason_missing")
    values: dict[str, Any] = {"state": "open", "verified_note": action.note.strip()}
    if action.accepted:
        values |= {"state": "verified", "verified_by": tx.maker_id, "verified_at": tx.now}
    change_row(tx, "remediations", action.remediation_id, action.expected_version, values, what="remediation")
    return Change("remediation", action.remediation_id, {"state": "done"}, {"state": values["state"], "note": action.note.strip()})  # fmt: skip


def _in_state(row: Any, state: str) -> None:
    if row.state != state:
        raise Refused(f"This is {row.state}; it can be done with one that is {state}.", code="remediation_state")  # fmt: skip
