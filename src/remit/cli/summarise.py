"""`remit summarise`: a call, filing, news item or meeting as bullets whose numbers stand in the document."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from remit.cli import output
from remit.kit.text import counted
from remit.llm.embedded.summary.model import KINDS

if TYPE_CHECKING:
    from remit.knowledge.documents import Document
    from remit.llm.embedded.summary.model import Text

app = typer.Typer(help="Number-exact bullets from a document, each with its place.")


@app.command()
def summarise(
    file: Annotated[str, typer.Argument(help="Text, HTML or PDF, gzipped or not; - reads standard input.")],
    kind: Annotated[str, typer.Option(metavar="KIND", help=f"What the document is: {', '.join(KINDS)}.")],
    bullets: Annotated[int | None, typer.Option(min=1, max=50, help="At most this many bullets.")] = None,
    previous: Annotated[
        Path | None, typer.Option(help="The document of this kind before it: what changed since?")
    ] = None,
) -> None:
    """Summarise FILE. Offsets are characters of the document's text as a reader sees it (of a text file: the file)."""
    from remit.llm.embedded.summary.changes import compare
    from remit.llm.embedded.summary.summarise import summarise as write

    which = next((each for each in KINDS if each.casefold() == kind.casefold()), None)
    if which is None:
        told = f"{kind} is no kind of document that Remit sums up: --kind takes {', '.join(KINDS)}."
        raise output.CommandRefused("kind_unknown", told, exit_code=output.USAGE)
    started = time.perf_counter()
    document = _read(file)
    text = _text(document)
    made = write(text, which, bullets)
    warnings = [*document.warnings, *_about(made.dropped, made.orders)]
    found: dict[str, Any] = {"kind": which, "bullets": made.bullets, "numbers": made.numbers}
    if previous is not None:
        before = _read(str(previous))
        found["changes"] = compare(text, _text(before), which)
        warnings += [
            {"code": each.code, "message": f"Previous document: {each.message}", "count": each.count}
            for each in before.warnings
        ]
    found |= {"warnings": warnings, "pages": document.pages, "characters": len(document.text)}
    found["seconds"] = round(time.perf_counter() - started, 3)
    output.show(found, lambda: _told(found))


def _read(file: str) -> Document:
    from remit.knowledge.documents import read, read_bytes

    return read_bytes(sys.stdin.buffer.read()) if file == "-" else read(Path(file))


def _text(document: Document) -> Text:
    from remit.llm.embedded.summary.model import Text

    return Text(document.text, document.headings)


def _about(dropped: tuple[str, ...], orders: int) -> list[dict[str, Any]]:
    warned = []
    if dropped:
        message = f"{_lines(len(dropped))} left out: a number does not stand in the place cited."
        warned.append({"code": "unsupported_lines", "message": message, "count": len(dropped)})
    if orders:
        message = f"{_lines(orders)} left out: written like an order to software, not like a statement."
        warned.append({"code": "instruction_lines", "message": message, "count": orders})
    return warned


def _lines(count: int) -> str:
    return counted(count, "line was", "lines were")


def _told(found: dict[str, Any]) -> str:
    lines = [
        f"{'-' if each.certain else '?'} {each.text}  [{each.citations[0].start}–{each.citations[0].end}]"
        for each in found["bullets"]
    ]
    if not all(each.certain for each in found["bullets"]):
        lines.append("? read beside its source first: the number stands there, perhaps of something else")
    changes = found.get("changes")
    if changes is not None:
        lines += ["", "Changed since the previous document:"]
        lines += [f"  new risk: {each.text}" for each in changes.new_risks]
        lines += [f"  no longer named: {each.text}" for each in changes.removed_risks]
        lines += [f"  {each.what}: {each.now}, before {each.previous}" for each in changes.numbers]
    for each in found["warnings"]:
        message = each["message"] if isinstance(each, dict) else each.message
        lines.append(f"! {message}")
    return "\n".join(lines)
