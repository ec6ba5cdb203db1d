"""The address `/`: to the first page of one's menu."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from remit.web.sessions import CurrentViewer

router = APIRouter()


@router.get("/")
def home(request: Request, viewer: CurrentViewer) -> Response:
    """Today for those who have it, else the first page of the menu."""
    entries = request.app.state.menu.for_roles(viewer.roles)
    return RedirectResponse(entries[0].path, status_code=303)
