"""What this server can do, as SCIM asks it of itself: configuration, types of resource, schemas."""

from __future__ import annotations

from typing import Any, Final

from remit.web.scim.group_resource import GROUP
from remit.web.scim.resource import USER

_CORE: Final = "urn:ietf:params:scim:schemas:core:2.0"
MOST: Final = 200


def _attribute(name: str, kind: str = "string", **more: Any) -> dict[str, Any]:
    plain = {
        "name": name, "type": kind, "multiValued": False, "description": name, "required": False, "caseExact": False,
        "mutability": "readWrite", "returned": "default", "uniqueness": "none",
    }  # fmt: skip
    return plain | more


_ATTRIBUTES: Final = [
    _attribute("userName", required=True, uniqueness="server"),
    _attribute(
        "name", "complex", subAttributes=[_attribute(n) for n in ("formatted", "givenName", "familyName")]
    ),
    _attribute("displayName"),
    _attribute("title"),
    _attribute("active", "boolean", required=True),
    _attribute(
        "emails",
        "complex",
        multiValued=True,
        subAttributes=[_attribute("value")],
    ),
]
_GROUP_ATTRIBUTES: Final = [
    _attribute("displayName", required=True, uniqueness="server"),
    _attribute(
        "members",
        "complex",
        multiValued=True,
        subAttributes=[
            _attribute("value", mutability="immutable"),
            _attribute("$ref", "reference", mutability="immutable", referenceTypes=["User"], caseExact=True),
            _attribute("type", mutability="immutable", canonicalValues=["User"]),
        ],
    ),
]


def configuration(base: str) -> dict[str, Any]:
    """ServiceProviderConfig."""
    return {
        "schemas": [f"{_CORE}:ServiceProviderConfig"],
        "patch": {"supported": True},
        "bulk": {"supported": False, "maxOperations": 0, "maxPayloadSize": 0},
        "filter": {"supported": True, "maxResults": MOST},
        "changePassword": {"supported": False},
        "sort": {"supported": False},
        "etag": {"supported": False},
        "authenticationSchemes": [
            {
                "type": "oauthbearertoken",
                "name": "Bearer token",
                "description": "A token of Settings, Tokens, for provisioning.",
            }
        ],
        "meta": {"resourceType": "ServiceProviderConfig", "location": f"{base}/ServiceProviderConfig"},
    }


_TYPES: Final = (
    ("User", "/Users", USER, "A person who works with Remit", _ATTRIBUTES),
    (
        "Group",
        "/Groups",
        GROUP,
        "People who have what an admin said that this group gives",
        _GROUP_ATTRIBUTES,
    ),
)


def resource_types(base: str) -> list[dict[str, Any]]:
    """Types of resource: users and groups."""
    return [
        {
            "schemas": [f"{_CORE}:ResourceType"],
            "id": name,
            "name": name,
            "endpoint": endpoint,
            "description": told,
            "schema": schema,
            "meta": {"resourceType": "ResourceType", "location": f"{base}/ResourceTypes/{name}"},
        }
        for name, endpoint, schema, told, _ in _TYPES
    ]


def schemas(base: str) -> list[dict[str, Any]]:
    """The attributes that are kept of a user and of a group."""
    return [
        {
            "schemas": [f"{_CORE}:Schema"],
            "id": schema,
            "name": name,
            "description": told,
            "attributes": attributes,
            "meta": {"resourceType": "Schema", "location": f"{base}/Schemas/{schema}"},
        }
        for name, _, schema, told, attributes in _TYPES
    ]
