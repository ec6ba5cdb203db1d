"""Settings → Connections: which CRM is connected, how old our picture of it is, which field fills which, what would come."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Form
from pydantic import ValidationError
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from remit.connectors.crm.opening import MANIFESTS, STREAMS
from remit.connectors.crm.reading import CrmUnavailable
from remit.domains.crm import queries
from remit.domains.crm.actions import HastenCrm, MapCrmFields, StopCrm
from remit.domains.crm.model import Connection
from remit.kit import clock
from remit.scope import Scope
from remit.settings import load
from remit.web import feedback, hosts, render, sealed
from remit.web.doing import act
from remit.web.sessions import CurrentViewer, require
from remit.workflows import connecting, previewing

router = APIRouter()
PATH = "/settings/connections"
MAY = ("operations", "admin")
STATE = "connect-hubspot"
STATE_SECONDS = 600


@router.get(PATH)
def connections(request: Request, viewer: CurrentViewer) -> Response:
    """Each CRM that can be connected, with its streams."""
    found: dict[str, Connection] = {each.vendor: each for each in queries.list_connections(viewer.scope)}
    configured = {"salesforce": bool(load().salesforce_client_id), "hubspot": bool(load().hubspot_client_id)}
    return render.page(
        request,
        "settings/connections.html",
        vendors=[_vendor(viewer.scope, name, found.get(name), configured[name]) for name in MANIFESTS],
        may=viewer.has(*MAY),
        clock_now=clock.now(),
    )


def _vendor(scope: Scope, name: str, connection: Connection | None, configured: bool) -> dict[str, Any]:
    taken = queries.list_streams(scope, connection.id) if connection else {}
    return {
        "name": name, "manifest": MANIFESTS[name], "connection": connection, "configured": configured,
        "streams": [(spec, taken.get(spec.name)) for spec in STREAMS[name]],
    }  # fmt: skip


@router.post(f"{PATH}/salesforce/connect")
def connect_salesforce(request: Request, viewer: CurrentViewer) -> Response:
    """Sign in with what the settings say; who is not let in is told why."""
    require(viewer, *MAY)
    try:
        action = connecting.connect_salesforce()
    except CrmUnavailable as error:
        return feedback.go(request, PATH, error.message, "refused")
    return act(request, viewer, action, PATH, "Connected. The first load begins within a minute.")


@router.get(f"{PATH}/hubspot/connect")
def ask_hubspot(request: Request, viewer: CurrentViewer) -> Response:
    """On to HubSpot, where a person lets us in. What comes back is held against this session."""
    require(viewer, *MAY)
    state = sealed.seal(viewer.csrf_secret, STATE, clock.now().timestamp())
    try:
        where = connecting.consent_url(hosts.link(request, connecting.BACK), state)
    except CrmUnavailable as error:
        return feedback.go(request, PATH, error.message, "refused")
    return RedirectResponse(where, status_code=303)


@router.get(connecting.BACK)
def back_from_hubspot(
    request: Request, viewer: CurrentViewer, code: str = "", state: str = "", error: str = ""
) -> Response:
    """Back from HubSpot with a code. Raises BadRequest when this session did not ask."""
    require(viewer, *MAY)
    asked_at = float(sealed.unseal(viewer.csrf_secret, STATE, state))
    if error or not code or clock.now().timestamp() - asked_at > STATE_SECONDS:
        return feedback.go(
            request, PATH, "HubSpot was not connected: nobody agreed there, or it took too long.", "refused"
        )
    try:
        action = connecting.connect_hubspot(code, hosts.link(request, connecting.BACK))
    except CrmUnavailable as problem:
        return feedback.go(request, PATH, problem.message, "refused")
    return act(request, viewer, action, PATH, "Connected. The first load begins within a minute.")


@router.post(f"{PATH}/{{connection_id}}/look")
def look(request: Request, viewer: CurrentViewer, connection_id: UUID) -> Response:
    """Look at it now; a worker does."""
    return act(
        request, viewer, HastenCrm(connection_id=connection_id), PATH, "A worker looks within a minute."
    )


@router.post(f"{PATH}/{{connection_id}}/stop")
def stop(request: Request, viewer: CurrentViewer, connection_id: UUID, version: int = 0) -> Response:
    """Take nothing more from it."""
    action = StopCrm(connection_id=connection_id, expected_version=version)
    return act(request, viewer, action, PATH, "Stopped. What was taken stays; the token is forgotten.")


@router.get(f"{PATH}/{{vendor}}/{{name}}")
def mapping(request: Request, viewer: CurrentViewer, vendor: str, name: str, preview: str = "") -> Response:
    """Which of their fields fills which of ours, and, asked for, a few records as they would be taken."""
    require(viewer, *MAY)
    connection, spec = queries.get_connection(viewer.scope, vendor), previewing.spec_of(vendor, name)
    stream = queries.get_stream(viewer.scope, connection.id, name)
    shown: tuple[previewing.Preview, ...] = ()
    problem = ""
    if preview:
        try:
            shown = previewing.preview(viewer.scope, connection, spec)
        except CrmUnavailable as error:
            problem = error.message
    return render.page(
        request,
        "settings/mapping.html",
        connection=connection,
        title=MANIFESTS[vendor].TITLE,
        spec=spec,
        stream=stream,
        fields=previewing.mapped(spec, stream),
        theirs=sorted(stream.fields) if stream else [],
        previews=shown,
        previewed=bool(preview),
        problem=problem,
        sees_all=queries.sees_everything(viewer.scope),
    )


@router.post(f"{PATH}/{{vendor}}/{{name}}")
def save_mapping(
    request: Request,
    viewer: CurrentViewer,
    vendor: str,
    name: str,
    ours: Annotated[list[str], Form(max_length=200)],
    theirs: Annotated[list[str], Form(max_length=200)],
) -> Response:
    """Keep what was chosen; only what differs from the usual is written down."""
    connection, spec = queries.get_connection(viewer.scope, vendor), previewing.spec_of(vendor, name)
    stream = queries.get_stream(viewer.scope, connection.id, name)
    usual = {each.name: each.usual for each in previewing.mapped(spec, stream) if not each.made_of}
    chosen = {
        mine: its.strip() for mine, its in zip(ours, theirs, strict=False) if usual.get(mine) != its.strip()
    }
    where = f"{PATH}/{vendor}/{name}"
    try:
        action = MapCrmFields(connection_id=connection.id, stream=name, entity=spec.entity, mapping=chosen)
    except ValidationError:
        return feedback.go(request, where, "A field of the CRM is named by letters, digits and _.", "refused")
    return act(request, viewer, action, where, "Kept. The stream is read again from its beginning.")
