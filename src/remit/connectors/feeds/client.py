"""One feed over HTTP: only an address of the settings, no redirects, no private network unless allowed, within bounds."""

from __future__ import annotations

import ipaddress
import socket
from dataclasses import dataclass
from typing import Final

import httpx

MAX_BYTES: Final = 5 << 20
TIMEOUT: Final = httpx.Timeout(20.0, connect=10.0)
_AGENT: Final = "Remit (feed reader)"


class FeedUnavailable(Exception):
    """The feed cannot be read; the message says why and how to mend it."""

    code = "feed_unavailable"


@dataclass(frozen=True, slots=True)
class Answer:
    """`body` is None when nothing changed since `etag` and `modified`, which are the server's own words."""

    body: bytes | None
    etag: str
    modified: str


def get(address: str, *, etag: str = "", modified: str = "", private: bool = False) -> Answer:
    """Ask for the feed, only if it changed. The caller has checked that the settings allow `address`. Raises FeedUnavailable.

    The name is looked up once and that very machine is asked, so that nobody can point it elsewhere in between.
    """
    try:
        url = httpx.URL(address)
    except httpx.InvalidURL as error:
        raise FeedUnavailable(f"This is no address of a feed: {error}.") from error
    if url.scheme not in ("http", "https") or not url.host or url.userinfo:
        raise FeedUnavailable("The address of a feed begins with http:// or https:// and names no account.")
    place = _looked_up(url.host, url.port or (443 if url.scheme == "https" else 80), private)
    headers = {"Host": url.netloc.decode(), "User-Agent": _AGENT, "Accept-Encoding": "identity"}
    headers |= {"If-None-Match": etag} if _fit(etag) else {}
    headers |= {"If-Modified-Since": modified} if _fit(modified) else {}
    try:
        with (
            httpx.Client(timeout=TIMEOUT, follow_redirects=False, trust_env=False) as web,
            web.stream("GET", url.copy_with(host=place), headers=headers, extensions={"sni_hostname": url.host}) as got,
        ):  # fmt: skip
            return _answer(got, etag, modified)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise FeedUnavailable(f"{url.host} cannot be reached: {type(error).__name__}.") from error


def _answer(got: httpx.Response, etag: str, modified: str) -> Answer:
    if got.status_code == 304:
        return Answer(None, etag, modified)
    if got.is_redirect:
        raise FeedUnavailable(
            f"The feed has moved ({got.status_code}). Remit does not follow; an admin allows the new address in the settings."
        )
    if got.status_code != 200:
        raise FeedUnavailable(f"The server of the feed answers {got.status_code}.")
    body = bytearray()
    for chunk in got.iter_bytes(64 << 10):
        body += chunk
        if len(body) > MAX_BYTES:
            raise FeedUnavailable(f"The feed has more than {MAX_BYTES >> 20} MB and is not read.")
    return Answer(bytes(body), _mark(got, "etag"), _mark(got, "last-modified"))


def _mark(got: httpx.Response, name: str) -> str:
    value = got.headers.get(name, "")
    return value if _fit(value) else ""


def _fit(mark: str) -> bool:
    """Whether a header can carry it."""
    return bool(mark) and mark.isascii() and mark.isprintable() and len(mark) <= 200


def _looked_up(host: str, port: int, private: bool) -> str:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError, OverflowError) as error:  # a label too long, a port that is none
        raise FeedUnavailable(f"The name {host[:80]} is not known.") from error
    places = [str(each[4][0]) for each in found]
    if not private and not all(ipaddress.ip_address(place).is_global for place in places):
        raise FeedUnavailable(
            f"{host} is on a private network. An admin allows that with the setting feed_private."
        )
    return places[0]
