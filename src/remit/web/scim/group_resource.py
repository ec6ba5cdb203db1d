"""A group as SCIM shows it, and back: what the directory sent becomes a wish for name and members, or is refused by name."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from remit.domains.people.directory_groups import DirectoryGroup
from remit.web.scim.problems import ScimProblem
from remit.web.scim.resource import operations, several, text_of

GROUP: Final = "urn:ietf:params:scim:schemas:core:2.0:Group"
MOST_MEMBERS: Final = 20_000
_ONE_MEMBER: Final = re.compile(r'members\[\s*value\s+eq\s+"([^"]{1,100})"\s*\]', re.IGNORECASE)


@dataclass
class Wanted:
    """What a group is to be. `members` None: they stay as they are (a document that does not name them)."""

    name: str
    external_id: str
    members: set[UUID] | None


def document(group: DirectoryGroup, base: str) -> dict[str, Any]:
    """The group as SCIM shows it; `base` is the address of /scim/v2."""
    shown: dict[str, Any] = {
        "schemas": [GROUP],
        "id": str(group.id),
        "displayName": group.name,
        "meta": {
            "resourceType": "Group",
            "created": group.created_at.isoformat(),
            "lastModified": group.changed_at.isoformat(),
            "location": f"{base}/Groups/{group.id}",
            "version": f'W/"{group.version}"',
        },
    }
    if group.external_id:
        shown["externalId"] = group.external_id
    if group.members:
        shown["members"] = [
            {"value": str(one.id), "$ref": f"{base}/Users/{one.id}", "type": "User"} for one in group.members
        ]
    return shown


def fields(sent: Mapping[str, Any]) -> Wanted:
    """What a group's document wants; one without members wants none. Raises ScimProblem."""
    if GROUP not in several(sent.get("schemas")):
        raise ScimProblem(400, f"schemas has to name {GROUP}.", "invalidSyntax")
    given = {key.lower(): value for key, value in sent.items()}
    return Wanted(
        _name(given.get("displayname")), text_of(given, "externalid"), _members(given.get("members"))
    )


def patched(group: DirectoryGroup, sent: Mapping[str, Any]) -> Wanted:
    """What a group is to be after the operations of a PATCH. Raises ScimProblem."""
    wanted = Wanted(group.name, group.external_id, {one.id for one in group.members})
    for operation in operations(sent):
        kind, path, value = operation["op"], operation.get("path"), operation.get("value")
        if path is None:
            if kind == "remove":
                raise ScimProblem(400, "remove needs a path.", "noTarget")
            if not isinstance(value, dict):
                raise ScimProblem(400, "Without a path the value is an object.", "invalidValue")
            for name, each in value.items():
                if name.lower() not in ("schemas", "id", "meta"):
                    _set(wanted, kind, name, each)
        elif isinstance(path, str):
            _set(wanted, kind, path.removeprefix(f"{GROUP}:"), value)
        else:
            raise ScimProblem(400, "path is text.", "invalidPath")
    return wanted


def _set(wanted: Wanted, kind: str, path: str, value: Any) -> None:
    assert wanted.members is not None
    if one := _ONE_MEMBER.fullmatch(path):
        if kind != "remove":
            raise ScimProblem(400, "A member is added to members, or removed.", "invalidPath")
        wanted.members -= _ids([one.group(1)])
    elif path.lower() == "members":
        named = _members(value)
        if kind == "add":
            wanted.members |= named
        elif kind == "replace":
            wanted.members = named
        else:
            wanted.members = wanted.members - named if named else set()
    elif path.lower() == "displayname" and kind != "remove":
        wanted.name = _name(value)
    elif path.lower() == "externalid":
        wanted.external_id = "" if kind == "remove" else text_of({"externalId": value}, "externalId")
    elif path.lower() in ("id", "meta", "schemas", "displayname"):
        raise ScimProblem(400, f"{path} cannot be changed so.", "mutability")
    else:
        raise ScimProblem(400, f"Remit keeps no {path[:80]} of a group.", "invalidPath")


def _name(value: Any) -> str:
    if not isinstance(value, str) or not value.strip():
        raise ScimProblem(400, "displayName is missing.", "invalidValue")
    return value.strip()


def _members(value: Any) -> set[UUID]:
    if value is None:
        return set()
    named = [value] if isinstance(value, dict) else value
    if not isinstance(named, list) or len(named) > MOST_MEMBERS:
        raise ScimProblem(400, f"members is a list of at most {MOST_MEMBERS}.", "invalidValue")
    for one in named:
        if not isinstance(one, dict) or not isinstance(one.get("value"), str):
            raise ScimProblem(
                400, "A member is an object with the id of a user as its value.", "invalidValue"
            )
        if one.get("type", "User") != "User":
            raise ScimProblem(400, "Members are users; groups in groups are not kept.", "invalidValue")
    return _ids(one["value"] for one in named)


def _ids(values: Iterable[str]) -> set[UUID]:
    try:
        return {UUID(value) for value in values}
    except ValueError:
        raise ScimProblem(400, "There is no such user.", "invalidValue") from None
