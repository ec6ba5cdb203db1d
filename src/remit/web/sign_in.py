"""The steps of signing in that several pages share. `sign_in_by` is the seam for other ways to prove who one is."""

from __future__ import annotations

import secrets
import threading
import time
from collections import OrderedDict
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from pydantic import SecretStr
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from remit.actions import Performed, perform
from remit.domains.people import rules
from remit.domains.people.sign_in import SignIn, SignOut
from remit.domains.people.sign_on import SignOnProof
from remit.web import sessions

WINDOW_SECONDS = 900.0
ADDRESSES_KEPT = 10_000


class AddressBackOff:
    """Failures by network address within a quarter of an hour, in this process; old addresses are forgotten."""

    def __init__(self) -> None:
        self._failures: OrderedDict[str, tuple[int, float]] = OrderedDict()
        self._lock = threading.Lock()

    def wait_seconds(self, address: str) -> float:
        """How long this address has to wait now; 0 when it may try."""
        with self._lock:
            count, last = self._failures.get(address, (0, 0.0))
        passed = time.monotonic() - last
        if passed > WINDOW_SECONDS:
            return 0.0
        return max(0.0, rules.address_wait_seconds(count) - passed)

    def failed(self, address: str) -> None:
        """Count one failure."""
        now = time.monotonic()
        with self._lock:
            count, last = self._failures.pop(address, (0, now))
            self._failures[address] = (count + 1 if now - last <= WINDOW_SECONDS else 1, now)
            while len(self._failures) > ADDRESSES_KEPT:
                self._failures.popitem(last=False)


back_off = AddressBackOff()


@dataclass(frozen=True, slots=True)
class Opened:
    """A new session: what its cookie needs."""

    token: str
    csrf_secret: str


def sign_in_by(
    request: Request,
    method: Literal["password", "demo", "invitation", "oidc", "saml"],
    person_id: UUID | None,
    password: str = "",
    *,
    proof: SignOnProof | None = None,
    hint: bytes = b"",
) -> Opened | None:
    """Try to sign in; None when the claim was not proved. A new token each time: an old one is never carried over."""
    token, csrf = secrets.token_urlsafe(32), secrets.token_urlsafe(24)
    address = request.client.host if request.client else ""
    action = SignIn(
        person_id=person_id,
        method=method,
        token_hash=rules.token_hash(token).hex(),
        user_agent=request.headers.get("user-agent", "")[:300],
        address=address,
        password=SecretStr(password),
        csrf_secret=SecretStr(csrf),
        proof=proof,
        hint=hint,
    )
    done = perform(sessions.system_scope(), action)
    if isinstance(done, Performed) and done.result.get("signed_in"):
        return Opened(token, csrf)
    back_off.failed(address)
    return None


def welcome(request: Request, opened: Opened, target: str) -> Response:
    """Send the browser on with its new cookie; a session it had before is ended."""
    end_session(request)
    response = RedirectResponse(target if is_local(target) else "/", status_code=303)
    sessions.set_cookie(request, response, opened.token, opened.csrf_secret)
    return response


def end_session(request: Request) -> None:
    """Revoke the session that the request came with, if it has one."""
    viewer = sessions.find_viewer(request)
    if viewer is not None:
        perform(viewer.scope, SignOut(session_id=viewer.session_id))


def is_local(target: str) -> bool:
    """Whether a target after sign-in is a page of ours (never another site)."""
    return target.startswith("/") and not target.startswith(("//", "/\\")) and "\n" not in target
