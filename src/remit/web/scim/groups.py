"""Groups under /scim/v2. Leaving takes effect at once; joining a group that gives power waits for a second person."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Annotated, cast
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from pydantic import ValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from remit.actions import Waiting
from remit.domains.people.directory_groups import (
    MOST_AT_ONCE,
    Attribute,
    DirectoryGroup,
    KeepDirectoryGroup,
    LeaveDirectoryGroup,
    find_directory_group,
    list_directory_groups,
    list_gaining,
    list_reached,
)  # fmt: skip
from remit.kit import clock
from remit.scope import Scope
from remit.web.scim import described, group_resource
from remit.web.scim.group_resource import Wanted
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

router = APIRouter(prefix="/scim/v2", include_in_schema=False, dependencies=[Depends(directory)])
_NAMES = {"displayname": "displayName", "externalid": "externalId", "id": "id"}


@router.get("/Groups")
def list_groups(
    request: Request,
    scope: Directory,
    shape: Shape,
    filter: Annotated[str, Query(max_length=500)] = "",
    first: Annotated[int, Query(alias="startIndex")] = 1,
    count: int = 100,
) -> Response:
    """Groups by one attribute, or all, a page at a time."""
    return _page(request, scope, shape, filter, first, count)


@router.post("/Groups/.search")
def search(request: Request, scope: Directory, body: Sent) -> Response:
    """The same, asked in a body."""
    question = asked(body)
    return _page(request, scope, question.shape, question.filter, question.first, question.count)


def _page(request: Request, scope: Scope, shape: Cut, text: str, first: int, count: int) -> Response:
    attribute, value = filtered(text, _NAMES)
    first, wanted = min(max(first, 1), 10**9), min(max(count, 0), described.MOST)
    total, rows = list_directory_groups(
        scope, cast(Attribute | None, attribute), value, first=first, count=wanted
    )
    return listed([shape(group_resource.document(row, base_of(request))) for row in rows], total, first)


@router.post("/Groups")
def add_group(request: Request, scope: Directory, body: Sent) -> Response:
    """Add a group. Who waits for a second person to join it is not in it yet."""
    wanted = group_resource.fields(body)
    _reached(scope, wanted.members or set())
    done = wish(scope, _keep(None, wanted))
    if isinstance(done, Waiting):
        raise ScimProblem(403, f"Not done yet: it waits for a second person. {done.sentence}")
    group = _found(scope, str(done.result["group_id"]))
    _join(scope, group, wanted)
    document = group_resource.document(_found(scope, str(group.id)), base_of(request))
    return JSONResponse(document, 201, {"Location": document["meta"]["location"]}, media_type=MEDIA)


@router.get("/Groups/{group_id}")
def get_group(request: Request, scope: Directory, shape: Shape, group_id: str) -> Response:
    """One group."""
    return shown(shape(group_resource.document(_found(scope, group_id), base_of(request))))


@router.put("/Groups/{group_id}")
def replace_group(request: Request, scope: Directory, group_id: str, body: Sent) -> Response:
    """Bring a group in line with a whole document."""
    return _changed(request, scope, _found(scope, group_id), group_resource.fields(body))


@router.patch("/Groups/{group_id}")
def patch_group(request: Request, scope: Directory, group_id: str, body: Sent) -> Response:
    """Change a part of a group."""
    group = _found(scope, group_id)
    return _changed(request, scope, group, group_resource.patched(group, body))


@router.delete("/Groups/{group_id}")
def delete_group(scope: Directory, group_id: str) -> Response:
    """The group is no more; what it gave is taken back."""
    wish(scope, LeaveDirectoryGroup(group_id=_found(scope, group_id).id, whole=True))
    return Response(status_code=204)


def _changed(request: Request, scope: Scope, group: DirectoryGroup, wanted: Wanted) -> Response:
    """Leaving comes first: whatever else the directory wants, who is out is out."""
    members, there = wanted.members or set(), {one.id for one in group.members}
    for some in _parts(there - members):
        wish(scope, LeaveDirectoryGroup(group_id=group.id, people=some))
    _reached(scope, members - there)
    waiting = []
    if (wanted.name, wanted.external_id) != (group.name, group.external_id):
        done = wish(scope, _keep(group.id, wanted))
        if isinstance(done, Waiting):
            raise ScimProblem(403, f"Not done yet: it waits for a second person. {done.sentence}")
    waiting = _join(scope, group, wanted)
    if waiting:
        raise ScimProblem(
            403,
            f"Not done yet: {len(waiting)} of those who join wait for a second person. {waiting[0].sentence}",
        )
    return shown(group_resource.document(_found(scope, str(group.id)), base_of(request)))


def _join(scope: Scope, group: DirectoryGroup, wanted: Wanted) -> list[Waiting]:
    """Let the new ones join; each by themselves where that takes a second person, so that one does not hold up the others."""
    new = (wanted.members or set()) - {one.id for one in group.members}
    gaining = list_gaining(scope, wanted.name, new)
    for some in _parts(new - gaining):
        wish(scope, _keep(group.id, wanted, some))
    waiting = []
    for one in sorted(gaining):
        act = _keep(group.id, wanted, (one,))
        # one wish a day, however often the directory synchronises
        done = wish(scope, act, f"scim:{act.payload_hash()}:{clock.now():%Y-%m-%d}")
        if isinstance(done, Waiting):
            waiting.append(done)
    return waiting


def _keep(group_id: UUID | None, wanted: Wanted, join: tuple[UUID, ...] = ()) -> KeepDirectoryGroup:
    try:
        return KeepDirectoryGroup(
            group_id=group_id, name=wanted.name, external_id=wanted.external_id, join=join
        )
    except ValidationError as error:
        found = error.errors(include_input=False, include_url=False)[0]
        raise ScimProblem(400, f"{found['loc'][0]}: {found['msg']}", "invalidValue") from None


def _parts(people: Iterable[UUID], size: int = MOST_AT_ONCE) -> Iterator[tuple[UUID, ...]]:
    several = sorted(people)
    for start in range(0, len(several), size):
        yield tuple(several[start : start + size])


def _reached(scope: Scope, people: set[UUID]) -> None:
    if people - list_reached(scope, sorted(people)):
        raise ScimProblem(400, "A member is no user here.", "invalidValue")


def _found(scope: Scope, group_id: str) -> DirectoryGroup:
    try:
        group = find_directory_group(scope, UUID(group_id))
    except ValueError:
        group = None
    if group is None:
        raise ScimProblem(404, "There is no such group.")
    return group
