"""Drawing a proposal up: its parameters at a deal, and the texts of its sections."""

from __future__ import annotations

from dataclasses import replace
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
from remit.domains.proposals import examining, queries
from remit.domains.proposals.actions import DraftProposal, EditProposal
from remit.domains.proposals.building import list_colleagues
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
    return _new(request, viewer, deal_id)


def _new(
    request: Request, viewer: Viewer, deal_id: UUID, typed: proposal_form.Typed | None = None
) -> Response:
    if not may(viewer.scope, "DraftProposal", "opportunity"):
        raise NotAllowedHere("Reps, managers and the VP draw up proposals.")
    found = get_deal(viewer.scope, deal_id, now=clock.now())
    offered = _offered(viewer, found.deal.account_id)
    first = next((one for one in offered["prices"] if one.product == found.product), None)
    rows = [(f"{first.product_id}|{first.unit_text}" if first else "", "", "")]
    rows += [proposal_form.EMPTY] * (proposal_form.ROWS - 1)
    given = dict.fromkeys(("title", "users", "starts_on", "live_on", "lead"), "") | {"term": "12", "discount": "", "payment": "year", "sites": "1", "expires_on": (clock.today() + HOLDS).isoformat(), "ours": str(found.deal.owner_id or "")}  # fmt: skip
    shown = {"deal": found.deal, "p": None, "rows": rows, "given": given, "contact": found.contact_id, "sections": (), **offered}  # fmt: skip
    return _form(request, shown, typed)


@router.get("/proposals/{proposal_id}/edit")
def edit_form(request: Request, viewer: CurrentViewer, proposal_id: UUID) -> Response:
    """The same form with what the proposal says, and the text of each section."""
    return _edit(request, viewer, proposal_id)


def _edit(
    request: Request, viewer: Viewer, proposal_id: UUID, typed: proposal_form.Typed | None = None
) -> Response:
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
        "starts_on": t.starts_on.isoformat() if t.starts_on else "", "live_on": t.live_on.isoformat() if t.live_on else "", "lead": str(t.lead_id or ""), "ours": str(t.ours_id or ""),
    }  # fmt: skip
    sections = examining.examine(viewer.scope, p, clock.now()).sections
    rows = proposal_form.chosen(t, units)
    shown = {"deal": deal, "p": p, "rows": rows, "given": given, "contact": p.contact_id, "sections": sections, **offered}  # fmt: skip
    return _form(request, shown, typed)


def _form(request: Request, shown: dict[str, Any], typed: proposal_form.Typed | None) -> Response:
    """The form; with what was typed and why it was refused, nothing of it lost, where it comes back."""
    if typed is not None:
        shown["given"] |= typed.given
        shown |= {"rows": typed.rows, "contact": typed.contact_id, "opened_at": typed.opened_at or shown["opened_at"]}  # fmt: skip
        shown["sections"] = [
            replace(one, body=typed.bodies.get(one.key, one.body)) for one in shown["sections"]
        ]
    why = typed.why if typed else ""
    return render.page(request, "proposals/form.html", **shown, why=why, status=400 if why else 200)


def _offered(viewer: Viewer, account_id: UUID | None) -> dict[str, Any]:
    with read(viewer.scope) as s:
        contacts = load_contacts(s, account_id) if account_id else []
    band = band_of(viewer.roles)
    return {
        "prices": list_live(viewer.scope, clock.today()), "contacts": contacts, "colleagues": list_colleagues(viewer.scope), "payments": PAYMENTS, "band": band, "bands": BANDS,
        "opened_at": clock.now().isoformat(),
    }  # fmt: skip


@router.post("/pipeline/{deal_id}/proposal")
async def draft(request: Request, viewer: CurrentViewer, deal_id: UUID) -> Response:
    """Draw it up."""
    form = await request.form()
    try:
        action = DraftProposal(
            opportunity_id=deal_id, contact_id=forms.found_id(_text(form, "contact")), title=_text(form, "title"), terms=_terms(form),
            opened_at=proposal_form.opened(_text(form, "opened_at")),
        )  # fmt: skip
        return _done(request, viewer, action, "Drawn up. Read it, then ask for its approval.")
    except (ParametersUnfit, ValidationError, Refused) as error:
        return _new(request, viewer, deal_id, _typed(form, error))


@router.post("/proposals/{proposal_id}/edit")
async def edit(request: Request, viewer: CurrentViewer, proposal_id: UUID) -> Response:
    """Draw it up again; a text that is left as it is stays the library's."""
    form = await request.form()
    try:
        action = EditProposal(
            proposal_id=proposal_id, expected_version=forms.whole(_text(form, "version")) or 0, title=_text(form, "title"),
            contact_id=forms.found_id(_text(form, "contact")), terms=_terms(form), bodies=_changed(viewer, proposal_id, proposal_form.bodies(form)),
            opened_at=proposal_form.opened(_text(form, "opened_at")), elsewhere_minutes=forms.whole(_text(form, "minutes")) or 0,
        )  # fmt: skip
        return _done(request, viewer, action, "Saved. What waited for approval is void.")
    except (ParametersUnfit, ValidationError, Refused) as error:
        return _edit(request, viewer, proposal_id, _typed(form, error))


def _changed(viewer: Viewer, proposal_id: UUID, bodies: dict[str, str]) -> dict[str, str]:
    """Texts that differ from what the library wrote: other parameters write the others anew."""
    stored = {one.key: one for one in queries.get_proposal(viewer.scope, proposal_id).document.sections}
    return {
        key: text for key, text in bodies.items() if key in stored and (text.strip() != stored[key].body.strip() or stored[key].edited)
    }  # fmt: skip


def _terms(form: FormData) -> Any:
    values = {name: str(value) for name, value in form.items()}
    products = [str(one) for one in form.getlist("product")]
    lines = [[str(one) for one in form.getlist(name)] for name in ("quantity", "line_discount")]
    return proposal_form.terms(values, products, *lines)


def _text(form: FormData, name: str) -> str:
    return str(form.get(name, ""))[:200]


def _typed(form: FormData, error: ParametersUnfit | ValidationError | Refused) -> proposal_form.Typed:
    if isinstance(error, Refused):
        if error.code == "not_found":
            raise error
        return proposal_form.typed(form, error.message)
    return proposal_form.typed(
        form, str(error) if isinstance(error, ParametersUnfit) else proposal_form.told(error)
    )


def _done(request: Request, viewer: Viewer, action: Action, said: str) -> Response:
    done = perform(viewer.scope, action)
    if not isinstance(done, Performed):
        return feedback.go(
            request, "/proposals", done.sentence, "waiting", link=f"/approvals/{done.suggestion_id}"
        )
    return feedback.go(request, f"/proposals/{done.result['proposal_id']}", said)
