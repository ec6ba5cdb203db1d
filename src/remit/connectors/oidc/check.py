"""Whether single sign-on could work as it is set up: for the settings page and the command line. Secrets are not part of it."""

from __future__ import annotations

from dataclasses import dataclass

from remit.connectors.oidc.client import OidcUnavailable
from remit.connectors.oidc.config import OidcSettingsInvalid, read
from remit.connectors.oidc.provider import Provider
from remit.connectors.oidc.tokens import KEY_OF
from remit.settings import Settings


@dataclass(frozen=True, slots=True)
class State:
    """`problem`: what to mend, "" when nothing is known to be wrong. `keys_count` is None when the provider was not asked."""

    issuer: str
    client_id: str
    name: str
    problem: str = ""
    keys_count: int | None = None
    signs_out: bool = False
    trusts_email: bool = False
    unreachable: bool = False


def state(settings: Settings, *, ask: bool) -> State | None:
    """How single sign-on stands; None when no provider is set. `ask`: fetch the provider's description and keys afresh."""
    try:
        config = read(settings)
    except OidcSettingsInvalid as unfit:
        return State(settings.oidc_issuer, settings.oidc_client_id, settings.oidc_name, str(unfit))
    if config is None:
        return None
    seen = State(config.issuer, config.client_id, config.name, trusts_email=config.trusts_email)
    return _asked(Provider(config), seen) if ask else seen


def _asked(provider: Provider, seen: State) -> State:
    known = (seen.issuer, seen.client_id, seen.name)
    try:
        signs_out = bool(provider.metadata().end_session_endpoint)
        usable = [
            key
            for key in provider.signing_keys()
            if key.get("kty") in KEY_OF.values() and key.get("use", "sig") == "sig"
        ]
    except OidcUnavailable as away:
        return State(*known, str(away), trusts_email=seen.trusts_email, unreachable=True)
    problem = (
        ""
        if usable
        else "The identity provider shows no key that Remit takes (RSA, EC or Ed25519, for signing)."
    )
    return State(*known, problem, len(usable), signs_out, seen.trusts_email)
