"""Ladder: the eight steps as a climb, each gate with its evidence and what is missing, the remits that stand on them."""

from __future__ import annotations

from typing import Annotated, Final
from uuid import UUID

from fastapi import APIRouter, Form
from starlette.requests import Request
from starlette.responses import Response

from remit.actions import NotFound, Refused, Waiting, perform
from remit.db.sessions import read
from remit.domains.governance import queries as governance
from remit.domains.governance import rules
from remit.domains.governance.actions import GrantRemit, RevokeRemit
from remit.domains.people import queries as people
from remit.kit.text import counted
from remit.ladder import queries
from remit.ladder.actions import TakeReading
from remit.ladder.artefacts import load_artefacts
from remit.ladder.measures import measures
from remit.policy.model import LEVELS, roles_told
from remit.policy.schema import current
from remit.web import feedback, render
from remit.web.nav import NavEntry
from remit.web.problems import BadRequest
from remit.web.sessions import CurrentScope, CurrentViewer

router = APIRouter()
OPENS: Final = {
    "S0-G1": ("/team?whose=all", "Use of AI per person and week"),
    "S0-G2": ("/team/cases", "Productivity cases"),
    "S0-G3": ("/settings/handling", "Who has acknowledged the policy"),
    "S1-G1": ("/library/coverage", "Motions seen, and their templates"),
    "S1-G4": ("/team/baselines", "How long proposals took before"),
    "S1-G2": ("/team/primary?whose=all", "Each rep's AI work here and elsewhere"),
    "S1-G3": ("/compliance", "The categories and their approvals"),
}
"""Where the rows of a gate live, and what that page is called."""
NAV = NavEntry("Ladder", "/ladder", "stairs", 60)


@router.get("/ladder")
def climb(request: Request, viewer: CurrentViewer) -> Response:
    """All steps, the open one unfolded."""
    steps = queries.list_steps(viewer.scope)
    remits = governance.list_remits(viewer.scope)
    return render.page(
        request,
        "ladder/ladder.html",
        steps=steps,
        held=next((i for i, step in enumerate(steps) if not step.held), len(steps)),
        remits=remits,
        stands_on={remit.id: rules.gates_under(remit.action_kind) for remit in remits},
        may_govern=viewer.has("governance", "vp", "compliance", "manager"),
        may_read=viewer.has("governance", "compliance", "vp", "manager", "operations"),
        measurable=sorted(measures()),
    )


@router.get("/ladder/gates/{gate_id}")
def gate(request: Request, viewer: CurrentViewer, gate_id: str) -> Response:
    """One gate: definition, readings, the rows behind the newest."""
    found = queries.find_gate(viewer.scope, gate_id)
    if found is None:
        raise NotFound("gate")
    ids = found.reading.row_ids if found.reading else ()
    with read(viewer.scope) as session:
        rows = {one.id: one for one in load_artefacts(session, ids)}
    return render.page(
        request,
        "ladder/gate.html",
        opens=OPENS.get(gate_id),
        artefacts=rows,
        now_gate=found,
        gate=found.gate,
        readings=queries.list_readings(viewer.scope, gate_id),
        may_read=viewer.has("governance", "compliance", "vp", "manager", "operations"),
    )


@router.post("/ladder/readings")
def read_gates(
    request: Request, scope: CurrentScope, gate_id: Annotated[str, Form(max_length=10)] = ""
) -> Response:
    """Take a new reading of one gate, or of every gate that has a measure."""
    for each in [gate_id] if gate_id else sorted(measures()):
        perform(scope, TakeReading(gate=each))
    return feedback.go(request, f"/ladder/gates/{gate_id}" if gate_id else "/ladder", "Measured anew.")


@router.get("/ladder/grant")
def grant_form(request: Request, viewer: CurrentViewer, kind: str = "") -> Response:
    """The form for a remit, with what each kind of action stands on."""
    groups = current().action_groups
    return render.page(
        request,
        "ladder/grant.html",
        kinds=sorted(name for name, of in groups.items() if "Autonomous" in of),
        levels=LEVELS,
        agents=people.list_people(viewer.scope, kind="agent", limit=500).rows,
        chosen=kind,
        steps=rules.AUTO_FROM_STEP,
    )


@router.post("/ladder/grant")
def grant(
    request: Request,
    scope: CurrentScope,
    action_kind: Annotated[str, Form(max_length=64)],
    level: Annotated[str, Form(max_length=10)],
    reason: Annotated[str, Form(max_length=1000)],
    segment: Annotated[str, Form(max_length=64)] = "*",
    channel: Annotated[str, Form(max_length=64)] = "*",
    agent: Annotated[str, Form(max_length=36)] = "",
    daily_cap: Annotated[str, Form(max_length=9)] = "",
) -> Response:
    """Ask for a remit; a second person has to agree."""
    if level not in LEVELS or (daily_cap and not daily_cap.isdecimal()):
        raise BadRequest("A remit has one of the offered levels, and a whole number as its daily cap.")
    try:
        action = GrantRemit(
            action_kind=action_kind,
            level=level,
            segment=segment.strip() or "*",
            channel=channel.strip() or "*",
            agent_id=UUID(agent) if agent else None,
            daily_cap_count=int(daily_cap) if daily_cap else None,
            reason=reason,
        )
    except ValueError as error:
        raise BadRequest("A remit needs a reason, and an agent from the list.") from error
    try:
        done = perform(scope, action)
    except Refused as refused:
        return feedback.go(request, f"/ladder/grant?kind={action_kind}", refused.message, "refused")
    if isinstance(done, Waiting):
        needed = roles_told(done.approver_roles)
        return feedback.go(
            request,
            "/ladder",
            f"Asked for. It is in force once {needed} approves.",
            "waiting",
            f"/approvals/{done.suggestion_id}",
        )
    return feedback.go(request, "/ladder", "Granted.", link=f"/actions/{done.action_id}")


@router.post("/ladder/remits/{remit_id}/revoke")
def revoke(
    request: Request, scope: CurrentScope, remit_id: UUID, reason: Annotated[str, Form(max_length=1000)] = ""
) -> Response:
    """Take a remit back at once; nobody has to agree."""
    if not reason.strip():
        return feedback.go(request, "/ladder", "Say why the remit is taken back.", "refused")
    done = perform(scope, RevokeRemit(remit_id=remit_id, reason=reason))
    if isinstance(done, Waiting):
        return feedback.go(request, "/ladder", done.sentence, "waiting")
    count = done.result.get("recalled_count", 0)
    return feedback.go(
        request,
        "/ladder",
        f"Revoked. {counted(count, 'queued sending was', 'queued sendings were')} called back.",
        link=f"/actions/{done.action_id}",
    )
