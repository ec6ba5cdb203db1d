"""The page behind a message's unsubscribe link (RFC 8058): no sign-in, one button; mail programs press it for their readers.

Right and wrong links look alike here. Opening the page changes nothing: scanners of mail follow every link.
"""

from __future__ import annotations

from uuid import UUID

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from remit import settings
from remit.actions import NotFound, perform
from remit.connectors.email import unsubscribing
from remit.domains.messages.actions import Unsubscribe
from remit.web import render, sessions
from remit.web.problems import WebProblem
from remit.web.sign_in import AddressBackOff

router = APIRouter()
wrong = AddressBackOff()
"""Wrong links by network address. Right ones are never held up: nobody else's guesses may keep a reader on our list."""


class TooMany(WebProblem):
    """Too many wrong links came from one address."""

    status = 429
    code = "rate_limited"


@router.get("/unsubscribe/{token}")
def ask(request: Request, token: str) -> Response:
    """The button."""
    return render.page(request, "unsubscribe/page.html", token=token[:200], done=False)


@router.post("/unsubscribe/{token}")
def unsubscribe(request: Request, token: str) -> Response:
    """Put the address on the do-not-contact list; once, however often it is asked."""
    effect_id = unsubscribing.effect_of(unsubscribing.secret(settings.load().home), token)
    address = request.client.host if request.client else ""
    if effect_id is None:
        if wrong.wait_seconds(address) > 0:
            raise TooMany("Too many links that are none of ours came from this network. Wait a few minutes.")
        wrong.failed(address)
    else:
        _record(effect_id)
    return render.page(request, "unsubscribe/page.html", token="", done=True)


def _record(effect_id: UUID) -> None:
    try:
        perform(sessions.mail_scope(), Unsubscribe(effect_id=effect_id), key=f"unsubscribe:{effect_id}")
    except NotFound:
        return  # the contact was deleted since: there is nobody left to write to
