"""One-time links: setting up a new installation, and choosing a password."""

from __future__ import annotations

import re
from typing import Annotated

from fastapi import APIRouter, Form
from pydantic import SecretStr
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from remit.actions import Performed, Refused, perform
from remit.domains.people import queries, rules, set_up
from remit.policy.model import role_name
from remit.web import hosts, render, sessions, sign_in
from remit.web.problems import BadRequest

router = APIRouter()
_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")
ROLES = tuple((role, role_name(role)) for role in ("governance", "compliance"))
EMPTY = {"name": "", "email": "", "time_zone": "UTC"}  # the form before anything was typed


def _digest(token: str) -> str:
    if not _TOKEN.fullmatch(token):
        raise BadRequest("This link is not complete. Copy all of it.")
    return rules.token_hash(token).hex()


@router.get("/set-up/{token}")
def show_set_up(request: Request, token: str) -> Response:
    """The form for the first people of the firm."""
    _digest(token)
    if queries.is_installed(sessions.system_scope()):
        return RedirectResponse("/sign-in", status_code=303)
    return render.page(request, "setup/set_up.html", token=token, given=EMPTY, problem="", others=ROLES)


@router.post("/set-up/{token}")
def do_set_up(
    request: Request,
    token: str,
    name: Annotated[str, Form()] = "",
    email: Annotated[str, Form()] = "",
    password: Annotated[str, Form()] = "",
    time_zone: Annotated[str, Form()] = "UTC",
    governance_name: Annotated[str, Form()] = "",
    governance_email: Annotated[str, Form()] = "",
    compliance_name: Annotated[str, Form()] = "",
    compliance_email: Annotated[str, Form()] = "",
) -> Response:
    """Write the first people; show the links of those who choose their password themselves."""
    given = {
        "name": name, "email": email, "time_zone": time_zone,
        "governance_name": governance_name, "governance_email": governance_email,
        "compliance_name": compliance_name, "compliance_email": compliance_email,
    }  # fmt: skip
    links = {role: set_up.new_token() for role, _ in ROLES if given[f"{role}_email"].strip()}
    try:
        people = [set_up.FirstPerson(name=name, email=email, roles=("admin",))]
        for role, token_of_role in links.items():
            digest = rules.token_hash(token_of_role).hex()
            people.append(
                set_up.FirstPerson.model_validate(
                    {
                        "name": given[f"{role}_name"],
                        "email": given[f"{role}_email"],
                        "roles": (role,),
                        "invitation_hash": digest,
                    }
                )
            )
        done = perform(
            sessions.system_scope(),
            set_up.SetUpFirm(
                token_hash=_digest(token),
                people=tuple(people),
                time_zone=time_zone.strip() or "UTC",
                password=SecretStr(password[:1024]),
            ),
        )
    except (Refused, ValueError) as error:
        told = _told(error)
        return render.page(
            request, "setup/set_up.html", 422, token=token, given=given, problem=told, others=ROLES
        )
    assert isinstance(done, Performed)
    shown = [
        (dict(ROLES)[role], given[f"{role}_name"], hosts.link(request, f"/invitation/{each}"))
        for role, each in links.items()
    ]
    return render.page(request, "setup/done.html", links=shown, email=email.strip().lower())


def _told(error: Exception) -> str:
    """What to mend, in words; never what was typed."""
    errors = getattr(error, "errors", None)
    if errors is None:
        return str(error)
    return " ".join(f"{e['loc'][-1] if e['loc'] else ''}: {e['msg']}." for e in errors(include_input=False))


@router.get("/invitation/{token}")
def show_invitation(request: Request, token: str) -> Response:
    """The form to choose a password."""
    _digest(token)
    return render.page(request, "setup/invitation.html", token=token, problem="")


@router.post("/invitation/{token}")
def accept(
    request: Request,
    token: str,
    password: Annotated[str, Form()] = "",
    again: Annotated[str, Form()] = "",
    code: Annotated[str, Form(max_length=100)] = "",
) -> Response:
    """Set the password; sign in with it is the next step."""
    try:
        if password != again:
            raise Refused("The two passwords differ.", code="password_refused")
        perform(
            sessions.system_scope(),
            set_up.AcceptInvitation(
                token_hash=_digest(token), code=SecretStr(code), password=SecretStr(password[:1024])
            ),
        )
    except Refused as refused:
        return render.page(request, "setup/invitation.html", 422, token=token, problem=refused.message)
    sign_in.end_session(request)
    return RedirectResponse("/sign-in?chosen=1", status_code=303)
