"""From the provider's claims to what Remit takes of them: who, which address, which groups. Outside text, bounded."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from remit.connectors.oidc.config import Oidc
from remit.connectors.oidc.tokens import TokenRefused
from remit.connectors.proved import Proved, groups, short_name
from remit.kit.text import unsafe


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
        short_name(_text(claims, "name", 1000)),
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
    found = groups(value)
    if found is None:
        raise TokenRefused("groups_unusable")
    return found
