"""Single sign-on: to the identity provider, back from it, and its word that somebody signed out there."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from remit import identity
from remit.actions import Refused, perform
from remit.connectors.oidc import tokens
from remit.connectors.oidc.client import OidcUnavailable
from remit.domains.people import rules, sessions
from remit.kit import clock
from remit.web import sign_in, sign_on
from remit.web.pages.sign_in import sign_in_page

router = APIRouter()
AWAY = "The identity provider does not answer just now. Try again in a moment."


@router.get("/sign-on")
def begin(request: Request, next: str = "/") -> Response:
    """Go to the provider; who is signed in already goes on."""
    known = sign_on.provider()
    if known is None:
        return RedirectResponse("/sign-in", status_code=303)
    try:
        return sign_on.start(request, known, next)
    except OidcUnavailable as away:
        sign_on.log.warning("the identity provider cannot be used", problem=str(away))
        return sign_in_page(request, target=next, said=AWAY, status=503)


@router.get(sign_on.CALLBACK)
def callback(request: Request) -> Response:
    """Back from the provider, with a code or with its refusal."""
    known = sign_on.provider()
    if known is None:
        return RedirectResponse("/sign-in", status_code=303)
    try:
        done = sign_on.finish(request, known)
        response = sign_in.welcome(request, done.opened, done.target)
    except sign_on.NotSignedOn as not_done:
        response = sign_in_page(request, said=not_done.message, status=not_done.status)
    except Refused as refused:
        response = sign_in_page(request, said=refused.message, status=403)
    except OidcUnavailable as away:
        sign_on.log.warning("the identity provider cannot be used", problem=str(away))
        response = sign_in_page(request, said=AWAY, status=503)
    sign_on.forget(request, response, request.query_params.get("state", ""))
    return response


@router.post("/sign-on/logout")
def ended_there(logout_token: Annotated[str, Form(max_length=tokens.MAX_TOKEN)] = "") -> Response:
    """Back-channel logout: the provider says, by a token that it signed, whose sessions have ended."""
    known = sign_on.provider()
    if known is None:
        return JSONResponse({"error": "invalid_request"}, 400)
    config = known.config
    try:
        expected = tokens.Expected(config.issuer, config.client_id, clock.now())
        claims = tokens.check_logout_token(
            logout_token, lambda missing: known.signing_keys(missing=missing), expected
        )
        _end(config.issuer, str(claims.get("sub", "")), str(claims.get("sid", "")), str(claims["jti"]))
    except tokens.TokenRefused as refused:
        return JSONResponse({"error": "invalid_request", "error_description": refused.code}, 400)
    except OidcUnavailable:
        return JSONResponse({"error": "temporarily_unavailable"}, 503)
    except Refused as refused:
        return JSONResponse({"error": "invalid_request", "error_description": refused.code}, 400)
    return Response(status_code=200)


def _end(issuer: str, subject: str, sid: str, token_id: str) -> None:
    scope = identity.for_service("sign-on", via="webhook")
    person_id = sessions.find_signed_on(scope, issuer, subject=subject, sid=sid)
    if person_id is None:  # nobody of ours: then there is nothing left to end
        return
    end = sessions.EndSessions(
        person_id=person_id,
        reason="signed out at the identity provider",
        issuer=issuer,
        sid=sid,
        token_hash=rules.token_hash(f"logout:{issuer}:{token_id}").hex(),
    )
    perform(scope, end)
