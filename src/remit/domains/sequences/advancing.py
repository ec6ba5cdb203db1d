"""The workers' two verbs: SweepEnrolments ends what has to end, AdvanceEnrolments takes what is due. Batches of rows, each one transaction.

Both lock the rows that they move and pass over those that somebody else has locked; a step is a row whose key is
(enrolment, step). A process that dies leaves a whole batch done or nothing of it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, ClassVar, Final
from uuid import UUID

from pydantic import Field
from sqlalchemy import Row

from remit.actions import Action, Change, Performed, Refused, Target, handler, perform
from remit.db.sessions import ReadSession, WriteSession, read
from remit.domains.activities.noting import Task, add_tasks
from remit.domains.library.steps import Step, following, place_of
from remit.domains.sequences import moving, rules, standing
from remit.kit import clock
from remit.kit.ids import new_id
from remit.scope import Scope

BATCH: Final = 500
TASK_HOURS: Final = 24
"""Hours that a person has for a call or another task."""
_RUNNING: Final = """
SELECT id FROM remit.enrolments WHERE state IN ('active', 'paused') AND (CAST(:after AS uuid) IS NULL OR id > CAST(:after AS uuid))
ORDER BY id LIMIT :limit
"""
_LOCK: Final = """
SELECT id FROM remit.enrolments WHERE state IN ('active', 'paused') AND id = ANY (CAST(:ids AS uuid[])) ORDER BY id FOR UPDATE SKIP LOCKED
"""
_DUE: Final = """
SELECT id FROM remit.enrolments WHERE state = 'active' AND due_at <= :now ORDER BY due_at, id LIMIT :limit FOR UPDATE SKIP LOCKED
"""
# an e-mail of which something came: it was sent, or a person does not want it, or nobody decided in time
_SETTLED_FROM: Final = """
FROM remit.enrolments e JOIN remit.enrolment_steps s ON s.enrolment_id = e.id AND s.step = e.step AND s.done_at IS NULL
JOIN remit.drafts d ON d.enrolment_step_id = s.id
LEFT JOIN LATERAL (SELECT state, decision_reason, decided_at FROM remit.suggestions WHERE object_type = 'draft' AND object_id = d.id
    ORDER BY proposed_at DESC LIMIT 1) g ON true
WHERE e.state = 'active' AND e.due_at IS NULL AND (d.state IN ('sent', 'discarded')
    OR (g.state IN ('rejected', 'expired') AND g.decided_at >= coalesce(e.resumed_at, '-infinity')))
"""
_SETTLED: Final = f"""
SELECT e.id, s.step, s.id AS step_id, d.state AS draft_state, d.updated_at AS sent_at, g.state AS asked_state, g.decision_reason
{_SETTLED_FROM} ORDER BY e.id LIMIT :limit FOR UPDATE OF e SKIP LOCKED
"""
_ANY_DUE: Final = f"""
SELECT EXISTS (SELECT FROM remit.enrolments WHERE state = 'active' AND due_at <= :now) OR EXISTS (SELECT {_SETTLED_FROM})
"""
_TAKE: Final = """
INSERT INTO remit.enrolment_steps (id, enrolment_id, step, account_id, access_id, kind, taken_at, try_at, activity_id, done_at, outcome)
VALUES (:id, :enrolment, :step, :account, :access, :kind, :at, :try_at, :activity, :done, :outcome) ON CONFLICT (enrolment_id, step) DO NOTHING
"""
_WAITS: Final = "UPDATE remit.enrolments SET step = :step, due_at = NULL, version = version + 1 WHERE id = :id AND state = 'active'"
_DONE: Final = (
    "UPDATE remit.enrolment_steps SET done_at = :at, outcome = :outcome WHERE id = :id AND done_at IS NULL"
)
_WANTED: Final = "SELECT EXISTS (SELECT FROM remit.enrolments WHERE state IN ('active', 'paused'))"


class SweepEnrolments(Action):
    """Stop, pause or branch these runs, for which something seems to have come back or changed."""

    event: ClassVar[str] = "sequence:sweep"
    enrolment_ids: tuple[UUID, ...] = Field(min_length=1, max_length=5000)


class AdvanceEnrolments(Action):
    """Take the steps that are due, and go on where an e-mail was sent; BATCH at a time."""

    event: ClassVar[str] = "sequence:advance"
    limit: int = Field(BATCH, ge=1, le=5000)


def is_wanted(scope: Scope) -> bool:
    """Whether anybody is in a sequence."""
    with read(scope) as s:
        return bool(s.scalar(_WANTED))


def _runs(_session: ReadSession, _action: SweepEnrolments | AdvanceEnrolments) -> Target:
    return Target("enrolment", title="sequences")


@handler(SweepEnrolments, target=_runs, as_system=True)
def sweep_enrolments(tx: WriteSession, action: SweepEnrolments, _target: Target) -> Change:
    """Look at each again, now that nobody else moves it, and do what its records say."""
    ids = [row.id for row in tx.rows(_LOCK, {"ids": list(action.enrolment_ids)})]
    told, done = {}, Counter[str]()
    for row in standing.load(tx, ids):
        found = rules.look(row)
        if found.what and (what := moving.follow(tx, row, found)):
            told[str(row.id)] = f"{what}: {found.code}"
            done[what] += 1
    return Change("enrolment", None, after={"runs": told}, result=dict(done))


@handler(AdvanceEnrolments, target=_runs, as_system=True)
def advance_enrolments(tx: WriteSession, action: AdvanceEnrolments, _target: Target) -> Change:
    """Settle what was sent or refused, then take what is due. `result.taken` 0: nothing is left for now."""
    done = Counter[str]()
    settled = tx.rows(_SETTLED, {"limit": action.limit})
    _settle(tx, settled, done)
    ids = [row.id for row in tx.rows(_DUE, {"now": tx.now, "limit": action.limit})]
    due = []
    for row in standing.load(tx, ids):
        found = rules.look(row)
        if found.what:
            done[moving.follow(tx, row, found)] += 1
        else:
            due.append(row)
    _take(tx, due, done)
    moved = {"settled": [str(row.id) for row in settled], "due": [str(each) for each in ids]}
    return Change("enrolment", None, after=moved, result={"taken": len(ids) + len(settled), **done})


def _settle(tx: WriteSession, settled: Sequence[Row[Any]], done: Counter[str]) -> None:
    rows = {row.id: row for row in standing.load(tx, [one.id for one in settled])}
    for one in settled:
        if one.draft_state == "sent":
            tx.execute(_DONE, {"id": one.step_id, "at": tx.now, "outcome": "sent"})
            done.update(moving.go_on(tx, [(rows[one.id], one.step, one.sent_at)]))
            continue
        if one.draft_state == "discarded":
            code, why = (
                "discarded",
                f"the e-mail of the step {one.step} was discarded; resume to go on without it",
            )
        elif one.asked_state == "rejected":
            said = f": {one.decision_reason}" if one.decision_reason else ""
            code, why = (
                "rejected",
                f"the e-mail of the step {one.step} was rejected{said}; resume to go on without it",
            )
        else:
            code, why = (
                "not_decided",
                f"nobody decided on the e-mail of the step {one.step} in time; resume to ask again",
            )
        moving.hold(tx, [(one.id, code, why)])
        done["paused"] += 1


def _take(tx: WriteSession, due: Sequence[Row[Any]], done: Counter[str]) -> None:
    """One timed step of each run, and the branches behind it; rows of all of them are written together."""
    taken: list[dict[str, Any]] = []
    tasks: list[tuple[dict[str, Any], Task]] = []
    moves, waits, later = [], [], []
    for row in due:
        plan = moving.steps_of(row)
        step: Step | None = plan[place_of(plan, row.step)]
        while step is not None and step.kind == "branch":  # nothing came back: on to its other side
            taken.append(_row(row, step, tx.now, done_at=tx.now, outcome="nothing"))
            step = following(plan, step.name)
        if step is None:
            moves.append((row, plan[-1].name, tx.now))
        elif step.name != row.step and step.after_days:  # its days begin behind the branch
            later.append((row, step))
        elif step.kind == "email":
            taken.append(_row(row, step, tx.now))
            waits.append({"id": row.id, "step": step.name})
        else:
            taken.append(
                _row(row, step, tx.now, done_at=tx.now, outcome="asked" if step.kind != "wait" else "waited")
            )
            if step.kind != "wait":
                tasks.append((taken[-1], _task(row, step, tx.now)))
            moves.append((row, step.name, tx.now))
        done[step.kind if step else "end"] += 1
    for (row_of, _), activity in zip(tasks, add_tasks(tx, [task for _, task in tasks]), strict=True):
        row_of["activity"] = activity
    if taken:
        tx.execute(_TAKE, taken)
    if waits:
        tx.execute(_WAITS, waits)
    moving.place(tx, later)
    done.update(moving.go_on(tx, moves))


def _row(
    row: Row[Any], step: Step, now: datetime, *, done_at: datetime | None = None, outcome: str = ""
) -> dict[str, Any]:
    return {
        "id": new_id(), "enrolment": row.id, "step": step.name, "account": row.account_id, "access": row.access_id, "kind": step.kind,
        "at": now, "try_at": None if done_at else now, "activity": None, "done": done_at, "outcome": outcome,
    }  # fmt: skip


def _task(row: Row[Any], step: Step, now: datetime) -> Task:
    name = {"call": "Call", "social": "Social"}[step.kind]
    return Task(
        row.account_id, row.access_id, row.contact_id, row.owner_id, f"{name}: {step.say}"[:500], f"Step {step.name} of the sequence “{row.title}”.",
        now + timedelta(hours=TASK_HOURS),
    )  # fmt: skip


def run_due(scope: Scope, *, limit: int = BATCH, most: int = 100) -> Counter[str]:
    """Sweep all runs, then advance until nothing is due. Gives what was done, counted."""
    return sweep(scope, limit) + advance(scope, limit=limit, most=most)


def advance(scope: Scope, *, limit: int = BATCH, most: int = 100) -> Counter[str]:
    """Advance until nothing is due, `most` batches at a time. Gives what was done, counted."""
    tally: Counter[str] = Counter()
    for _ in range(most):
        with read(scope) as s:  # a round with nothing to do is no act, and leaves no record
            if not s.scalar(_ANY_DUE, {"now": clock.now()}):
                break
        try:
            done = perform(scope, AdvanceEnrolments(limit=limit))
        except Refused as error:
            if error.code != "halted":
                raise
            break  # the sweep pauses every run; the halt is on record
        if not isinstance(done, Performed) or not done.result["taken"]:
            break
        tally.update({name: n for name, n in done.result.items() if isinstance(n, int)})
    return tally


def sweep(scope: Scope, limit: int = BATCH) -> Counter[str]:
    """Look at every run once, `limit` at a time; gives what was done, counted. What stands as before is no act."""
    tally: Counter[str] = Counter()
    after: UUID | None = None
    while True:
        with read(scope) as s:
            ids = [row.id for row in s.rows(_RUNNING, {"after": after, "limit": limit})]
            moved = tuple(row.id for row in standing.load(s, ids) if _moves(row))
        if moved and isinstance(done := perform(scope, SweepEnrolments(enrolment_ids=moved)), Performed):
            tally.update({name: n for name, n in done.result.items() if isinstance(n, int)})
        if len(ids) < limit:
            return tally
        after = ids[-1]


def _moves(row: Row[Any]) -> bool:
    """Whether its records ask for something that has not been done: a run that is held is not held again."""
    what = rules.look(row).what
    return bool(what) and not (what == "pause" and row.state != "active")
