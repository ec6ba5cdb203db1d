"""Compliance → Reviewers: whether those who approve and review read what they pass (S5-R4)."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form
from pydantic import ValidationError
from starlette.requests import Request
from starlette.responses import Response

from remit import settings
from remit.actions.seeded import WINDOW_COUNT, WINDOW_DAYS
from remit.domains.supervision import reviewers
from remit.domains.supervision.queries import READERS
from remit.domains.supervision.reviewers import RestoreApprover
from remit.domains.supervision.seeding import SeedDrafts
from remit.web import feedback, render
from remit.web.allowed import may
from remit.web.doing import act
from remit.web.pages.compliance import READERS as EVERYBODY
from remit.web.pages.compliance import told
from remit.web.problems import NotAllowedHere
from remit.web.sessions import CurrentViewer, require

router = APIRouter()


@router.get("/compliance/reviewers")
def overview(request: Request, viewer: CurrentViewer) -> Response:
    """Everybody for whoever oversees; oneself for the others."""
    require(viewer, *EVERYBODY)
    oversees = viewer.has(*READERS)
    found = reviewers.list_reviewers(viewer.scope)
    configured = settings.load()
    return render.page(
        request, "compliance/reviewers.html", rows=found, needed=configured.review_catch_rate, least=configured.review_catch_least, most_rejected=configured.review_reject_most,
        weekly=configured.seeded_drafts_weekly, days=reviewers.DECIDED_DAYS, window=WINDOW_DAYS, most=WINDOW_COUNT,
        may_seed=may(viewer.scope, "SeedDrafts"), oversees=oversees,
    )  # fmt: skip


@router.get("/compliance/reviewers/{person_id}")
def one(request: Request, viewer: CurrentViewer, person_id: UUID) -> Response:
    """One person with the seeded drafts they answered."""
    require(viewer, *EVERYBODY)
    if not viewer.has(*READERS) and person_id != viewer.person_id:
        raise NotAllowedHere("This page is for other roles than yours.")
    found, answers = reviewers.get_reviewer(viewer.scope, person_id)
    return render.page(
        request, "compliance/reviewer.html", one=found, answers=answers, days=reviewers.DECIDED_DAYS,
        may_restore=not found.reading.may_approve and may(viewer.scope, "RestoreApprover", owner_id=person_id),
    )  # fmt: skip


@router.post("/compliance/reviewers/seed")
def seed(request: Request, viewer: CurrentViewer) -> Response:
    """Put now what the week still lacks."""
    return act(
        request, viewer, SeedDrafts(), "/compliance/reviewers", "Put before those who had fewer than the week’s number."
    )  # fmt: skip


@router.post("/compliance/reviewers/{person_id}/restore")
def restore(request: Request, viewer: CurrentViewer, person_id: UUID, reason: Annotated[str, Form(max_length=500)]) -> Response:  # fmt: skip
    """Give the power to approve back."""
    where = f"/compliance/reviewers/{person_id}"
    try:
        action = RestoreApprover(person_id=person_id, reason=reason)
    except ValidationError as error:
        return feedback.go(request, where, told(error), "refused")
    return act(request, viewer, action, where, "They may approve again; they begin anew.")
