"""Ask a model. Whoever calls this has an embedded way to do the same thing, for when `NoModel` comes.

data handling → record → the call, with its limits → what came of it, recorded → masks put back. A reply is text or an object of
the caller's type; nothing in it reaches a tool, an address or the door by itself.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from random import Random
from typing import Any, Final, Generic, TypeVar, get_args
from uuid import UUID

import structlog
from pydantic import BaseModel, ValidationError

from remit.actions import Refused
from remit.llm.gateway import config, handling
from remit.llm.gateway.breaker import breaker
from remit.llm.gateway.config import ModelSettingsInvalid, Purpose, Route
from remit.llm.gateway.failure import CallFailed, next_wait
from remit.llm.gateway.ledger import Ledger, NoModel
from remit.llm.gateway.prices import PriceTableInvalid
from remit.llm.gateway.prompt import Prompt, Rendered, render
from remit.llm.gateway.sealing import ContentUnreadable
from remit.scope import Scope

T = TypeVar("T", bound=BaseModel)
log = structlog.get_logger(__name__)
_chance: Final = Random()
_sleep: Callable[[float], None] = time.sleep


@dataclass(frozen=True, slots=True)
class Ask:
    """What is asked, for which purpose, about which account (its access decides who may read the text later)."""

    purpose: Purpose
    prompt: Prompt
    account_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Answer(Generic[T]):
    """A validated reply, the model that gave it, and its record. `left_out_count`: pieces of evidence it was not shown."""

    output: T
    model: str
    call_id: UUID
    left_out_count: int = 0


@dataclass(slots=True)
class Told:
    """What is known of a stream once it has begun: the model, its record, and pieces of evidence it was not shown."""

    model: str = ""
    call_id: UUID | None = None
    left_out_count: int = 0


def configured(purpose: Purpose) -> bool:
    """Whether the settings name a model for `purpose` (that it can be used is not said)."""
    try:
        return config.route(purpose) is not None
    except ModelSettingsInvalid:
        return True


def warm() -> threading.Thread | None:
    """Load the libraries of the configured models in the background, so that the first call does not wait for it."""

    def load() -> None:
        from remit.llm.gateway import providers

        for purpose in get_args(Purpose):
            try:
                route = config.route(purpose)
            except ModelSettingsInvalid as error:
                log.warning("the configured model cannot be used", purpose=purpose, reason=str(error))
                continue
            if route is not None:
                providers.library(route)

    if not any(configured(purpose) for purpose in get_args(Purpose)):
        return None
    thread = threading.Thread(target=load, name="models", daemon=True)
    thread.start()
    return thread


def ask(scope: Scope, asked: Ask, output: type[T]) -> Answer[T]:
    """One reply as an object of the type `output`. Raises NoModel, with the sentence to show; NotFound for the account."""
    route, ledger, cleared, rendered = _opened(scope, asked)
    from remit.llm.gateway import providers  # here, so that who asks nothing does not load them

    providers.library(route)  # before the time is taken: loading it can take seconds

    def attempt(left_seconds: float) -> tuple[T, str]:
        reply = providers.run(providers.fetch(route, rendered, output.model_json_schema()), left_seconds)
        ledger.tokens_in += reply.tokens_in
        ledger.tokens_out += reply.tokens_out
        return _parsed(reply.text, output, cleared.restore), reply.text

    found, text = _tried(route, ledger, attempt)
    try:
        ledger.close("ok", text)
    except Refused as refused:  # what is not on the record is not used
        raise NoModel(refused.code, refused.message, call_id=ledger.call_id) from refused
    return Answer(found, route.name, ledger.call_id, ledger.left_out_count)


def stream(scope: Scope, asked: Ask, told: Told | None = None) -> Iterator[str]:
    """A reply as text, piece by piece. Raises NoModel, also after the first pieces: then what came so far is no reply.

    Ends the call when it is closed in the middle. `told` is filled in before the first piece.
    """
    route, ledger, cleared, rendered = _opened(scope, asked)
    if told is not None:
        told.model, told.call_id, told.left_out_count = route.name, ledger.call_id, ledger.left_out_count
    from remit.llm.gateway import providers
    from remit.llm.gateway.pump import Pump

    providers.library(route)

    tally, got = providers.Tally(), [""]
    outcome = "given_up"  # what it stays when the reader goes away

    def attempt(left_seconds: float) -> tuple[Iterator[str], str]:
        pump = Pump(lambda: providers.pieces(route, rendered, tally), left_seconds)
        pieces = iter(pump)
        try:
            first = next(pieces)
        except StopIteration:
            raise CallFailed("bad_reply") from None
        except BaseException:
            pump.close()
            raise
        return _rest(pump, first, pieces, got), ""

    pieces, _ = _tried(route, ledger, attempt)
    try:
        yield from handling.restored(pieces, cleared)
        outcome = "cut" if tally.cut else "ok"
        ledger.tokens_in += tally.tokens_in
        ledger.tokens_out += tally.tokens_out
    except CallFailed as failure:  # in the middle: nothing to try again, the reader has seen the beginning
        outcome = failure.kind
        breaker(route.base_url).failed(failure.retry_after)
        raise NoModel(failure.kind, str(failure), call_id=ledger.call_id) from None
    finally:
        pieces.close()  # type: ignore[attr-defined]  # a generator
        if outcome not in ("ok", "cut"):
            ledger.charge(got[0])
        ledger.close(outcome, got[0])


def _rest(pump: Any, first: str, pieces: Iterator[str], got: list[str]) -> Iterator[str]:
    try:
        got[0] = first
        yield first
        for piece in pieces:
            got[0] += piece
            yield piece
    finally:
        pump.close()


def _opened(scope: Scope, asked: Ask) -> tuple[Route, Ledger, handling.Cleared, Rendered]:
    """Everything that comes before the call: where it goes, what may leave, and the record. Raises NoModel."""
    try:
        route = config.route(asked.purpose)
    except ModelSettingsInvalid as error:
        raise NoModel(error.code, str(error)) from error
    if route is None:
        raise NoModel("no_model", "no model is configured")
    ledger = Ledger(scope, route, asked.purpose, asked.account_id, asked.prompt)
    found = _cleared(scope, asked.prompt, route, asked.account_id)
    if isinstance(found, handling.Stopped) and not all(one.needed for one in asked.prompt.evidence):
        ledger.prompt = _trimmed(scope, asked.prompt, route, asked.account_id)
        ledger.left_out_count = len(asked.prompt.evidence) - len(ledger.prompt.evidence)
        if ledger.left_out_count:
            found = _cleared(scope, ledger.prompt, route, asked.account_id)
    if isinstance(found, handling.Stopped):
        raise ledger.deny(found, render(ledger.prompt))
    rendered = render(ledger.prompt.with_texts(found.texts))
    try:
        ledger.open(found, rendered)
    except (PriceTableInvalid, ContentUnreadable) as error:
        raise NoModel(error.code, str(error)) from error
    if not breaker(route.base_url).admits():
        ledger.close("resting")
        raise NoModel(
            "resting",
            "the model's provider failed several times and is left alone for a while",
            call_id=ledger.call_id,
        )
    return route, ledger, found, rendered


def _cleared(
    scope: Scope, prompt: Prompt, route: Route, account_id: UUID | None
) -> handling.Cleared | handling.Stopped:
    return handling.handle(scope, prompt.texts(), route.destination, account_id, prompt.public())


def _trimmed(scope: Scope, prompt: Prompt, route: Route, account_id: UUID | None) -> Prompt:
    """The prompt without those pieces that may not leave and are not needed."""
    stopped = [
        number
        for number, one in enumerate(prompt.evidence)
        if not one.needed
        and isinstance(_cleared(scope, prompt.alone(number), route, account_id), handling.Stopped)
    ]
    return prompt.without(stopped)


R = TypeVar("R")


def _tried(route: Route, ledger: Ledger, attempt: Callable[[float], tuple[R, str]]) -> tuple[R, str]:
    """`attempt` until it works or is not worth trying again; the call is closed when it does not. Raises NoModel."""
    end = time.monotonic() + route.deadline_seconds
    guard = breaker(route.base_url)
    while True:
        ledger.attempts += 1
        try:
            found = attempt(max(0.1, end - time.monotonic()))
        except CallFailed as failure:
            if failure.billed:
                ledger.charge()
            wait = next_wait(failure, ledger.attempts, route.attempts, end - time.monotonic(), _chance)
            if wait is None:
                (guard.failed if failure.of_provider else guard.worked)(
                    *([failure.retry_after] if failure.of_provider else [])
                )
                ledger.close(failure.kind)
                raise NoModel(failure.kind, str(failure), call_id=ledger.call_id) from None
            _sleep(wait.seconds)
        except BaseException:
            # ours or the machine's fault: the provider is not judged, the record says that the call was given up
            guard.let_go()
            ledger.close("given_up")
            raise
        else:
            guard.worked()
            return found


def _parsed(text: str, output: type[T], restore: Callable[[str], str]) -> T:
    """The object in a reply, with masked words put back in each of its texts. Raises CallFailed."""
    start, end = text.find("{"), text.rfind("}")
    try:
        found = output.model_validate_json(text[start : end + 1] if 0 <= start < end else text)
        return output.model_validate(_each(found.model_dump(), restore))
    except ValidationError:
        raise CallFailed("bad_reply") from None


def _each(value: Any, restore: Callable[[str], str]) -> Any:
    if isinstance(value, str):
        return restore(value)
    if isinstance(value, dict):
        return {name: _each(one, restore) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_each(one, restore) for one in value]
    return value
