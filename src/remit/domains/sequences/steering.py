"""What people do with running sequences: pause, resume, stop, leave a step out; for some runs or for all of a sequence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, ClassVar, Final
from uuid import UUID

from pydantic import Field, StringConstraints, model_validator
from sqlalchemy import Row

from remit.actions import (
    Action,
    Change,
    NotFound,
    Refused,
    Target,
    attributes_of,
    handler,
)
from remit.db.sessions import ReadSession, WriteSession
from remit.domains.sequences import moving, rules, standing
from remit.kit.text import counted

MOST_AT_ONCE: Final = 5000
"""Runs that one act names."""
MOST_OF_ALL: Final = 100_000
"""Runs of a sequence that are steered as “all” of it."""
Reason = Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=500)]
_ALL: Final = """
SELECT id FROM remit.enrolments WHERE template_id = :sequence AND state = ANY (CAST(:states AS text[])) ORDER BY id LIMIT :limit FOR UPDATE
"""
_ONE: Final = """
SELECT e.id, e.account_id, e.access_id, e.owner_id, a.segment, a.key_account, a.name AS account, btrim(c.first_name || ' ' || c.last_name) AS contact
FROM remit.enrolments e JOIN remit.accounts a ON a.id = e.account_id LEFT JOIN remit.contacts c ON c.id = e.contact_id WHERE e.id = :id
"""
# of all runs of a sequence, those in the states
_NAMED: Final = """
SELECT e.id, e.account_id, e.access_id, a.owner_id, a.segment, a.key_account, a.name AS account FROM remit.enrolments e JOIN remit.accounts a ON a.id = e.account_id
WHERE CASE WHEN CAST(:sequence AS uuid) IS NULL THEN e.id = ANY (CAST(:ids AS uuid[]))
      ELSE e.template_id = :sequence AND e.state = ANY (CAST(:states AS text[])) END ORDER BY a.name, a.id, e.id LIMIT :limit
"""
_RESUME: Final = """
UPDATE remit.enrolments SET state = 'active', code = '', why = '', resumed_at = :at, version = version + 1
WHERE id = ANY (CAST(:ids AS uuid[])) AND state = 'paused'
"""
_TRY_NOW: Final = "UPDATE remit.enrolment_steps SET try_at = :at, why = '' WHERE enrolment_id = ANY (CAST(:ids AS uuid[])) AND done_at IS NULL"
_WITHOUT: Final = frozenset({"rejected", "discarded"})
"""Pauses after which a run goes on without the e-mail that nobody wanted."""


MEANT: Final[Mapping[str, tuple[str, ...]]] = {
    "pause": ("active",), "resume": ("paused",), "stop": ("active", "paused"),
}  # fmt: skip
"""The states of the runs that each verb moves."""
VERBS: Final[Mapping[str, str]] = {
    "PauseEnrolments": "pause",
    "ResumeEnrolments": "resume",
    "StopEnrolments": "stop",
}


class Steered(Action):
    """Runs by their ids, or all of one sequence that the actor sees."""

    enrolment_ids: tuple[UUID, ...] = Field((), max_length=MOST_AT_ONCE)
    sequence_id: UUID | None = None
    expected_count: int | None = Field(None, ge=1, le=MOST_OF_ALL)
    """Of all runs of a sequence: how many whoever asked was told that these are; another number is refused."""

    @model_validator(mode="after")
    def _one_of_both(self) -> Steered:
        if bool(self.enrolment_ids) == (self.sequence_id is not None):
            raise ValueError("name runs, or the sequence whose runs are all meant")
        return self


class PauseEnrolments(Steered):
    """Nothing more happens in these runs until somebody resumes them."""

    event: ClassVar[str] = "sequence:pause"
    reason: Reason


class ResumeEnrolments(Steered):
    """Paused runs go on, where what paused them is over. `reason`: how one knows it; asked for where a restore paused them."""

    event: ClassVar[str] = "sequence:resume"
    reason: str = Field("", max_length=500)


class StopEnrolments(Steered):
    """End these runs for good."""

    event: ClassVar[str] = "sequence:stop"
    reason: Reason


class SkipStep(Action):
    """Go on without the step that a run is at."""

    event: ClassVar[str] = "sequence:step:skip"
    enrolment_id: UUID
    expected_version: int
    reason: Reason


def _runs(s: ReadSession, action: Steered) -> Target:
    """The run, or the account whose runs they are: what may be done is asked of each account by itself."""
    rows = named(s, action)
    accounts = {row.account_id for row in rows}
    if len(accounts) > 1:
        raise Refused(
            "One act is about runs at one account: what may be done is asked of each account. `steer_each` makes an act for each.",
            code="several_accounts",
        )
    if not rows:
        if action.sequence_id is None:
            raise NotFound("enrolment")
        return Target("enrolment", title="runs of a sequence")
    if len(rows) == 1:
        return _target(s, rows[0].id)
    row = rows[0]
    return Target(
        "account", row.account_id, row.account_id, row.access_id, row.segment, "email",
        title=f"{len(rows)} runs of sequences, {row.account}", attributes=attributes_of(row.owner_id, row.key_account, row.segment),
    )  # fmt: skip


def named(s: ReadSession, action: Steered) -> Sequence[Row[Any]]:
    """The runs that an action names, with their accounts; of a whole sequence those that the verb moves."""
    states = list(MEANT[VERBS[action.kind()]])
    given = {
        "ids": list(action.enrolment_ids),
        "sequence": action.sequence_id,
        "states": states,
        "limit": MOST_OF_ALL,
    }
    return s.rows(_NAMED, given)


def _target(s: ReadSession, enrolment_id: UUID) -> Target:
    row = s.row(_ONE, {"id": enrolment_id})
    if row is None:
        raise NotFound("enrolment")
    return Target(
        "enrolment", row.id, row.account_id, row.access_id, row.segment, "email", title=f"Sequence of {row.contact}, {row.account}",
        attributes=attributes_of(row.owner_id, row.key_account, row.segment),
    )  # fmt: skip


def _meant(tx: WriteSession, action: Steered, states: Sequence[str]) -> Sequence[Row[Any]]:
    """The runs meant that are in one of these states, as they stand. Raises Refused when there is none."""
    ids: Sequence[UUID] = action.enrolment_ids
    if action.sequence_id is not None:
        given = {"sequence": action.sequence_id, "states": list(states), "limit": MOST_OF_ALL}
        ids = [row.id for row in tx.rows(_ALL, given)]
    if action.expected_count is not None and len(ids) != action.expected_count:
        raise changed(len(ids), action.expected_count)
    return _in(tx, ids, states)


def _in(tx: WriteSession, ids: Sequence[UUID], states: Sequence[str]) -> Sequence[Row[Any]]:
    found = [row for row in standing.load(tx, ids) if row.state in states]
    if not found:
        raise Refused(
            f"None of these runs is {' or '.join(rules.STATES[one] for one in states)}.",
            code="nothing_to_change",
        )
    return found


def _told(found: Sequence[Row[Any]], state: str, **more: Any) -> Change:
    one = found[0].id if len(found) == 1 else None
    after = {"state": state, "runs": [str(row.id) for row in found], **more}
    return Change("enrolment", one, after=after, result={"state": state, "count": len(found), **more})


@handler(PauseEnrolments, target=_runs, apart=lambda action: action.enrolment_ids, in_step=True)
def pause_enrolments(tx: WriteSession, action: PauseEnrolments, _target: Target) -> Change:
    """What waits for approval is taken back; it is asked for again on resuming."""
    found = _meant(tx, action, MEANT["pause"])
    moving.hold(tx, [(row.id, "by_hand", f"{tx.scope.actor.name}: {action.reason}") for row in found])
    return _told(found, "paused")


@handler(StopEnrolments, target=_runs, apart=lambda action: action.enrolment_ids, in_step=True)
def stop_enrolments(tx: WriteSession, action: StopEnrolments, _target: Target) -> Change:
    """Nothing that waits is sent; open drafts are put away."""
    found = _meant(tx, action, MEANT["stop"])
    moving.stop(tx, [(row.id, "by_hand", f"{tx.scope.actor.name}: {action.reason}") for row in found])
    return _told(found, "stopped")


@handler(ResumeEnrolments, target=_runs, apart=lambda action: action.enrolment_ids, in_step=True)
def resume_enrolments(tx: WriteSession, action: ResumeEnrolments, _target: Target) -> Change:
    """Each goes on where it was; one that something still holds up stays as it is, with why."""
    found = _meant(tx, action, MEANT["resume"])
    held = {row.id: why for row in found if (why := rules.look(row).why or _unseen(row, action.reason))}
    going = [row for row in found if row.id not in held]
    if not going:
        raise Refused(f"It cannot go on: {next(iter(held.values()))}.", code="still_held")
    tx.execute(_RESUME, {"ids": [row.id for row in going], "at": tx.now})
    tx.execute(_TRY_NOW, {"ids": [row.id for row in going if row.code not in _WITHOUT], "at": tx.now})
    for row in going:
        if row.code in _WITHOUT:
            moving.leave_out(tx, row, "resumed without it")
    return _told(
        going, "active", reason=action.reason.strip(), held={str(each): why for each, why in held.items()}
    )


def _unseen(row: Row[Any], reason: str) -> str:
    """Why a run that a restore paused does not go on: nobody said that they looked."""
    if row.code != "restored" or reason.strip():
        return ""
    return "a restore paused it, and its next step may have been taken since the backup: look, then resume it with how you know"


@handler(SkipStep, target=lambda s, action: _target(s, action.enrolment_id))
def skip_step(tx: WriteSession, action: SkipStep, _target: Target) -> Change:
    """The step is closed as left out, its draft put away; the next one counts its days from now."""
    [row] = _in(tx, [action.enrolment_id], ("active", "paused"))
    if row.version != action.expected_version:
        raise Refused("This run has moved since you looked; look again.", code="version_conflict")
    if row.state == "paused":
        if (stands := rules.look(row)).what:
            raise Refused(f"It cannot go on: {stands.why}.", code="still_held")
        tx.execute(_RESUME, {"ids": [row.id], "at": tx.now})
    moving.leave_out(tx, row, f"{tx.scope.actor.name}: {action.reason}")
    return Change(
        "enrolment",
        row.id,
        {"step": row.step},
        {"left_out": row.step, "reason": action.reason},
        result={"left_out": row.step},
    )


def changed(found: int, expected: int) -> Refused:
    """Why nothing is done: there are more, or fewer, than whoever asked was told."""
    return Refused(
        f"It would be {counted(found, 'run')} by now, and not the {expected} that you were shown: look again.",
        code="count_changed",
    )
