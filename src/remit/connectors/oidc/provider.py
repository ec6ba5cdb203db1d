"""What the provider says of itself, and its keys: asked when needed, kept for an hour, asked again when a new key signs."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar

from remit.connectors.oidc import client
from remit.connectors.oidc.client import OidcUnavailable
from remit.connectors.oidc.config import Oidc, OidcSettingsInvalid, check_endpoint

_T = TypeVar("_T")
KEPT_SECONDS: Final = 3600.0
AGAIN_SECONDS: Final = 10.0
"""An unknown key makes us ask again, at most so often: a stranger's forged tokens do not make us hammer the provider."""
AWAY_SECONDS: Final = 5.0
"""While the provider is away, one request in so many seconds waits for it; the others are told at once."""
_NEEDED: Final = ("authorization_endpoint", "token_endpoint", "jwks_uri")
_OPTIONAL: Final = ("userinfo_endpoint", "end_session_endpoint")


@dataclass(frozen=True, slots=True)
class Metadata:
    """The provider's own description: addresses and what it can do. Absent optional addresses are ""."""

    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    userinfo_endpoint: str = ""
    end_session_endpoint: str = ""
    secret_in_body: bool = False
    names_itself: bool = False
    """It promises the parameter `iss` with every answer (RFC 9207), so that one without it is not its own."""


@dataclass
class Provider:
    """One provider as this process knows it."""

    config: Oidc
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _metadata: tuple[float, Metadata] | None = None
    _keys: tuple[float, list[Mapping[str, Any]]] | None = None
    _away: tuple[float, OidcUnavailable] | None = None

    def metadata(self) -> Metadata:
        """Its description. Raises OidcUnavailable."""
        with self._lock:
            if self._metadata is None or time.monotonic() - self._metadata[0] > KEPT_SECONDS:
                self._metadata = (time.monotonic(), self._reached(self._discover))
            return self._metadata[1]

    def signing_keys(self, *, missing: str | None = None) -> list[Mapping[str, Any]]:
        """Its signing keys (JWK). `missing`: the id of a key that was not among them. Raises OidcUnavailable."""
        address = self.metadata().jwks_uri
        with self._lock:
            now = time.monotonic()
            if self._keys is None or now - self._keys[0] > (
                KEPT_SECONDS if missing is None else AGAIN_SECONDS
            ):
                self._keys = (now, self._reached(lambda: self._fetched(address)))
            return self._keys[1]

    def _reached(self, ask: Callable[[], _T]) -> _T:
        """What `ask` brings, unless the provider was found to be away a moment ago."""
        if self._away is not None and time.monotonic() - self._away[0] < AWAY_SECONDS:
            raise OidcUnavailable(str(self._away[1]))
        try:
            return ask()
        except OidcUnavailable as away:
            self._away = (time.monotonic(), away)
            raise

    def _fetched(self, address: str) -> list[Mapping[str, Any]]:
        answer = client.ask(address, ca_file=self.config.ca_file)
        keys = answer.document.get("keys")
        if answer.status != 200 or not isinstance(keys, list):
            raise OidcUnavailable(
                f"The identity provider does not show its keys (it answered {answer.status})."
            )
        return [key for key in keys if isinstance(key, dict)]

    def _discover(self) -> Metadata:
        address = self.config.issuer.rstrip("/") + "/.well-known/openid-configuration"
        answer = client.ask(address, ca_file=self.config.ca_file)
        said = answer.document
        if answer.status != 200:
            raise OidcUnavailable(
                f"The identity provider does not describe itself (it answered {answer.status})."
            )
        if said.get("issuer") != self.config.issuer:
            raise OidcUnavailable(
                "The identity provider names another issuer than the setting oidc_issuer; they have to be the same, letter by letter."
            )
        try:
            found = {name: check_endpoint(str(said.get(name) or ""), name) for name in _NEEDED}
            found |= {name: check_endpoint(str(said[name]), name) for name in _OPTIONAL if said.get(name)}
        except OidcSettingsInvalid as unfit:
            raise OidcUnavailable(f"The identity provider's description cannot be used: {unfit}") from None
        methods = said.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
        return Metadata(
            **found,
            secret_in_body="client_secret_basic" not in methods and "client_secret_post" in methods,
            names_itself=said.get("authorization_response_iss_parameter_supported") is True,
        )


_known: dict[Oidc, Provider] = {}


def provider_of(config: Oidc) -> Provider:
    """The provider of this configuration, one a process."""
    return _known.setdefault(config, Provider(config))
