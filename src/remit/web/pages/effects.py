"""One sending: where it is, what proves it left, and a person's word where nobody can know."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form
from starlette.requests import Request
from starlette.responses import Response

from remit.actions import Performed, Refused, perform, propose, queries, recalled, registry
from remit.web import feedback, render
from remit.web.problems import BadRequest
from remit.web.sessions import CurrentScope

router = APIRouter()
DECISIONS = (
    ("delivered", "It arrived", "Remit writes the receipt with your word as its proof."),
    ("send_again", "It did not arrive: send it again", "The same message with the same Message-ID, once."),
    ("give_up", "Leave it unsent", "Closed. The draft can be sent anew as another message."),
)


@router.get("/effects/{effect_id}")
def one(request: Request, scope: CurrentScope, effect_id: UUID) -> Response:
    """One sending."""
    found = queries.get_effect(scope, effect_id)
    waits = queries.find_waiting_about(scope, "effect", effect_id) if found.state == "recalled" else None
    return render.page(request, "approvals/effect.html", one=found, decisions=DECISIONS, waits=waits)


@router.post("/effects/{effect_id}/settle")
def settle(
    request: Request,
    scope: CurrentScope,
    effect_id: UUID,
    decision: Annotated[str, Form(max_length=20)],
    version: Annotated[int, Form(ge=0, le=2**31 - 1)],
    reason: Annotated[str, Form(max_length=1000)] = "",
) -> Response:
    """Say what happened to a sending that is uncertain."""
    if decision not in [key for key, _, _ in DECISIONS]:
        raise BadRequest("There is no such decision.")
    payload = {
        "effect_id": str(effect_id),
        "decision": decision,
        "reason": reason.strip(),
        "expected_version": version,
    }
    return _done(request, scope, effect_id, "ResolveParkedEffect", payload, "Settled.")


@router.post("/effects/{effect_id}/recall")
def recall(
    request: Request, scope: CurrentScope, effect_id: UUID, reason: Annotated[str, Form(max_length=1000)] = ""
) -> Response:
    """Take back what has not left."""
    payload = {"effect_id": str(effect_id), "reason": reason.strip()}
    return _done(request, scope, effect_id, "RecallEffect", payload, "Called back.")


@router.post("/effects/{effect_id}/again")
def again(
    request: Request, scope: CurrentScope, effect_id: UUID, reason: Annotated[str, Form(max_length=1000)] = ""
) -> Response:
    """Ask anew whether a recalled message is sent after all, when nobody decided in time."""
    if not reason.strip():
        return feedback.go(
            request, f"/effects/{effect_id}", "Say why it should be sent after all.", "refused"
        )
    try:
        waiting = propose(scope, recalled.load_again(scope, effect_id), reason=reason.strip())
    except Refused as refused:
        if refused.code in ("not_found", "version_conflict"):
            raise
        return feedback.go(request, f"/effects/{effect_id}", refused.message, "refused")
    link = f"/approvals/{waiting.suggestion_id}"
    return feedback.go(request, link, "Asked for again; a person decides.", "waiting")


@router.post("/effects/{effect_id}/drop")
def drop(
    request: Request,
    scope: CurrentScope,
    effect_id: UUID,
    version: Annotated[int, Form(ge=0, le=2**31 - 1)],
    reason: Annotated[str, Form(max_length=1000)] = "",
) -> Response:
    """What was recalled is not sent after all."""
    payload = {"effect_id": str(effect_id), "expected_version": version, "reason": reason.strip()}
    return _done(request, scope, effect_id, "DropRecalled", payload, "Dropped; it is not sent.")


def _done(
    request: Request,
    scope: CurrentScope,
    effect_id: UUID,
    kind: str,
    payload: Mapping[str, object],
    said: str,
) -> Response:
    back = f"/effects/{effect_id}"
    if not payload["reason"]:
        return feedback.go(request, back, "Say why, or how you know.", "refused")
    try:
        done = perform(scope, registry.rebuild(kind, payload))
    except Refused as refused:
        if refused.code in ("not_found", "version_conflict"):
            raise
        return feedback.go(request, back, refused.message, "refused")
    if not isinstance(done, Performed):
        return feedback.go(request, back, done.sentence, "waiting", f"/approvals/{done.suggestion_id}")
    return feedback.go(request, back, said, link=f"/actions/{done.action_id}")
