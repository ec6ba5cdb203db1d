"""The address `/`: to the first page of one's menu."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from remit.web.sessions import CurrentViewer

router = APIRouter()


@router.get("/")
def home(request: Request, viewer: CurrentViewer) -> Response:
    """Today for those who have it, Settings for who sees no client content, else the first page of the menu."""
    entries = request.app.state.menu.for_roles(viewer.roles)
    paths = [entry.path for entry in entries]
    lives_in_settings = viewer.roles == {"admin"} and "/settings" in paths
    return RedirectResponse("/settings" if lives_in_settings else paths[0], status_code=303)
