"""Answers: what the firm answers to buyers, who stands for it and until when; proposing, approving, learning from a past file."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Annotated, Final
from uuid import UUID

from fastapi import APIRouter, Form, UploadFile
from pydantic import ValidationError
from starlette.requests import Request
from starlette.responses import Response

from remit.actions import Refused
from remit.domains.documents.intake import plain_name
from remit.domains.questionnaires import answers, learning, rules
from remit.domains.questionnaires.keeping import ApproveAnswers, RetireAnswers, WriteAnswers, Written
from remit.kit import clock
from remit.kit.text import counted
from remit.knowledge.questionnaires.files import MAX_BYTES
from remit.knowledge.questionnaires.model import QuestionnaireRefused
from remit.web import feedback, forms, render
from remit.web.allowed import may
from remit.web.doing import TOLD_IN_PLACE, act
from remit.web.pages.questionnaires import READERS
from remit.web.paging import list_request
from remit.web.problems import BadRequest
from remit.web.sessions import CurrentViewer, Viewer, require

router = APIRouter()
UPLOADS: Final = ("/answers/learn",)
TONES: Final = {"draft": "warn", "live": "ok", "superseded": "muted", "retired": "muted"}
REVIEW_DAYS: Final = 365
TYPED: Final = ("question", "answer", "short", "product", "source_name")
LABELS: Final = {
    "question": "Question", "answer": "Answer", "short": "Yes or no", "product": "Product", "source_name": "Source", "as_of_on": "True as of",
    "review_by_on": "Review by",
}  # fmt: skip
Long = Annotated[str, Form(max_length=4_000)]
Ids = Annotated[list[str] | None, Form(max_length=500)]


@router.get("/answers")
def listed(request: Request, viewer: CurrentViewer) -> Response:
    """The answers by question; what waits for approval and what is out of date stands first in the chips."""
    require(viewer, *READERS)
    today = clock.today()
    asked = list_request(
        request, sorts=("question",), default="question", filters=("state", "text", "product")
    )
    state = asked.filters.get("state", "live")
    found = answers.list_answers(
        viewer.scope, today, state=None if state == "all" else state, text=asked.filters.get("text"),
        product=asked.filters.get("product"), after=asked.after, size=asked.limit,
    )  # fmt: skip
    return render.page(
        request, "answers/list.html", rows=found.rows, next=found.next, list=asked, state=state, counts=answers.count_answers(viewer.scope, today),
        today=today, tones=TONES, states=rules.ANSWER_STATES, me=viewer.person_id, **_can(viewer),
    )  # fmt: skip


@router.get("/answers/new")
def new(request: Request, viewer: CurrentViewer, replaces: str = "") -> Response:
    """The form of an answer, filled with the one that it is to replace; and learning from a past file."""
    require(viewer, *READERS)
    before = forms.found_id(replaces)
    found = answers.get_answer(viewer.scope, before) if before else None
    typed = {name: getattr(found, name) for name in TYPED} if found else {}
    return _form(request, viewer, replaces if found else "", typed)


@router.get("/answers/{answer_id}")
def one(request: Request, viewer: CurrentViewer, answer_id: UUID) -> Response:
    """One answer: words, who stands for it, where it is from, what it replaced."""
    require(viewer, *READERS)
    found = answers.get_answer(viewer.scope, answer_id)
    before = answers.list_by_ids(viewer.scope, [found.replaces_id]) if found.replaces_id else []
    return render.page(
        request, "answers/one.html", a=found, before=before, today=clock.today(), tones=TONES, states=rules.ANSWER_STATES,
        me=viewer.person_id, **_can(viewer),
    )  # fmt: skip


@router.post("/answers")
def write(
    request: Request, viewer: CurrentViewer, question: Long, answer: Long, as_of_on: Annotated[str, Form()] = "", review_by_on: Annotated[str, Form()] = "",
    short: Annotated[str, Form()] = "", product: Annotated[str, Form(max_length=200)] = "", source_name: Annotated[str, Form(max_length=200)] = "",
    replaces: Annotated[str, Form()] = "", questionnaire: Annotated[str, Form(max_length=40)] = "",
) -> Response:  # fmt: skip
    """Propose an answer: on the form, or from a line of a `questionnaire` that has none. What is refused comes back as it was typed."""
    today, of = clock.today(), forms.found_id(questionnaire)
    typed = {"question": question, "answer": answer.replace("\r\n", "\n"), "short": short, "product": product, "source_name": source_name}  # fmt: skip
    days = {
        "as_of_on": _day(as_of_on) if as_of_on or of is None else today,
        "review_by_on": _day(review_by_on) if review_by_on or of is None else today + timedelta(days=REVIEW_DAYS),
    }  # fmt: skip
    back = f"/questionnaires/{of}" if of else "/answers?state=draft"
    said = "Proposed for the library. Once somebody else has approved it, “Look again” here finds it." if of else "Kept. Somebody else approves it."  # fmt: skip
    try:
        row = Written(**typed, **days, replaces_id=forms.found_id(replaces))
        return act(request, viewer, WriteAnswers(answers=(row,)), back, said, told_by_page=True)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        named = LABELS.get(str(first["loc"][0]) if first["loc"] else "", "")
        why = f"{named}: {first['msg'].removeprefix('Value error, ')}." if named else f"{first['msg']}."
    except Refused as refused:
        if refused.code not in TOLD_IN_PLACE:
            raise
        why = refused.message
    return _form(request, viewer, replaces, {**typed, **days}, why)


def _form(
    request: Request, viewer: Viewer, replaces: str, typed: Mapping[str, object], why: str = ""
) -> Response:
    """The form with what was typed, or is to be replaced; `why` it comes back."""
    today = clock.today()
    days = {"as_of_on": today, "review_by_on": today + timedelta(days=REVIEW_DAYS)}
    return render.page(
        request, "answers/new.html", replaces=replaces, typed={**dict.fromkeys(TYPED, ""), **days, **typed}, why=why, today=today, shorts=rules.SHORTS, most=MAX_BYTES >> 20,
        status=400 if why else 200, **_can(viewer),
    )  # fmt: skip


@router.post("/answers/learn")
def learn(
    request: Request, viewer: CurrentViewer, file: UploadFile, as_of_on: Annotated[str, Form()], review_by_on: Annotated[str, Form()],
    product: Annotated[str, Form(max_length=200)] = "",
) -> Response:  # fmt: skip
    """Propose the answered lines of a past questionnaire."""
    name = plain_name(file.filename or "questionnaire")
    try:
        done = learning.learn(
            viewer.scope,
            file.file.read(MAX_BYTES + 1),
            name,
            _day(as_of_on),
            _day(review_by_on),
            product=product,
        )
    except (QuestionnaireRefused, Refused) as refused:
        return feedback.go(request, "/answers/new", refused.message, "refused")
    left = (
        f" {counted(len(done.left), 'line was', 'lines were')} left out: {done.left[0]}." if done.left else ""
    )
    said = f"{counted(done.written, 'answer waits', 'answers wait')} for approval, {done.known} were known.{left}"
    return feedback.go(request, "/answers?state=draft", said)


@router.post("/answers/approve")
def approve(request: Request, viewer: CurrentViewer, chosen: Ids = None) -> Response:
    """Approve the ticked answers, each as it was looked at."""
    ids, versions = _chosen(chosen)
    action = ApproveAnswers(answer_ids=ids, expected_versions=versions)
    return act(
        request,
        viewer,
        action,
        "/answers?state=draft",
        f"{counted(len(ids), 'answer is', 'answers are')} approved.",
    )


@router.post("/answers/{answer_id}/retire")
def retire(
    request: Request, viewer: CurrentViewer, answer_id: UUID, version: Annotated[int, Form()], reason: Annotated[str, Form(max_length=500)]
) -> Response:  # fmt: skip
    """Take one out of use."""
    where = f"/answers/{answer_id}"
    if len(reason.strip()) < 3:
        return feedback.go(request, where, "Say why, in three letters or more.", "refused")
    action = RetireAnswers(answer_ids=(answer_id,), expected_versions=(version,), reason=reason)
    return act(request, viewer, action, where, "Out of use from now on.")


@router.post("/answers/keep")
def keep(
    request: Request, viewer: CurrentViewer, item: Annotated[str, Form()], back: Annotated[str, Form(max_length=100)] = "",
) -> Response:  # fmt: skip
    """Propose for the library what somebody wrote on a line."""
    item_id = forms.found_id(item)
    where = f"/questionnaires/{forms.found_id(back)}"
    if item_id is None:
        raise BadRequest("Name the line.")
    today = clock.today()
    try:
        made = learning.keep_line(
            viewer.scope,
            item_id,
            product="",
            as_of_on=today,
            review_by_on=today + timedelta(days=REVIEW_DAYS),
        )
    except Refused as refused:
        return feedback.go(request, where, refused.message, "refused")
    said = (
        "Proposed for the library; somebody else approves it."
        if made
        else "The library has exactly this already."
    )
    return feedback.go(request, where, said)


def _can(viewer: Viewer) -> dict[str, bool]:
    return {
        "may_write": may(viewer.scope, "WriteAnswers", "answer"),
        "may_approve": may(viewer.scope, "ApproveAnswers", "answer"),
    }


def _day(text: str) -> date:
    found = forms.day(text)
    if found is None:
        raise BadRequest("Give both days: as of when it is true, and by when it is looked at again.")
    return found


def _chosen(chosen: list[str] | None) -> tuple[tuple[UUID, ...], tuple[int, ...]]:
    """Boxes carry `id version`: what was looked at."""
    found = []
    for each in chosen or ():
        answer_id, _, version = each.partition(" ")
        found.append((forms.found_id(answer_id), forms.whole(version)))
    ids = tuple(one for one, _ in found if one is not None)
    versions = tuple(version for _, version in found if version is not None)
    if not ids or len(ids) != len(versions):
        raise BadRequest("Tick at least one answer.")
    return ids, versions
