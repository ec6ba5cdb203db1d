"""Library → Outcomes: how often each template is answered, recent beside earlier; the messages behind each number."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from remit.domains.library import outcomes, queries, rules
from remit.kit import clock
from remit.web import render
from remit.web.pages.library import NAMES, READERS
from remit.web.paging import Column
from remit.web.sessions import CurrentViewer, require

router = APIRouter()
TRENDS: Final = {
    "decayed": ("worn off", "bad"),
    "holds": ("not fallen beyond chance", "ok"),
    "too_few": ("too few to compare", "muted"),
}
COLUMNS: Final = (
    Column("subject", "Message"),
    Column("account", "Account", phone=False),
    Column("sender", "Sent by", phone=False),
    Column("at", "Sent", kind="time"),
    Column("answered", "Answered"),
)


@router.get("/library/outcomes")
def table(request: Request, viewer: CurrentViewer) -> Response:
    """Every template from which anything was sent."""
    require(viewer, *READERS)
    found = outcomes.list_outcomes(viewer.scope, clock.today())
    return render.page(
        request, "library/outcomes.html", found=found, trends=TRENDS, days=rules.DECAY_DAYS, least=rules.DECAY_LEAST, **NAMES
    )  # fmt: skip


@router.get("/library/{version_id}/sends")
def sends(request: Request, viewer: CurrentViewer, version_id: UUID) -> Response:
    """The messages from any version of this version's template."""
    require(viewer, *READERS)
    version = queries.get_version(viewer.scope, version_id)
    rows = outcomes.list_sends(viewer.scope, version.template_id, clock.today())
    return render.page(
        request, "library/sends.html", rows=rows, columns=COLUMNS, v=version, days=rules.DECAY_DAYS, answered=sum(one.answered for one in rows)
    )  # fmt: skip
