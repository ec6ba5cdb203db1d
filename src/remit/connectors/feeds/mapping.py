"""Entries of a feed become the actions that keep them. What an entry says of itself picks nothing but its own title and day."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Final
from uuid import UUID

from remit.connectors.feeds.client import FeedUnavailable
from remit.domains.documents import intake
from remit.domains.documents.actions import AddDocument
from remit.evidence.facts import plain_line
from remit.kit import clock
from remit.kit.text import shorten
from remit.knowledge.documents import DocumentRefused, read_bytes

MOST: Final = 50
"""Entries of one reading: the newest of a feed that repeats its archive."""

_END: Final = re.compile(rb"</\s*(?:rss|feed|rdf:RDF)\s*>", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry as plain text."""

    title: str
    text: str
    link: str
    published_on: date | None


def entries(body: bytes) -> list[Entry]:
    """The entries of a feed in its order. Raises FeedUnavailable when it is none."""
    import feedparser

    try:
        found = feedparser.parse(body, resolve_relative_uris=False, sanitize_html=False)
    except (
        ValueError
    ) as error:  # an encoding that is none, characters that are none: whatever its server sent
        raise FeedUnavailable(f"The feed cannot be decoded: {type(error).__name__}.") from error
    if not found.entries and (found.bozo or not found.version):
        reason = plain_line(str(found.get("bozo_exception", "")))[:120]
        raise FeedUnavailable("The address gives no RSS or Atom feed" + (f": {reason}." if reason else "."))
    if not _END.search(body[-4096:]):
        raise FeedUnavailable("The answer ends before the feed does; it is read the next time.")
    return [_entry(each) for each in found.entries[:MOST]]


def _entry(each: Any) -> Entry:
    bodies = [part.get("value", "") for part in each.get("content", [])] or [each.get("summary", "")]
    title = plain_line(_plain(each.get("title", "")))
    text = "\n\n".join(part for part in (title, *(_plain(body) for body in bodies)) if part)
    at = each.get("published_parsed") or each.get("updated_parsed")
    return Entry(title, text, plain_line(each.get("link", ""))[:300], _day(at))


def _plain(markup: str) -> str:
    """Markup as a reader sees it: no comments, no hidden text."""
    if "<" not in markup:
        return markup.strip()
    try:
        return read_bytes(f"<html><body>{markup}</body></html>".encode("utf-8", "replace")).text.strip()
    except DocumentRefused:
        return ""  # nothing in it that a reader would see


def _day(at: Any) -> date | None:
    if at is None:
        return None
    try:
        found = datetime.fromtimestamp(calendar.timegm(at), UTC).date()
    except (ValueError, OverflowError):
        return None
    return min(found, clock.today())


def adding(entry: Entry, account_id: UUID, address: str) -> AddDocument:
    """The action that keeps an entry as news. Raises DocumentRefused when nothing is left of its text."""
    found = intake.from_text(entry.text, "news")
    source = f"feed {address}" + (f", {entry.link}" if entry.link else "")
    return intake.adding(
        found, source_name=source, account_id=account_id, kind="news", title=shorten(entry.title, 300),
        default_title="News", published_on=entry.published_on, undated=entry.published_on is None,
    )  # fmt: skip
