"""By which names this web server goes: a request for another name is refused, and no link is made from what a request says.

A foreign page whose own name is made to point at this machine (DNS rebinding) looks to the browser like one of our pages;
only the name in the Host header gives it away. A bare IP address cannot be made to point elsewhere.
"""

from __future__ import annotations

import ipaddress
from typing import Final
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from remit import settings
from remit.web import errors
from remit.web.problems import BadRequest

_LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})
_EVERYWHERE: Final = frozenset({"0.0.0.0", "::", ""})


class Hosts:
    """Refuses requests for a name that is not ours."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] == "http" and not _ours(Headers(scope=scope).get("host", "")):
            problem = BadRequest(
                "Remit does not answer to this name. An admin can add it to the setting web_hosts.",
                code="unknown_host",
            )
            await errors.for_problem(Request(scope, receive), problem)(scope, receive, send)
            return
        await self.app(scope, receive, send)


def _ours(given: str) -> bool:
    try:
        name = (urlsplit(f"//{given}").hostname or "").rstrip(".")
    except ValueError:
        return False
    chosen = settings.load()
    known = {one.strip().lower() for one in chosen.web_hosts.split(",")} - {""}
    known |= {urlsplit(one).hostname or "" for one in (chosen.web_base_url, chosen.mail_unsubscribe_url)}
    if name and name in _LOOPBACK | known | {chosen.host.lower()}:
        return True
    return chosen.host in _EVERYWHERE and _is_address(name)


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def link(request: Request, path: str) -> str:
    """A whole address of ours, to be handed over: of `web_base_url`, else of the socket that took the request."""
    base = settings.load().web_base_url
    if not base:
        host, port = request.scope.get("server") or ("127.0.0.1", None)
        base = f"{request.url.scheme}://{f'[{host}]' if ':' in host else host}" + (f":{port}" if port else "")
    return base + path
