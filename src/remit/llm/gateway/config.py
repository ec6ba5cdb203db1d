"""Which model serves which purpose, from the settings. Keys come from settings or REMIT_HOME/secrets, and stay in memory."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final, Literal, cast
from urllib.parse import urlsplit

from pydantic import SecretStr

from remit import settings
from remit.db.secrets import folder
from remit.kit.addresses import is_loopback
from remit.settings import Settings

Provider = Literal["anthropic", "openai", "compatible"]
Destination = Literal["own_server", "provider"]
Purpose = Literal["outreach", "answer", "follow_up", "summary", "brief"]

PROVIDERS: Final = ("anthropic", "openai", "compatible")
EMBEDDED: Final = "embedded"


class ModelSettingsInvalid(Exception):
    """The settings name a model that cannot be used as they stand; the message says what to set."""

    code = "model_settings_invalid"


@dataclass(frozen=True, slots=True)
class Route:
    """Where calls of one purpose go, and how long they may take."""

    provider: Provider
    model: str
    base_url: str
    destination: Destination
    key: SecretStr | None = field(repr=False)
    silence_seconds: float
    deadline_seconds: float
    attempts: int
    output_tokens: int
    proxy: SecretStr | None = field(default=None, repr=False)

    @property
    def name(self) -> str:
        """Provider and model, as drafts and records name it."""
        return f"{self.provider}:{self.model}"


def route(purpose: Purpose) -> Route | None:
    """The model for `purpose`; None when the embedded writer does it. Raises ModelSettingsInvalid."""
    chosen = settings.load()
    named = getattr(chosen, f"model_{purpose}") or chosen.model
    if not named or named.strip().lower() == EMBEDDED:
        return None
    return parse(named, chosen)


def parse(named: str, chosen: Settings) -> Route:
    """The route to the model `named` (provider:name). Raises ModelSettingsInvalid."""
    provider, _, model = (part.strip() for part in named.partition(":"))
    if provider not in PROVIDERS or not model:
        raise ModelSettingsInvalid(
            f"{named[:80]!r} names no model: write anthropic:NAME, openai:NAME or compatible:NAME (or embedded)."
        )
    base_url = str(getattr(chosen, f"{provider}_base_url")).rstrip("/")
    key = _key(provider, chosen)
    if key is None and provider != "compatible":
        raise ModelSettingsInvalid(
            f"Models of {provider} need a key: set {provider}_api_key, or put it into the file secrets/{provider}_api_key."
        )
    _check_address(provider, base_url, key)
    own = provider == "compatible" and chosen.compatible_is_own
    return Route(
        cast(Provider, provider), model, base_url, "own_server" if own else "provider", key, chosen.model_silence_seconds,
        chosen.model_deadline_seconds, chosen.model_attempts, chosen.model_output_tokens, chosen.model_proxy,
    )  # fmt: skip


def _key(provider: str, chosen: Settings) -> SecretStr | None:
    given: SecretStr | None = getattr(chosen, f"{provider}_api_key")
    if given is not None and given.get_secret_value().strip():
        return SecretStr(given.get_secret_value().strip())
    path = chosen.home / folder(chosen.home).name / f"{provider}_api_key"
    try:
        text = path.read_text("utf-8").strip()
    except FileNotFoundError:
        return None
    return SecretStr(text) if text else None


def _check_address(provider: str, base_url: str, key: SecretStr | None) -> None:
    """What a prompt says, and the key, cross a network only encrypted; plain http is for this machine."""
    try:
        parts = urlsplit(base_url)
        host = parts.hostname or ""
    except ValueError:
        raise ModelSettingsInvalid(f"{provider}_base_url is no web address.") from None
    if not host or parts.scheme not in ("http", "https") or parts.username or parts.query:
        raise ModelSettingsInvalid(
            f"{provider}_base_url has to be an address such as https://models.example.com/v1."
        )
    if parts.scheme == "http" and not is_loopback(host):
        raise ModelSettingsInvalid(
            f"{provider}_base_url is plain http to another machine: use https, so that nobody reads along"
            + (" and takes the key." if key else ".")
        )
