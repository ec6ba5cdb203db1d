"""A person as a SCIM user, and back: what the directory sent becomes the fields of one action, or is refused by name."""

from __future__ import annotations

import copy
import re
from collections.abc import Mapping
from typing import Any, Final

from remit.domains.people.provisioning import Provisioned
from remit.web.scim.problems import ScimProblem

USER: Final = "urn:ietf:params:scim:schemas:core:2.0:User"
PATCH: Final = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
FIELDS: Final = {"username": "userName", "externalid": "externalId", "displayname": "displayName", "title": "title",
                 "active": "active", "name": "name", "emails": "emails"}  # fmt: skip
NAME_FIELDS: Final = {"formatted": "formatted", "givenname": "givenName", "familyname": "familyName"}
_EMAIL_PATH: Final = re.compile(r"emails(\[[^\]]*\])?(\.value)?", re.IGNORECASE)


def document(person: Provisioned, base: str) -> dict[str, Any]:
    """The user as SCIM shows it; `base` is the address of /scim/v2."""
    name = {
        "formatted": person.formatted_name,
        "givenName": person.given_name,
        "familyName": person.family_name,
    }
    shown: dict[str, Any] = {
        "schemas": [USER],
        "id": str(person.id),
        "userName": person.user_name,
        "name": {key: value for key, value in name.items() if value},
        "active": person.active,
        "meta": {
            "resourceType": "User",
            "created": person.created_at.isoformat(),
            "lastModified": person.changed_at.isoformat(),
            "location": f"{base}/Users/{person.id}",
            "version": f'W/"{person.version}"',
        },
    }
    if not shown["name"]:
        shown.pop("name")
    if person.display_name:
        shown["displayName"] = person.display_name
    if person.external_id:
        shown["externalId"] = person.external_id
    if person.title:
        shown["title"] = person.title
    if person.email:
        shown["emails"] = [
            {"value": person.email}
        ]  # one address is kept, and neither its type nor that it is primary
    return shown


def fields(sent: Mapping[str, Any]) -> dict[str, Any]:
    """What a user's document says, as the fields of ProvisionPerson. Raises ScimProblem."""
    if USER not in several(sent.get("schemas")):
        raise ScimProblem(400, f"schemas has to name {USER}.", "invalidSyntax")
    given = {FIELDS[key.lower()]: value for key, value in sent.items() if key.lower() in FIELDS}
    name = given.get("name") or {}
    if not isinstance(name, dict):
        raise ScimProblem(400, "name has to be an object.", "invalidValue")
    name = {NAME_FIELDS[key.lower()]: value for key, value in name.items() if key.lower() in NAME_FIELDS}
    user_name = text_of(given, "userName").strip()
    if not user_name:
        raise ScimProblem(400, "userName is missing.", "invalidValue")
    first, last = text_of(name, "givenName").strip(), text_of(name, "familyName").strip()
    display, formatted = text_of(given, "displayName").strip(), text_of(name, "formatted").strip()
    called = display or formatted or f"{first} {last}"
    email = _email(given.get("emails"))
    return {
        "user_name": user_name,
        "external_id": text_of(given, "externalId"),
        "name": " ".join(called.split())[:120] or user_name[:120],
        "display_name": display,
        "formatted_name": formatted,
        "given_name": first,
        "family_name": last,
        "title": text_of(given, "title").strip(),
        "email": email or (user_name.lower() if "@" in user_name else ""),
        "active": _boolean(given.get("active", True)),
    }


def patched(person: Provisioned, sent: Mapping[str, Any]) -> dict[str, Any]:
    """The user's document after the operations of a PATCH. Raises ScimProblem."""
    now = copy.deepcopy(document(person, ""))
    for operation in operations(sent):
        _apply(now, operation)
    return now


def operations(sent: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The operations of a PATCH: keys in small letters, `op` one of add, replace and remove. Raises ScimProblem."""
    if PATCH not in several(sent.get("schemas")):
        raise ScimProblem(400, f"schemas has to name {PATCH}.", "invalidSyntax")
    found = next((value for key, value in sent.items() if key.lower() == "operations"), None)
    if not isinstance(found, list) or not 0 < len(found) <= 100:
        raise ScimProblem(400, "Operations has to be a list of 1 to 100.", "invalidSyntax")
    if not all(isinstance(one, dict) for one in found):
        raise ScimProblem(400, "An operation is an object.", "invalidSyntax")
    read = [{key.lower(): value for key, value in one.items()} for one in found]
    for one in read:
        one["op"] = str(one.get("op", "")).lower()
        if one["op"] not in ("add", "replace", "remove"):
            raise ScimProblem(400, "op is one of add, replace and remove.", "invalidSyntax")
    return read


def _apply(now: dict[str, Any], operation: Mapping[str, Any]) -> None:
    kind, path, value = operation["op"], operation.get("path"), operation.get("value")
    if path is None:
        if kind == "remove":
            raise ScimProblem(400, "remove needs a path.", "noTarget")
        if not isinstance(value, dict):
            raise ScimProblem(400, "Without a path the value is an object.", "invalidValue")
        for name, each in value.items():
            if name.lower() not in ("schemas", "id", "meta"):
                _set(now, name, each)
        return
    if not isinstance(path, str):
        raise ScimProblem(400, "path is text.", "invalidPath")
    _set(now, path, None if kind == "remove" else value)


def _set(now: dict[str, Any], path: str, value: Any) -> None:
    """Set what `path` names; None takes it away. A path that we do not keep is refused, not silently taken."""
    wanted = path.removeprefix(f"{USER}:")
    if _EMAIL_PATH.fullmatch(wanted):
        now["emails"] = [{"value": value, "primary": True}] if isinstance(value, str) else value or []
        return
    head, _, tail = wanted.partition(".")
    if head.lower() == "name" and tail.lower() in NAME_FIELDS:
        now.setdefault("name", {})[NAME_FIELDS[tail.lower()]] = value or ""
        return
    if tail or head.lower() not in FIELDS:
        if head.lower() in ("id", "meta", "schemas"):
            raise ScimProblem(400, f"{head} cannot be changed.", "mutability")
        raise ScimProblem(400, f"Remit keeps no {path[:80]}.", "invalidPath")
    name = FIELDS[head.lower()]
    if name == "userName" and not value:
        raise ScimProblem(400, "userName cannot be taken away.", "mutability")
    if name == "active" and value is None:
        value = True
    now[name] = {**now.get("name", {}), **value} if name == "name" and isinstance(value, dict) else value


def several(value: Any) -> list[Any]:
    """A list; one that is none is empty."""
    return value if isinstance(value, list) else []


def text_of(given: Mapping[str, Any], name: str) -> str:
    """The text under `name`; "" when there is none. Raises ScimProblem."""
    value = given.get(name)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise ScimProblem(400, f"{name} has to be text.", "invalidValue")
    return value


def _boolean(value: Any) -> bool:
    """True or false; some directories send the word."""
    if isinstance(value, str) and value.lower() in ("true", "false"):
        return value.lower() == "true"
    if not isinstance(value, bool):
        raise ScimProblem(400, "active is true or false.", "invalidValue")
    return value


def _email(emails: Any) -> str:
    found = [one for one in several(emails) if isinstance(one, dict) and isinstance(one.get("value"), str)]
    found.sort(key=lambda one: one.get("primary") is not True)
    return found[0]["value"].strip() if found else ""
