"""How rows move: stop or hold runs, follow an event of the plan, close a step. Called by the verbs of this slice, inside their action."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Row

from remit.db.sessions import WriteSession
from remit.domains.library import markdown
from remit.domains.library.steps import Step, following, on_event
from remit.domains.outreach.stepping import put_away, void_waiting
from remit.domains.sequences.rules import Found
from remit.kit.ids import new_id

_CLOSE: Final = """
UPDATE remit.enrolments SET state = 'stopped', code = :code, why = :why, due_at = NULL, closed_at = :at, version = version + 1
WHERE id = ANY (CAST(:ids AS uuid[])) AND state IN ('active', 'paused')
"""
# what turned it on the way stays readable
_FINISH: Final = """
UPDATE remit.enrolments SET state = 'finished', due_at = NULL, closed_at = :at, version = version + 1 WHERE id = :id AND state = 'active'
"""
_HOLD: Final = """
UPDATE remit.enrolments SET state = 'paused', code = :code, why = :why, version = version + 1
WHERE id = ANY (CAST(:ids AS uuid[])) AND state = 'active'
"""
_JUMP: Final = """
UPDATE remit.enrolments SET step = :step, due_at = :due, heard = :heard, code = :code, why = :why, version = version + 1
WHERE id = :id AND state IN ('active', 'paused')
"""
_GO: Final = """
UPDATE remit.enrolments SET step = :step, due_at = :due, version = version + 1 WHERE id = :id AND state = 'active'
"""
_OPEN: Final = """
SELECT s.id, s.enrolment_id, d.id AS draft_id FROM remit.enrolment_steps s LEFT JOIN remit.drafts d ON d.enrolment_step_id = s.id AND d.state = 'draft'
WHERE s.enrolment_id = ANY (CAST(:ids AS uuid[])) AND s.done_at IS NULL
"""
_CLOSE_STEPS: Final = """
UPDATE remit.enrolment_steps SET done_at = :at, outcome = :outcome, why = :why WHERE enrolment_id = ANY (CAST(:ids AS uuid[])) AND done_at IS NULL
"""

# a step that was never taken has no row yet; one that was is closed already
_LEFT_OUT: Final = """
INSERT INTO remit.enrolment_steps (id, enrolment_id, step, account_id, access_id, kind, taken_at, done_at, outcome, why)
VALUES (:id, :enrolment, :step, :account, :access, :kind, :at, :at, 'left_out', :why) ON CONFLICT (enrolment_id, step) DO NOTHING
"""


def steps_of(row: Row[Any]) -> Sequence[Step]:
    """The plan of an enrolment: a row with `source`, `key` and `number` of its version."""
    return markdown.stored(row.source, f"{row.key} version {row.number}").steps


def take_back(
    tx: WriteSession, enrolment_ids: Sequence[UUID], why: str, *, for_good: bool, outcome: str = "stopped"
) -> int:
    """Void what waits of their open e-mails; `for_good` also puts the drafts away and closes the steps with that outcome."""
    drafts = [row.draft_id for row in tx.rows(_OPEN, {"ids": list(enrolment_ids)}) if row.draft_id]
    if not for_good:
        return void_waiting(tx, drafts, why)
    tx.execute(_CLOSE_STEPS, {"ids": list(enrolment_ids), "at": tx.now, "outcome": outcome, "why": why})
    return put_away(tx, drafts, why)


def stop(tx: WriteSession, rows: Sequence[tuple[UUID, str, str]]) -> None:
    """End runs for good: (id, code, why) of each."""
    for (code, why), ids in _alike(rows).items():
        take_back(tx, ids, f"the sequence stopped: {why}", for_good=True)
        tx.execute(_CLOSE, {"ids": ids, "code": code, "why": why, "at": tx.now})


def hold(tx: WriteSession, rows: Sequence[tuple[UUID, str, str]]) -> None:
    """Pause runs until a person resumes them: (id, code, why) of each."""
    for (code, why), ids in _alike(rows).items():
        take_back(tx, ids, f"the sequence was paused: {why}", for_good=False)
        tx.execute(_HOLD, {"ids": ids, "code": code, "why": why})


def _alike(rows: Sequence[tuple[UUID, str, str]]) -> dict[tuple[str, str], list[UUID]]:
    """Runs by code and why: thousands that one person stops are a few statements."""
    found: dict[tuple[str, str], list[UUID]] = {}
    for each, code, why in rows:
        found.setdefault((code, why), []).append(each)
    return found


def follow(tx: WriteSession, row: Row[Any], found: Found) -> str:
    """What `rules.look` found about one running enrolment; gives what was done, "" for nothing."""
    if found.what == "pause":
        if row.state != "active":
            return ""
        hold(tx, [(row.id, found.code, found.why)])
        return "paused"
    target = on_event(steps_of(row), row.step, found.event) if found.event else None
    if target is None:
        stop(tx, [(row.id, found.code, found.why)])
        return "stopped"
    take_back(tx, [row.id], f"the sequence goes on without e-mails: {found.why}", for_good=True)
    due = tx.now + timedelta(days=target.after_days)
    tx.execute(
        _JUMP,
        {
            "id": row.id,
            "step": target.name,
            "due": due,
            "heard": found.event,
            "code": found.code,
            "why": found.why,
        },
    )
    return "branched"


def go_on(tx: WriteSession, moves: Sequence[tuple[Row[Any], str, datetime]]) -> list[str]:
    """From the step named to the one behind it, whose days count from the instant given. Gives "moved" or "finished" for each."""
    told, steps = [], []
    for row, name, since in moves:
        after = following(steps_of(row), name)
        if after is None:
            tx.execute(_FINISH, {"id": row.id, "at": tx.now})
            told.append("finished")
        else:
            steps.append({"id": row.id, "step": after.name, "due": since + timedelta(days=after.after_days)})
            told.append("moved")
    if steps:
        tx.execute(_GO, steps)
    return told


def place(tx: WriteSession, rows: Sequence[tuple[Row[Any], Step]]) -> None:
    """Put runs at a step whose days count from now."""
    if rows:
        tx.execute(
            _GO,
            [
                {"id": row.id, "step": step.name, "due": tx.now + timedelta(days=step.after_days)}
                for row, step in rows
            ],
        )


def leave_out(tx: WriteSession, row: Row[Any], why: str) -> None:
    """Close the step that a running enrolment is at, with its draft; the days of the next one count from now."""
    kind = next(one.kind for one in steps_of(row) if one.name == row.step)
    take_back(tx, [row.id], why, for_good=True, outcome="left_out")
    tx.execute(
        _LEFT_OUT,
        {
            "id": new_id(), "enrolment": row.id, "step": row.step, "account": row.account_id, "access": row.access_id, "kind": kind,
            "at": tx.now, "why": why,
        },
    )  # fmt: skip
    go_on(tx, [(row, row.step, tx.now)])
