"""Settings → Sign-on: whether the provider answers, what its groups give, who signs on by it; and ending somebody's sessions."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Final
from uuid import UUID

from fastapi import APIRouter, Form
from pydantic import ValidationError
from starlette.requests import Request
from starlette.responses import Response

from remit import settings
from remit.connectors.oidc import check, manifest
from remit.connectors.saml import manifest as saml_manifest
from remit.domains.people import groups, queries, saml, sessions, sign_on
from remit.domains.people.sign_in import only_by_provider
from remit.kit import clock
from remit.policy.model import role_name
from remit.web import feedback, hosts, render
from remit.web.pages.settings import performed, told
from remit.web.saml import ACS, LOGOUT, METADATA
from remit.web.sessions import CurrentScope, CurrentViewer
from remit.web.sign_on import CALLBACK

router = APIRouter()
EXPIRES_SOON: Final = timedelta(days=60)
WHO_ASKS = ("admin", "compliance", "governance", "vp", "operations")


@router.get("/settings/sign-on")
def overview(request: Request, viewer: CurrentViewer, group: str = "", asked: bool = False) -> Response:
    """State, groups and people. `group`: the one whose form is open; `asked`: ask the provider now."""
    rows = groups.list_groups(viewer.scope)
    return render.page(
        request,
        "settings/sign_on.html",
        state=check.state(settings.load(), ask=asked and viewer.has(*WHO_ASKS)),
        may_ask=viewer.has(*WHO_ASKS),
        proven=manifest.PROVEN_AGAINST,
        not_proven=manifest.NOT_PROVEN,
        addresses=[(what, hosts.link(request, path)) for what, path in ADDRESSES],
        groups=rows,
        unmapped=groups.list_unmapped(viewer.scope),
        saml=saml.find_saml_provider(viewer.scope),
        saml_addresses=[hosts.link(request, path) for path in (METADATA, ACS, LOGOUT)],
        saml_proven=saml_manifest.PROVEN_AGAINST,
        saml_not_proven=saml_manifest.NOT_PROVEN,
        now=clock.now(),
        soon=clock.now() + EXPIRES_SOON,
        provider_only=only_by_provider(viewer.scope),
        emergencies=sessions.list_break_glass(viewer.scope),
        linked=sign_on.list_linked(viewer.scope),
        changing=next((one for one in rows if one.name == group), None),
        wanted=group[:200],
        roles=[(role, role_name(role)) for role in groups.GIVEN_BY_GROUPS],
        territories=queries.list_territories(viewer.scope),
    )


ADDRESSES = (
    ("Redirect address", CALLBACK),
    ("After signing out", "/sign-in?out=1"),
    ("Back-channel logout", "/sign-on/logout"),
)


@router.post("/settings/sign-on/groups")
def save_group(
    request: Request,
    scope: CurrentScope,
    group: Annotated[str, Form(max_length=300)] = "",
    version: Annotated[int, Form(ge=0, le=2**31 - 1)] = 0,
    roles: Annotated[list[str] | None, Form()] = None,
    territories: Annotated[list[str] | None, Form()] = None,
    reach: Annotated[str, Form(max_length=20)] = "own",
) -> Response:
    """Say what a group gives; it may have to wait for a second person."""
    back = "/settings/sign-on"
    try:
        action = groups.MapGroup.model_validate(
            {
                "group": group.strip(),
                "expected_version": version,
                "roles": tuple(roles or ()),
                "territories": tuple(territories or ()),
                "reach": reach,
            }
        )
    except ValidationError as error:
        return feedback.go(request, back, told(error), "refused")
    return performed(request, scope, action, back, "Saved. Whoever is in the group has it now.")


@router.post("/settings/people/{person_id}/unlink")
def unlink(
    request: Request,
    scope: CurrentScope,
    person_id: UUID,
    issuer: Annotated[str, Form(max_length=500)] = "",
    reason: Annotated[str, Form(max_length=500)] = "",
) -> Response:
    """End somebody's sign-on by the provider."""
    action = sign_on.UnlinkSignOn(person_id=person_id, issuer=issuer, reason=reason)
    return performed(
        request, scope, action, f"/settings/people/{person_id}", "They no longer sign on by the provider."
    )


@router.post("/settings/people/{person_id}/sessions/end")
def end_sessions(
    request: Request, scope: CurrentScope, person_id: UUID, reason: Annotated[str, Form(max_length=500)] = ""
) -> Response:
    """Sign somebody out everywhere."""
    action = sessions.EndSessions(person_id=person_id, reason=reason)
    return performed(request, scope, action, f"/settings/people/{person_id}", "Signed out everywhere.")
