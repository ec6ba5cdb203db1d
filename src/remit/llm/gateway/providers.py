"""One request to one model, through pydantic-ai and the providers' own libraries. Imported when the first call is made.

Neither tools nor earlier messages are ever sent: a reply is text or an object, and a call of a tool is no reply.
"""

from __future__ import annotations

import asyncio
import importlib
import json
from collections.abc import AsyncIterator, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, contextmanager
from contextvars import copy_context
from dataclasses import dataclass
from types import ModuleType
from typing import Any, Final

import httpx2
import structlog
from pydantic import ValidationError
from pydantic_ai import exceptions as theirs
from pydantic_ai.direct import model_request, model_request_stream
from pydantic_ai.messages import (
    ModelMessage,
    ModelRequest,
    ModelResponse,
    SystemPromptPart,
    ToolCallPart,
    UserPromptPart,
)
from pydantic_ai.models import Model, ModelRequestParameters
from pydantic_ai.output import OutputObjectDefinition
from pydantic_ai.settings import ModelSettings

from remit.llm.gateway.config import Route
from remit.llm.gateway.failure import CallFailed
from remit.llm.gateway.prompt import Rendered
from remit.llm.gateway.wire import Encoded, TooLarge, client

log = structlog.get_logger(__name__)

_AS_JSON: Final = "Answer with one JSON object that fits this schema, and with nothing else:\n"


@dataclass(frozen=True, slots=True)
class Reply:
    """A finished reply. Tokens are as the provider counted them. `cut`: it reached the longest length."""

    text: str
    tokens_in: int
    tokens_out: int
    cut: bool


@dataclass(slots=True)
class Tally:
    """What a stream has cost so far."""

    tokens_in: int = 0
    tokens_out: int = 0
    cut: bool = False


async def fetch(route: Route, rendered: Rendered, schema: Mapping[str, Any] | None) -> Reply:
    """One reply, within the route's deadline; with a `schema` the model is asked for a JSON object. Raises CallFailed."""
    with _told(route):
        async with _model(route) as model:
            asked, parameters = _asked(model, route, rendered, schema)
            with _no_reply():
                response = await model_request(
                    model, asked, model_settings=_settings(route), model_request_parameters=parameters
                )
    return Reply(
        _text(response),
        response.usage.input_tokens,
        response.usage.output_tokens,
        response.finish_reason == "length",
    )


async def pieces(route: Route, rendered: Rendered, tally: Tally) -> AsyncIterator[str]:
    """The reply as it is written, piece by piece; `tally` is filled at the end. Raises CallFailed, also in the middle."""
    with _told(route):
        async with _model(route) as model:
            asked, parameters = _asked(model, route, rendered, None)
            async with model_request_stream(
                model, asked, model_settings=_settings(route), model_request_parameters=parameters
            ) as stream:
                sent = 0
                async for _ in stream:
                    text = _so_far(stream.get())
                    if len(text) > sent:
                        yield text[sent:]
                        sent = len(text)
                response = stream.get()
        _text(response)
        tally.tokens_in, tally.tokens_out = response.usage.input_tokens, response.usage.output_tokens
        tally.cut = response.finish_reason == "length"


@asynccontextmanager
async def _model(route: Route) -> AsyncIterator[Model[Any]]:
    """The model with a client of its own, closed afterwards."""
    async with client(route) as http:
        yield library(route).model(route, route.key.get_secret_value() if route.key else "none", http)


def library(route: Route) -> ModuleType:
    """The module that makes models of the route's provider: `model` and `LibraryError`."""
    name = "via_anthropic" if route.provider == "anthropic" else "via_openai"
    return importlib.import_module(f"remit.llm.gateway.{name}")


def _asked(
    model: Model[Any], route: Route, rendered: Rendered, schema: Mapping[str, Any] | None
) -> tuple[list[ModelMessage], ModelRequestParameters]:
    system, parameters = rendered.system, ModelRequestParameters()
    if (
        schema is not None
        and route.provider != "compatible"
        and model.profile.get("supports_json_schema_output")
    ):
        shape = OutputObjectDefinition(json_schema=dict(schema), name="reply", strict=True)
        parameters = ModelRequestParameters(output_mode="native", output_object=shape)
    elif schema is not None:
        system = f"{system}\n\n{_AS_JSON}{json.dumps(schema)}"
    request = ModelRequest(parts=[SystemPromptPart(content=system), UserPromptPart(content=rendered.user)])
    return [request], parameters


def _settings(route: Route) -> ModelSettings:
    return ModelSettings(max_tokens=route.output_tokens, timeout=route.silence_seconds)


def _so_far(response: ModelResponse) -> str:
    if any(isinstance(part, ToolCallPart) for part in response.parts):
        raise CallFailed("bad_reply")
    return response.text or ""


def _text(response: ModelResponse) -> str:
    """The text of a finished reply. Raises CallFailed for a tool call, a refusal, and one that ended for no reason."""
    text = _so_far(response)
    if response.finish_reason == "content_filter":
        raise CallFailed("rejected")
    if response.finish_reason not in ("stop", "length"):
        raise CallFailed("cut_off" if response.finish_reason is None else "bad_reply")
    if not text.strip():
        raise CallFailed("bad_reply")
    return text


@contextmanager
def _told(route: Route) -> Iterator[None]:
    """Their errors as ours. None of their text goes along: it can repeat the prompt, or the key."""
    known = (
        theirs.AgentRunError, theirs.UserError, httpx2.HTTPError, httpx2.StreamError, library(route).LibraryError, ValidationError,
        json.JSONDecodeError, UnicodeDecodeError,
    )  # fmt: skip
    try:
        yield
    except TimeoutError:
        raise CallFailed("timed_out") from None
    except known as error:
        raise failure_of(error) from None


@contextmanager
def _no_reply() -> Iterator[None]:
    """The libraries trip over well-formed JSON that is no reply at all, such as `null` or `{}`, with errors of Python's own."""
    try:
        yield
    except (AttributeError, TypeError, KeyError, IndexError) as error:
        log.warning("a model's answer could not be read", error=type(error).__name__)
        raise CallFailed("unusable") from None


def failure_of(error: BaseException) -> CallFailed:
    """What a provider library's error means for us."""
    chain = _chain(error)
    if any(isinstance(one, TooLarge) for one in chain):
        return CallFailed("too_large")
    if any(isinstance(one, Encoded) for one in chain):
        return CallFailed("unusable")
    if any(isinstance(one, httpx2.ConnectError | httpx2.ConnectTimeout | httpx2.ProxyError) for one in chain):
        return CallFailed("unavailable")
    status = getattr(error, "status_code", None)
    after = getattr(error, "retry_after", None)
    for kinds, kind in _KINDS:
        if isinstance(error, kinds):
            return CallFailed(kind, status=status, retry_after=after)  # type: ignore[arg-type]  # words of the table below
    if isinstance(error, theirs.ModelHTTPError):
        return CallFailed(
            "unavailable" if error.status_code in (408, 409, 425) else "rejected", status=status
        )
    if isinstance(error, theirs.ModelAPIError) and "finish_reason" in error.message:
        return CallFailed("cut_off")
    return CallFailed("unusable", status=status)


_KINDS: Final[tuple[tuple[type[BaseException] | tuple[type[BaseException], ...], str], ...]] = (
    (theirs.ModelAuthenticationError, "unauthorised"),
    (theirs.ModelQuotaExceededError, "rejected"),
    (theirs.ModelRateLimitError, "rate_limited"),
    ((theirs.ModelTimeoutError, theirs.ModelRequestTimeout, httpx2.TimeoutException), "timed_out"),
    ((theirs.ModelUnavailableError, theirs.ModelServerError), "unavailable"),
    ((theirs.ModelConnectionError, httpx2.TransportError, httpx2.StreamError), "cut_off"),
    ((theirs.ModelRequestRejectedError, theirs.ContentFilterError), "rejected"),
)


def _chain(error: BaseException) -> list[BaseException]:
    found: list[BaseException] = []
    one: BaseException | None = error
    while one is not None and one not in found:
        found.append(one)
        one = one.__cause__ or one.__context__
    return found


def run(call: Any, seconds: float) -> Any:
    """Run one coroutine to its end, for at most `seconds`. Raises CallFailed.

    In a thread of its own: who calls may stand in an event loop already, which would refuse another.
    """

    async def within() -> Any:
        async with asyncio.timeout(seconds):
            return await call

    try:
        with ThreadPoolExecutor(1, thread_name_prefix="model call") as thread:
            return thread.submit(copy_context().run, asyncio.run, within()).result()
    except TimeoutError:
        raise CallFailed("timed_out") from None
