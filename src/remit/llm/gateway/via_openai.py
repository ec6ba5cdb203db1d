"""Models of OpenAI, and of every other server that speaks its interface. Loaded when the first of them is asked."""

from __future__ import annotations

from typing import Any, Final

import httpx2
from openai import AsyncOpenAI
from openai import OpenAIError as LibraryError
from pydantic_ai.models import Model
from pydantic_ai.models.openai import OpenAIChatModel
from pydantic_ai.profiles.openai import OpenAIModelProfile
from pydantic_ai.providers.openai import OpenAIProvider
from pydantic_ai.providers.openai_compatible import OpenAICompatibleProvider

from remit.llm.gateway.config import Route

__all__ = ["LibraryError", "model"]

# a stream that ends without saying why was cut off: never take it for a finished text
_PROFILE: Final = OpenAIModelProfile(openai_chat_streaming_requires_finish_reason=True)


def model(route: Route, key: str, http: httpx2.AsyncClient) -> Model[Any]:
    """The model of `route`. Address and key are given, so that none is taken from the environment; retries are ours."""
    made = AsyncOpenAI(api_key=key, base_url=route.base_url, http_client=http, max_retries=0)
    provider = (
        OpenAIProvider(openai_client=made)
        if route.provider == "openai"
        else OpenAICompatibleProvider("compatible", openai_client=made)
    )
    return OpenAIChatModel(route.model, provider=provider, profile=_PROFILE)
