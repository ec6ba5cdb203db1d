"""The routes of /api/v1. A change needs the session's cookie and its token in X-CSRF-Token; bodies are JSON."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from starlette.requests import Request

from remit.actions import Performed, Refused, Waiting, approve, perform, queries, registry
from remit.actions.suggestions import RejectSuggestion
from remit.audit import queries as audit
from remit.domains.outreach.actions import WriteDraft
from remit.domains.outreach.rules import HAND
from remit.ladder import queries as ladder
from remit.web import bearer, security
from remit.web.api import schemas
from remit.web.problems import WrongContentType
from remit.web.sessions import CurrentScope, CurrentViewer, find_viewer
from remit.web.tokens import masked_token

Cursor = Annotated[str | None, Query(max_length=2000)]
Limit = Annotated[int, Query(ge=1, le=200)]


def check_change(request: Request) -> None:
    """Changes come from our own pages or tools, as JSON, with the session's token."""
    find_viewer(request)
    if bearer.check_reach(request):
        _check_json(request)
        return
    if request.method in security.SAFE:
        return
    security.check_origin(request)
    _check_json(request)
    security.check_token(request)


def _check_json(request: Request) -> None:
    if request.method in security.SAFE:
        return
    kind = request.headers.get("content-type", "").split(";")[0].strip().lower()
    if kind != "application/json":
        raise WrongContentType("The API reads application/json.")


PROBLEMS: dict[int | str, dict[str, Any]] = {
    status: {"model": schemas.Error} for status in (400, 401, 403, 404, 409, 413, 415, 422, 503)
}
router = APIRouter(prefix="/api/v1", dependencies=[Depends(check_change)], responses=PROBLEMS)


@router.get("/me")
def me(viewer: CurrentViewer) -> schemas.Me:
    """Who is signed in."""
    return schemas.Me(
        id=viewer.person_id,
        name=viewer.name,
        roles=sorted(viewer.roles),
        time_zone=viewer.zone.key,
        csrf=masked_token(viewer.csrf_secret),
    )


@router.get("/suggestions")
def list_suggestions(
    scope: CurrentScope, box: queries.Box = "for_me", after: Cursor = None, limit: Limit = 50
) -> schemas.SuggestionPage:
    """What waits for a person."""
    found = queries.list_suggestions(scope, box, after=after, limit=limit)
    rows = [schemas.Suggestion.model_validate(row) for row in found.rows]
    return schemas.SuggestionPage(suggestions=rows, next=found.next)


@router.get("/suggestions/{suggestion_id}")
def get_suggestion(scope: CurrentScope, suggestion_id: UUID) -> schemas.Suggestion:
    """One suggestion with its exact payload."""
    return schemas.Suggestion.model_validate(queries.get_suggestion(scope, suggestion_id))


@router.post("/suggestions/{suggestion_id}/approve")
def approve_suggestion(scope: CurrentScope, suggestion_id: UUID, body: schemas.Approve) -> schemas.Outcome:
    """Approve exactly this hash; the door decides again."""
    return _outcome(approve(scope, suggestion_id, body.payload_hash))


@router.post("/suggestions/{suggestion_id}/reject")
def reject_suggestion(scope: CurrentScope, suggestion_id: UUID, body: schemas.Reject) -> schemas.Outcome:
    """Reject with a reason."""
    return _outcome(perform(scope, RejectSuggestion(suggestion_id=suggestion_id, reason=body.reason)))


@router.get("/actions/{action_id}")
def get_action(scope: CurrentScope, action_id: UUID) -> schemas.PerformedAction:
    """One performed action."""
    return schemas.PerformedAction.model_validate(queries.get_action(scope, action_id))


@router.post("/actions")
def perform_action(scope: CurrentScope, body: schemas.Perform) -> schemas.Outcome:
    """Perform an action by kind; what needs an approval waits for it."""
    known = registry.verbs().get(body.kind)
    if known is not None and not known.action.by_api:
        raise Refused(f"{body.kind} has its own way in.", code="unknown_action")
    action = registry.rebuild(body.kind, body.payload)
    if isinstance(action, WriteDraft) and action.writer != HAND:
        raise Refused(f"A text that comes by the API is written “{HAND}”.", code="writer_unfit")
    return _outcome(perform(scope, action, key=body.key, reason=body.reason))


@router.get("/ladder")
def get_ladder(scope: CurrentScope) -> list[schemas.StepState]:
    """The eight steps and their gates."""
    return [
        schemas.StepState(
            step=step.step.number, title=step.step.title, gates=[_gate(gate) for gate in step.gates]
        )
        for step in ladder.list_steps(scope)
    ]


@router.get("/audit")
def list_audit(scope: CurrentScope, after: Cursor = None, limit: Limit = 50) -> schemas.AuditPage:
    """The record, newest first, as far as one may see it."""
    found = audit.list_audit(scope, after=after, limit=limit)
    rows = [schemas.AuditRecord.model_validate(row) for row in found.rows]
    return schemas.AuditPage(records=rows, next=found.next)


def _outcome(done: Performed | Waiting) -> schemas.Outcome:
    if isinstance(done, Performed):
        return schemas.Outcome(
            status="performed",
            sentence=done.sentence,
            rule_ids=list(done.rule_ids),
            action_id=done.action_id,
            result=dict(done.result),
        )
    return schemas.Outcome(
        status="waiting",
        sentence=done.sentence,
        rule_ids=list(done.rule_ids),
        suggestion_id=done.suggestion_id,
        payload_hash=done.payload_hash,
        expires_at=done.expires_at,
    )


def _gate(now: ladder.GateNow) -> schemas.GateState:
    reading = now.reading
    return schemas.GateState(
        id=now.gate.id,
        title=now.gate.title,
        state=now.state,
        value=reading.value if reading else None,
        bound=reading.bound if reading else None,
        threshold=now.gate.threshold,
        n=reading.n_count if reading else 0,
        n_min=now.gate.n_min_count,
        missing=now.missing,
        definition_version=now.gate.version,
    )
