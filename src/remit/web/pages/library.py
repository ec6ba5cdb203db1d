"""Library: the list of templates, one with its life and versions, two side by side, its text for a contact."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from remit.actions import NotFound
from remit.db.sessions import read
from remit.domains.library import coverage as covering
from remit.domains.library import keeping, queries, readers, rules, shipped
from remit.domains.library.model import CHANNELS, MOTIONS, PERSONAS, ROLES, SEGMENTS
from remit.domains.library.motions import OTHER, title
from remit.domains.library.writing import WriteTemplates
from remit.domains.supervision.rules import CATEGORIES
from remit.kit import clock
from remit.web import forms, render
from remit.web.allowed import may
from remit.web.doing import act
from remit.web.nav import NavEntry
from remit.web.paging import Column, list_request
from remit.web.sessions import CurrentViewer, Viewer, require

router = APIRouter()
READERS: Final = frozenset(
    {"sdr", "ae", "se", "manager", "vp", "enablement", "compliance", "governance", "operations"}
)
NAV = NavEntry("Library", "/library", "quote", 42, roles=READERS, also=("/sequences",))
TONES: Final = {
    "live": "ok", "review": "warn", "compliance": "warn", "draft": "muted", "returned": "bad", "expired": "bad", "superseded": "muted",
}  # fmt: skip
NAMES: Final[dict[str, Any]] = {
    "roles": ROLES, "motions": MOTIONS, "channels": CHANNELS, "categories": CATEGORIES, "personas": PERSONAS, "segments": SEGMENTS,
    "states": rules.STATES, "tones": TONES,
}  # fmt: skip
PIECES: Final = (
    Column("subject", "Piece of work"),
    Column("kind", "Kind", phone=False),
    Column("account", "Account"),
    Column("by", "By", phone=False),
    Column("at", "When", kind="time"),
)
FILTERS: Final = ("role", "motion", "persona", "segment", "channel", "category", "state", "text", "contact")


@router.get("/library")
def library(request: Request, viewer: CurrentViewer) -> Response:
    """The templates, by motion; the live version of each."""
    require(viewer, *READERS)
    asked = list_request(request, sorts=("motion",), default="motion", filters=FILTERS)
    given = {name: value for name, value in asked.filters.items() if name != "contact"}
    with read(viewer.scope) as s:
        found = queries.load_templates(s, queries.Filters(**given), after=asked.after, size=asked.limit)
        counts = queries.count_by_state(s)
    reader = reader_of(viewer, asked.filters.get("contact", ""))
    return render.page(
        request, "library/list.html", rows=found.rows, next=found.next, list=asked, counts=counts, soon=rules.SOON_DAYS, today=clock.today(),
        may_write=may(viewer.scope, "WriteTemplates", "template"), reader=reader, shipped_count=0 if counts else len(shipped.texts()), **NAMES,
    )  # fmt: skip


@router.get("/library/coverage")
def coverage(request: Request, viewer: CurrentViewer) -> Response:
    """Motions seen in the reader's part of the work, and which of them lack a template."""
    require(viewer, *READERS)
    found = covering.get_coverage(viewer.scope, clock.today())
    return render.page(request, "library/coverage.html", found=found, basis=covering.BASIS)


@router.get("/library/coverage/{motion}")
def pieces(request: Request, viewer: CurrentViewer, motion: str) -> Response:
    """The pieces of work behind the number of one motion."""
    require(viewer, *READERS)
    if motion not in MOTIONS and motion != OTHER:
        raise NotFound("motion")
    rows = covering.list_pieces(viewer.scope, motion, clock.today())
    return render.page(
        request, "library/pieces.html", rows=rows, columns=PIECES, motion=motion, name=title(motion), most=covering.MOST_SHOWN, motions=MOTIONS,
    )  # fmt: skip


@router.post("/library/shipped")
def bring_in(request: Request, viewer: CurrentViewer) -> Response:
    """Store the templates that ship with Remit as drafts."""
    action = WriteTemplates(sources=tuple(shipped.texts().values()))
    return act(
        request, viewer, action, "/library?state=draft", "Stored as drafts. Look at them, then submit them."
    )


@router.get("/library/texts/{text_id}")
def text(request: Request, viewer: CurrentViewer, text_id: UUID) -> Response:
    """A text that was kept with an account."""
    require(viewer, *READERS)
    return render.page(request, "library/text.html", text=keeping.get_text(viewer.scope, text_id))


def reader_of(viewer: Viewer, contact: str) -> readers.Reader | None:
    """The contact that an address names, where the viewer may see them."""
    contact_id = forms.found_id(contact)
    return next(iter(readers.list_readers(viewer.scope, contact_id=contact_id)), None) if contact_id else None
