"""`remit scan FILE|FOLDER|-`: what in a text is confidential, and where it may go by the firm's data-handling policy."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from remit.cli import output

if TYPE_CHECKING:
    from remit.llm.handling.policy import HandlingPolicy

app = typer.Typer(help="Find what is confidential in a text, file or folder.")


@app.command()
def scan(
    path: Annotated[str, typer.Argument(help="A file, a folder, or - for standard input.")],
    to: Annotated[
        list[str] | None,
        typer.Option(
            "--to", help="embedded, own_server or provider; exit code 1 when one of these is denied."
        ),
    ] = None,
    client: Annotated[
        list[str] | None,
        typer.Option("--client", help="A client's name to look for besides those in the records."),
    ] = None,
    records: Annotated[bool, typer.Option(help="Look for the names of the accounts in the records.")] = True,
) -> None:
    """Show each find with its class and decision. Without --to every destination is shown and none is asked for."""
    from remit.llm.handling.policy import DESTINATIONS, current

    for destination in to or ():
        if destination not in DESTINATIONS:
            raise output.CommandRefused(
                "unknown_destination",
                f"There is no destination {destination}; there are: {', '.join(DESTINATIONS)}.",
                exit_code=output.USAGE,
            )
    if not path:
        raise output.CommandRefused(
            "path_missing", "Name a file, a folder, or - for standard input.", exit_code=output.USAGE
        )
    policy = current()
    names = [*(client or ()), *(_recorded() if records else ())]
    shown = to or list(policy.destinations)
    if path != "-" and Path(path).is_dir():
        denied = _folder(Path(path), names, policy, shown)
    else:
        document = _scanned(_text(path), names, policy, shown)
        denied = _denied(document, shown)
        output.show(document, lambda: _told(document))
    if to and denied:
        raise typer.Exit(output.REFUSED)


def _recorded() -> list[str]:
    """Account names as the system sees them: every one, or masking would miss those that the asker may not see."""
    import remit.wiring  # noqa: F401
    from remit import identity
    from remit.cli.opening import database
    from remit.domains.handling import queries

    with database():
        return queries.list_client_names(identity.for_service("clearance", via="cli"))


def _text(path: str) -> str:
    from remit.llm.handling import files

    if path == "-":
        return files.decode(sys.stdin.buffer.read(files.MAX_BYTES + 1), "standard input")
    if not Path(path).exists():
        raise output.CommandRefused("not_found", f"There is no file {path}.", exit_code=output.NOT_FOUND)
    return _text_of(Path(path))


def _text_of(path: Path) -> str:
    """The text of a file; a PDF or Word document by its own reader. Raises FileNotScanned with what mends it."""
    from remit.knowledge.documents import DocumentRefused, read
    from remit.llm.handling import files

    with path.open("rb") as file:
        start = file.read(1024)
    if b"%PDF-" not in start and not start.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        return files.text_of(path)
    try:
        return read(path).text
    except DocumentRefused as refused:
        raise files.FileNotScanned(
            path.name, refused.message.removeprefix(f"{path.name} ").rstrip(".")
        ) from refused


def _scanned(text: str, names: Sequence[str], policy: HandlingPolicy, shown: Sequence[str]) -> dict[str, Any]:
    from remit.evidence.outside import warnings_shown
    from remit.llm.handling.classify import classify
    from remit.llm.handling.prepare import decisions

    found = classify(text, names)
    by_destination = decisions(found, policy)
    return {
        "spans": [
            {
                "start": each.start, "end": each.end, "type": each.type, "text": text[each.start : each.end], "data_class": each.data_class,
                "decision": {destination: policy.decision(each.data_class, destination) for destination in shown},
            }
            for each in found
        ],
        "decision": {destination: by_destination.get(destination, "deny") for destination in shown},
        "warnings": [
            {"start": each.start, "end": each.end, "words": each.words, "says": each.says}
            for each in warnings_shown(text)
        ],
        "policy_version": policy.version,
        "policy_hash": policy.hash,
    }  # fmt: skip


def _files(folder: Path) -> Iterator[Path]:
    return (
        each
        for each in sorted(folder.rglob("*"))
        if each.is_file() and not any(part.startswith(".") for part in each.relative_to(folder).parts)
    )


def _folder(folder: Path, names: Sequence[str], policy: HandlingPolicy, shown: Sequence[str]) -> bool:
    """Every file below; one that cannot be read is listed with its reason and counts as denied: nobody has looked at it."""
    from remit.llm.handling.files import FileNotScanned

    files: list[dict[str, Any]] = []
    for each in _files(folder):
        entry: dict[str, Any] = {"file": str(each.relative_to(folder))}
        try:
            entry |= _scanned(_text_of(each), names, policy, shown)
        except FileNotScanned as refused:
            entry |= {
                "spans": [],
                "decision": dict.fromkeys(shown, "deny"),
                "warnings": [],
                "reason": str(refused),
            }
        files.append(entry)
    order = ("allow", "mask", "deny")
    worst = {
        destination: max((each["decision"][destination] for each in files), key=order.index, default="allow")
        for destination in shown
    }
    document = {
        "files": files,
        "decision": worst,
        "policy_version": policy.version,
        "policy_hash": policy.hash,
    }
    output.show(
        document,
        lambda: output.table(
            ["file", "finds", *shown, "why not read"],
            [
                [each["file"], len(each["spans"]), *each["decision"].values(), each.get("reason", "")]
                for each in files
            ],
        ),
    )
    return _denied(document, shown)


def _denied(document: dict[str, Any], shown: Sequence[str]) -> bool:
    return any(document["decision"][destination] == "deny" for destination in shown)


def _told(document: dict[str, Any]) -> str:
    rows = [
        [
            each["start"],
            each["end"],
            each["data_class"],
            each["text"].replace("\n", " ⏎ "),
            *each["decision"].values(),
        ]
        for each in document["spans"]
    ]
    found = output.table(["from", "to", "class", "words", *document["decision"]], rows)
    ends = ", ".join(f"{destination}: {decision}" for destination, decision in document["decision"].items())
    warned = "".join(f"\n! “{each['words']}”: {each['says']}" for each in document["warnings"])
    told = found if rows else "Nothing confidential found."
    return f"{told}\n\n{ends} (policy {document['policy_version']}){warned}"
