"""Papers: which documents of our own buyers may be quoted from; releasing one, and ending that."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Final
from uuid import UUID

from fastapi import APIRouter, Form
from starlette.requests import Request
from starlette.responses import Response

from remit.domains.questionnaires import papers
from remit.domains.questionnaires.releasing import ReleasePaper, WithdrawPaper
from remit.kit import clock
from remit.web import feedback, forms, render
from remit.web.allowed import may
from remit.web.doing import act
from remit.web.pages.questionnaires import READERS
from remit.web.problems import BadRequest
from remit.web.sessions import CurrentViewer, require

router = APIRouter()
REVIEW_DAYS: Final = 365


@router.get("/papers")
def listed(request: Request, viewer: CurrentViewer) -> Response:
    """The documents that may be quoted, the newest first."""
    require(viewer, *READERS)
    return render.page(
        request, "papers/list.html", rows=papers.list_papers(viewer.scope), today=clock.today(),
        may_release=may(viewer.scope, "ReleasePaper", "document", context={"own_work": False}),
    )  # fmt: skip


@router.get("/papers/{document_id}")
def one(request: Request, viewer: CurrentViewer, document_id: UUID) -> Response:
    """Who lets buyers be quoted from a document of our own, until when; and the forms to do so or to end it."""
    require(viewer, *READERS)
    found = papers.get_standing(viewer.scope, document_id)
    today = clock.today()
    return render.page(
        request, "papers/one.html", found=found, paper=found.paper, owners=papers.list_owners(viewer.scope), today=today,
        review_by=today + timedelta(days=REVIEW_DAYS), mine=found.added_by == viewer.person_id,
        may_release=may(viewer.scope, "ReleasePaper", "document", context={"own_work": False}),
    )  # fmt: skip


@router.post("/papers/{document_id}/release")
def release(
    request: Request, viewer: CurrentViewer, document_id: UUID, owner: Annotated[str, Form()], review_by_on: Annotated[str, Form()]
) -> Response:  # fmt: skip
    """Let buyers be quoted from it."""
    owner_id, day = forms.found_id(owner), forms.day(review_by_on)
    if owner_id is None or day is None:
        raise BadRequest("Choose an owner and a day by which it is looked at again.")
    action = ReleasePaper(document_id=document_id, owner_id=owner_id, review_by_on=day)
    return act(
        request,
        viewer,
        action,
        "/papers",
        "Released: buyers may be quoted from it.",
        back=f"/papers/{document_id}",
    )


@router.post("/papers/{document_id}/withdraw")
def withdraw(
    request: Request, viewer: CurrentViewer, document_id: UUID, version: Annotated[int, Form()],
    reason: Annotated[str, Form(max_length=500)] = "",
) -> Response:  # fmt: skip
    """Nobody is quoted from it any more."""
    where = f"/papers/{document_id}"
    if len(reason.strip()) < 3:
        return feedback.go(request, where, "Say why, in three letters or more.", "refused")
    action = WithdrawPaper(document_id=document_id, expected_version=version, reason=reason)
    return act(request, viewer, action, where, "Withdrawn: nobody is quoted from it any more.")
