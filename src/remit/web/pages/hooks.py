"""Where a connected CRM tells us that something changed: no session, a signature. What changed is read from the CRM itself."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from remit.actions import perform
from remit.connectors.hubspot.webhook import is_genuine
from remit.domains.crm.actions import HastenCrm
from remit.domains.crm.queries import find_connection
from remit.kit import clock
from remit.settings import load
from remit.web import hosts, sessions
from remit.web.problems import WebProblem

router = APIRouter()
HUBSPOT: Final = "/hooks/hubspot"


class NotSigned(WebProblem):
    """The message is not signed with our app's secret, or too old."""

    status = 403
    code = "not_signed"


async def _body(request: Request) -> bytes:
    return await request.body()


@router.post(HUBSPOT)
def hubspot(request: Request, body: Annotated[bytes, Depends(_body)]) -> Response:
    """Look sooner. However many messages come, it is one look."""
    secret = load().hubspot_client_secret
    given = request.headers
    genuine = is_genuine(
        secret.get_secret_value() if secret else "",
        "POST",
        hosts.link(request, HUBSPOT),
        body,
        given.get("x-hubspot-request-timestamp", ""),
        given.get("x-hubspot-signature-v3", ""),
        clock.now(),
    )
    if not genuine:
        raise NotSigned("This message is not signed by HubSpot for our app, or it is too old.")
    scope = sessions.crm_scope()
    found = find_connection(scope, "hubspot")
    if (
        found is not None
        and found.state == "connected"
        and (found.due_at is None or found.due_at > clock.now())
    ):
        perform(scope, HastenCrm(connection_id=found.id))
    return Response(status_code=204)
