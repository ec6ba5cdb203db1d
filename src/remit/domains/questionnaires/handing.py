"""Handing the lines that lack an answer to a solutions engineer, as a task of theirs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from uuid import UUID

from remit.actions import Performed, Refused, perform, performed
from remit.db.sessions import read
from remit.domains.activities.actions import LogActivity
from remit.domains.questionnaires import queries, rules
from remit.domains.questionnaires.actions import AssignQuestions
from remit.kit import clock
from remit.kit.text import counted, shorten
from remit.scope import Scope

DAYS: Final = 3
"""Days until a task is due where the questionnaire has no day of its own."""
SHOWN: Final = 40


@dataclass(frozen=True, slots=True)
class Handed:
    """What was handed over: to whom, how many lines, and the task."""

    engineer: queries.Engineer
    count: int
    task_id: UUID


def hand_over(
    scope: Scope, questionnaire_id: UUID, *, engineer_id: UUID | None = None, item_ids: Sequence[UUID] = ()
) -> Handed:
    """A task for an engineer of the territory with the lines that lack an answer. Raises Refused, NotFound.

    Without `engineer_id` the first engineer of the territory gets it; without `item_ids` all open lines but the proposed ones do.
    """
    with read(scope) as s:
        found = queries.load_questionnaire(s, questionnaire_id)
        items = queries.load_items(s, questionnaire_id)
        engineers = queries.load_engineers(s, found.access_id)
    wanted = set(item_ids)
    lines = [
        each for each in items
        if (each.id in wanted if wanted else each.state in ("gap", "stale", "conflict") and each.assigned_to is None)
    ]  # fmt: skip
    if not lines:
        raise Refused("No line lacks an answer that somebody has not taken up.", code="nothing_to_change")
    chosen = next((each for each in engineers if engineer_id in (None, each.id)), None)
    if chosen is None:
        raise Refused(
            "Choose a solutions engineer who sees this account."
            if engineers
            else "No solutions engineer sees this account; ask an admin.",
            code="owner_unfit",
        )
    task_id = UUID(str(_done(scope, _task(found, lines, chosen)).result["activity_id"]))
    action = AssignQuestions(
        questionnaire_id=found.id,
        item_ids=tuple(each.id for each in lines),
        engineer_id=chosen.id,
        task_id=task_id,
    )
    _done(scope, action)
    return Handed(chosen, len(lines), task_id)


def _task(
    found: queries.Questionnaire, lines: Sequence[queries.Item], engineer: queries.Engineer
) -> LogActivity:
    """The questions are the buyer's words: they stand in the task as a quotation."""
    listed = [
        f"{each.position}. {rules.STATES[each.state]}: “{shorten(' '.join(each.question.split()), 300)}”"
        for each in lines[:SHOWN]
    ]
    more = [f"… and {len(lines) - SHOWN} more."] if len(lines) > SHOWN else []
    day = min(found.due_on or date.max, clock.today() + timedelta(days=DAYS))
    due = datetime.combine(max(day, clock.today()), time(17), UTC)
    return LogActivity(
        account_id=found.account_id, activity_kind="task", subject=shorten(f"Answer {counted(len(lines), 'question')} of {found.title}", 500),
        body="\n".join([*listed, *more]), opportunity_id=found.opportunity_id, due_at=due, owner_id=engineer.id,
    )  # fmt: skip


def _done(scope: Scope, action: LogActivity | AssignQuestions) -> Performed:
    done = performed(perform(scope, action))
    return done
