"""Settings: people, territories, barriers, the sender, models, health; each setting with where it comes from."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form
from pydantic import ValidationError
from starlette.requests import Request
from starlette.responses import Response

from remit.actions import Action, NotFound, Refused, Waiting, perform
from remit.domains.people import actions, overseers, queries, sessions, set_up, sign_on
from remit.domains.people.oversight import OVERSIGHT
from remit.policy.model import ROLES, role_name
from remit.scope import Scope
from remit.settings import listed
from remit.web import feedback, health, hosts, render
from remit.web.nav import NavEntry
from remit.web.paging import Column, list_request
from remit.web.sessions import CurrentScope, CurrentViewer, require

router = APIRouter()
NAV = NavEntry("Settings", "/settings", "settings", 90)
COLUMNS = (
    Column("name", "Name"),
    Column("roles", "Roles"),
    Column("team", "Team", phone=False),
    Column("territories", "Territories", phone=False),
    Column("reach", "Sees", phone=False),
)
SENDER = ("mail_", "smtp_", "imap_", "archive_", "public_")


@router.get("/settings")
def overview(request: Request, _viewer: CurrentViewer) -> Response:
    """Health, sender, models and every other setting with its source. Secrets are masked by `listed`."""
    every = listed()
    sender = [one for one in every if one.name.startswith(SENDER)]
    model = next(one for one in every if one.name == "model")
    return render.page(
        request,
        "settings/installation.html",
        sender=sender,
        model=model,
        others=[one for one in every if one not in sender and one is not model],
        health=health.parts(),
    )


@router.get("/settings/people")
def people(request: Request, viewer: CurrentViewer) -> Response:
    """Everybody, by name."""
    asked = list_request(request, sorts=("name",), default="name", filters=("q", "role"))
    found = queries.list_people(
        viewer.scope, find=asked.filters.get("q", ""), role=asked.filters.get("role", ""), after=asked.after
    )
    return render.page(
        request,
        "settings/people.html",
        rows=found.rows,
        next=found.next,
        list=asked,
        columns=COLUMNS,
        roles=[(role, role_name(role)) for role in ROLES],
        agents=queries.list_people(viewer.scope, kind="agent", limit=200).rows,
        alone=overseers.list_alone(viewer.scope) if viewer.has("admin", *OVERSIGHT) else [],
    )


@router.get("/settings/people/new")
def new_person(request: Request, viewer: CurrentViewer) -> Response:
    """The form for somebody new."""
    require(viewer, "admin")
    return _person_form(request, viewer, None)


@router.get("/settings/people/{person_id}")
def person(request: Request, viewer: CurrentViewer, person_id: UUID) -> Response:
    """One person; a form for those who may change them."""
    found = queries.find_person(viewer.scope, person_id)
    if found is None:
        raise NotFound("person")
    return _person_form(request, viewer, found)


def _person_form(request: Request, viewer: CurrentViewer, found: queries.PersonRow | None) -> Response:
    may_end = viewer.has("admin", *OVERSIGHT) or (found is not None and found.id == viewer.person_id)
    return render.page(
        request,
        "settings/person.html",
        person=found,
        roles=ROLES,
        others=[role for role in found.roles if role not in ROLES] if found else [],
        teams=queries.list_teams(viewer.scope),
        territories=queries.list_territories(viewer.scope),
        may_change=viewer.has("admin"),
        may_assign=viewer.has("admin", "manager", "operations", "vp"),
        managers=queries.list_people(viewer.scope, role="manager", limit=200).rows,
        linked=sign_on.list_linked(viewer.scope, found.id) if found else [],
        live=sessions.list_live(viewer.scope, found.id) if found and may_end else None,
    )


@router.post("/settings/people")
def save_person(
    request: Request,
    scope: CurrentScope,
    name: Annotated[str, Form(max_length=200)],
    email: Annotated[str, Form(max_length=300)],
    roles: Annotated[list[str] | None, Form()] = None,
    person_id: Annotated[str, Form(max_length=36)] = "",
    version: Annotated[int, Form(ge=0, le=2**31 - 1)] = 0,
    title: Annotated[str, Form(max_length=200)] = "",
    reach: Annotated[str, Form(max_length=20)] = "own",
    team: Annotated[str, Form(max_length=200)] = "",
    manager: Annotated[str, Form(max_length=36)] = "",
    time_zone: Annotated[str, Form(max_length=60)] = "UTC",
    active: Annotated[str, Form(max_length=3)] = "",
) -> Response:
    """Add or change a person through the door."""
    back = f"/settings/people/{person_id or 'new'}"
    try:
        action = actions.ManagePeople.model_validate(
            {
                "person_id": person_id or None,
                "expected_version": version,
                "name": name,
                "email": email,
                "title": title,
                "roles": roles or (),
                "reach": reach,
                "team": team,
                "manager_id": manager or None,
                "time_zone": time_zone,
                "active": bool(active),
            }
        )
    except ValidationError as error:
        return feedback.go(request, back, told(error), "refused")
    return performed(request, scope, action, back, "Saved.")


@router.post("/settings/people/{person_id}/confirm")
def confirm(
    request: Request, scope: CurrentScope, person_id: UUID, reason: Annotated[str, Form(max_length=500)] = ""
) -> Response:
    """Confirm an overseer whom an admin made one alone."""
    back = "/settings/people"
    if not reason.strip():
        return feedback.go(request, back, "Say how you know them.", "refused")
    return performed(
        request, scope, overseers.ConfirmOverseer(person_id=person_id, reason=reason), back, "Confirmed."
    )


def performed(request: Request, scope: Scope, action: Action, back: str, said: str) -> Response:
    """Do it and say so on `back` (somebody new: on their own page); say what waits for whom, or why it was refused."""
    try:
        done = perform(scope, action)
    except Refused as refused:
        if refused.code in ("version_conflict", "not_found"):
            raise
        return feedback.go(request, back, refused.message, "refused")
    if isinstance(done, Waiting):
        where = "/settings/people" if back.endswith("/new") else back
        return feedback.go(request, where, done.sentence, "waiting", link=f"/approvals/{done.suggestion_id}")
    if back.endswith("/new"):
        back = f"/settings/people/{done.result['person_id']}"
    return feedback.go(request, back, said)


def told(error: ValidationError) -> str:
    """What of a form cannot be used, in words; never what was typed."""
    found = error.errors(include_input=False, include_url=False)
    return " ".join(
        f"{'.'.join(map(str, e['loc']))}: {e['msg'].removeprefix('Value error, ')}." for e in found
    )


@router.post("/settings/people/{person_id}/territories")
def save_territories(
    request: Request,
    scope: CurrentScope,
    person_id: UUID,
    territories: Annotated[list[str] | None, Form()] = None,
    another: Annotated[str, Form(max_length=200)] = "",
) -> Response:
    """Replace somebody's territories."""
    names = [*(territories or []), *([another.strip()] if another.strip() else [])]
    back = f"/settings/people/{person_id}"
    try:
        action = actions.AssignTerritory(person_id=person_id, territories=tuple(names))
    except ValidationError as error:
        return feedback.go(request, back, told(error), "refused")
    return performed(request, scope, action, back, "Saved. What they see has changed.")


@router.post("/settings/people/{person_id}/invite")
def invite(request: Request, scope: CurrentScope, person_id: UUID) -> Response:
    """Make a one-time link; it is shown once, to be handed over. It may have to wait for a second person."""
    issued = set_up.issue(scope, "invitation", person_id)
    link = hosts.link(request, f"/invitation/{issued.token}")
    return render.page(
        request, "settings/invited.html", link=link, person_id=person_id, waiting=issued.waiting
    )


@router.get("/settings/territories")
def territories(request: Request, scope: CurrentScope, barrier: int = 0) -> Response:
    """Territories, teams and information barriers; the form is of `barrier`, or of a new one."""
    barriers = queries.list_barriers(scope)
    return render.page(
        request,
        "settings/territories.html",
        territories=queries.list_territories(scope),
        teams=queries.list_teams(scope),
        barriers=barriers,
        changing=next((one for one in barriers if one.id == barrier), None),
        people=queries.list_people(scope, limit=500).rows,
    )


@router.post("/settings/barriers")
def save_barrier(
    request: Request,
    scope: CurrentScope,
    name: Annotated[str, Form(max_length=200)],
    reason: Annotated[str, Form(max_length=600)],
    version: Annotated[int, Form(ge=0, le=2**31 - 1)] = 0,
    admitted: Annotated[list[UUID] | None, Form()] = None,
) -> Response:
    """Raise or change an information barrier; compliance alone may."""
    back = "/settings/territories"
    try:
        action = actions.ManageBarrier(
            name=name, expected_version=version, reason=reason, admitted=tuple(admitted or ())
        )
    except ValidationError as error:
        return feedback.go(request, back, told(error), "refused")
    return performed(request, scope, action, back, "Saved. Who is not admitted sees nothing behind it now.")
