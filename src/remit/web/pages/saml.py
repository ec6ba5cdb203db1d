"""Sign-on by SAML: to the identity provider, back from it, out of it; and our own metadata, for whoever sets it up there."""

from __future__ import annotations

from typing import Annotated

import structlog
from fastapi import APIRouter, Form
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from remit import settings
from remit.actions import Refused
from remit.connectors.saml import keys, metadata
from remit.connectors.saml.documents import MAX_BYTES, SamlRefused
from remit.web import hosts, saml, sign_in, sign_on
from remit.web.pages.sign_in import sign_in_page

log = structlog.get_logger(__name__)
router = APIRouter()


@router.get(saml.METADATA)
def our_metadata(request: Request) -> Response:
    """What the provider has to know of us, with the certificate of our key. Nothing in it is secret."""
    own = keys.own_key(settings.load().home)
    entity, acs, logout = (hosts.link(request, path) for path in (saml.METADATA, saml.ACS, saml.LOGOUT))
    return Response(
        metadata.service_metadata(entity, acs, logout, own), media_type="application/samlmetadata+xml"
    )


@router.get("/sign-on/saml")
def begin(request: Request, next: str = "/") -> Response:
    """Go to the provider."""
    known = saml.provider()
    return (
        RedirectResponse("/sign-in", status_code=303) if known is None else saml.start(request, known, next)
    )


@router.post(saml.ACS)
def came_back(
    request: Request,
    SAMLResponse: Annotated[str, Form(max_length=2 * MAX_BYTES)] = "",
    RelayState: Annotated[str, Form(max_length=200)] = "",
) -> Response:
    """Back from the provider, with its signed word or with its refusal."""
    known = saml.provider()
    if known is None:
        return RedirectResponse("/sign-in", status_code=303)
    try:
        done = saml.finish(request, known, SAMLResponse, RelayState)
        response = sign_in.welcome(request, done.opened, done.target)
    except sign_on.NotSignedOn as not_done:
        response = sign_in_page(request, said=not_done.message, status=not_done.status)
    except Refused as refused:
        response = sign_in_page(request, said=refused.message, status=403)
    sign_on.forget(request, response, RelayState)
    return response


@router.get(saml.LOGOUT)
def signed_out(request: Request) -> Response:
    """Single logout by way of the browser: the provider's own request, or its answer to ours."""
    known = saml.provider()
    if known is None:
        return RedirectResponse("/sign-in", status_code=303)
    try:
        if "SAMLRequest" in request.query_params:
            back = saml.ended_there(request, known)
            return RedirectResponse(back or "/sign-in?out=1", status_code=303)
        if not saml.ended_here(request, known):
            log.warning("the identity provider did not end its own session")
    except SamlRefused as refused:
        log.warning("a message of the identity provider was refused", code=refused.code)
        return sign_in_page(request, said=sign_on.told(refused.code), status=400)
    except Refused as refused:
        return sign_in_page(request, said=refused.message, status=400)
    return RedirectResponse("/sign-in?out=1", status_code=303)
