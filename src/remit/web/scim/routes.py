"""The routes of /scim/v2. Every request carries a provisioning token; every change is an act of the identity “Provisioning”."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Annotated, Any, Final, cast
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from pydantic import ValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from remit import identity
from remit.actions import Action, Performed, Refused, Waiting, perform
from remit.domains.people import provisioning
from remit.domains.people.provisioning import Attribute, DeprovisionPerson, Provisioned, ProvisionPerson
from remit.kit import clock
from remit.scope import Scope
from remit.web import bearer, hosts, sessions
from remit.web.scim import described, resource
from remit.web.scim.problems import MEDIA, ScimProblem

LIST: Final = "urn:ietf:params:scim:api:messages:2.0:ListResponse"
_FILTER: Final = re.compile(
    r'\s*(userName|externalId|id|active)\s+eq\s+(?:"((?:[^"\\]|\\.)*)"|(true|false))\s*', re.IGNORECASE
)
_NAMES: Final = {"username": "userName", "externalid": "externalId", "id": "id", "active": "active"}
_STATUS: Final = {"not_found": 404, "user_taken": 409, "last_oversight": 409, "halted": 503}


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


router = APIRouter(prefix="/scim/v2", include_in_schema=False, dependencies=[Depends(directory)])
Directory = Annotated[Scope, Depends(directory)]
Sent = Annotated[Mapping[str, Any], Depends(sent)]
Cut = Callable[[dict[str, Any]], dict[str, Any]]


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


Shape = Annotated[Cut, Depends(shaped)]


def base_of(request: Request) -> str:
    """The address of /scim/v2."""
    return hosts.link(request, "/scim/v2")


@router.get("/ServiceProviderConfig")
def configuration(request: Request) -> Response:
    """What this server can do."""
    return _shown(described.configuration(base_of(request)))


@router.get("/ResourceTypes")
def types(request: Request) -> Response:
    """Types of resource."""
    return _listed(described.resource_types(base_of(request)))


@router.get("/ResourceTypes/{name}")
def one_type(request: Request, name: str) -> Response:
    """One type of resource."""
    return _one_of(described.resource_types(base_of(request)), name)


@router.get("/Schemas")
def schemas(request: Request) -> Response:
    """Schemas."""
    return _listed(described.schemas(base_of(request)))


@router.get("/Schemas/{name}")
def one_schema(request: Request, name: str) -> Response:
    """One schema."""
    return _one_of(described.schemas(base_of(request)), name)


@router.get("/Users")
def list_users(
    request: Request,
    scope: Directory,
    shape: Shape,
    filter: Annotated[str, Query(max_length=500)] = "",
    first: Annotated[int, Query(alias="startIndex")] = 1,
    count: int = 100,
) -> Response:
    """Users by one attribute, or all, a page at a time."""
    return _page(request, scope, shape, filter, first, count)


@router.post("/.search")
@router.post("/Users/.search")
def search(request: Request, scope: Directory, body: Sent) -> Response:
    """The same, asked in a body, which no log of addresses keeps."""
    several = {name: ",".join(body.get(name) or ()) for name in ("attributes", "excludedAttributes")}
    first, count = body.get("startIndex", 1), body.get("count", 100)
    if not isinstance(first, int) or not isinstance(count, int):
        raise ScimProblem(400, "startIndex and count are numbers.", "invalidValue")
    return _page(request, scope, shaped(**several), str(body.get("filter") or "")[:500], first, count)


def _page(request: Request, scope: Scope, shape: Cut, text: str, first: int, count: int) -> Response:
    attribute, value = _filtered(text)
    first, wanted = min(max(first, 1), 10**9), min(max(count, 0), described.MOST)
    total, rows = provisioning.list_provisioned(scope, attribute, value, first=first, count=wanted)
    return _listed([shape(resource.document(row, base_of(request))) for row in rows], total, first)


@router.post("/Users")
def add_user(request: Request, scope: Directory, body: Sent) -> Response:
    """Add a person, without a role."""
    done = _done(scope, _provision(resource.fields(body), None))
    person = _found(scope, str(done.result["person_id"]))
    shown = resource.document(person, base_of(request))
    return JSONResponse(shown, 201, {"Location": shown["meta"]["location"]}, media_type=MEDIA)


@router.get("/Users/{user_id}")
def get_user(request: Request, scope: Directory, shape: Shape, user_id: str) -> Response:
    """One user."""
    return _shown(shape(resource.document(_found(scope, user_id), base_of(request))))


@router.put("/Users/{user_id}")
def replace_user(request: Request, scope: Directory, user_id: str, body: Sent) -> Response:
    """Bring a user in line with a whole document."""
    return _changed(request, scope, _found(scope, user_id), body)


@router.patch("/Users/{user_id}")
def patch_user(request: Request, scope: Directory, user_id: str, body: Sent) -> Response:
    """Change a part of a user."""
    person = _found(scope, user_id)
    return _changed(request, scope, person, resource.patched(person, body))


@router.delete("/Users/{user_id}")
def delete_user(scope: Directory, user_id: str) -> Response:
    """Switch a person off for good: the directory sees them no longer, the record keeps what they did."""
    _done(scope, DeprovisionPerson(person_id=_found(scope, user_id).id, gone=True))
    return Response(status_code=204)


def _changed(request: Request, scope: Scope, person: Provisioned, body: Mapping[str, Any]) -> Response:
    """Off comes first: whatever else the document wants, a leaver is out."""
    wanted = resource.fields(body)
    if person.active and not wanted["active"]:
        _done(scope, DeprovisionPerson(person_id=person.id))
    if wanted != _as_it_is(person) | {"active": wanted["active"]} or (wanted["active"] and not person.active):
        change = _provision(wanted, person.id)
        # one wish a day for a state of the person, however often the directory synchronises
        _done(scope, change, f"scim:{change.payload_hash()}:{person.version}:{clock.now():%Y-%m-%d}")
    return _shown(resource.document(_found(scope, str(person.id)), base_of(request)))


def _as_it_is(person: Provisioned) -> dict[str, Any]:
    return {name: getattr(person, name) for name in ProvisionPerson.model_fields if name != "person_id"}


def _provision(wanted: Mapping[str, Any], person_id: UUID | None) -> ProvisionPerson:
    try:
        return ProvisionPerson.model_validate({**wanted, "person_id": person_id})
    except ValidationError as error:
        found = error.errors(include_input=False, include_url=False)[0]
        told = f"{'.'.join(map(str, found['loc']))}: {found['msg'].removeprefix('Value error, ')}"
        raise ScimProblem(400, told, "invalidValue") from None


def _done(scope: Scope, action: Action, key: str | None = None) -> Performed:
    """Perform it. What waits for a second person is a refusal for now."""
    try:
        answer = perform(scope, action, key=key, reason="The firm's directory wants it.")
    except Refused as refused:
        status = _STATUS.get(refused.code, 403)
        raise ScimProblem(
            status, refused.message, "uniqueness" if refused.code == "user_taken" else ""
        ) from None
    if isinstance(answer, Waiting):
        raise ScimProblem(403, f"Not done yet: it waits for a second person. {answer.sentence}")
    return answer


def _found(scope: Scope, user_id: str) -> Provisioned:
    try:
        person = provisioning.find_provisioned(scope, UUID(user_id))
    except ValueError:
        person = None
    if person is None:
        raise ScimProblem(404, "There is no such user.")
    return person


def _filtered(text: str) -> tuple[Attribute | None, str]:
    if not text.strip():
        return None, ""
    found = _FILTER.fullmatch(text)
    if found is None:
        raise ScimProblem(
            400, "A filter is one of userName, externalId, id and active, with eq.", "invalidFilter"
        )
    quoted = found.group(2)
    value = found.group(3) if quoted is None else re.sub(r"\\(.)", r"\1", quoted)
    if "\x00" in value:
        raise ScimProblem(400, "A filter holds no NUL.", "invalidFilter")
    return cast(Attribute, _NAMES[found.group(1).lower()]), value


def _shown(document: Mapping[str, Any]) -> Response:
    return JSONResponse(document, media_type=MEDIA)


def _listed(rows: list[dict[str, Any]], total: int | None = None, first: int = 1) -> Response:
    document = {"schemas": [LIST], "totalResults": len(rows) if total is None else total, "startIndex": first,
                "itemsPerPage": len(rows), "Resources": rows}  # fmt: skip
    return JSONResponse(document, media_type=MEDIA)


def _one_of(rows: list[dict[str, Any]], name: str) -> Response:
    found = next((row for row in rows if row["id"] == name), None)
    if found is None:
        raise ScimProblem(404, "There is no such thing.")
    return _shown(found)
