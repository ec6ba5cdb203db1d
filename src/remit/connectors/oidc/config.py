"""What the settings say about single sign-on, checked before anything is asked of a provider."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from remit.kit.addresses import is_loopback, is_web_address
from remit.settings import Settings


class OidcSettingsInvalid(Exception):
    """Single sign-on cannot be used with these settings; the message says what is missing."""

    code = "sign_on_settings_invalid"


@dataclass(frozen=True, slots=True)
class Oidc:
    """The provider and what we are to it. `trusts_email`: its addresses count as verified without its saying so."""

    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    name: str = "single sign-on"
    scopes: str = "openid email profile"
    groups_claim: str = "groups"
    trusts_email: bool = False
    ca_file: Path | None = None


def read(settings: Settings) -> Oidc | None:
    """The configuration; None when no provider is set. Raises OidcSettingsInvalid."""
    if not settings.oidc_issuer:
        return None
    check_endpoint(settings.oidc_issuer, "oidc_issuer")
    if urlsplit(settings.oidc_issuer).query or urlsplit(settings.oidc_issuer).fragment:
        raise OidcSettingsInvalid(
            "oidc_issuer is an address without ? and #, just as the provider names itself."
        )
    if not settings.oidc_client_id or settings.oidc_client_secret is None:
        raise OidcSettingsInvalid(
            "Single sign-on needs oidc_client_id and oidc_client_secret: the provider gives both when Remit is registered there."
        )
    if "openid" not in settings.oidc_scopes.split():
        raise OidcSettingsInvalid("oidc_scopes has to name openid; without it nobody says who signed in.")
    return Oidc(
        settings.oidc_issuer,
        settings.oidc_client_id,
        settings.oidc_client_secret.get_secret_value(),
        settings.oidc_name,
        settings.oidc_scopes,
        settings.oidc_groups_claim,
        settings.oidc_trusts_email,
        settings.oidc_ca_file,
    )


def check_endpoint(address: str, what: str) -> str:
    """`address` when a secret may be sent there: https, or http to this machine. Raises OidcSettingsInvalid."""
    if not is_web_address(address):
        raise OidcSettingsInvalid(f"{what} has to be a whole address such as https://login.firm.example.")
    parts = urlsplit(address)
    if parts.scheme == "http" and not is_loopback(parts.hostname or ""):
        raise OidcSettingsInvalid(
            f"{what} is plain http to another machine: use https, so that nobody reads along."
        )
    return address
