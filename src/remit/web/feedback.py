"""What was just done, told once on the next page: a short cookie, sealed with the session's secret."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from dataclasses import dataclass
from typing import Literal

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

COOKIE = "remit_said"
LONGEST = 600
Tone = Literal["done", "waiting", "refused"]


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence about what was done; `tone` colours it; `link` leads to the record of it."""

    text: str
    tone: Tone = "done"
    link: str = ""


def _seal(secret: str, body: str) -> str:
    return hmac.new(secret.encode(), b"said" + body.encode(), hashlib.sha256).hexdigest()[:32]


def go(request: Request, path: str, said: str = "", tone: Tone = "done", link: str = "") -> Response:
    """Send the browser to `path` after a change, where it is told `said`."""
    response: Response
    if request.headers.get("hx-request"):
        response = Response(status_code=204, headers={"HX-Redirect": path})
    else:
        response = RedirectResponse(path, status_code=303)
    viewer = getattr(request.state, "viewer", None)
    if said and viewer is not None:
        text = json.dumps([said[:LONGEST], tone, link])
        body = base64.urlsafe_b64encode(text.encode()).decode()
        response.set_cookie(
            COOKIE,
            f"{body}.{_seal(viewer.csrf_secret, body)}",
            max_age=60,
            httponly=True,
            samesite="lax",
            secure=request.url.scheme == "https",
        )
    return response


def read(request: Request) -> Said | None:
    """What the last change said, if the cookie is ours."""
    viewer = getattr(request.state, "viewer", None)
    body, _, seal = request.cookies.get(COOKIE, "").partition(".")
    if (
        viewer is None
        or not body
        or not hmac.compare_digest(seal.encode(), _seal(viewer.csrf_secret, body).encode())
    ):
        return None
    text, tone, link = json.loads(base64.urlsafe_b64decode(body))
    request.state.said = True
    return Said(text, tone, link)


def forget(response: Response) -> None:
    """Take the cookie back once its sentence was shown."""
    response.delete_cookie(COOKIE, path="/")
