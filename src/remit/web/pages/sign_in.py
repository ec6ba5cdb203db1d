"""Sign-in: with a password, or with one click as a person of the demo firm. Sign-out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from remit.domains.people import queries
from remit.domains.people.sign_in import only_by_provider
from remit.web import leaving, render, saml, sessions, sign_in, sign_on

router = APIRouter()
WRONG = "The address and the password do not fit together, or the account is locked for some minutes."


def sign_in_page(
    request: Request,
    *,
    target: str = "",
    email: str = "",
    said: str = "",
    status: int = 200,
    chosen: bool = False,
    signed_out: bool = False,
) -> Response:
    """The page with what is `said` of an attempt that came to nothing."""
    scope = sessions.system_scope()
    people = queries.list_people(scope, demo=True, limit=200).rows
    return render.page(
        request,
        "sign_in/sign_in.html",
        status,
        teams=_by_team(people),
        target=target if sign_in.is_local(target) else "",
        email=email[:254],
        problem=said,
        chosen=chosen,
        signed_out=signed_out,
        providers=_providers(),
        provider_only=only_by_provider(scope),
        installed=bool(people) or queries.is_installed(scope),
    )


def _providers() -> list[tuple[str, str]]:
    """What each provider is called, and where one goes to sign on by it."""
    by_oidc, by_saml = sign_on.provider(), saml.provider()
    found = [(by_oidc.config.name, "/sign-on")] if by_oidc else []
    return found + ([(by_saml.name, "/sign-on/saml")] if by_saml else [])


def _by_team(people: Sequence[queries.PersonRow]) -> list[tuple[str, list[queries.PersonRow]]]:
    found: dict[str, list[queries.PersonRow]] = {}
    for person in people:
        found.setdefault(person.team or "Firm", []).append(person)
    return sorted(found.items(), key=lambda each: (each[0] == "Firm", each[0]))


@router.get("/sign-in")
def show(request: Request, next: str = "", chosen: bool = False, out: bool = False) -> Response:
    """The sign-in page; somebody signed in is sent on. `chosen`: they come from choosing their password; `out`: from signing out."""
    if sessions.find_viewer(request) is not None:
        return RedirectResponse(next if sign_in.is_local(next) else "/", status_code=303)
    return sign_in_page(request, target=next, chosen=chosen, signed_out=out)


@router.post("/sign-in")
def by_password(
    request: Request,
    email: Annotated[str, Form()] = "",
    password: Annotated[str, Form()] = "",
    target: Annotated[str, Form()] = "",
) -> Response:
    """One attempt. Unknown address, wrong password and locked account look the same."""
    wait = sign_in.back_off.wait_seconds(request.client.host if request.client else "")
    if wait > 0:
        response = sign_in_page(
            request,
            target=target,
            email=email,
            said="Too many attempts from here. Wait a little.",
            status=429,
        )
        response.headers["Retry-After"] = str(int(wait) + 1)
        return response
    person_id = queries.find_by_email(sessions.system_scope(), email.strip()[:254])
    opened = sign_in.sign_in_by(request, "password", person_id, password[:1024])
    if opened is None:
        return sign_in_page(request, target=target, email=email, said=WRONG, status=401)
    return sign_in.welcome(request, opened, target or "/")


@router.post("/sign-in/demo")
def by_click(
    request: Request, person: Annotated[UUID, Form()], target: Annotated[str, Form()] = ""
) -> Response:
    """Sign in as a person of the demo firm, who has no password."""
    opened = sign_in.sign_in_by(request, "demo", person)
    if opened is None:
        return sign_in_page(request, said="Nobody of the demo firm has this id.", status=401)
    return sign_in.welcome(request, opened, target or "/")


@router.post("/sign-out")
def out(request: Request) -> Response:
    """End the session and forget the cookie; one that the identity provider opened is ended there, too."""
    viewer = sessions.find_viewer(request)
    sign_in.end_session(request)
    farewell = leaving.farewell(request, viewer.scope, viewer.session_id) if viewer else ""
    response: Response
    if farewell:  # a page, not a redirect: the content security policy lets no form lead to another site
        response = render.page(request, "sign_in/signed_out.html", farewell=farewell)
    else:
        response = RedirectResponse("/sign-in", status_code=303)
    sessions.forget_cookie(request, response)
    return response
