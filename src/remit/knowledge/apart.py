"""Reading what strangers wrote in a process of its own, with bounded memory and time.

PDF, Word, long HTML pages, 13F reports, questionnaires (read, and filled with our answers).

A parser of such formats is the largest piece of foreign code that meets a stranger's bytes: when it loops, takes all memory or
falls, it ends its own process and the file gets its reason. `python -m remit.knowledge.apart` is that process. How many run at
once is bounded for the whole machine (`kit/turns.py`).
"""

from __future__ import annotations

import marshal
import resource
import subprocess
import sys
from typing import Any, Final, Literal

from remit.kit.turns import turn

What = Literal["file", "page", "filing", "questionnaire", "filled"]
MAX_MEMORY: Final = 2 << 30  # bytes of address space
MAX_SECONDS: Final = 120  # on a busy machine; the processor's time is bounded to half of it


class ReaderFell(Exception):
    """The process ended before it could answer. `reason` goes on from the name of the file: `took more than …`."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def ask(what: What, data: bytes | str | tuple[Any, ...], name: str) -> tuple[str, Any]:
    """What became of `data` (plain values), as plain values: ("read", found) or ("refused", (code, message, details)).

    Raises ReaderFell, and ReadersBusy when no turn becomes free.
    """
    command = [sys.executable, "-m", "remit.knowledge.apart"]
    with (
        turn(),
        subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        ) as worker,
    ):
        try:
            answer, _ = worker.communicate(marshal.dumps((what, name, data)), timeout=MAX_SECONDS)
        except subprocess.TimeoutExpired as error:
            worker.kill()
            raise ReaderFell(f"took more than {MAX_SECONDS} seconds") from error
    try:
        kind, found = marshal.loads(answer)
    except (EOFError, ValueError) as error:
        raise ReaderFell("took more memory or time than a file may, or made its reader fall") from error
    return str(kind), found


def main() -> None:
    """Read one file from stdin, write what became of it to stdout."""
    for kind, most in ((resource.RLIMIT_AS, MAX_MEMORY), (resource.RLIMIT_CPU, MAX_SECONDS // 2)):
        hard = resource.getrlimit(kind)[1]
        resource.setrlimit(kind, (most if hard == resource.RLIM_INFINITY else min(hard, most), hard))
    what, name, data = marshal.load(sys.stdin.buffer)
    sys.stdout.buffer.write(marshal.dumps(_answer(what, data, name)))


def _answer(what: What, data: Any, name: str) -> tuple[str, Any]:
    """The readers are imported here: the process that asks needs none of them."""
    if what == "filing":
        from remit.knowledge.filings import apart as filings

        return filings.answer(data, name)
    if what in ("questionnaire", "filled"):
        from remit.knowledge.questionnaires import apart as questionnaires

        return questionnaires.answer(what, data, name)
    from remit.knowledge.documents import apart as documents

    return documents.answer(what, data, name)


if __name__ == "__main__":
    main()
