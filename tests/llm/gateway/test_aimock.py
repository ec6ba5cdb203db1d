"""The same against somebody else's imitation of the providers, `@copilotkit/aimock`, which official SDKs are tested with.

Skipped unless its command `llmock` is on the PATH or named by REMIT_AIMOCK (`npm install @copilotkit/aimock`; needs Node).
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from pydantic import SecretStr

from remit.llm.gateway import providers
from remit.llm.gateway.config import Route
from remit.llm.gateway.failure import CallFailed
from remit.llm.gateway.prompt import Rendered
from remit.llm.gateway.pump import Pump

COMMAND = os.environ.get("REMIT_AIMOCK") or shutil.which("llmock")
pytestmark = pytest.mark.skipif(
    COMMAND is None, reason="aimock is not installed (npm install @copilotkit/aimock, or REMIT_AIMOCK)"
)

LETTER = json.dumps(
    {"subject": "A question", "text": "Hello there, and a few more words so that it takes several pieces."}
)
FIXTURES = {
    "fixtures": [
        {"match": {"userMessage": "case good"}, "response": {"content": LETTER}},
        {"match": {"userMessage": "case limited"}, "response": {"error": {"message": "slow down", "type": "rate_limit_error"}, "status": 429}},
        {"match": {"userMessage": "case fault"}, "response": {"error": {"message": "fault", "type": "api_error"}, "status": 503}},
        {"match": {"userMessage": "case cut"}, "response": {"content": LETTER}, "truncateAfterChunks": 3},
        {"match": {"userMessage": "case tool"}, "response": {"toolCalls": [{"name": "send_email", "arguments": "{}"}]}},
    ]
}  # fmt: skip


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """aimock on a free port of this machine."""
    fixtures: Path = tmp_path_factory.mktemp("aimock") / "fixtures.json"
    fixtures.write_text(json.dumps(FIXTURES))
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        free = int(probe.getsockname()[1])
    words = [
        str(COMMAND),
        "-p",
        str(free),
        "-h",
        "127.0.0.1",
        "-f",
        str(fixtures),
        "--strict",
        "--log-level",
        "silent",
    ]
    running = subprocess.Popen(words)
    try:
        end = time.monotonic() + 30
        while True:
            try:
                socket.create_connection(("127.0.0.1", free), 1).close()
                break
            except OSError:
                if running.poll() is not None or time.monotonic() > end:
                    raise
                time.sleep(0.1)
        yield free
    finally:
        running.terminate()
        running.wait(10)


def route(port: int, provider: str) -> Route:
    base = f"http://127.0.0.1:{port}" + ("" if provider == "anthropic" else "/v1")
    model = "claude-sonnet-5" if provider == "anthropic" else "gpt-5-mini"
    found = Route(provider, model, base, "provider", SecretStr("mock"), 10.0, 20.0, 1, 500)
    providers.library(found)
    return found


def whole(to: Route, case: str) -> providers.Reply:
    return providers.run(providers.fetch(to, Rendered("Be brief.", f"evidence\n\ncase {case}"), None), 20)


def streamed(to: Route, case: str) -> str:
    asked = Rendered("Be brief.", f"evidence\n\ncase {case}")
    return "".join(Pump(lambda: providers.pieces(to, asked, providers.Tally()), 20))


@pytest.mark.parametrize("provider", ["openai", "anthropic", "compatible"])
def test_replies_and_faults(port: int, provider: str) -> None:
    to = route(port, provider)
    assert whole(to, "good").text == LETTER
    assert streamed(to, "good") == LETTER
    for case, kind in (("limited", "rate_limited"), ("fault", "unavailable"), ("tool", "bad_reply")):
        for call in (whole, streamed):
            with pytest.raises(CallFailed) as failed:
                call(to, case)
            assert failed.value.kind == kind, (case, call)
    with pytest.raises(CallFailed) as failed:
        streamed(to, "cut")
    assert failed.value.kind == "cut_off"


@pytest.mark.parametrize("provider", ["openai", "anthropic", "compatible"])
@pytest.mark.parametrize(
    ("chaos", "kinds"),
    [
        ("malformedRate", {"unusable"}),
        ("disconnectRate", {"cut_off", "unavailable"}),
        ("dropRate", {"unavailable"}),
    ],
)
def test_chaos(port: int, provider: str, chaos: str, kinds: set[str]) -> None:
    switch = f"http://127.0.0.1:{port}/__aimock/chaos"
    httpx.post(switch, json={chaos: 1}).raise_for_status()
    try:
        for call in (whole, streamed):
            with pytest.raises(CallFailed) as failed:
                call(route(port, provider), "good")
            assert failed.value.kind in kinds
    finally:
        httpx.delete(switch)
