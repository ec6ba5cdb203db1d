"""The only way of a CRM connector to the network: it asks and cannot write.

There is GET, and POST to the few paths by which a CRM answers a question (a search, a batch of reads). No other method exists here,
so nothing that holds this client can change a record there. `tests/guard/test_crm_reads_only.py` keeps it so.
"""

from __future__ import annotations

import email.utils
import json
import re
import threading
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, Final, Literal

import httpx

from remit.connectors.crm.reading import CrmRefused, CrmResting, CrmUnavailable
from remit.kit import clock

TIMEOUT: Final = httpx.Timeout(60.0, connect=10.0)
ATTEMPTS: Final = 6
FIRST_WAIT_SECONDS: Final = 1.0
LONGEST_WAIT_SECONDS: Final = 60.0
MAX_BYTES: Final = 64 << 20
ASKING: Final = re.compile(r"/crm/v[34]/[A-Za-z0-9_/-]+/(?:search|batch/read)")
"""Paths at which POST asks a question."""

_FOR_NOW: Final = frozenset({429, 500, 502, 503, 504})
wait_for: Callable[[float], object] = threading.Event().wait  # never set: waiting in it is waiting


class ReadOnlyHttp:
    """Asks one host, with a token that is renewed once when it is refused. `told` may turn an answer that is no 200 into an error."""

    def __init__(
        self,
        title: str,
        base_url: str,
        token: Callable[[bool], str],
        *,
        told: Callable[[int, Any], CrmUnavailable | None],
        heard: Callable[[Mapping[str, str]], None] = lambda _headers: None,
        wait: Callable[[float], object] | None = None,
    ) -> None:
        self._title, self._token, self._told, self._heard = title, token, told, heard
        self._wait = wait or wait_for
        self._client = httpx.Client(
            base_url=base_url, timeout=TIMEOUT, follow_redirects=False, trust_env=False,
            headers={"User-Agent": "Remit (reads only)", "Accept": "application/json"},
        )  # fmt: skip
        self.requests_count = 0
        self.their_now = clock.now()

    def get(self, path: str, params: Mapping[str, Any] | None = None) -> Any:
        """The JSON at `path`; numbers come as they were written. Raises CrmUnavailable and its kinds."""
        return self._send("GET", path, params, None)

    def ask(self, path: str, body: Mapping[str, Any]) -> Any:
        """The answer to a question that has to be posted. Raises ValueError for a path that is no question."""
        if not ASKING.fullmatch(path):
            raise ValueError(f"{path} is not a path that only reads")
        return self._send("POST", path, None, body)

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def _send(self, method: Literal["GET", "POST"], path: str, params: Any, body: Any) -> Any:
        wait, renewed = FIRST_WAIT_SECONDS, False
        for attempt in range(1, ATTEMPTS + 1):
            answer = self._once(method, path, params, body, renew=renewed)
            if isinstance(answer, str):  # no answer at all
                problem: CrmUnavailable = CrmUnavailable(f"{self._title} cannot be reached: {answer}.")
            elif answer.status_code == 200:
                return self._read(answer)
            elif answer.status_code == 401 and not renewed:
                renewed = True
                continue
            else:
                found = self._problem(answer)
                if isinstance(found, CrmResting | CrmRefused) or answer.status_code not in _FOR_NOW:
                    raise found
                problem = found
                wait = max(wait, _asked_to_wait(answer))
            if wait > LONGEST_WAIT_SECONDS:
                raise CrmResting(problem.message, wait)
            if attempt < ATTEMPTS:
                self._wait(wait)
            wait *= 2
        raise problem

    def _once(self, method: str, path: str, params: Any, body: Any, *, renew: bool) -> httpx.Response | str:
        headers = {"Authorization": f"Bearer {self._token(renew)}"}
        self.requests_count += 1
        try:
            with self._client.stream(method, path, params=params, json=body, headers=headers) as got:
                size = 0
                parts = []
                for part in got.iter_bytes():
                    size += len(part)
                    if size > MAX_BYTES:
                        return f"an answer of more than {MAX_BYTES >> 20} MB"
                    parts.append(part)
                got._content = b"".join(parts)
        except httpx.HTTPError as error:
            return type(error).__name__
        self.their_now = _dated(got.headers.get("date", "")) or clock.now()
        self._heard(got.headers)
        return got

    def _read(self, answer: httpx.Response) -> Any:
        try:
            return json.loads(answer.content, parse_float=str, parse_int=str)
        except ValueError as error:
            raise CrmUnavailable(f"{self._title} gives no JSON where it should.") from error

    def _problem(self, answer: httpx.Response) -> CrmUnavailable:
        try:
            body = json.loads(answer.content)
        except ValueError:
            body = None
        found = self._told(answer.status_code, body)
        if found is not None:
            return found
        if answer.status_code == 401:
            return CrmRefused(f"{self._title} does not accept our sign-in any more: connect it again.")
        if answer.status_code == 403:
            return CrmUnavailable(f"{self._title} does not let the user we read as see this (403).")
        return CrmUnavailable(f"{self._title} answers {answer.status_code}.")


def _asked_to_wait(answer: httpx.Response) -> float:
    """Seconds of Retry-After, which is a number or a date; 0 without one."""
    text = answer.headers.get("retry-after", "").strip()
    if text.isdigit():
        return float(text)
    at = _dated(text)
    return max(0.0, (at - clock.now()).total_seconds()) if at else 0.0


def _dated(text: str) -> datetime | None:
    try:
        at = email.utils.parsedate_to_datetime(text)
    except ValueError:
        return None
    return at if at.tzinfo else at.replace(tzinfo=UTC)
