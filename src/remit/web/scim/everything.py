"""A search over users and groups at once: /scim/v2/.search. Users come first, then groups."""

from __future__ import annotations

from typing import Any, Final, cast

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from remit.domains.people import directory_groups, provisioning
from remit.web.scim import described, group_resource, resource
from remit.web.scim.serving import Directory, Sent, asked, base_of, directory, filtered, listed

router = APIRouter(prefix="/scim/v2", include_in_schema=False, dependencies=[Depends(directory)])
_USERS: Final = {"username": "userName", "externalid": "externalId", "id": "id", "active": "active"}
_GROUPS: Final = {"displayname": "displayName", "externalid": "externalId", "id": "id"}


@router.post("/.search")
def search(request: Request, scope: Directory, body: Sent) -> Response:
    """Whatever fits, a page at a time. Raises ScimProblem."""
    question = asked(body)
    name, value = filtered(question.filter, _USERS | _GROUPS)
    first, count = min(max(question.first, 1), 10**9), min(max(question.count, 0), described.MOST)
    found: list[dict[str, Any]] = []
    users = groups = 0
    if name is None or name in _USERS.values():
        users, rows = provisioning.list_provisioned(
            scope, cast(provisioning.Attribute | None, name), value, first=first, count=count
        )
        found = [resource.document(row, base_of(request)) for row in rows]
    if name is None or name in _GROUPS.values():
        groups, several = directory_groups.list_directory_groups(
            scope,
            cast(directory_groups.Attribute | None, name),
            value,
            first=max(first - users, 1),
            count=count - len(found),
        )
        found += [group_resource.document(row, base_of(request)) for row in several]
    return listed([question.shape(one) for one in found], users + groups, first)
