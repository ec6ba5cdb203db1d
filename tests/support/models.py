"""A model to talk to in tests: our provider on this machine, the settings that name it, and a data-handling policy that allows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from remit import settings
from remit.llm.gateway import breaker, handling
from remit.llm.gateway.config import is_loopback
from remit.llm.gateway.handling import Cleared, Stopped
from remit.scope import Scope
from tests.support.model_server import ModelServer

KEY = "sk-test-never-to-be-seen"
NAMES = {
    "openai": "openai:gpt-5-mini",
    "anthropic": "anthropic:claude-sonnet-5",
    "compatible": "compatible:local",
}


def allow(
    _scope: Scope,
    texts: Sequence[str],
    _destination: str,
    _account: UUID | None,
    _public: Sequence[bool] = (),
) -> Cleared:
    """A policy that lets everything leave as it is."""
    return Cleared(tuple(texts), lambda text: text, 0, "test-1")


def deny(
    _scope: Scope,
    _texts: Sequence[str],
    _destination: str,
    _account: UUID | None,
    _public: Sequence[bool] = (),
) -> Stopped:
    """A policy that lets nothing leave."""
    return Stopped(("“sk-live-123” looks like a key; take it out.",), "test-1")


class Masking:
    """A policy that masks one word everywhere."""

    def __init__(self, word: str, mask: str = "[CLIENT 1]") -> None:
        self.word, self.mask = word, mask

    def __call__(
        self,
        _scope: Scope,
        texts: Sequence[str],
        _destination: str,
        _account: UUID | None,
        _public: Sequence[bool] = (),
    ) -> Cleared:
        count = sum(text.count(self.word) for text in texts)
        masked = tuple(text.replace(self.word, self.mask) for text in texts)
        return Cleared(masked, lambda text: text.replace(self.mask, self.word), count, "test-1")


@contextmanager
def using(
    house: ModelServer,
    home: Path,
    patch: pytest.MonkeyPatch,
    provider: str = "openai",
    policy: Any = allow,
    **more: object,
) -> Iterator[None]:
    """Settings that name a model of `provider` at `house`; nothing in them leads off this machine."""
    chosen: dict[str, object] = {
        "home": home, "model": NAMES[provider], "openai_base_url": house.v1, "compatible_base_url": house.v1,
        "anthropic_base_url": house.root, "openai_api_key": KEY, "anthropic_api_key": KEY, "model_silence_seconds": 5,
        "model_deadline_seconds": 10,
    }  # fmt: skip
    for name, value in (chosen | more).items():
        patch.setenv(f"REMIT_{name.upper()}", str(value))
    found = settings.reload()
    for address in (found.openai_base_url, found.anthropic_base_url, found.compatible_base_url):
        assert is_loopback(address.split("/")[2].split(":")[0])
    handling.register(policy)
    breaker.forget()
    try:
        yield
    finally:
        handling.register(None)
        patch.undo()
        settings.reload()
