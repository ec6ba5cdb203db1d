"""Talking to the identity provider over HTTP: no redirects, bounded size and time, JSON or nothing."""

from __future__ import annotations

import json
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import httpx

MAX_BYTES: Final = 1 << 20
DEADLINE_SECONDS: Final = 15.0
TIMEOUT: Final = httpx.Timeout(10.0, connect=5.0)


class OidcUnavailable(Exception):
    """The provider cannot be reached or does not speak the protocol; the message names what it did, never what it said."""

    code = "sign_on_unavailable"


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer: `document` is its JSON object."""

    status: int
    document: Mapping[str, Any]


@lru_cache(maxsize=4)
def _web(ca_file: Path | None) -> httpx.Client:
    """One client a process and certificate file: making its TLS context costs more than a whole sign-on."""
    context = ssl.create_default_context()
    if ca_file is not None:
        context.load_verify_locations(cafile=ca_file)
    return httpx.Client(timeout=TIMEOUT, follow_redirects=False, trust_env=False, verify=context)


def ask(
    url: str,
    *,
    ca_file: Path | None = None,
    form: Mapping[str, str] | None = None,
    headers: Mapping[str, str] | None = None,
) -> Answer:
    """GET `url`, or POST `form` to it. Any status with a JSON object is an answer. Raises OidcUnavailable."""
    method = "GET" if form is None else "POST"
    asked = {"Accept": "application/json", **(headers or {})}
    try:
        with _web(ca_file).stream(method, url, data=form, headers=asked) as got:
            body = _bounded(got)
    except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
        raise OidcUnavailable(f"The identity provider cannot be reached ({type(error).__name__}).") from None
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        document = None
    if not isinstance(document, dict):
        raise OidcUnavailable(
            f"The identity provider answered {got.status_code} with something that is no JSON object."
        )
    return Answer(got.status_code, document)


def _bounded(got: httpx.Response) -> bytes:
    body, until = bytearray(), time.monotonic() + DEADLINE_SECONDS
    for chunk in got.iter_bytes(64 << 10):
        body += chunk
        if len(body) > MAX_BYTES:
            raise OidcUnavailable("The identity provider sent more than 1 MB.")
        if time.monotonic() > until:
            raise OidcUnavailable("The identity provider took too long.")
    return bytes(body)
