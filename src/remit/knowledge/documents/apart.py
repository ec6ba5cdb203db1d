"""Reading a PDF, a Word document or a long page of HTML in a process of its own, with bounded memory and time.

A parser of such formats is the largest piece of foreign code that meets a stranger's bytes: when it loops, takes all memory or
falls, it ends its own process and the file gets its reason. `python -m remit.knowledge.documents.apart` is that process.
"""

from __future__ import annotations

import marshal
import resource
import subprocess
import sys
from typing import Any, Final

from remit.knowledge.documents.model import Document, DocumentRefused, Warned

MAX_MEMORY: Final = 2 << 30  # bytes of address space
MAX_SECONDS: Final = 120  # on a busy machine; the processor's time is bounded to half of it


def read(data: bytes, name: str) -> Document:
    """The document in `data` (PDF or DOCX). Raises DocumentRefused, also when the reader took too much or fell."""
    return _read("file", data, name)


def read_page(text: str, name: str) -> Document:
    """What a reader sees of the HTML page `text`. Raises DocumentRefused, also when its reader took too much or fell."""
    return _read("page", text, name)


def _read(what: str, data: bytes | str, name: str) -> Document:
    command = [sys.executable, "-m", "remit.knowledge.documents.apart"]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as worker:
        try:
            answer, _ = worker.communicate(marshal.dumps((what, name, data)), timeout=MAX_SECONDS)
        except subprocess.TimeoutExpired as error:
            worker.kill()
            raise _too_much(name, f"took more than {MAX_SECONDS} seconds") from error
    try:
        kind, found = marshal.loads(answer)
    except (EOFError, ValueError) as error:  # it fell before it could answer
        raise _too_much(
            name, "took more memory or time than a document may, or made its reader fall"
        ) from error
    if kind == "refused":
        raise DocumentRefused(found[0], found[1], found[2])
    text, form, headings, warnings, pages = found
    return Document(text, form, headings, tuple(Warned(*each) for each in warnings), pages)


def _too_much(name: str, what: str) -> DocumentRefused:
    return DocumentRefused(
        "document_unreadable", f"{name} {what}. Save it anew, print it to another PDF, or cut it into parts."
    )


def main() -> None:
    """Read one document from stdin, write what became of it to stdout."""
    for kind, most in ((resource.RLIMIT_AS, MAX_MEMORY), (resource.RLIMIT_CPU, MAX_SECONDS // 2)):
        hard = resource.getrlimit(kind)[1]
        resource.setrlimit(kind, (most if hard == resource.RLIM_INFINITY else min(hard, most), hard))
    what, name, data = marshal.load(sys.stdin.buffer)
    sys.stdout.buffer.write(marshal.dumps(_answer(what, data, name)))


def _answer(what: str, data: Any, name: str) -> tuple[str, Any]:
    from remit.knowledge.documents import docx, html, pdf

    try:
        if what == "page":
            found = html.read(data)
        else:
            found = docx.read(data, name) if docx.is_docx(data) else pdf.read(data, name)
    except DocumentRefused as refused:
        return "refused", (refused.code, refused.message, refused.details)
    warnings = [(each.code, each.message, each.count) for each in found.warnings]
    return "document", (found.text, found.format, found.headings, warnings, found.pages)


if __name__ == "__main__":
    main()
