"""Questionnaires: one, line by line: accept, write, leave blank; hand over, approve, take out in its own file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Final
from urllib.parse import quote
from uuid import UUID

from fastapi import APIRouter, Form
from starlette.requests import Request
from starlette.responses import Response

from remit.actions import Refused
from remit.domains.questionnaires import answers, drafting, exporting, handing, queries, rules
from remit.domains.questionnaires.actions import ApproveQuestionnaire
from remit.domains.questionnaires.deciding import AnswerQuestion
from remit.kit import clock
from remit.kit.text import counted
from remit.knowledge.questionnaires.model import QuestionnaireRefused
from remit.web import feedback, forms, render
from remit.web.allowed import may
from remit.web.doing import TOLD_IN_PLACE, act
from remit.web.pages.questionnaires import NAMES, READERS
from remit.web.problems import BadRequest
from remit.web.sessions import CurrentViewer, Viewer, require

router = APIRouter()
ROWS: Final = 50
TYPES: Final = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "xlsm": "application/vnd.ms-excel.sheet.macroEnabled.12",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "csv": "text/csv",
}


@dataclass(frozen=True, slots=True)
class Typed:
    """What was decided on a line and refused; it comes back as it was typed, with the reason."""

    item_id: UUID
    decision: str
    short: str
    answer: str
    reason: str
    why: str


@router.get("/questionnaires/{questionnaire_id}")
def one(
    request: Request, viewer: CurrentViewer, questionnaire_id: UUID, state: str = "", after: str = ""
) -> Response:
    """The lines with answer, source, owner, age and state."""
    require(viewer, *READERS)
    return _page(request, viewer, questionnaire_id, state, after)


def _page(
    request: Request,
    viewer: Viewer,
    questionnaire_id: UUID,
    state: str,
    after: str,
    typed: Typed | None = None,
) -> Response:
    found = queries.get_questionnaire(viewer.scope, questionnaire_id)
    items = queries.list_items(viewer.scope, questionnaire_id)
    wanted = [each for each in items if _shown(each, state) and each.position > (forms.whole(after) or 0)]
    page = wanted[:ROWS]
    against = {
        each.id: each
        for each in answers.list_by_ids(viewer.scope, [one for item in page for one in item.against])
    }
    can = {
        kind: may(viewer.scope, kind, "questionnaire", context={"own_work": False})
        for kind in ("AnswerQuestion", "ApproveQuestionnaire")
    }
    wrote = viewer.person_id in queries.makers(found, items)
    return render.page(
        request, "questionnaires/one.html", q=found, items=page, state=state, next=page[-1].position if len(wanted) > ROWS else None,
        after=after, against=against, seen=queries.hash_of(items), today=clock.today(), may_answer=can["AnswerQuestion"] and found.has_file,
        may_approve=can["ApproveQuestionnaire"] and found.state == "open" and found.open == 0 and not wrote, wrote=wrote,
        may_export=can["ApproveQuestionnaire"] and found.state == "approved" and found.has_file,
        engineers=queries.list_engineers(viewer.scope, found.access_id), unassigned=_unassigned(items), shorts=rules.SHORTS,
        may_keep=may(viewer.scope, "WriteAnswers", "answer"), typed=typed, status=400 if typed else 200, **NAMES,
    )  # fmt: skip


def _shown(item: queries.Item, state: str) -> bool:
    return not state or item.state == state or (state == "open" and item.state in rules.OPEN)


def _unassigned(items: list[queries.Item]) -> int:
    return sum(each.state in ("gap", "stale", "conflict") and each.assigned_to is None for each in items)


@router.post("/questionnaires/{questionnaire_id}/lines/{item_id}")
def decide(
    request: Request, viewer: CurrentViewer, questionnaire_id: UUID, item_id: UUID, version: Annotated[int, Form()],
    decision: Annotated[str, Form()], short: Annotated[str, Form(max_length=200)] = "", answer: Annotated[str, Form(max_length=4000)] = "",
    reason: Annotated[str, Form(max_length=500)] = "", state: Annotated[str, Form(max_length=20)] = "",
    after: Annotated[str, Form(max_length=9)] = "",
) -> Response:  # fmt: skip
    """Accept, write or leave blank one line, then go on to the next. What is refused comes back as it was typed."""
    if decision not in ("accept", "write", "blank"):
        raise BadRequest("A line is accepted, written or left blank.")
    action = AnswerQuestion(
        item_id=item_id, expected_version=version, decision=decision, short=short.strip(),
        answer=answer.replace("\r\n", "\n").strip(), reason=reason,
    )  # fmt: skip
    where = f"/questionnaires/{questionnaire_id}?state={quote(state)}&after={quote(after)}"
    position = queries.get_item(viewer.scope, item_id).position
    said = {"accept": "accepted", "write": "written", "blank": "left blank"}[decision]
    try:
        return act(
            request, viewer, action, f"{where}#after-{position}", f"Line {position}: {said}.", told_by_page=True
        )  # fmt: skip
    except Refused as refused:
        if refused.code not in TOLD_IN_PLACE:
            raise
        typed = Typed(item_id, decision, action.short, action.answer, reason, refused.message)
    return _page(request, viewer, questionnaire_id, state, after, typed)


@router.post("/questionnaires/{questionnaire_id}/look")
def look(request: Request, viewer: CurrentViewer, questionnaire_id: UUID) -> Response:
    """Look for answers again."""
    states = drafting.look_again(viewer.scope, questionnaire_id)
    told = ", ".join(f"{count} {rules.STATES[state]}" for state, count in states.items())
    return feedback.go(
        request,
        f"/questionnaires/{questionnaire_id}",
        told.capitalize() + "." if told else "Nothing is open.",
    )


@router.post("/questionnaires/{questionnaire_id}/hand-over")
def hand_over(
    request: Request, viewer: CurrentViewer, questionnaire_id: UUID, engineer: Annotated[str, Form()]
) -> Response:
    """Make the lines without a current answer a task of an engineer."""
    where = f"/questionnaires/{questionnaire_id}"
    try:
        handed = handing.hand_over(viewer.scope, questionnaire_id, engineer_id=forms.found_id(engineer))
    except Refused as refused:
        return feedback.go(request, where, refused.message, "refused")
    return feedback.go(
        request,
        where,
        f"{counted(handed.count, 'line is', 'lines are')} with {handed.engineer.name}, as a task.",
    )


@router.post("/questionnaires/{questionnaire_id}/approve")
def approve(
    request: Request, viewer: CurrentViewer, questionnaire_id: UUID, version: Annotated[int, Form()], seen: Annotated[str, Form(max_length=64)]
) -> Response:  # fmt: skip
    """Approve the answers that were looked at."""
    action = ApproveQuestionnaire(
        questionnaire_id=questionnaire_id, expected_version=version, answers_sha256=seen
    )
    return act(
        request,
        viewer,
        action,
        f"/questionnaires/{questionnaire_id}",
        "Approved. It may leave in its own file.",
    )


@router.post("/questionnaires/{questionnaire_id}/export")
def export(request: Request, viewer: CurrentViewer, questionnaire_id: UUID) -> Response:
    """The file that it came in, with the approved answers."""
    try:
        made = exporting.export(viewer.scope, questionnaire_id)
    except (QuestionnaireRefused, Refused) as refused:
        return feedback.go(request, f"/questionnaires/{questionnaire_id}", refused.message, "refused")
    form = queries.get_questionnaire(viewer.scope, questionnaire_id).form
    name = f"attachment; filename*=UTF-8''{quote(made.name)}"
    return Response(made.data, media_type=TYPES[form], headers={"Content-Disposition": name})
