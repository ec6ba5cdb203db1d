"""Where an account's documents are fetched from: said on its dossier. Nothing is fetched by the web server."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form
from starlette.requests import Request
from starlette.responses import Response

from remit.domains.documents.sources import StopWatching, WatchSource, cik_of
from remit.web import forms
from remit.web.doing import act
from remit.web.problems import BadRequest
from remit.web.sessions import CurrentViewer

router = APIRouter()


@router.post("/documents/sources")
def watch(
    request: Request,
    viewer: CurrentViewer,
    account: Annotated[str, Form()],
    address: Annotated[str, Form(max_length=500)],
) -> Response:
    """Watch a CIK or a feed for the account."""
    account_id = forms.found_id(account)
    if account_id is None:
        raise BadRequest("A source is watched for an account.")
    action = WatchSource(
        account_id=account_id, source_kind="cik" if cik_of(address) else "feed", address=address
    )
    return act(
        request, viewer, action, f"/accounts/{account_id}#documents", "Watched. A worker reads it soon."
    )


@router.post("/documents/sources/{source_id}/stop")
def stop(
    request: Request,
    viewer: CurrentViewer,
    source_id: UUID,
    account: Annotated[str, Form()],
    version: Annotated[int, Form()],
) -> Response:
    """Watch it no more."""
    account_id = forms.found_id(account)
    action = StopWatching(source_id=source_id, expected_version=version)
    return act(request, viewer, action, f"/accounts/{account_id}#documents", "Watched no more.")
