"""A web server on 127.0.0.1 that gives what it was told to give, in turn, and remembers what it was asked."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass(frozen=True)
class Reply:
    """One answer."""

    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)


@dataclass
class Loopback:
    """`replies` by path: each request takes the next, the last one stays. `asked`: (path, headers) in order."""

    url: str = ""
    replies: dict[str, list[Reply]] = field(default_factory=dict)
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)

    def give(self, path: str, *replies: Reply) -> None:
        """Answer `path` with these, one after the other."""
        self.replies[path] = list(replies)

    def count(self, path: str) -> int:
        """How often it was asked for."""
        return sum(asked == path for asked, _ in self.asked)


@contextmanager
def serving() -> Iterator[Loopback]:
    """Serve until the block ends."""
    found = Loopback()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            found.asked.append((self.path, {name.lower(): value for name, value in self.headers.items()}))
            waiting = found.replies.get(self.path, [Reply(status=404)])
            reply = waiting.pop(0) if len(waiting) > 1 else waiting[0]
            self.send_response(reply.status)
            for name, value in reply.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(reply.body)))
            self.end_headers()
            with suppress(BrokenPipeError, ConnectionResetError):  # the reader may have had enough
                self.wfile.write(reply.body)

        def log_message(self, format: str, *args: object) -> None:
            """Nothing: the tests look at `asked`."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    found.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield found
    finally:
        server.shutdown()
        server.server_close()


_ADDRESS = dict.fromkeys(
    ("street1", "street2", "city", "stateOrCountry", "zipCode", "stateOrCountryDescription"), ""
)
_EMPTY = (
    "entityType", "sic", "sicDescription", "ein", "category", "fiscalYearEnd", "stateOfIncorporation", "phone", "description",
    "website", "investorWebsite", "stateOfIncorporationDescription", "flags",
)  # fmt: skip


def edgar_index(cik: int, name: str, filings: list[tuple[str, str, str, str]]) -> bytes:
    """EDGAR's list of a filer's submissions: (accession, form, filed, period), the newest first."""
    recent: dict[str, list[object]] = {
        "accessionNumber": [each[0] for each in filings], "form": [each[1] for each in filings],
        "filingDate": [each[2] for each in filings], "reportDate": [each[3] for each in filings],
        "acceptanceDateTime": [f"{each[2]}T16:00:00.000Z" for each in filings],
        "primaryDocument": ["primary_doc.xml"] * len(filings),
    }  # fmt: skip
    recent |= {
        key: [""] * len(filings)
        for key in ("act", "fileNumber", "filmNumber", "items", "core_type", "primaryDocDescription")
    }
    recent |= {key: [0] * len(filings) for key in ("size", "isXBRL", "isInlineXBRL")}
    whole = {
        **dict.fromkeys(_EMPTY, ""), "cik": str(cik), "name": name, "tickers": [], "exchanges": [], "formerNames": [],
        "insiderTransactionForOwnerExists": 0, "insiderTransactionForIssuerExists": 0,
        "addresses": {"mailing": _ADDRESS, "business": _ADDRESS}, "filings": {"recent": recent, "files": []},
    }  # fmt: skip
    return json.dumps(whole).encode()


def edgar_path(cik: int, accession: str) -> str:
    """Where EDGAR keeps the whole submission."""
    return f"/Archives/edgar/data/{cik}/{accession.replace('-', '')}/{accession}.txt"
