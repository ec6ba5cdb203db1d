"""A model's text as it is written, in a real browser: it appears, Esc ends it, and the draft opens when it is ready."""

from __future__ import annotations

import threading
from collections.abc import Generator
from typing import Any
from uuid import UUID

import pytest

from remit.web.pages import write, write_stream
from tests.browser.conftest import PHONE, WIDE, Open, look
from tests.support import web_cast as cast

pytestmark = pytest.mark.browser
WORDS = ["How", "do", "you", "split", "a", "block", "across", "prime", "brokers?", ""]
START = f"/write/new?account={cast.WEST_ACCOUNT}"


class Writer:
    """Stands for the model: writes its words, then waits to be stopped or let go on."""

    def __init__(self) -> None:
        self.on, self.closed = threading.Event(), threading.Event()
        self.ends = False

    def __call__(self, *_args: Any, **_more: Any) -> Generator[str, None, UUID]:
        try:
            for word in WORDS:
                yield f"{word} "
            while not self.on.wait(0.1):
                yield ""
            return UUID(int=1)
        finally:
            self.closed.set()


@pytest.fixture
def writer(monkeypatch) -> Writer:
    found = Writer()
    monkeypatch.setattr(write_stream, "stream_outreach", found)
    monkeypatch.setattr(write.call, "configured", lambda _purpose: True)
    return found


@pytest.mark.parametrize("size", [WIDE, PHONE])
def test_it_appears_and_escape_ends_it(
    open_as: Open, writer: Writer, size: tuple[int, int], tmp_path
) -> None:
    page = open_as(cast.ALICE, START, size)
    page.click("form[data-stream] button")
    page.wait_for_selector("#writing >> text=prime brokers?")
    look(page)
    page.screenshot(path=tmp_path / "stream.png")
    page.keyboard.press("Escape")
    page.wait_for_selector("text=Stopped. Nothing was stored.")
    assert writer.closed.wait(15)


def test_the_draft_opens_when_it_is_ready(open_as: Open, writer: Writer) -> None:
    page = open_as(cast.ALICE, START)
    page.click("form[data-stream] button")
    page.wait_for_selector("#writing >> text=prime brokers?")
    writer.on.set()
    page.wait_for_url("**/write/00000000-0000-0000-0000-000000000001")
