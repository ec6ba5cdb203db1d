"""Compliance → Findings: what was found, what is done about it, by whom, verified by another."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form
from pydantic import ValidationError
from starlette.requests import Request
from starlette.responses import Response

from remit.domains.people import queries as people
from remit.domains.supervision import queries
from remit.domains.supervision.remedies import CompleteRemediation, OpenRemediation, VerifyRemediation
from remit.domains.supervision.reviewing import rules_named
from remit.kit import clock
from remit.web import feedback, render
from remit.web.allowed import may
from remit.web.doing import act
from remit.web.pages.compliance import READERS as EVERYBODY
from remit.web.pages.compliance import told
from remit.web.sessions import CurrentViewer, require

router = APIRouter()
Note = Annotated[str, Form(max_length=500)]
Version = Annotated[int, Form()]


@router.get("/compliance/findings")
def findings(request: Request, viewer: CurrentViewer) -> Response:
    """All findings that the reader may see, and remediation under way; for a rep, what is theirs to do."""
    require(viewer, *EVERYBODY)
    oversees = queries.may_read(viewer.scope)
    return render.page(
        request, "compliance/findings.html", rows=queries.list_findings(viewer.scope) if oversees else [], oversees=oversees,
        remedies=queries.list_remedies(viewer.scope), today=clock.today(), rules=rules_named(),
    )  # fmt: skip


@router.get("/compliance/findings/{finding_id}")
def one(request: Request, viewer: CurrentViewer, finding_id: UUID) -> Response:
    """One finding with its remediation; also for whoever has to do it."""
    require(viewer, *EVERYBODY)
    finding, remedies = queries.get_finding(viewer.scope, finding_id)
    return render.page(
        request, "compliance/finding.html", finding=finding, remedies=remedies, me=viewer.person_id, today=clock.today(), rules=rules_named(),
        may_open=may(viewer.scope, "OpenRemediation"), due=clock.today() + timedelta(days=14),
        verifiable={one.id for one in remedies if may(viewer.scope, "VerifyRemediation", owner_id=one.owner_id)},
        people=[one for one in people.list_people(viewer.scope, kind="person", limit=500).rows if one.active] if may(viewer.scope, "OpenRemediation") else [],
    )  # fmt: skip


@router.post("/compliance/findings/{finding_id}/remedies")
def open_remedy(
    request: Request, viewer: CurrentViewer, finding_id: UUID, task: Note, owner: Annotated[UUID, Form()], due: Annotated[date, Form()],
) -> Response:  # fmt: skip
    """Say what is to be done."""
    where = f"/compliance/findings/{finding_id}"
    try:
        action = OpenRemediation(finding_id=finding_id, owner_id=owner, task=task, due_on=due)
    except ValidationError as error:
        return feedback.go(request, where, told(error), "refused")
    return act(request, viewer, action, where, "Set. They find it under Compliance, Findings.")


@router.post("/compliance/remedies/{remedy_id}/done")
def done(request: Request, viewer: CurrentViewer, remedy_id: UUID, version: Version, note: Note) -> Response:
    """It is done; somebody else looks."""
    where = f"/compliance/findings/{queries.find_remedy(viewer.scope, remedy_id).finding_id}"
    try:
        action = CompleteRemediation(remediation_id=remedy_id, expected_version=version, note=note)
    except ValidationError as error:
        return feedback.go(request, where, told(error), "refused")
    return act(request, viewer, action, where, "Done; it waits for compliance to look.")


@router.post("/compliance/remedies/{remedy_id}/verify")
def verify(
    request: Request, viewer: CurrentViewer, remedy_id: UUID, version: Version, accepted: Annotated[str, Form(max_length=3)], note: Note = "",
) -> Response:  # fmt: skip
    """It was looked at: done, or back."""
    where = f"/compliance/findings/{queries.find_remedy(viewer.scope, remedy_id).finding_id}"
    action = VerifyRemediation(
        remediation_id=remedy_id, expected_version=version, accepted=accepted == "yes", note=note
    )
    return act(request, viewer, action, where, "Verified." if accepted == "yes" else "Given back.")
