"""Who is looking: the session behind a cookie, and the dependencies that pages take their scope from.

The cookie holds a random token and the time it was last seen, sealed with a secret that only the database knows. The
database holds the token's hash. A browser that was not seen for two hours is signed out without a write per request.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Annotated, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi import Depends
from starlette.requests import Request
from starlette.responses import Response

from remit import identity
from remit.domains.people import queries, rules, tokens
from remit.kit import clock
from remit.scope import Scope
from remit.web import bearer
from remit.web.problems import NotAllowedHere, SignInNeeded

COOKIE: Final = "remit_session"
SECURE_COOKIE: Final = "__Host-remit_session"
REFRESH_AFTER: Final = timedelta(minutes=1)
_SHAPE: Final = re.compile(r"([A-Za-z0-9_-]{43})\.([0-9]{9,12})\.([0-9a-f]{32})")


@dataclass(frozen=True, slots=True)
class Viewer:
    """The signed-in person of one request. `scope` bounds everything the page reads and does.

    `csrf_secret` is what the session's forms are known by. It is made from the session's secret and tells nothing of it: whoever
    reads it off a page cannot seal a cookie with it.
    """

    scope: Scope
    session_id: UUID
    csrf_secret: str
    name: str
    email: str | None
    title: str
    team: str
    zone: ZoneInfo
    demo: bool
    sign_in_by: str

    @property
    def person_id(self) -> UUID:
        """Id of the person."""
        return self.scope.person_id

    @property
    def roles(self) -> frozenset[str]:
        """Roles of the person."""
        return self.scope.roles

    def has(self, *roles: str) -> bool:
        """Whether the person has one of these roles."""
        return bool(self.roles & set(roles))


@lru_cache(maxsize=1)
def system_scope() -> Scope:
    """The scope under which sessions are looked up and sign-in is performed."""
    return identity.for_service("sign-in", via="web")


def mail_scope() -> Scope:
    """The scope of a verified call from outside about one of our messages: that of the mail service."""
    return identity.for_service("mail", via="webhook")


def crm_scope() -> Scope:
    """The scope of a verified message of a connected CRM: it may ask for a look, nothing else."""
    return identity.for_service("hastening", via="webhook")


def cookie_name(request: Request) -> str:
    """The name of our cookie: with the prefix that browsers protect when the page came by https."""
    return SECURE_COOKIE if request.url.scheme == "https" else COOKIE


def _mac(secret: str, token: str, seen: str) -> str:
    return hmac.new(secret.encode(), f"{token}.{seen}".encode(), hashlib.sha256).hexdigest()[:32]


def _form_secret(secret: str) -> str:
    return hmac.new(secret.encode(), b"forms", hashlib.sha256).hexdigest()


def set_cookie(request: Request, response: Response, token: str, secret: str) -> None:
    """Put the session's cookie on a response, seen now. `secret`: the session's own, which no page carries."""
    seen = str(int(clock.now().timestamp()))
    response.set_cookie(
        cookie_name(request),
        f"{token}.{seen}.{_mac(secret, token, seen)}",
        httponly=True,
        secure=request.url.scheme == "https",
        samesite="lax",
        path="/",
        max_age=int(rules.ABSOLUTE.total_seconds()),
    )


def forget_cookie(request: Request, response: Response) -> None:
    """Take the session's cookie back."""
    response.delete_cookie(cookie_name(request), path="/", httponly=True, samesite="lax")


def find_viewer(request: Request) -> Viewer | None:
    """The person behind the request's cookie; None when there is none or it is forged, ended or garbage."""
    if hasattr(request.state, "viewer"):
        return request.state.viewer  # type: ignore[no-any-return]
    by_token = bearer.token_of(request)
    viewer = _by_token(request, by_token) if by_token is not None else _look_up(request)
    request.state.viewer = viewer
    return viewer


def _by_token(request: Request, token: str) -> Viewer | None:
    """The person of an API token, with no more than it reaches. It never falls back to the cookie beside it."""
    found = bearer.find(system_scope(), token)
    if found is None or found.provisions:
        return None
    try:
        only = frozenset(found.kinds) & frozenset(
            tokens.grantable()
        )  # what it was made for, if still allowed
        scope = identity.for_person(
            found.person_id, via="token", request_id=request.state.request_id, only=only
        )
    except identity.NotPermitted:
        return None
    person = queries.find_person(system_scope(), found.person_id)
    if person is None:
        return None
    request.state.token_reads = found.reads
    bearer.note_use(system_scope(), found)
    zone = zone_of(person.time_zone)
    return Viewer(
        scope, found.id, "", person.name, person.email, person.title, person.team, zone, person.demo, "token"
    )


def _look_up(request: Request) -> Viewer | None:
    parts = _SHAPE.fullmatch(request.cookies.get(cookie_name(request), ""))
    if parts is None:
        return None
    token, seen, mac = parts.groups()
    session = queries.find_session(system_scope(), rules.token_hash(token))
    if session is None or not hmac.compare_digest(mac, _mac(session.csrf_secret, token, seen)):
        return None
    seen_at = datetime.fromtimestamp(int(seen), UTC)
    now = clock.now()
    if not rules.is_live(
        now=now, expires_at=session.expires_at, revoked_at=session.revoked_at, seen_at=seen_at
    ):
        return None
    try:
        scope = identity.for_person(session.person_id, via="web", request_id=request.state.request_id)
    except identity.NotPermitted:
        return None
    if now - seen_at > REFRESH_AFTER:
        request.state.refresh_cookie = (token, session.csrf_secret)
    return Viewer(
        scope=scope,
        session_id=session.id,
        csrf_secret=_form_secret(session.csrf_secret),
        name=session.name,
        email=session.email,
        title=session.title,
        team=session.team,
        zone=zone_of(session.time_zone),
        demo=session.demo,
        sign_in_by=session.sign_in_by,
    )


@lru_cache(maxsize=600)
def zone_of(name: str) -> ZoneInfo:
    """The zone by name; UTC when the time-zone database does not know it."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return ZoneInfo("UTC")


def current_viewer(request: Request) -> Viewer:
    """Dependency: the signed-in person. Raises SignInNeeded."""
    viewer = find_viewer(request)
    if viewer is None:
        raise SignInNeeded("Sign in to see this page.")
    return viewer


def current_scope(viewer: Annotated[Viewer, Depends(current_viewer)]) -> Scope:
    """Dependency: the scope of the signed-in person. Raises SignInNeeded."""
    return viewer.scope


CurrentViewer = Annotated[Viewer, Depends(current_viewer)]
CurrentScope = Annotated[Scope, Depends(current_scope)]


def require(viewer: Viewer, *roles: str) -> None:
    """Raise NotAllowedHere unless the viewer has one of the roles. For pages; actions are decided at the door."""
    if not viewer.has(*roles):
        raise NotAllowedHere("This page is for other roles than yours.")
