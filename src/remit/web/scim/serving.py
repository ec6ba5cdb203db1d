"""What every resource of /scim/v2 is served with: who asks, what was sent, lists, filters, and acts that may have to wait."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Final

from fastapi import Depends, Query
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from remit import identity
from remit.actions import Action, Performed, Refused, Waiting, perform
from remit.scope import Scope
from remit.web import bearer, hosts, sessions
from remit.web.scim.problems import MEDIA, ScimProblem

LIST: Final = "urn:ietf:params:scim:api:messages:2.0:ListResponse"
_FILTER: Final = re.compile(
    r'\s*([A-Za-z]{1,40})\s+eq\s+(?:"((?:[^"\\]|\\.)*)"|(true|false))\s*', re.IGNORECASE
)
_STATUS: Final = {
    "not_found": 404,
    "user_taken": 409,
    "group_taken": 409,
    "last_oversight": 409,
    "halted": 503,
}
Cut = Callable[[dict[str, Any]], dict[str, Any]]


def directory(request: Request) -> Scope:
    """Dependency: the scope of the provisioning identity, for a request with its token. Raises ScimProblem."""
    found = bearer.find(sessions.system_scope(), bearer.token_of(request) or "")
    if found is None or not found.provisions:
        raise ScimProblem(401, "A token for provisioning is needed.")
    bearer.note_use(sessions.system_scope(), found)
    return identity.for_service("provisioning", via="scim", request_id=request.state.request_id)


async def sent(request: Request) -> Mapping[str, Any]:
    """Dependency: the JSON object that was sent. Raises ScimProblem."""
    try:
        document = json.loads(await request.body())
    except (ValueError, RecursionError):
        raise ScimProblem(400, "The body is no JSON.", "invalidSyntax") from None
    if not isinstance(document, dict):
        raise ScimProblem(400, "The body has to be an object.", "invalidSyntax")
    return document


def shaped(
    attributes: Annotated[str, Query(max_length=500)] = "",
    excludedAttributes: Annotated[str, Query(max_length=500)] = "",
) -> Cut:
    """Dependency: what a document is cut down to. `id`, `schemas` and `meta` always stay."""
    only = {name.strip().lower().split(".")[0] for name in attributes.split(",") if name.strip()}
    never = {name.strip().lower().split(".")[0] for name in excludedAttributes.split(",") if name.strip()}

    def cut(document: dict[str, Any]) -> dict[str, Any]:
        stays = {"id", "schemas", "meta"}
        return {
            name: value
            for name, value in document.items()
            if name in stays or (name.lower() not in never and (not only or name.lower() in only))
        }

    return cut


Directory = Annotated[Scope, Depends(directory)]
Sent = Annotated[Mapping[str, Any], Depends(sent)]
Shape = Annotated[Cut, Depends(shaped)]


@dataclass(frozen=True, slots=True)
class Asked:
    """A question in a body instead of an address."""

    shape: Cut
    filter: str
    first: int
    count: int


def asked(body: Mapping[str, Any]) -> Asked:
    """What a search in a body asks for. Raises ScimProblem."""
    several = {name: ",".join(body.get(name) or ()) for name in ("attributes", "excludedAttributes")}
    first, count = body.get("startIndex", 1), body.get("count", 100)
    if not isinstance(first, int) or not isinstance(count, int):
        raise ScimProblem(400, "startIndex and count are numbers.", "invalidValue")
    return Asked(shaped(**several), str(body.get("filter") or "")[:500], first, count)


def base_of(request: Request) -> str:
    """The address of /scim/v2."""
    return hosts.link(request, "/scim/v2")


def filtered(text: str, names: Mapping[str, str]) -> tuple[str | None, str]:
    """One attribute of `names` (by its name in small letters) and the value that it has to equal. Raises ScimProblem."""
    if not text.strip():
        return None, ""
    found = _FILTER.fullmatch(text)
    name = names.get(found.group(1).lower()) if found else None
    if found is None or name is None:
        raise ScimProblem(400, f"A filter is one of {', '.join(names.values())}, with eq.", "invalidFilter")
    quoted = found.group(2)
    value = found.group(3) if quoted is None else re.sub(r"\\(.)", r"\1", quoted)
    if "\x00" in value:
        raise ScimProblem(400, "A filter holds no NUL.", "invalidFilter")
    return name, value


def wish(scope: Scope, action: Action, key: str | None = None) -> Performed | Waiting:
    """Perform it for the directory. Raises ScimProblem for what is refused."""
    try:
        return perform(scope, action, key=key, reason="The firm's directory wants it.")
    except Refused as refused:
        status = _STATUS.get(refused.code, 403)
        kind = "uniqueness" if refused.code in ("user_taken", "group_taken") else ""
        raise ScimProblem(status, refused.message, kind) from None


def shown(document: Mapping[str, Any]) -> Response:
    """One resource."""
    return JSONResponse(document, media_type=MEDIA)


def listed(rows: list[dict[str, Any]], total: int | None = None, first: int = 1) -> Response:
    """A page of resources."""
    document = {"schemas": [LIST], "totalResults": len(rows) if total is None else total, "startIndex": first,
                "itemsPerPage": len(rows), "Resources": rows}  # fmt: skip
    return JSONResponse(document, media_type=MEDIA)
