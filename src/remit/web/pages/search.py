"""Search: accounts, people and deals by the beginning of their names, from the box at the top of every page."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from remit.domains.accounts.rules import segment_name
from remit.domains.opportunities.rules import stage_name
from remit.domains.searching import queries
from remit.web import render
from remit.web.sessions import CurrentScope

router = APIRouter()


@router.get("/search")
def search(request: Request, scope: CurrentScope, q: str = "") -> Response:
    """What begins with `q`; a single hit is opened at once."""
    hits = queries.list_hits(scope, q)
    if len(hits) == 1:
        return RedirectResponse(address(hits[0]), status_code=303)
    return render.page(
        request, "search/search.html", hits=hits, q=q[: queries.LONGEST], address=address, detail=_detail,
        shortest=queries.SHORTEST,
    )  # fmt: skip


def address(hit: queries.Hit) -> str:
    """Where a hit is shown: a contact stands on the page of its account."""
    if hit.kind == "deal":
        return f"/pipeline/{hit.id}"
    return f"/accounts/{hit.account_id}#people" if hit.kind == "contact" else f"/accounts/{hit.id}"


def _detail(hit: queries.Hit) -> str:
    if hit.kind == "account":
        return segment_name(hit.detail)
    return stage_name(hit.detail) if hit.kind == "deal" else hit.detail
