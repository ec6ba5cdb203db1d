"""The routes of /scim/v2. Every request carries a provisioning token; every change is an act of the identity “Provisioning”."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Final, cast
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from pydantic import ValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from remit.actions import Action, Performed, Waiting
from remit.domains.people import provisioning
from remit.domains.people.provisioning import Attribute, DeprovisionPerson, Provisioned, ProvisionPerson
from remit.kit import clock
from remit.scope import Scope
from remit.web.scim import described, resource
from remit.web.scim.problems import MEDIA, ScimProblem
from remit.web.scim.serving import (
    Cut,
    Directory,
    Sent,
    Shape,
    asked,
    base_of,
    directory,
    filtered,
    listed,
    shown,
    wish,
)

_NAMES: Final = {"username": "userName", "externalid": "externalId", "id": "id", "active": "active"}
router = APIRouter(prefix="/scim/v2", include_in_schema=False, dependencies=[Depends(directory)])


@router.get("/ServiceProviderConfig")
def configuration(request: Request) -> Response:
    """What this server can do."""
    return shown(described.configuration(base_of(request)))


@router.get("/ResourceTypes")
def types(request: Request) -> Response:
    """Types of resource."""
    return listed(described.resource_types(base_of(request)))


@router.get("/ResourceTypes/{name}")
def one_type(request: Request, name: str) -> Response:
    """One type of resource."""
    return _one_of(described.resource_types(base_of(request)), name)


@router.get("/Schemas")
def schemas(request: Request) -> Response:
    """Schemas."""
    return listed(described.schemas(base_of(request)))


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


@router.post("/Users/.search")
def search(request: Request, scope: Directory, body: Sent) -> Response:
    """The same, asked in a body, which no log of addresses keeps."""
    question = asked(body)
    return _page(request, scope, question.shape, question.filter, question.first, question.count)


def _page(request: Request, scope: Scope, shape: Cut, text: str, first: int, count: int) -> Response:
    attribute, value = filtered(text, _NAMES)
    first, wanted = min(max(first, 1), 10**9), min(max(count, 0), described.MOST)
    total, rows = provisioning.list_provisioned(
        scope, cast(Attribute | None, attribute), value, first=first, count=wanted
    )
    return listed([shape(resource.document(row, base_of(request))) for row in rows], total, first)


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
    return shown(shape(resource.document(_found(scope, user_id), base_of(request))))


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
    return shown(resource.document(_found(scope, str(person.id)), base_of(request)))


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
    answer = wish(scope, action, key)
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


def _one_of(rows: list[dict[str, Any]], name: str) -> Response:
    found = next((row for row in rows if row["id"] == name), None)
    if found is None:
        raise ScimProblem(404, "There is no such thing.")
    return shown(found)
