"""What stands before every page: limits on what comes in, headers on what goes out, and the check against forged forms."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, Final
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from remit.web import errors
from remit.web.headers import HEADERS
from remit.web.problems import BadRequest, CrossSite, TooLarge, WebProblem, WrongContentType
from remit.web.tokens import token_matches

BODY_LIMIT: Final = 2 * 1024 * 1024
"""Bytes of a form or API request. Pages that take files name their path in `Limits.uploads` and stream."""
UPLOAD_LIMIT: Final = 66 * 1024 * 1024
"""The largest file that a page takes (64 MB), and its form."""
DRAIN_LIMIT: Final = 64 * 1024 * 1024
"""A browser shows our answer only when it could send its body: this much is read and thrown away first."""
QUERY_LIMIT: Final = 8 * 1024
NO_SESSION_YET: Final = ("/sign-in", "/set-up", "/invitation")
"""Forms that open a session: their origin is checked, they carry no token of a session."""
TOLD_BY_FORM: Final = re.compile(r"/sequences/[0-9a-f-]{36}/enrol")
"""Forms that come back with what was typed where it holds control characters: their pages look for them, by `control_characters`."""
FROM_ANYWHERE: Final = ("/unsubscribe/", "/sign-on/logout", "/sign-on/saml/acs", "/hooks/")
"""What mail programs send for their readers (RFC 8058), an identity provider of its own (SAML: by way of the browser), and messages that carry their own
signature: no session, no origin, a token of theirs."""
SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})

# %00-%08, %0B, %0C, %0E-%1F, %7F: no record holds them, so no address needs them
_CONTROL: Final = re.compile(rb"%(?:0[0-8BbCcEeFf]|1[0-9A-Fa-f]|7[Ff])|[\x00-\x1f\x7f]")
_CONTROL_TEXT: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


class Limits:
    """Refuses addresses with control characters and bodies that are too large, before any page sees them."""

    def __init__(self, app: ASGIApp, uploads: Iterable[str] = ()) -> None:
        self.app = app
        self.uploads = tuple(uploads)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        try:
            _check_address(scope)
            limit = UPLOAD_LIMIT if scope["path"].startswith(self.uploads or ("\0",)) else BODY_LIMIT
            length = Headers(scope=scope).get("content-length", "0")
            if not length.isdigit() or int(length) > limit:
                await drain(receive)
                raise TooLarge(_too_large(limit))
            counted = _Counted(receive, send, limit)
            await self.app(scope, counted.receive, counted.send)
            if counted.exceeded:
                raise TooLarge(_too_large(limit))
        except WebProblem as problem:
            await errors.for_problem(Request(scope, receive), problem)(scope, receive, send)


def _check_address(scope: Scope) -> None:
    query = scope.get("query_string", b"")
    if len(query) > QUERY_LIMIT:
        raise BadRequest("This address is too long.")
    if _CONTROL.search(query) or _CONTROL.search(scope.get("raw_path") or b""):
        raise BadRequest("This address holds control characters.")


def _too_large(limit: int) -> str:
    return f"This is more than the {limit // (1024 * 1024)} MB that this page takes. Shorten it, or import a file instead."


async def drain(receive: Receive) -> None:
    """Read and throw away what a request still brings, DRAIN_LIMIT bytes at most."""
    taken = 0
    while taken < DRAIN_LIMIT:
        message = await receive()
        if message["type"] != "http.request":
            return
        taken += len(message.get("body", b""))
        if not message.get("more_body"):
            return


class _Counted:
    """Counts a body that comes in pieces; once it is too large, whatever the page says of it is replaced by 413."""

    def __init__(self, receive: Receive, send: Send, limit: int) -> None:
        self._receive, self._send, self._limit = receive, send, limit
        self._taken = 0
        self.exceeded = False

    async def receive(self) -> Message:
        """The next piece; after too many bytes the rest is thrown away and the page is told that the body ended."""
        message = await self._receive()
        self._taken += len(message.get("body", b""))
        if self._taken <= self._limit:
            return message
        if message.get("more_body"):
            await drain(self._receive)
        self.exceeded = True
        raise errors.too_large(_too_large(self._limit))

    async def send(self, message: Message) -> None:
        """Pass the answer on, unless the body was too large."""
        if not self.exceeded:
            await self._send(message)


class SecurityHeaders:
    """Puts the headers on every answer; pages with anybody's data are never stored by caches."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
                headers.setdefault("Cache-Control", "no-store")
                if scope.get("scheme") == "https":
                    headers.setdefault("Strict-Transport-Security", "max-age=31536000")
            await send(message)

        await self.app(scope, receive, with_headers if scope["type"] == "http" else send)


def check_origin(request: Request) -> None:
    """Raise CrossSite when a browser says that a change comes from another site's page."""
    site = request.headers.get("sec-fetch-site")
    if site is not None and site not in ("same-origin", "none"):
        raise CrossSite("This change was asked for by another site's page, so it was not made.")
    origin = request.headers.get("origin")
    if origin is not None:
        given = urlsplit(origin)
        if given.netloc.lower() != request.headers.get("host", "").lower():
            raise CrossSite("This change was asked for by another site's page, so it was not made.")


async def check_request(request: Request) -> None:
    """For every page: a change must come from our own pages and carry the session's token; no control characters.

    Sign-in itself has no session yet: its origin is checked, and its cookie is SameSite.
    """
    if request.method in SAFE or request.url.path.startswith(FROM_ANYWHERE):
        return
    check_origin(request)
    kind = request.headers.get("content-type", "").split(";")[0].strip().lower()
    values: dict[str, Any] = {}
    if kind in ("application/x-www-form-urlencoded", "multipart/form-data"):
        form = await request.form(max_fields=500)
        values = dict(form)
        if not TOLD_BY_FORM.fullmatch(request.url.path) and control_characters(values.values()):
            raise BadRequest(
                "The form holds control characters (such as NUL). Remove them and send it again."
            )
    elif request.headers.get("content-length", "0") != "0":
        raise WrongContentType("Forms are sent as application/x-www-form-urlencoded or multipart/form-data.")
    if not request.url.path.startswith(NO_SESSION_YET):
        check_token(request, str(values.get("csrf") or ""))


def control_characters(values: Iterable[object]) -> bool:
    """Whether a text of a form holds characters that no record may hold."""
    return any(isinstance(value, str) and _CONTROL_TEXT.search(value) for value in values)


def check_token(request: Request, in_form: str = "") -> None:
    """Raise CrossSite unless the request carries its session's token, where there is a session."""
    viewer = getattr(request.state, "viewer", None)
    given = request.headers.get("x-csrf-token") or in_form
    if viewer is not None and not token_matches(given, viewer.csrf_secret):
        raise CrossSite("This form is from an earlier session. Open the page again and repeat the change.")
