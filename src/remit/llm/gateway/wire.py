"""The HTTP client under the providers' libraries: bounded in time and size, no redirects, no proxy that we were not told."""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator
from functools import lru_cache
from typing import Final

import httpx2

from remit.llm.gateway.config import Route

MOST_BYTES: Final = 4_000_000
"""Largest reply that is read, with all its framing."""


class TooLarge(httpx2.TransportError):
    """The other side sends more than is read."""


class Encoded(httpx2.TransportError):
    """The other side compresses although it was asked not to: what it unpacks to is not known before."""


class _Counted(httpx2.AsyncByteStream):
    def __init__(self, stream: httpx2.AsyncByteStream) -> None:
        self._stream = stream

    async def __aiter__(self) -> AsyncIterator[bytes]:
        count = 0
        async for chunk in self._stream:
            count += len(chunk)
            if count > MOST_BYTES:
                raise TooLarge(f"more than {MOST_BYTES:,} bytes")
            yield chunk

    async def aclose(self) -> None:
        await self._stream.aclose()


class Bounded(httpx2.AsyncBaseTransport):
    """Counts what comes in, and refuses what is compressed."""

    def __init__(self, inner: httpx2.AsyncBaseTransport) -> None:
        self._inner = inner

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Pass one request on."""
        request.headers["accept-encoding"] = "identity"
        response = await self._inner.handle_async_request(request)
        if response.headers.get("content-encoding", "identity").lower() != "identity":
            await response.aclose()
            raise Encoded("compressed")
        if isinstance(response.stream, httpx2.AsyncByteStream):
            response.stream = _Counted(response.stream)
        return response

    async def aclose(self) -> None:
        """Close all connections."""
        await self._inner.aclose()


@lru_cache(maxsize=1)
def _trusted() -> ssl.SSLContext:
    """The certificates that this machine trusts (SSL_CERT_FILE, where set), read once: it takes as long as a whole call."""
    return httpx2.create_ssl_context()


def client(route: Route) -> httpx2.AsyncClient:
    """A client for one call on `route`; the caller closes it."""
    proxy = route.proxy.get_secret_value() if route.proxy else None
    inner = httpx2.AsyncHTTPTransport(verify=_trusted(), proxy=proxy)
    return httpx2.AsyncClient(
        transport=Bounded(inner),
        timeout=httpx2.Timeout(connect=10.0, read=route.silence_seconds, write=30.0, pool=10.0),
        follow_redirects=False,
        trust_env=False,
    )
