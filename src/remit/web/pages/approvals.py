"""Approvals: what waits for a person, exactly as it will leave; and what nobody can know, for a person to settle."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, get_args
from uuid import UUID

from fastapi import APIRouter, Form
from starlette.requests import Request
from starlette.responses import Response

from remit.actions import NotFound, Performed, Refused, approve, perform, queries, seeded
from remit.actions.suggestions import RejectSuggestion, ReleaseSuggestion
from remit.connectors.email.preview import footer_for
from remit.domains.outreach.queries import Draft, count_stored, get_draft
from remit.domains.outreach.threads import Earlier, find_continued
from remit.domains.people import overseers
from remit.domains.proposals.fixed_words import Paragraph
from remit.domains.proposals.templates import get_words
from remit.domains.retention.foretold import Foretold, foretell
from remit.domains.supervision.shown import Shown, look_at, opened
from remit.policy.model import roles_told
from remit.scope import Scope
from remit.web import feedback, offers, render, told
from remit.web.allowed import may
from remit.web.nav import NavEntry
from remit.web.paging import list_request
from remit.web.problems import BadRequest
from remit.web.sessions import CurrentScope, CurrentViewer

router = APIRouter()
NAV = NavEntry("Approvals", "/approvals", "checks", 50, phone=True)
BOXES = (
    ("for_me", "For me"),
    ("mine", "Made by me or for me"),
    ("all", "All that I see"),
    ("decided", "Decided"),
)


@router.get("/approvals")
def waiting(request: Request, scope: CurrentScope) -> Response:
    """The lists, a page at a time."""
    asked = list_request(request, sorts=("expires",), default="expires", filters=("box",))
    box = asked.filters.get("box", "for_me")
    if box not in get_args(queries.Box):
        raise BadRequest("There is no such list.")
    found = queries.list_suggestions(scope, box, after=asked.after)  # type: ignore[arg-type]
    uncertain = queries.list_uncertain(scope) if box == "for_me" and not asked.after else []
    return render.page(
        request,
        "approvals/list.html",
        rows=found.rows,
        next=found.next,
        list=asked,
        box=box,
        boxes=BOXES,
        mail=told.mail,
        roles_told=roles_told,
        uncertain=uncertain,
    )


@router.get("/approvals/{suggestion_id}")
def one(request: Request, scope: CurrentScope, suggestion_id: UUID) -> Response:
    """One suggestion with its exact payload."""
    found = queries.get_suggestion(scope, suggestion_id)
    mine = not found.needs or "*" in found.needs or bool(scope.roles & set(found.needs))
    own = found.made_by(scope.person_id) and set(found.rule_ids) & set(queries.second_person_rules())
    return render.page(
        request,
        "approvals/one.html",
        one=found,
        stages=told.waiting_stages(found),
        rules=told.rules(found.rule_ids),
        fields=told.fields(found.payload),
        mail=told.mail(found.kind, found.payload),
        draft=_draft(scope, found),
        footer=footer_for(scope, found.kind, found.payload, found.on_behalf_of_name or found.proposer),
        continued=_continued(scope, found.payload),
        own=bool(own),
        may_approve=mine and may(scope, "ApproveSuggestion", "suggestion"),
        may_reject=may(scope, "RejectSuggestion", "suggestion"),
        needed=roles_told(found.needs),
        code=_code(scope, found),
        offer=offers.find_offer(scope, found),
        words=_words(scope, found),
        erased=_erased(scope, found),
    )


def _continued(scope: Scope, payload: Mapping[str, Any]) -> Earlier | None:
    """The message of ours in whose thread an e-mail goes."""
    return find_continued(scope, UUID(str(payload["draft_id"]))) if "draft_id" in payload else None


def _words(scope: Scope, found: queries.SuggestionRow) -> list[Paragraph]:
    """What a Word template that waits says of its own, with what the rules of conduct say of it."""
    if found.kind != "AddProposalTemplate" or "template_id" not in found.payload:
        return []
    return get_words(scope, UUID(str(found.payload["template_id"])))


def _erased(scope: Scope, found: queries.SuggestionRow) -> Foretold | None:
    """What a request to erase somebody would take and leave, while it waits."""
    if found.kind != "ErasePerson" or found.state != "waiting":
        return None
    return foretell(scope, UUID(str(found.payload["contact_id"])))


def _code(scope: Scope, found: queries.SuggestionRow) -> str | None:
    """What opens a sign-in link, for the one who approved it."""
    if found.kind != "IssueInvitation" or found.state != "approved":
        return None
    return overseers.find_code(scope, str(found.payload["token_hash"]))


def _draft(scope: Scope, found: queries.SuggestionRow) -> Draft | Shown | None:
    """The draft behind an e-mail, with its sentences and their sources, while it is still the text that waits.

    A seeded draft has none: its sentences are looked at as they would be, so that it looks like any other.
    """
    mail = told.mail(found.kind, found.payload)
    if mail is None or found.state != "waiting":
        return None
    try:
        draft = get_draft(scope, UUID(mail.draft_id))
    except NotFound:
        writer = found.on_behalf_of or found.proposed_by
        return look_at(scope, UUID(str(found.payload["contact_id"])), writer, mail.body) if found.kind == "SendEmail" else None  # fmt: skip
    return draft if (draft.subject, draft.body) == (mail.subject, mail.body) else None


@router.post("/approvals/{suggestion_id}/edit")
def edit(request: Request, viewer: CurrentViewer, suggestion_id: UUID) -> Response:
    """Open the draft behind it to change it. A seeded draft is told then, and counts as neither caught nor missed."""
    found = queries.get_suggestion(viewer.scope, suggestion_id)
    draft_id = UUID(str(found.payload.get("draft_id", suggestion_id)))
    if not count_stored(viewer.scope, draft_id):
        return feedback.go(request, "/approvals", opened(viewer.scope, suggestion_id), "refused")
    return feedback.go(request, f"/write/{draft_id}")


@router.post("/approvals/{suggestion_id}/approve")
def say_yes(
    request: Request,
    viewer: CurrentViewer,
    suggestion_id: UUID,
    payload_hash: Annotated[str, Form(max_length=64)],
) -> Response:
    """Approve exactly the payload that the form names; the door decides again."""
    try:
        done = approve(viewer.scope, suggestion_id, payload_hash)
    except Refused as refused:
        if refused.code == "not_found":
            raise
        if refused.code == seeded.CODE:
            return feedback.go(request, "/approvals", f"Not approved. {refused.message}", "refused")
        return feedback.go(
            request, f"/approvals/{suggestion_id}", f"Not approved. {refused.message}", "refused"
        )
    left = done.effect_ids or done.result.get("state") == "queued"
    if done.kind == "IssueInvitation":
        said = "Approved. Tell the person the code yourself; nobody else is shown it."
        return feedback.go(request, f"/approvals/{suggestion_id}", said)
    said = "Approved. It is queued and leaves within seconds." if left else "Approved and done."
    if leaves_at := done.result.get("leaves_at"):
        at = datetime.fromisoformat(str(leaves_at)).astimezone(viewer.zone)
        said = f"Approved. It leaves at {at:%H:%M} on {at.day} {at:%B} ({viewer.zone.key}), when its reader may be written to."
    return feedback.go(request, "/approvals", said, link=f"/actions/{done.action_id}")


@router.post("/approvals/{suggestion_id}/reject")
def say_no(
    request: Request,
    viewer: CurrentViewer,
    suggestion_id: UUID,
    reason: Annotated[str, Form(max_length=1000)] = "",
) -> Response:
    """Reject with a reason, which whoever suggested it reads."""
    try:
        done = perform(viewer.scope, RejectSuggestion(suggestion_id=suggestion_id, reason=reason))
    except Refused as refused:
        if refused.code == "not_found":
            raise
        return feedback.go(request, f"/approvals/{suggestion_id}", refused.message, "refused")
    caught = str(done.result.get("seeded", "")) if isinstance(done, Performed) else ""
    return feedback.go(request, "/approvals", caught or "Rejected; the reason is on the record.")


@router.post("/approvals/{suggestion_id}/release")
def let_go(
    request: Request,
    viewer: CurrentViewer,
    suggestion_id: UUID,
    reason: Annotated[str, Form(max_length=1000)] = "",
) -> Response:
    """Say that what a restore holds was not done already."""
    here = f"/approvals/{suggestion_id}"
    try:
        perform(viewer.scope, ReleaseSuggestion(suggestion_id=suggestion_id, reason=reason))
    except Refused as refused:
        if refused.code == "not_found":
            raise
        return feedback.go(request, here, refused.message, "refused")
    return feedback.go(request, here, "Released; it can be approved now.")


@router.get("/actions/{action_id}")
def performed(request: Request, scope: CurrentScope, action_id: UUID) -> Response:
    """One performed action: stages, payload, what left and what came of it."""
    found = queries.get_action(scope, action_id)
    return render.page(
        request,
        "approvals/action.html",
        one=found,
        stages=told.performed_stages(found.stages),
        rules=told.rules(found.rule_ids),
        fields=told.fields(found.payload),
        mail=told.mail(found.kind, found.payload),
        footer=footer_for(scope, found.kind, found.payload),
        continued=_continued(scope, found.payload),
    )
