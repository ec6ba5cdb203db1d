"""Proposals: the list, one with what each line stands on, its approval, its files and what changed since the last approved one."""

from __future__ import annotations

from typing import Annotated, Final
from uuid import UUID

from fastapi import APIRouter, Form
from starlette.requests import Request
from starlette.responses import Response

from remit.actions import Performed, Refused, Waiting, perform
from remit.actions import queries as suggestions
from remit.actions.queries import SuggestionRow
from remit.domains.contacts.queries import Contact, list_contacts
from remit.domains.library.comparing import side_by_side
from remit.domains.proposals import examining, files, leaving, mailing, presenting, queries, templates
from remit.domains.proposals.actions import WithdrawProposal
from remit.domains.proposals.approving import ApproveDiscount, ApproveProposal, IssueProposal
from remit.domains.proposals.files import Format
from remit.domains.proposals.model import FINE, shown_rate
from remit.domains.proposals.records import STATES, Proposal
from remit.kit import clock
from remit.policy.model import roles_told
from remit.web import feedback, forms, render
from remit.web.allowed import asked, may
from remit.web.doing import act
from remit.web.paging import Column, list_request
from remit.web.problems import BadRequest
from remit.web.proposal_form import opened
from remit.web.sessions import CurrentViewer, Viewer

router = APIRouter()
FORMATS: Final[dict[Format, str]] = {"pdf": "PDF", "docx": "Word"}
ASKED_FOR: Final = {"ApproveProposal": "Approval", "ApproveDiscount": "The discount"}
TONES: Final = {"draft": "muted", "approved": "ok", "issued": "info", "withdrawn": "bad"}
COLUMNS: Final = (
    Column("reference", "Proposal"), Column("state", "State"), Column("account", "Account", phone=False), Column("amount", "Over the term", kind="money"),
    Column("discount", "Discount", kind="number", phone=False), Column("expires", "Holds until", kind="day", phone=False),
    Column("author", "Drawn up by", phone=False), Column("changed", "Changed", kind="time", phone=False),
)  # fmt: skip


@router.get("/proposals")
def proposals(request: Request, viewer: CurrentViewer) -> Response:
    """All that one may see, the last changed first."""
    given = list_request(request, sorts=("changed",), default="changed", filters=("state", "by"))
    state = given.filters.get("state") or None
    if state is not None and state not in STATES:
        raise BadRequest("This is not one of the choices offered.")
    found = queries.list_proposals(
        viewer.scope, state=state, author_id=viewer.person_id if given.filters.get("by") == "me" else None, after=given.after,
        size=given.limit,
    )  # fmt: skip
    fields = [
        ("state", "State", "select", list(STATES.items())),
        ("by", "Drawn up by", "select", [("me", "Me")]),
    ]
    return render.page(
        request, "proposals/list.html", rows=found.rows, list=given, columns=COLUMNS, next=found.next, fields=fields, states=STATES,
        tones=TONES, today=clock.today(), rate=shown_rate,
    )  # fmt: skip


@router.get("/proposals/{proposal_id}")
def one(request: Request, viewer: CurrentViewer, proposal_id: UUID) -> Response:
    """One as its buyer would read it, beside what it stands on and what it still needs."""
    found = queries.get_proposal(viewer.scope, proposal_id)
    now, today = clock.now(), clock.today()
    examined = examining.examine(viewer.scope, found, now)
    standing = files.status(found, today)
    scope = viewer.scope
    return render.page(
        request, "proposals/one.html", p=found, d=found.document, shown=presenting.shown(found.document, standing), standing=standing,
        sections=examined.sections, checks=examined.checks, failed=[each for each in examined.checks if not each.passed], fine=FINE,
        versions=queries.list_versions(scope, found.id), issues=queries.list_issues(scope, found.id), states=STATES, tones=TONES,
        before=queries.find_before(scope, found), rate=shown_rate, formats=FORMATS, expired=found.expired_on(today),
        may_edit=may(scope, "EditProposal", "proposal", owner_id=found.author_id) and found.state != "withdrawn",
        may_withdraw=may(scope, "WithdrawProposal", "proposal", owner_id=found.author_id) and found.state != "withdrawn",
        discount=asked(scope, "ApproveDiscount", "proposal", owner_id=found.author_id, context={"discount_bp": found.discount_bp}),
        approval=asked(
            scope, "ApproveProposal", "proposal", owner_id=found.author_id, context={"own_work": queries.has_hand(scope, found)}
        ),
        waiting=_waiting(viewer, found), asked_for=ASKED_FOR, roles_told=roles_told, readers=_readers(viewer, found), may_issue=may(scope, "IssueProposal", "proposal", owner_id=found.author_id), opened_at=now.isoformat(),
        cited={each.fact_id: f"{', '.join(filter(None, (each.name, each.locator)))}, as of {each.as_of}" for each in found.document.sources},
    )  # fmt: skip


@router.get("/proposals/{proposal_id}/page")
def as_page(request: Request, viewer: CurrentViewer, proposal_id: UUID) -> Response:
    """Only what the buyer reads, to show on a screen or to print."""
    found = queries.get_proposal(viewer.scope, proposal_id)
    standing = files.status(found, clock.today())
    return render.page(
        request, "proposals/page.html", p=found, shown=presenting.shown(found.document, standing)
    )


@router.get("/proposals/{proposal_id}/file.{format}")
def file(viewer: CurrentViewer, proposal_id: UUID, format: str) -> Response:
    """The file of what is no offer: a draft, an expired or a withdrawn one. It says so on every page."""
    found = queries.get_proposal(viewer.scope, proposal_id)
    wanted = _format(format)
    if files.status(found, clock.today()).standing == "approved":
        raise Refused(
            "This file is an offer. Take it with “Take to hand over” on the proposal's page, which puts that on the record.",
            code="issue_needed",
        )
    return _given(files.made(viewer.scope, found, wanted, clock.today()))


@router.get("/proposals/{proposal_id}/diff")
def diff(request: Request, viewer: CurrentViewer, proposal_id: UUID) -> Response:
    """The proposal beside its last approved version, or the last approved one at the same deal."""
    found = queries.get_proposal(viewer.scope, proposal_id)
    before = queries.find_before(viewer.scope, found)
    rows = list(side_by_side(files.as_text(before), files.as_text(found.document))) if before else []
    return render.page(request, "proposals/diff.html", p=found, before=before, rows=rows)


@router.post("/proposals/{proposal_id}/discount")
def give_discount(
    request: Request, viewer: CurrentViewer, proposal_id: UUID, terms: Annotated[str, Form(max_length=64)],
    opened_at: Annotated[str, Form(max_length=40)] = "",
) -> Response:  # fmt: skip
    """Give the discount of exactly these terms, or ask for it."""
    action = ApproveDiscount(proposal_id=proposal_id, terms_sha256=terms, opened_at=opened(opened_at))
    return act(request, viewer, action, f"/proposals/{proposal_id}", "The discount is given for these terms.")


@router.post("/proposals/{proposal_id}/approve")
def approve(
    request: Request, viewer: CurrentViewer, proposal_id: UUID, version: Annotated[int, Form()], sha256: Annotated[str, Form(max_length=64)],
    opened_at: Annotated[str, Form(max_length=40)] = "", minutes: Annotated[str, Form(max_length=6)] = "",
) -> Response:  # fmt: skip
    """Approve it as it stands, or ask a colleague to. A discount within one's own band is given on the way."""
    where = f"/proposals/{proposal_id}"
    found = queries.get_proposal(viewer.scope, proposal_id)
    if not found.agreed and found.sha256 == sha256:
        waits = _discount_first(request, viewer, found)
        if waits is not None:
            return waits
        version += 1
    action = ApproveProposal(
        proposal_id=proposal_id, expected_version=version, sha256=sha256, template_sha256=templates.in_use(viewer.scope).sha256,
        opened_at=opened(opened_at), elsewhere_minutes=forms.whole(minutes) or 0,
    )  # fmt: skip
    return act(request, viewer, action, where, "Approved. It can be handed over now.")


def _discount_first(request: Request, viewer: Viewer, found: Proposal) -> Response | None:
    """None when the discount is given now; else the page that says whom it waits for."""
    action = ApproveDiscount(proposal_id=found.id, terms_sha256=found.terms_sha256)
    try:
        done = perform(viewer.scope, action)
    except Refused as refused:
        return feedback.go(request, f"/proposals/{found.id}", refused.message, "refused")
    if isinstance(done, Waiting):
        said = f"{done.sentence} Ask for the proposal's approval when the discount is given."
        return feedback.go(
            request, f"/proposals/{found.id}", said, "waiting", link=f"/approvals/{done.suggestion_id}"
        )
    return None


@router.post("/proposals/{proposal_id}/withdraw")
def withdraw(
    request: Request, viewer: CurrentViewer, proposal_id: UUID, version: Annotated[int, Form()], reason: Annotated[str, Form(max_length=500)]
) -> Response:  # fmt: skip
    """Take it back."""
    action = WithdrawProposal(proposal_id=proposal_id, expected_version=version, reason=reason)
    return act(request, viewer, action, f"/proposals/{proposal_id}", "Withdrawn.")


@router.post("/proposals/{proposal_id}/issue")
def issue(
    request: Request, viewer: CurrentViewer, proposal_id: UUID, format: Annotated[str, Form(max_length=4)]
) -> Response:
    """The approved file, once it is on the record that it was taken."""
    found = queries.get_proposal(viewer.scope, proposal_id)
    wanted = _format(format)
    try:
        made = leaving.file_to_leave(viewer.scope, found, wanted, clock.today())
        action = IssueProposal(
            proposal_id=found.id, sha256=found.sha256, format=wanted, file_sha256=made.sha256
        )
        done = perform(viewer.scope, action)
    except Refused as refused:
        if refused.code == "not_found":
            raise
        return feedback.go(request, f"/proposals/{proposal_id}", refused.message, "refused")
    if not isinstance(done, Performed):
        return feedback.go(request, f"/proposals/{proposal_id}", done.sentence, "waiting")
    return _given(made)


@router.post("/proposals/{proposal_id}/email")
def email(
    request: Request, viewer: CurrentViewer, proposal_id: UUID, contact: Annotated[str, Form(max_length=40)],
    format: Annotated[str, Form(max_length=4)],
) -> Response:  # fmt: skip
    """Write an e-mail that the approved file goes with; it is read, changed and sent as any other draft."""
    found = queries.get_proposal(viewer.scope, proposal_id)
    to = forms.found_id(contact)
    if to is None:
        raise BadRequest("Choose the contact that it goes to.")
    try:
        draft_id = mailing.draft_email(viewer.scope, found, to, _format(format))
    except Refused as refused:
        if refused.code == "not_found":
            raise
        return feedback.go(request, f"/proposals/{proposal_id}", refused.message, "refused")
    return feedback.go(request, f"/write/{draft_id}", "Written. Read it, then ask for it to be sent.")


def _readers(viewer: Viewer, found: Proposal) -> list[Contact]:
    """Contacts of its account that can be written to."""
    if found.state not in ("approved", "issued"):
        return []
    return [one for one in list_contacts(viewer.scope, found.account_id) if one.may_email]


def _waiting(viewer: Viewer, found: Proposal) -> SuggestionRow | None:
    """The request about it that waits for somebody, so that nobody has to ask again to find it."""
    waits = suggestions.find_waiting_about(viewer.scope, "proposal", found.id)
    one = suggestions.get_suggestion(viewer.scope, waits) if waits is not None else None
    return one if one is not None and one.kind in ASKED_FOR else None


def _format(text: str) -> Format:
    return forms.choice(text, FORMATS)


def _given(made: files.File) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{made.name}"'}
    return Response(made.content, media_type=made.media_type, headers=headers)
