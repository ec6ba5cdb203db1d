"""From the provider's claims to what Remit takes of them: who, which address, which groups. Outside text, bounded."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from remit.connectors.oidc.config import Oidc
from remit.connectors.oidc.tokens import TokenRefused
from remit.kit.text import unsafe

MOST_GROUPS: Final = 500
LONGEST_GROUP: Final = 200
LONGEST_NAME: Final = 120


@dataclass(frozen=True, slots=True)
class Proved:
    """Who signed in at the provider. `subject` with `issuer` is the only name that is theirs for good.

    `email` is "" unless the provider vouches for it. Where it says nothing about groups there are none: who is taken out
    of the last one is not left what it gave.
    """

    issuer: str
    subject: str
    email: str
    name: str
    groups: tuple[str, ...]
    sid: str
    id_token: str = field(repr=False)


def proved(config: Oidc, signed: Mapping[str, Any], more: Mapping[str, Any], id_token: str) -> Proved:
    """What we take of the signed claims and, where those are silent, of `more`. Raises TokenRefused where it cannot be taken whole."""
    claims = {**more, **signed}
    if "email" in signed and "email_verified" not in signed and more.get("email") != signed["email"]:
        claims.pop("email_verified", None)  # what vouches for one address vouches for no other
    elsewhere = claims.get("_claim_names")
    if isinstance(elsewhere, dict) and config.groups_claim in elsewhere:
        raise TokenRefused("groups_elsewhere")
    email = _text(claims, "email", 254)
    vouched = config.trusts_email or claims.get("email_verified") is True
    return Proved(
        config.issuer,
        signed["sub"],
        email.strip().lower() if vouched else "",
        " ".join(_text(claims, "name", 1000).split())[:LONGEST_NAME],
        _groups(claims.get(config.groups_claim)),
        _text(claims, "sid", 255),
        id_token,
    )


def _text(claims: Mapping[str, Any], name: str, longest: int) -> str:
    value = claims.get(name, "")
    if not isinstance(value, str) or len(value) > longest or unsafe(value):
        raise TokenRefused(f"{name}_unusable")
    return value


def _groups(value: Any) -> tuple[str, ...]:
    """The groups, sorted. Never a part of them: a group that is left out could be the one that takes a role away."""
    if value is None:
        return ()
    several = [value] if isinstance(value, str) else value
    if not isinstance(several, list) or len(several) > MOST_GROUPS:
        raise TokenRefused("groups_unusable")
    for each in several:
        if not isinstance(each, str) or not 0 < len(each) <= LONGEST_GROUP or unsafe(each):
            raise TokenRefused("groups_unusable")
    return tuple(sorted(set(several)))
