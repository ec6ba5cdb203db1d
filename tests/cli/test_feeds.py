"""`remit feeds` and `remit filings fetch`: watched for an account, read now, and plain refusals."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

import remit.wiring  # noqa: F401 - registers the handlers
from remit.cli import feeds, filings
from remit.db.location import Location
from remit.settings import reload
from tests.connectors.feeds.test_feeds import ITEMS, rss
from tests.support.cast import make_cast
from tests.support.command import remit as run
from tests.support.loopback import Reply, serving


def test_watch_poll_stop_and_what_is_refused(
    database: Location, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    @contextmanager
    def running(program: str = "") -> Iterator[Location]:
        yield database

    for module in (feeds, filings):
        monkeypatch.setattr(module, "database", running)
    make_cast(database)
    alice, charlie = ("--json", "--as", "Alice"), ("--json", "--as", "Charlie")
    with serving() as server:
        address = f"{server.url}/news.xml"
        server.give("/news.xml", Reply(rss(*ITEMS)))
        refused = run(capsys, *alice, "feeds", "watch", address, "--account", "Pine Capital")
        assert refused.code == 1 and "feed_addresses" in refused.document["error"]["message"]
        monkeypatch.setenv("REMIT_FEED_ADDRESSES", address)
        monkeypatch.setenv("REMIT_FEED_PRIVATE", "true")
        reload()
        assert run(capsys, *charlie, "feeds", "watch", address, "--account", "Pine Capital").code == 3
        source = run(capsys, *alice, "feeds", "watch", address, "--account", "Pine Capital").document[
            "source_id"
        ]
        assert run(capsys, *charlie, "feeds", "poll").document == {"sources": []}
        [read] = run(capsys, *alice, "feeds", "poll").document["sources"]
        assert len(read["added"]) == 2 and read["account"] == "Pine Capital"
        assert run(capsys, *charlie, "feeds", "stop", source).code == 3
        assert run(capsys, *alice, "feeds", "stop", source).code == 0
        assert run(capsys, *alice, "feeds", "list").document == {"sources": []}
        monkeypatch.setenv("REMIT_EDGAR_IDENTITY", "")
        reload()
        fetch = ("filings", "fetch", "42", "--account", "Pine Capital")
        assert run(capsys, *alice, *fetch).document["error"]["code"] == "edgar_settings_invalid"
        assert run(capsys, *alice, "filings", "fetch", "x42", "--account", "Pine Capital").code == 2
        assert run(capsys, *alice, *fetch, "--form", "S-1").code == 2
        for name, value in (
            ("IDENTITY", "N n@n.example"),
            ("URL", server.url),
            ("DATA_URL", server.url),
            ("WAIT_SECONDS", "0"),
            ("ATTEMPTS", "1"),
        ):
            monkeypatch.setenv(f"REMIT_EDGAR_{name}", value)
        reload()
        ended = run(capsys, *alice, *fetch)
        assert (ended.code, ended.document["error"]["code"]) == (4, "edgar_unavailable")
    monkeypatch.undo()
    reload()
