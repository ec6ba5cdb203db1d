"""Settings → Data handling: what may go into AI; read it, acknowledge it, see who has. Compliance publishes a version here."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form
from starlette.requests import Request
from starlette.responses import Response

from remit.domains.handling import queries
from remit.domains.handling.actions import AcknowledgeHandlingPolicy, PublishHandlingPolicy
from remit.llm.handling.policy import HandlingPolicyInvalid, current
from remit.web import render
from remit.web.doing import act
from remit.web.sessions import CurrentViewer

router = APIRouter()
PATH = "/settings/handling"


@router.get(PATH)
def handling(request: Request, viewer: CurrentViewer) -> Response:
    """The policy that the gateway enforces, the version in force, and who has acknowledged it."""
    try:
        policy, problems = current(), []
    except HandlingPolicyInvalid as invalid:
        policy, problems = None, invalid.problems
    active = queries.find_active(viewer.scope)
    people = queries.list_attestations(viewer.scope, active.policy_hash) if active else []
    mine = next((each for each in people if each.person_id == viewer.person_id), None)
    return render.page(
        request,
        "settings/handling.html",
        policy=policy,
        problems=problems,
        undecided=policy.undecided() if policy else [],
        active=active,
        enforced=bool(policy and active and policy.hash == active.policy_hash),
        people=people,
        done_count=sum(each.acknowledged_at is not None for each in people),
        mine=mine,
        may_publish=viewer.has("operations", "compliance", "governance"),
    )


@router.post(f"{PATH}/acknowledge")
def acknowledge(
    request: Request, viewer: CurrentViewer, policy_hash: Annotated[str, Form(pattern=r"^[0-9a-f]{64}$")]
) -> Response:
    """The reader's own acknowledgement of the version on the page."""
    return act(
        request, viewer, AcknowledgeHandlingPolicy(policy_hash=policy_hash), PATH, "Acknowledged. Thank you."
    )


@router.post(f"{PATH}/publish")
def publish(
    request: Request,
    viewer: CurrentViewer,
    version: Annotated[str, Form(min_length=1, max_length=64)],
    policy_hash: Annotated[str, Form(pattern=r"^[0-9a-f]{64}$")],
) -> Response:
    """Ask for the file's version to be put in force; a second person approves."""
    return act(
        request, viewer, PublishHandlingPolicy(version=version, policy_hash=policy_hash), PATH, "Published."
    )
