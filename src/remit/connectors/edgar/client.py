"""Filings of a CIK as files, fetched by `child` in a process of its own, within a time."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

from remit.connectors.edgar.config import Edgar

_KEPT: Final = (
    "PATH",
    "LANG",
    "LC_ALL",
    "HOME",
    "PYTHONPATH",
    "SSL_CERT_FILE",
    "REQUESTS_CA_BUNDLE",
    "HTTPS_PROXY",
    "NO_PROXY",
)
_TOLD: Final = {
    404: "EDGAR knows no filings under this number.",
    403: "EDGAR refuses us (403): too many requests, or the identity of the settings is not accepted.",
    429: "EDGAR has had too many requests from here (429).",
    0: "EDGAR cannot be reached.",
}


class EdgarUnavailable(Exception):
    """EDGAR did not answer as it should; the message says how, `status` is its HTTP status or 0."""

    code = "edgar_unavailable"

    def __init__(self, message: str, status: int = 0) -> None:
        super().__init__(message)
        self.message = message
        self.status = status


@dataclass(frozen=True, slots=True)
class FilingFile:
    """One submission as EDGAR's index describes it, with its whole text in a file that is gone after the `with` block."""

    accession: str
    form: str
    filed: date | None
    period: date | None
    company: str
    address: str
    path: Path


@dataclass(frozen=True, slots=True)
class Fetched:
    """What came: files, and what was left out, each by its accession number and a sentence."""

    filings: tuple[FilingFile, ...]
    left_out: tuple[tuple[str, str], ...]


@contextmanager
def fetched(
    edgar: Edgar, cik: str, forms: Sequence[str], *, limit: int, skip: frozenset[str]
) -> Iterator[Fetched]:
    """The newest filings of `cik` in `forms` whose accession number is not in `skip`. Raises EdgarUnavailable."""
    with tempfile.TemporaryDirectory(prefix="remit-edgar-") as folder:
        asked = {
            "cik": cik, "forms": list(forms), "limit": limit, "skip": sorted(skip), "folder": folder, "attempts": edgar.attempts,
            "wait_seconds": edgar.wait_seconds,
        }  # fmt: skip
        yield _read(_run(edgar, asked, folder), Path(folder))


def _run(edgar: Edgar, asked: dict[str, Any], folder: str) -> list[dict[str, Any]]:
    kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
    environment = kept | {
        "EDGAR_BASE_URL": edgar.url, "EDGAR_DATA_URL": edgar.data_url, "EDGAR_IDENTITY": edgar.identity,
        "EDGAR_LOCAL_DATA_DIR": folder, "EDGAR_HTTP_TIMEOUT": "30",
    }  # fmt: skip
    try:
        done = subprocess.run(
            [sys.executable, "-m", "remit.connectors.edgar.child"], input=json.dumps(asked).encode(), env=environment,
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=edgar.deadline_seconds, check=False, cwd=folder,
        )  # fmt: skip
    except subprocess.TimeoutExpired as error:
        raise EdgarUnavailable(f"EDGAR took longer than {edgar.deadline_seconds:.0f} seconds.") from error
    return [json.loads(line) for line in done.stdout.splitlines()]


def _read(messages: list[dict[str, Any]], folder: Path) -> Fetched:
    nothing: dict[str, Any] = {"kind": "failed", "status": 0, "message": "no answer"}
    last = messages[-1] if messages else nothing
    if last["kind"] != "end":
        status = int(last.get("status", 0))
        told = _TOLD.get(status, f"EDGAR answers {status}.")
        raise EdgarUnavailable(f"{told} ({last.get('message', 'its process ended early')})", status)
    filings = [
        FilingFile(
            each["accession"], each["form"], _day(each["filed"]), _day(each["period"]), each["company"], each["address"],
            folder / each["file"],
        )
        for each in messages
        if each["kind"] == "filing"
    ]  # fmt: skip
    left = [(each["accession"], each["message"]) for each in messages if each["kind"] == "left_out"]
    return Fetched(tuple(filings), tuple(left))


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        return None  # the index has no such day
