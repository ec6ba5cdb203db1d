"""What SCIM refuses, and how it says so."""

from __future__ import annotations

from typing import Final

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

MEDIA: Final = "application/scim+json"
ERROR: Final = "urn:ietf:params:scim:api:messages:2.0:Error"


class ScimProblem(Exception):
    """A refusal with its HTTP status and, where the standard has one, its `scimType`."""

    def __init__(self, status: int, detail: str, scim_type: str = "") -> None:
        super().__init__(detail)
        self.status, self.detail, self.scim_type = status, detail, scim_type


def answer(_request: Request, problem: Exception) -> Response:
    """The refusal as SCIM says it."""
    assert isinstance(problem, ScimProblem)
    document = {"schemas": [ERROR], "status": str(problem.status), "detail": problem.detail}
    if problem.scim_type:
        document["scimType"] = problem.scim_type
    headers = {"WWW-Authenticate": "Bearer"} if problem.status == 401 else None
    return JSONResponse(document, problem.status, headers, media_type=MEDIA)
