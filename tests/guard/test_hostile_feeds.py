"""One feed whose server sends nonsense, or one whose marks somebody spoilt, must not keep all other sources unread."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

import remit.wiring  # noqa: F401
from remit import identity
from remit.connectors.feeds import client, mapping
from remit.connectors.feeds import pull as feeds
from remit.connectors.feeds.client import FeedUnavailable
from remit.kit.ids import new_id
from remit.settings import reload
from remit.workflows import gather_documents
from tests.support.cast import Cast

RSS = '<?xml version="1.0" encoding="{enc}"?><rss version="2.0"><channel><item><title>A {more} b</title></item></channel></rss>'
HOSTILE = (
    RSS.format(enc="utf-8", more="&#xD800;"), RSS.format(enc="utf-7", more="+2AA-"), RSS.format(enc="undefined", more=""),
    RSS.format(enc="punycode", more=""), RSS.format(enc="unicode_escape", more="\\ud800"),
)  # fmt: skip


@pytest.mark.parametrize("body", HOSTILE)
def test_a_feed_that_cannot_be_decoded_says_so(body: str) -> None:
    with pytest.raises(FeedUnavailable):
        mapping.entries(body.encode())


@pytest.mark.parametrize("mark", ["é", "a\r\nX-Other: y", "\N{SNOWMAN}", "a" * 500])
def test_a_mark_that_no_header_can_carry_is_not_sent(monkeypatch: pytest.MonkeyPatch, mark: str) -> None:
    monkeypatch.setattr(client, "_looked_up", lambda *_: "127.0.0.1")
    with pytest.raises(FeedUnavailable, match="cannot be reached"):
        client.get("http://feed.example:1/x", etag=mark, modified=mark)


@pytest.fixture
def two_feeds(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("REMIT_FEED_ADDRESSES", "https://bad.example/ https://good.example/")
    reload()
    for name, read in (("bad", "2026-01-01"), ("good", "2026-01-02")):
        cast.sql(
            "INSERT INTO remit.document_sources (id, account_id, access_id, kind, address, watched_by, watched_at, read_at)"
            " VALUES (:id, :a, 101, 'feed', :address, :by, now(), CAST(:read AS timestamptz))",
            id=new_id(), a=cast.accounts["pine"], by=cast.people["alice"], address=f"https://{name}.example/", read=read,
        )  # fmt: skip
    yield
    monkeypatch.undo()
    reload()


@pytest.mark.usefixtures("two_feeds")
def test_one_bad_feed_does_not_keep_the_others_unread(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    def pulled(address: str, *_: object, **__: object) -> feeds.Pulled:
        if "bad" in address:
            raise UnicodeEncodeError("utf-8", "\ud800", 0, 1, "surrogates not allowed")
        return feeds.Pulled((), "", "", False)

    monkeypatch.setattr(feeds, "pull", pulled)
    gather_documents.gather(identity.for_service("gathering", via="test"))
    told = dict(cast.sql("SELECT address, outcome FROM remit.document_sources"))
    assert "Not read" in told["https://bad.example/"] and "Nothing changed" in told["https://good.example/"]
