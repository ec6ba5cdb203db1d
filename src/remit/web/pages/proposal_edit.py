"""Drawing a proposal up: its parameters at a deal, and the texts of its sections."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from fastapi import APIRouter
from pydantic import ValidationError
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response

from remit.actions import Action, Performed, Refused, perform
from remit.db.sessions import read
from remit.domains.contacts.queries import load_contacts
from remit.domains.opportunities.queries import get_deal
from remit.domains.proposals import queries
from remit.domains.proposals.actions import DraftProposal, EditProposal
from remit.domains.proposals.terms import PAYMENTS
from remit.domains.quoting.queries import list_live
from remit.domains.quoting.rules import BANDS, band_of
from remit.kit import clock
from remit.web import feedback, forms, proposal_form, render
from remit.web.allowed import may
from remit.web.problems import NotAllowedHere
from remit.web.proposal_form import ParametersUnfit
from remit.web.sessions import CurrentViewer, Viewer

router = APIRouter()
HOLDS: Final = timedelta(days=30)


@router.get("/pipeline/{deal_id}/proposal")
def new(request: Request, viewer: CurrentViewer, deal_id: UUID) -> Response:
    """The parameters of a new proposal, filled from the deal."""
    if not may(viewer.scope, "DraftProposal", "opportunity"):
        raise NotAllowedHere("Reps, managers and the VP draw up proposals.")
    found = get_deal(viewer.scope, deal_id, now=clock.now())
    prices = list_live(viewer.scope, clock.today())
    first = next((one for one in prices if one.product == found.product), None)
    rows = [(f"{first.product_id}|{first.unit_text}" if first else "", "")]
    rows += [("", "")] * (proposal_form.ROWS - 1)
    given = dict.fromkeys(("title", "users", "starts_on", "live_on", "lead"), "") | {"term": "12", "discount": "", "payment": "year", "sites": "1", "expires_on": (clock.today() + HOLDS).isoformat(), "ours": found.deal.owner or ""}  # fmt: skip
    return render.page(
        request, "proposals/form.html", deal=found.deal, p=None, rows=rows, given=given, contact=found.contact_id, sections=(),
        **_offered(viewer, found.deal.account_id),
    )  # fmt: skip


@router.get("/proposals/{proposal_id}/edit")
def edit_form(request: Request, viewer: CurrentViewer, proposal_id: UUID) -> Response:
    """The same form with what the proposal says, and the text of each section."""
    p = queries.get_proposal(viewer.scope, proposal_id)
    if not may(viewer.scope, "EditProposal", "proposal", owner_id=p.author_id):
        raise NotAllowedHere("Reps, managers and the VP draw up proposals.")
    deal = get_deal(viewer.scope, p.opportunity_id, now=clock.now()).deal
    offered = _offered(viewer, p.account_id)
    units = {one.product_id: one.unit_text for one in offered["prices"]}
    t = p.terms
    given = {
        "title": p.title, "term": str(t.term_months), "discount": f"{t.discount_bp / 100:g}" if t.discount_bp else "", "payment": t.payment,
        "sites": str(t.sites or ""), "users": str(t.users or ""), "expires_on": t.expires_on.isoformat(),
        "starts_on": t.starts_on.isoformat() if t.starts_on else "", "live_on": t.live_on.isoformat() if t.live_on else "", "lead": t.lead, "ours": t.ours,
    }  # fmt: skip
    examined = queries.examine(viewer.scope, p, clock.now())
    return render.page(
        request, "proposals/form.html", deal=deal, p=p, rows=proposal_form.chosen(t, units), given=given, contact=p.contact_id,
        sections=examined.sections, **offered,
    )  # fmt: skip


def _offered(viewer: Viewer, account_id: UUID | None) -> dict[str, Any]:
    with read(viewer.scope) as s:
        contacts = load_contacts(s, account_id) if account_id else []
    band = band_of(viewer.roles)
    return {
        "prices": list_live(viewer.scope, clock.today()), "contacts": contacts, "payments": PAYMENTS, "band": band, "bands": BANDS,
        "opened_at": clock.now().isoformat(),
    }  # fmt: skip


@router.post("/pipeline/{deal_id}/proposal")
async def draft(request: Request, viewer: CurrentViewer, deal_id: UUID) -> Response:
    """Draw it up."""
    form = await request.form()
    back = f"/pipeline/{deal_id}/proposal"
    try:
        action = DraftProposal(
            opportunity_id=deal_id, contact_id=forms.found_id(_text(form, "contact")), title=_text(form, "title"), terms=_terms(form),
            opened_at=proposal_form.opened(_text(form, "opened_at")),
        )  # fmt: skip
    except (ParametersUnfit, ValidationError) as error:
        return feedback.go(request, back, _told(error), "refused")
    return _done(request, viewer, action, back, "Drawn up. Read it, then ask for its approval.")


@router.post("/proposals/{proposal_id}/edit")
async def edit(request: Request, viewer: CurrentViewer, proposal_id: UUID) -> Response:
    """Draw it up again; a text that is left as it is stays the library's."""
    form = await request.form()
    back = f"/proposals/{proposal_id}/edit"
    bodies = {
        name.removeprefix("body-"): str(value).replace("\r\n", "\n") for name, value in form.items() if name.startswith("body-")
    }  # fmt: skip
    try:
        action = EditProposal(
            proposal_id=proposal_id, expected_version=forms.whole(_text(form, "version")) or 0, title=_text(form, "title"),
            contact_id=forms.found_id(_text(form, "contact")), terms=_terms(form), bodies=_changed(viewer, proposal_id, bodies),
            opened_at=proposal_form.opened(_text(form, "opened_at")), elsewhere_minutes=forms.whole(_text(form, "minutes")) or 0,
        )  # fmt: skip
    except (ParametersUnfit, ValidationError) as error:
        return feedback.go(request, back, _told(error), "refused")
    return _done(request, viewer, action, back, "Saved. What waited for approval is void.")


def _changed(viewer: Viewer, proposal_id: UUID, bodies: dict[str, str]) -> dict[str, str]:
    """Texts that differ from what the library wrote: other parameters write the others anew."""
    stored = {one.key: one for one in queries.get_proposal(viewer.scope, proposal_id).document.sections}
    return {
        key: text for key, text in bodies.items() if key in stored and (text.strip() != stored[key].body.strip() or stored[key].edited)
    }  # fmt: skip


def _terms(form: FormData) -> Any:
    values = {name: str(value) for name, value in form.items()}
    products = [str(one) for one in form.getlist("product")]
    return proposal_form.terms(values, products, [str(one) for one in form.getlist("quantity")])


def _text(form: FormData, name: str) -> str:
    return str(form.get(name, ""))[:200]


def _told(error: ParametersUnfit | ValidationError) -> str:
    if isinstance(error, ParametersUnfit):
        return str(error)
    return f"{error.errors(include_url=False, include_input=False)[0]['msg']}."


def _done(request: Request, viewer: Viewer, action: Action, back: str, said: str) -> Response:
    try:
        done = perform(viewer.scope, action)
    except Refused as refused:
        if refused.code == "not_found":
            raise
        return feedback.go(request, back, refused.message, "refused")
    if not isinstance(done, Performed):
        return feedback.go(request, back, done.sentence, "waiting", link=f"/approvals/{done.suggestion_id}")
    return feedback.go(request, f"/proposals/{done.result['proposal_id']}", said)
