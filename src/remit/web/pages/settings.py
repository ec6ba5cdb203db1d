"""Settings: people, territories, barriers, sender, models, halts and health; each setting with its source."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from remit.settings import listed
from remit.web import render
from remit.web.nav import NavEntry
from remit.web.sessions import CurrentViewer

router = APIRouter()
NAV = NavEntry("Settings", "/settings", "settings", 90)


@router.get("/settings")
def overview(request: Request, _viewer: CurrentViewer) -> Response:
    """What this installation is set to."""
    return render.page(request, "settings/installation.html", settings=listed())
