"""Write: pick a contact, get a draft from facts, see what each sentence stands on, edit, ask for it to be sent."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Final, Literal
from uuid import UUID

from fastapi import APIRouter, Form
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from remit.actions import NotFound, Refused, Waiting, perform
from remit.connectors.email.mapping import new_text
from remit.db.sessions import read
from remit.domains.accounts import queries as accounts
from remit.domains.contacts.queries import list_contacts
from remit.domains.governance.queries import list_touching
from remit.domains.outreach import queries
from remit.domains.outreach.actions import DiscardDraft, EditDraft
from remit.domains.outreach.attaching import attached_of
from remit.domains.outreach.holding import ReleaseDraft
from remit.domains.outreach.material import gather_of
from remit.domains.outreach.rules import saving_told
from remit.domains.outreach.writing import draft_outreach, draft_reply, send_draft
from remit.domains.proposals import mailing
from remit.evidence.conduct import LOOK_AGAIN
from remit.kit import clock
from remit.llm.gateway import call
from remit.web import feedback, forms, render
from remit.web.allowed import may
from remit.web.doing import TOLD_IN_PLACE, act
from remit.web.nav import NavEntry
from remit.web.paging import list_request
from remit.web.problems import BadRequest, NotAllowedHere
from remit.web.sessions import CurrentScope, CurrentViewer

router = APIRouter()
ROLES: Final = frozenset({"sdr", "ae", "se", "manager", "vp"})
NAV = NavEntry("Write", "/write", "pencil", 40, roles=ROLES)
STATE_TONES: Final = {
    "draft": "muted",
    "waiting": "warn",
    "sent": "ok",
    "recalled": "warn",
    "discarded": "muted",
}
SUPPORT_NAMES: Final = {
    "supported": "stands on a fact",
    "unsupported": "no live fact: cannot be sent",
    "expired": "its fact has run out: cannot be sent",
    "not_sayable": "its fact may not be said: cannot be sent",
    "not_a_claim": "claims nothing",
}
Subject = Annotated[str, Form(max_length=1000)]
Body = Annotated[str, Form(max_length=100_000)]
Length = Annotated[Literal["short", "medium", "long"], Form()]
Tone = Annotated[Literal["direct", "warm"], Form()]


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of the text. `number` is that of its claim, 0 between claims; `support` as in SUPPORT_NAMES."""

    text: str
    number: int = 0
    support: str = ""


def pieces(body: str, claims: Sequence[Mapping[str, Any]]) -> Iterator[Piece]:
    """The text cut at its sentences, in order, so that the template can underline each by its support."""
    at = 0
    for number, claim in enumerate(claims, 1):
        start, end = claim["start"], claim["end"]
        if start < at or end > len(body):
            continue
        if start > at:
            yield Piece(body[at:start])
        yield Piece(body[start:end], number, claim["support"])
        at = end
    if at < len(body):
        yield Piece(body[at:])


@router.get("/write")
def drafts(request: Request, viewer: CurrentViewer) -> Response:
    """My drafts, last changed first."""
    asked = list_request(request, sorts=("changed",), default="-changed", filters=("state",))
    found = queries.list_drafts(
        viewer.scope, author_id=viewer.person_id, state=asked.filters.get("state") or None, after=asked.after,
        limit=asked.limit,
    )  # fmt: skip
    return render.page(
        request,
        "write/list.html",
        rows=found.rows,
        list=asked,
        next=found.next,
        tones=STATE_TONES,
        halts=list_touching(viewer.scope),
    )


@router.get("/write/new")
def new(
    request: Request, viewer: CurrentViewer, account: str = "", contact: str = "", q: str = ""
) -> Response:
    """Choose whom to write to."""
    account_id = forms.found_id(account)
    if account_id is None:
        asked = list_request(request, sorts=("name",), default="name", filters=("q",))
        chosen = accounts.Filters(text=q or None, owner_id=None if q else viewer.person_id)
        found = accounts.list_accounts(
            viewer.scope, chosen, now=clock.now(), after=asked.after, size=asked.limit
        )
        return render.page(
            request, "write/pick.html", accounts=found.rows, account=None, contacts=(), q=q, contact="", streams=False,
            list=asked, next=found.next, halts=list_touching(viewer.scope),
        )  # fmt: skip
    one = accounts.get_account(viewer.scope, account_id)
    people = list_contacts(viewer.scope, account_id)
    return render.page(
        request,
        "write/pick.html",
        accounts=(),
        account=one,
        contacts=people,
        q="",
        contact=contact,
        streams=call.configured("outreach"),
        halts=list_touching(viewer.scope, account_id=account_id),
    )


@router.get("/write/{draft_id}/file")
def enclosed(viewer: CurrentViewer, draft_id: UUID) -> Response:
    """The file that goes with a draft, as it leaves: for whoever may send or approve it."""
    draft = queries.get_draft(viewer.scope, draft_id)
    attached = attached_of(draft.attached)
    if attached is None:
        raise NotFound("file of this draft")
    if not (
        may(viewer.scope, "IssueProposal", "proposal") or may(viewer.scope, "ApproveSuggestion", "suggestion")
    ):
        raise NotAllowedHere("Whoever hands proposals over, or approves e-mails, opens their files.")
    file = mailing.open_attached(viewer.scope, attached)
    headers = {"Content-Disposition": f'attachment; filename="{file.name}"'}
    return Response(file.content, media_type=file.media_type, headers=headers)


@router.post("/write")
def write(
    viewer: CurrentViewer,
    contact: Annotated[str, Form(max_length=40)] = "",
    message: Annotated[str, Form(max_length=40)] = "",
    variant: Annotated[int, Form(ge=0, le=50)] = 0,
    length: Length = "short",
    tone: Tone = "direct",
) -> Response:
    """Have the embedded writer write to a contact, or answer a message that came in."""
    to, answered = forms.found_id(contact), forms.found_id(message)
    if answered is not None:
        draft_id = draft_reply(viewer.scope, str(answered), variant=variant)
    elif to is not None:
        draft_id = draft_outreach(viewer.scope, to, length=length, tone=tone, variant=variant)
    else:
        raise BadRequest("Name somebody to write to, or a message to answer.")
    return RedirectResponse(f"/write/{draft_id}", status_code=303)


@router.get("/write/{draft_id}")
def desk(request: Request, scope: CurrentScope, draft_id: UUID) -> Response:
    """One draft at the desk."""
    return _desk(request, scope, draft_id, "write/desk.html")


@router.post("/write/{draft_id}/check")
def check(
    request: Request, scope: CurrentScope, draft_id: UUID, subject: Subject = "", body: Body = ""
) -> Response:
    """What the checks say of a text as it is being typed; nothing is stored."""
    return _desk(request, scope, draft_id, "write/checked.html", subject, _lines(body))


def _desk(
    request: Request,
    scope: Any,
    draft_id: UUID,
    template: str,
    subject: str | None = None,
    body: str | None = None,
) -> Response:
    with read(scope) as s:
        draft = queries.load_draft(s, draft_id)
        shown = (draft.subject if subject is None else subject, draft.body if body is None else body)
        if draft.closed:
            shown = (draft.subject, draft.body)
            material, document = gather_of(s, draft, clock.now()), queries.stored_document(draft)
        else:
            material, found = queries.examine_text(s, draft, *shown)
            document = queries.document(draft, material, found, *shown)
    theirs = material.answers.body if material.answers else ""
    new = new_text(theirs).strip()
    return render.page(
        request, template, draft=draft, doc=document, pieces=list(pieces(shown[1], document["claims"])), names=SUPPORT_NAMES,
        tones=STATE_TONES, saving=saving_told(document["minutes_saved"]), **_by_outcome(document["checks"]), answers=material.answers, continued=material.continues,
        halts=list_touching(scope, account_id=draft.account_id),
        new_text=new or theirs.strip(), older_text=theirs.strip().removeprefix(new).strip() if new else "",
    )  # fmt: skip


def _by_outcome(checks: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Checks as the page lists them: what stops the message, what is to be looked at again and stops nothing, what passed."""
    found: dict[str, list[Mapping[str, Any]]] = {"failed": [], "doubtful": [], "passed": []}
    for one in checks:
        again = one["passed"] and str(one["reason"]).startswith(LOOK_AGAIN)
        found["doubtful" if again else "passed" if one["passed"] else "failed"].append(one)
    return found


def _lines(text: str) -> str:
    """Browsers send line ends as CR LF; a draft holds LF."""
    return text.replace("\r\n", "\n")


@router.post("/write/{draft_id}")
def save(
    request: Request,
    viewer: CurrentViewer,
    draft_id: UUID,
    version: Annotated[int, Form()],
    subject: Subject = "",
    body: Body = "",
    then: Annotated[str, Form(max_length=10)] = "",
) -> Response:
    """Store the text; with `then=send` ask for it to be sent."""
    draft = queries.get_draft(viewer.scope, draft_id)
    where, text = f"/write/{draft_id}", _lines(body)
    changed = (draft.subject, draft.body) != (subject, text)
    action = EditDraft(draft_id=draft_id, expected_version=version, subject=subject, body=text)
    if then != "send":
        if not changed:
            return feedback.go(request, where, "Nothing had changed.")
        return act(request, viewer, action, where, "Saved and checked again.")
    if changed:
        perform(viewer.scope, action)
    return _ask_to_send(request, viewer.scope, draft_id)


def _ask_to_send(request: Request, scope: Any, draft_id: UUID) -> Response:
    where = f"/write/{draft_id}"
    try:
        done = send_draft(scope, draft_id)
    except Refused as refused:
        if refused.code not in TOLD_IN_PLACE:
            raise
        return feedback.go(request, where, refused.message, "refused")
    if isinstance(done, Waiting):
        said = f"Waits for approval. {done.sentence}"
        return feedback.go(request, where, said, "waiting", link=f"/approvals/{done.suggestion_id}")
    return feedback.go(request, where, f"On its way. {done.sentence}", link=f"/actions/{done.action_id}")


@router.post("/write/{draft_id}/discard")
def discard(
    request: Request, viewer: CurrentViewer, draft_id: UUID, version: Annotated[int, Form()]
) -> Response:
    """Put the draft away."""
    action = DiscardDraft(draft_id=draft_id, expected_version=version)
    return act(request, viewer, action, "/write", "Draft discarded.")


@router.post("/write/{draft_id}/release")
def release(
    request: Request,
    viewer: CurrentViewer,
    draft_id: UUID,
    reason: Annotated[str, Form(max_length=1000)] = "",
) -> Response:
    """Say that what a restore holds was not sent already."""
    action = ReleaseDraft(draft_id=draft_id, reason=reason)
    return act(request, viewer, action, f"/write/{draft_id}", "Released; it can be sent now.")
