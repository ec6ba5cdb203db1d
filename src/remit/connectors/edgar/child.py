"""`python -m remit.connectors.edgar.child`: asks EDGAR by edgartools in a process of its own.

The library takes seconds to load and some 160 MB; here it takes them from nobody and ends with its process. On stdin one JSON
object (`client.Asked`), on stdout one JSON object a line: filings as they arrive, then `end`, or `failed` with the reason.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, TypeVar

MAX_MEMORY: Final = 4 << 30  # bytes of address space
MAX_CHARACTERS: Final = 60_000_000
MAX_LEFT_OUT: Final = 25  # of one reading: each was fetched for nothing
LONGEST_WAIT: Final = 300.0  # seconds that a server may ask us to wait
_T = TypeVar("_T")


def main() -> None:
    """Do what stdin asks; every failure is told on stdout."""
    out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # whatever the library prints is no answer
    hard = resource.getrlimit(resource.RLIMIT_AS)[1]
    limit = MAX_MEMORY if hard == resource.RLIM_INFINITY else min(hard, MAX_MEMORY)
    resource.setrlimit(resource.RLIMIT_AS, (limit, hard))

    def tell(**message: Any) -> None:
        out.write(json.dumps(message) + "\n")
        out.flush()

    asked = json.load(sys.stdin)
    try:
        fetch(asked, tell)
    except Exception as error:  # noqa: BLE001 - whatever the library raises: told to the caller, who waits for it
        tell(kind="failed", status=_status(error), message=f"{type(error).__name__}: {error}"[:500])
        return
    tell(kind="end")


def fetch(asked: dict[str, Any], tell: Callable[..., None]) -> None:
    """The newest filings of the CIK in these forms that are not on record, each into a file. What is left out takes no place of one."""
    from edgar import Company

    def patiently(ask: Callable[[], _T]) -> _T:
        return with_back_off(ask, asked["attempts"], asked["wait_seconds"])

    def listed() -> Any:
        company = Company(int(asked["cik"]))
        return str(company.name), company.get_filings(form=asked["forms"], trigger_full_load=False)

    name, filings = patiently(listed)
    known, given, left_out = set(asked["skip"]), 0, 0
    for number in range(0 if filings is None else len(filings)):
        if given >= asked["limit"] or left_out >= MAX_LEFT_OUT:
            break
        filing = filings[number]
        accession = str(filing.accession_no)
        if accession in known:
            continue
        text = patiently(filing.full_text_submission)
        if not text or len(text) > MAX_CHARACTERS:
            why = "is empty" if not text else f"has more than {MAX_CHARACTERS:,} characters"
            tell(kind="left_out", accession=accession, message=f"The submission {accession} {why}.")
            left_out += 1
            continue
        given += 1
        path = Path(asked["folder"]) / f"{given}.txt"
        path.write_text(text, encoding="utf-8", errors="surrogatepass")
        tell(
            kind="filing", accession=accession, form=str(filing.form), filed=str(filing.filing_date), company=name,
            period=str(getattr(filing, "report_date", "") or ""), address=str(filing.text_url), file=path.name,
        )  # fmt: skip


def with_back_off(
    ask: Callable[[], _T], attempts: int, first_wait: float, sleep: Callable[[float], None] = time.sleep
) -> _T:
    """`ask`, again after 403, 429 and 5xx, with waits that double or are what the server asks for.

    The SEC answers 403 to whoever was too fast, so it is no final no. Raises the last failure.
    """
    for attempt in range(1, attempts + 1):
        try:
            return ask()
        except Exception as error:
            status = _status(error)
            wanted = float(getattr(error, "retry_after", None) or 0)
            again = status in (403, 429) or 500 <= status < 600
            if not again or attempt == attempts or wanted > LONGEST_WAIT:
                raise
            sleep(max(wanted, first_wait * 2 ** (attempt - 1)))
    raise AssertionError("no attempt was allowed")


def _status(error: BaseException) -> int:
    """The HTTP status behind a failure, looking along its causes; 0 when there was none."""
    seen: BaseException | None = error
    while seen is not None:
        if type(seen).__name__ == "TooManyRequestsError":
            return 429
        status = getattr(seen, "status_code", None) or getattr(
            getattr(seen, "response", None), "status_code", None
        )
        if isinstance(status, int):
            return status
        seen = seen.__cause__ or seen.__context__
    return 0


if __name__ == "__main__":
    main()
