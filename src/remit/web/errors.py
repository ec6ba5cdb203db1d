"""The one place where a refusal or a fault becomes an HTTP answer: a page for people, JSON for the API.

Codes are stable; messages say what is wrong and how to mend it. A fault of ours is logged with its request id, and the
answer carries nothing but that id.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import quote

import psycopg
import structlog
from fastapi import FastAPI, HTTPException
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError
from sqlalchemy import exc
from starlette.exceptions import HTTPException as StarletteHTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from remit.actions.errors import Refused
from remit.audit.queries import AuditRecordNotFound
from remit.db import trouble
from remit.identity import NotPermitted
from remit.kit.paging import CursorInvalid
from remit.kit.turns import ReadersBusy
from remit.web import render
from remit.web.headers import HEADERS
from remit.web.problems import SignInNeeded, WebProblem
from remit.web.scim.problems import ScimProblem
from remit.web.scim.problems import answer as scim_answer

log = structlog.get_logger(__name__)

# Codes of the door with a status of their own; every other refusal is 403 (a rule said no).
STATUS_OF: Final = {
    "not_found": 404,
    "not_permitted": 404,
    "version_conflict": 409,
    "conflict": 409,
    "already_decided": 409,
    "stale_approval": 409,
    "expired": 409,
    "check_failed": 422,
    "no_sayable_fact": 422,
    "invalid": 422,
    "unknown_action": 404,
    "rate_limited": 429,
    "too_large": 413,
}
TITLES: Final = {
    400: "This request cannot be read",
    401: "Sign in",
    403: "Not permitted",
    404: "Not found",
    405: "Not possible here",
    409: "Changed in the meantime",
    413: "Too large",
    415: "Wrong type of content",
    422: "Not done",
    429: "Wait a moment",
    500: "A fault of ours",
    503: "Back in a moment",
}


@dataclass(frozen=True, slots=True)
class Problem:
    """One answer: status, stable code, message, plain-JSON details, extra headers."""

    status: int
    code: str
    message: str
    details: Mapping[str, Any] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)


def too_large(message: str) -> HTTPException:
    """For use while a body is being read, where only HTTPException passes through the framework."""
    return HTTPException(413, message)


def answer(request: Request, problem: Problem) -> Response:
    """The answer for `problem`: JSON under /api, else a page (without its frame when htmx asked)."""
    headers = dict(problem.headers)
    if request.url.path.startswith("/scim/"):
        return scim_answer(request, ScimProblem(problem.status, problem.message))
    if request.url.path.startswith("/api/"):
        document = {
            "error": {"code": problem.code, "message": problem.message, "details": dict(problem.details)}
        }
        return JSONResponse(document, problem.status, headers)
    if problem.status == 401:
        return to_sign_in(request)
    title = "Halted" if problem.code == "halted" else TITLES.get(problem.status, "Not done")
    return render.problem_page(request, problem, title, headers)


def for_problem(request: Request, problem: WebProblem) -> Response:
    """The answer for what the web layer itself refuses."""
    return answer(request, Problem(problem.status, problem.code, problem.message))


def to_sign_in(request: Request) -> Response:
    """Send whoever is not signed in to sign in, and back to this page afterwards where it is one."""
    here = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    target = "/sign-in" if request.method != "GET" or here == "/" else f"/sign-in?next={quote(here, safe='')}"
    if request.headers.get("hx-request"):
        return Response(status_code=401, headers={"HX-Redirect": "/sign-in"})
    return RedirectResponse(target, status_code=303)


def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, Refused)
    status = STATUS_OF.get(error.code, 403)
    details = {**error.details, **({"rule_ids": list(error.rule_ids)} if error.rule_ids else {})}
    return answer(request, Problem(status, error.code, error.message, details))


def _not_permitted(request: Request, _error: Exception) -> Response:
    return answer(request, Problem(404, "not_found", "There is no such record, or you may not see it."))


def _cursor(request: Request, error: Exception) -> Response:
    return answer(request, Problem(400, "cursor_invalid", f"Start again from the first page: {error}."))


def _web(request: Request, error: Exception) -> Response:
    assert isinstance(error, WebProblem)
    if isinstance(error, SignInNeeded) and not request.url.path.startswith("/api/"):
        return to_sign_in(request)
    return for_problem(request, error)


def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, StarletteHTTPException)
    codes = {404: "not_found", 405: "method_not_allowed", 413: "too_large", 415: "wrong_content_type"}
    messages = {404: "There is no such page.", 405: "This address does not take that kind of request."}
    message = messages.get(error.status_code, str(error.detail))
    code = codes.get(error.status_code, "bad_request")
    return answer(request, Problem(error.status_code, code, message, headers=error.headers or {}))


def _invalid(request: Request, error: Exception) -> Response:
    """What was sent does not have the shape asked for. A path that is no id leads nowhere: 404."""
    assert isinstance(error, RequestValidationError | ValidationError)
    found = error.errors()
    if isinstance(error, RequestValidationError) and all(e["loc"][:1] == ("path",) for e in found):
        return answer(request, Problem(404, "not_found", "There is no such page."))
    fields = [
        {
            "field": ".".join(str(part) for part in e["loc"][1:] or e["loc"]),
            "reason": e["msg"].removeprefix("Value error, "),
        }
        for e in found
    ]
    status = 422 if request.url.path.startswith("/api/") else 400
    told = "; ".join(f"{f['field']}: {f['reason']}" for f in fields[:5])
    return answer(
        request, Problem(status, "invalid", f"What was sent cannot be used. {told}", {"fields": fields})
    )


def _database(request: Request, error: Exception) -> Response:
    """A value that PostgreSQL cannot hold is the sender's matter; everything else means: try again."""
    cause = getattr(error, "orig", None)
    if isinstance(error, exc.DataError) or isinstance(
        cause, psycopg.DataError | psycopg.errors.ProgramLimitExceeded
    ):
        return answer(request, Problem(400, "invalid", "A value is outside of what can be stored."))
    told = trouble.explain(error)
    if told is None:
        return _fault(request, error)
    log.warning("database does not answer", path=request.url.path, error=type(cause or error).__name__)
    return _unavailable(request, told)


def _unavailable(request: Request, told: Exception) -> Response:
    if isinstance(told, trouble.DiskFull):
        return answer(request, Problem(503, told.code, str(told), headers={"Retry-After": "30"}))
    message = "The database does not answer just now. Nothing was lost; this page tries again by itself."
    return answer(request, Problem(503, "unavailable", message, headers={"Retry-After": "2"}))


def _busy(request: Request, error: Exception) -> Response:
    assert isinstance(error, ReadersBusy)
    return answer(request, Problem(503, error.code, error.message, headers={"Retry-After": "30"}))


def _fault(request: Request, error: Exception) -> Response:
    request_id = getattr(request.state, "request_id", "")
    log.error("fault", path=request.url.path, request_id=request_id, exc_info=error)
    message = f"Something broke on our side. It is in the log under {request_id}."
    # answered outside of every middleware, so the headers are put on here
    headers = {**HEADERS, "Cache-Control": "no-store", "X-Request-Id": request_id}
    return answer(request, Problem(500, "fault", message, {"request_id": request_id}, headers))


def install(app: FastAPI) -> None:
    """Register every translation."""
    app.add_exception_handler(Refused, _refused)
    app.add_exception_handler(NotPermitted, _not_permitted)
    app.add_exception_handler(AuditRecordNotFound, _not_permitted)
    app.add_exception_handler(CursorInvalid, _cursor)
    app.add_exception_handler(WebProblem, _web)
    app.add_exception_handler(StarletteHTTPException, _http)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(ValidationError, _invalid)
    app.add_exception_handler(exc.SQLAlchemyError, _database)
    app.add_exception_handler(psycopg.Error, _database)
    app.add_exception_handler(trouble.DiskFull, _unavailable)
    app.add_exception_handler(ReadersBusy, _busy)
    app.add_exception_handler(Exception, _fault)
