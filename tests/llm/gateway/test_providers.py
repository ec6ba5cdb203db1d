"""The real client libraries of OpenAI and Anthropic against a provider that misbehaves, over HTTP on this machine."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from pydantic import SecretStr

from remit.llm.gateway import providers
from remit.llm.gateway.config import Route
from remit.llm.gateway.failure import CallFailed
from remit.llm.gateway.prompt import Rendered
from remit.llm.gateway.pump import Pump
from tests.support.model_server import ModelServer, Turn, model_server

ASKED = Rendered("Be brief.", "BEGIN DATA …")
PROTOCOLS = ("openai", "anthropic", "compatible")
HTML = Turn(body=b"<html>Gateway</html>", content_type="text/html")

# what goes wrong, and what becomes of it: of a whole reply, of a stream (None: that one is fine)
FAULTS: dict[str, tuple[Turn, str | None, str | None]] = {
    "too many requests": (Turn(status=429, headers={"retry-after": "2"}), "rate_limited", "rate_limited"),
    "internal error": (Turn(status=500), "unavailable", "unavailable"),
    "bad gateway": (Turn(status=502), "unavailable", "unavailable"),
    "overloaded": (Turn(status=529), "unavailable", "unavailable"),
    "bad key": (Turn(status=401), "unauthorised", "unauthorised"),
    "bad request": (Turn(status=400), "rejected", "rejected"),
    "no such model": (Turn(status=404), "rejected", "rejected"),
    "reset at once": (Turn(reset=True), "cut_off", "cut_off"),
    "cut in the middle": (Turn(text="a b c d e f g", cut_after=4), "cut_off", "cut_off"),
    "reset in the middle": (Turn(text="a b c d e f g", cut_after=4, reset=True), "cut_off", "cut_off"),
    "a stream that just ends": (Turn(finish=None), "either", "cut_off"),
    "broken JSON": (Turn(body=b'{"id": "x", "choi'), "unusable", "unusable"),
    "a page instead": (HTML, "unusable", "unusable"),
    "a list instead": (Turn(body=b"[1, 2]"), "unusable", "unusable"),
    "null": (Turn(body=b"null"), "unusable", "unusable"),
    "an empty object": (Turn(body=b"{}"), "unusable", "unusable"),
    "nothing": (Turn(body=b""), "unusable", "unusable"),
    "bytes that are no text": (Turn(body=b'{"id": "\xff\xfe"}'), "unusable", "unusable"),
    "compressed": (Turn(body=b"\x1f\x8b", headers={"content-encoding": "gzip"}), "unusable", "unusable"),
    "a huge answer": (Turn(text="x" * 5_000_000), "too_large", "too_large"),
    "no end": (Turn(endless=True), None, "too_large"),
    "one byte at a time": (Turn(text="word " * 60, drip_seconds=0.1), "timed_out", "timed_out"),
    "an empty text": (Turn(text=""), "bad_reply", "bad_reply"),
    "a tool call": (Turn(tool_call=True), "bad_reply", "bad_reply"),
}  # fmt: skip


@pytest.fixture(scope="module")
def house() -> Iterator[ModelServer]:
    with model_server() as running:
        yield running


def route(house: ModelServer, provider: str) -> Route:
    model = "claude-sonnet-5" if provider == "anthropic" else "gpt-5-mini"
    base = house.root if provider == "anthropic" else house.v1
    return Route(provider, model, base, "provider", SecretStr("sk-secret"), 5.0, 10.0, 1, 500)


def whole(to: Route, seconds: float = 1.5) -> providers.Reply:
    providers.library(to)
    return providers.run(providers.fetch(to, ASKED, None), seconds)


def streamed(to: Route, seconds: float = 1.5) -> tuple[list[str], providers.Tally]:
    providers.library(to)
    tally = providers.Tally()
    return list(Pump(lambda: providers.pieces(to, ASKED, tally), seconds)), tally


@pytest.mark.parametrize("provider", PROTOCOLS)
def test_a_good_reply(house: ModelServer, provider: str) -> None:
    house.answer(Turn(text="All is well. And so on."))
    assert whole(route(house, provider), 20) == providers.Reply("All is well. And so on.", 120, 40, False)
    pieces, tally = streamed(route(house, provider), 20)
    assert "".join(pieces) == "All is well. And so on."
    assert len(pieces) > 3
    assert (tally.tokens_in, tally.tokens_out, tally.cut) == (120, 40, False)
    house.answer(Turn(finish="length"))
    assert whole(route(house, provider), 20).cut
    assert streamed(route(house, provider), 20)[1].cut


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("provider", PROTOCOLS)
def test_each_fault_gets_its_name_and_nothing_of_it_is_taken_for_a_reply(
    house: ModelServer, provider: str, fault: str
) -> None:
    turn, of_whole, of_stream = FAULTS[fault]
    house.answer(turn)
    seconds = 1.5 if "timed_out" in (of_whole, of_stream) else 20
    for call, wanted in ((whole, of_whole), (streamed, of_stream)):
        if wanted is None or (wanted == "either" and provider != "anthropic"):
            call(
                route(house, provider), seconds
            )  # a whole reply that is complete but names no reason for its end
            continue
        with pytest.raises(CallFailed) as failed:
            call(route(house, provider), seconds)
        assert failed.value.kind == (wanted if wanted != "either" else "cut_off")
        if turn.status == 429:
            assert failed.value.retry_after == 2.0
        assert failed.value.__cause__ is None
        assert "sk-secret" not in str(failed.value)


@pytest.mark.parametrize("provider", PROTOCOLS)
def test_nobody_there(house: ModelServer, provider: str) -> None:
    away = replace(route(house, provider), base_url="http://127.0.0.1:9/v1")
    for call in (whole, streamed):
        with pytest.raises(CallFailed) as failed:
            call(away, 20)
        assert failed.value.kind == "unavailable"


@pytest.mark.parametrize("provider", PROTOCOLS)
def test_a_redirect_is_not_followed_and_the_key_stays(house: ModelServer, provider: str) -> None:
    with model_server() as other:
        house.answer(Turn(status=307, headers={"location": other.v1}))
        with pytest.raises(CallFailed):
            whole(route(house, provider), 20)
        assert other.requests == []


@pytest.mark.parametrize("provider", PROTOCOLS)
def test_the_environment_neither_redirects_nor_adds_a_key(
    house: ModelServer, provider: str, monkeypatch
) -> None:
    for name, value in {
        "OPENAI_BASE_URL": "http://127.0.0.1:9", "ANTHROPIC_BASE_URL": "http://127.0.0.1:9", "OPENAI_API_KEY": "sk-environment",
        "ANTHROPIC_API_KEY": "sk-environment", "ANTHROPIC_AUTH_TOKEN": "sk-environment", "HTTP_PROXY": "http://127.0.0.1:9",
        "ALL_PROXY": "http://127.0.0.1:9",
    }.items():  # fmt: skip
        monkeypatch.setenv(name, value)
    house.answer(Turn())
    assert whole(route(house, provider), 20).text == "Hello."
    assert "sk-environment" not in house.requests[-1].everything
    assert "sk-secret" in house.requests[-1].everything


@pytest.mark.parametrize("provider", PROTOCOLS)
def test_an_object_is_asked_for_by_its_schema_and_without_tools(house: ModelServer, provider: str) -> None:
    schema = {"type": "object", "properties": {"subject": {"type": "string"}}, "required": ["subject"]}
    house.answer(Turn(text='{"subject": "x"}'))
    providers.run(providers.fetch(route(house, provider), ASKED, schema), 20)
    sent = house.requests[-1]
    assert "subject" in sent.everything
    assert not {"tools", "tool_choice", "functions"} & set(sent.body)


def test_a_stream_can_be_broken_off_in_the_middle(house: ModelServer) -> None:
    house.answer(Turn(endless=True))
    pump = Pump(lambda: providers.pieces(route(house, "openai"), ASKED, providers.Tally()), 10)
    pieces = iter(pump)
    assert next(pieces)
    pump.close()
    with pytest.raises(CallFailed):
        list(pieces)
