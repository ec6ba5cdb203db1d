"""Models of Anthropic. Loaded when the first of them is asked, because its library takes a second or more to load."""

from __future__ import annotations

from typing import Any

import httpx2
from anthropic import AnthropicError as LibraryError
from anthropic import AsyncAnthropic
from pydantic_ai.models import Model
from pydantic_ai.models.anthropic import AnthropicModel
from pydantic_ai.providers.anthropic import AnthropicProvider

from remit.llm.gateway.config import Route

__all__ = ["LibraryError", "model"]


def model(route: Route, key: str, http: httpx2.AsyncClient) -> Model[Any]:
    """The model of `route`. Address and key are given, so that none is taken from the environment; retries are ours."""
    made = AsyncAnthropic(api_key=key, base_url=route.base_url, http_client=http, max_retries=0)
    return AnthropicModel(route.model, provider=AnthropicProvider(anthropic_client=made))
