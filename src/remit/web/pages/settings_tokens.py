"""Settings → Tokens: one's own tokens of the API, made and revoked; everybody's for whoever administers or oversees."""

from __future__ import annotations

import secrets
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form
from pydantic import ValidationError
from starlette.requests import Request
from starlette.responses import Response

from remit.actions import Refused, Waiting, perform
from remit.domains.people import rules, tokens
from remit.domains.people.oversight import OVERSIGHT
from remit.kit import clock
from remit.web import feedback, hosts, render
from remit.web.pages.settings import performed, told
from remit.web.sessions import CurrentScope, CurrentViewer

router = APIRouter()
PAGE = "/settings/tokens"


@router.get(PAGE)
def overview(request: Request, viewer: CurrentViewer) -> Response:
    """The tokens and the form for a new one."""
    return render.page(
        request,
        "settings/tokens.html",
        rows=tokens.list_tokens(viewer.scope, everybodys=True),
        everybodys=viewer.has("admin", *OVERSIGHT),
        kinds=tokens.grantable(),
        now=clock.now(),
        provisions=viewer.has("admin"),
    )


@router.post(PAGE)
def issue(
    request: Request,
    scope: CurrentScope,
    name: Annotated[str, Form(max_length=200)] = "",
    days: Annotated[int, Form(ge=1, le=tokens.LONGEST_DAYS)] = 90,
    purpose: Annotated[str, Form(max_length=20)] = "own",
    reads: Annotated[str, Form(max_length=3)] = "",
    kinds: Annotated[list[str] | None, Form()] = None,
) -> Response:
    """Make a token; it is shown here and nowhere again."""
    token = tokens.PREFIX + secrets.token_urlsafe(32)
    try:
        action = tokens.IssueApiToken.model_validate(
            {
                "token_hash": rules.token_hash(token).hex(),
                "name": name.strip(),
                "purpose": purpose,
                "reads": bool(reads),
                "kinds": tuple(kinds or ()),
                "days": days,
            }
        )
        done = perform(scope, action)
    except ValidationError as error:
        return feedback.go(request, PAGE, told(error), "refused")
    except Refused as refused:
        return feedback.go(request, PAGE, refused.message, "refused")
    waiting = done if isinstance(done, Waiting) else None
    scim = hosts.link(request, "/scim/v2") if purpose == "provisioning" else ""
    return render.page(
        request, "settings/token_made.html", token=token, name=action.name, waiting=waiting, scim=scim
    )


@router.post(PAGE + "/{token_id}/revoke")
def revoke(request: Request, scope: CurrentScope, token_id: UUID) -> Response:
    """Revoke a token at once."""
    return performed(
        request, scope, tokens.RevokeApiToken(token_id=token_id), PAGE, "Revoked. It opens nothing now."
    )
