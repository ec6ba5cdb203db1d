"""A model's text on its way to the page: shown piece by piece, stored only when it holds, and ended by who goes away."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from remit.llm.embedded.outreach import WRITER
from remit.web.pages.write_stream import Writing
from tests.support import web_cast as cast
from tests.support.model_server import ModelServer, Turn, model_server
from tests.support.models import using
from tests.web.conftest import ORIGIN, token_of

GOOD = "A question on size\n\nHow do you split a block across prime brokers?"


@pytest.fixture(scope="module")
def provider() -> Iterator[ModelServer]:
    with model_server() as running:
        yield running


@pytest.fixture
def alice(as_person: Any, provider: ModelServer, tmp_path: Path, monkeypatch) -> Iterator[TestClient]:
    found = as_person(cast.ALICE)
    with using(provider, tmp_path, monkeypatch):
        yield found


def events(client: TestClient, contact: Any = cast.WEST_CONTACT) -> list[tuple[str, Any]]:
    page = client.get(f"/write/new?account={cast.WEST_ACCOUNT}").text
    assert 'data-stream="/writing/stream"' in page
    answer = client.post(
        "/writing/stream", data={"csrf": token_of(page), "contact": str(contact)}, headers=ORIGIN
    )
    assert answer.headers["content-type"].startswith("text/event-stream")
    blocks = [block.splitlines() for block in answer.text.split("\n\n") if block]
    return [
        (
            lines[0].removeprefix("event: ") if len(lines) > 1 else "",
            json.loads(lines[-1].removeprefix("data: ")),
        )
        for lines in blocks
    ]


def test_without_a_form_token_nothing_is_asked(alice: TestClient, provider: ModelServer) -> None:
    provider.answer(Turn(text=GOOD))
    assert (
        alice.post("/writing/stream", data={"contact": str(cast.WEST_CONTACT)}, headers=ORIGIN).status_code
        == 403
    )
    assert provider.requests == []


def test_nobody_is_written_to_whom_one_does_not_see(alice: TestClient, provider: ModelServer) -> None:
    provider.answer(Turn(text=GOOD))
    found = events(alice, "00000000-0000-4000-8000-000000000000")
    assert [name for name, _ in found] == ["refused"]
    assert provider.requests == []


class Pieces:
    """A generator that tells whether it was closed."""

    def __init__(self) -> None:
        self.closed = threading.Event()

    def __call__(self) -> Iterator[str]:
        try:
            while True:
                yield "more "
        finally:
            self.closed.set()


def test_who_goes_away_ends_the_call() -> None:
    import anyio

    source = Pieces()

    async def read_one() -> str:
        stream = Writing(source()).events()  # type: ignore[arg-type]
        first = await anext(stream)
        await stream.aclose()  # type: ignore[attr-defined]
        return first

    # in a thread of its own: the browser of other tests keeps a loop running in this one
    with ThreadPoolExecutor(1) as pool:
        assert pool.submit(anyio.run, read_one).result(30) == 'data: "more "\n\n'
    assert source.closed.wait(10)


def test_the_writer_of_the_stream_is_the_embedded_one_when_the_model_fails(
    alice: TestClient, provider: ModelServer, monkeypatch
) -> None:
    monkeypatch.setattr("remit.llm.gateway.call._sleep", lambda _seconds: None)
    provider.answer(Turn(status=503))
    found = events(alice)
    if (
        found[-1][0] == "refused"
    ):  # the cast of the web has no facts: nothing that is not generic can be written
        assert "fact" in found[-1][1]
    else:
        assert WRITER in alice.get(found[-1][1]).text
