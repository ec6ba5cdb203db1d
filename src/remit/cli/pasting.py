"""`remit draft outreach --paste FILE`: the facts in a text, kept and written from; with --dry-run only shown."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from remit.cli import acting, output
from remit.kit.text import counted
from remit.knowledge.pasted.model import SOURCES


@dataclass(frozen=True, slots=True)
class Asked:
    """The options about the text, as given."""

    paste: str
    source: str
    named: str
    dated: str | None
    keep: str
    dry_run: bool


def check(kind: str, source: str) -> None:
    """Raise CommandRefused for options that do not go together."""
    if kind != "outreach":
        raise output.CommandRefused(
            "paste_for_outreach", "--paste goes with outreach.", exit_code=output.USAGE
        )
    if source not in SOURCES:
        raise output.CommandRefused(
            "source_unknown", f"--source is one of: {', '.join(SOURCES)}.", exit_code=output.USAGE
        )


def drafted(
    asked: Asked, contact: str | None, account: str | None, style: Any, variant: int, writer: Any
) -> dict[str, Any]:
    """The facts found; and unless it is a dry run the draft, stored where the contact is on record."""
    import remit.wiring  # noqa: F401 - registers the handlers
    from remit.domains.outreach import queries
    from remit.domains.outreach.writing import draft_outreach
    from remit.domains.pasted.queries import reading_document
    from remit.domains.pasted.reading import look
    from remit.domains.pasted.taking import confirmed_as_proposed, take_up
    from remit.domains.pasted.unsaved import draft_unsaved

    scope = acting.scope()
    reading = look(scope, text_of(asked.paste), asked.source, dated=day_of(asked.dated))
    document = reading_document(reading)
    if asked.dry_run:
        return {"dry_run": True, **document}
    if contact is None and account is None:
        return {
            **draft_unsaved(scope, reading, length=style[0], tone=style[1], variant=variant),
            "paste": document,
        }
    contact_id = (
        queries.find_contact(scope, contact)
        if contact is not None
        else queries.pick_contact(scope, queries.find_account(scope, str(account)))
    )
    account_id = queries.account_of(scope, contact_id)
    wanted = numbers(asked.keep, len(reading.lines))
    kept = [line for line in reading.lines if (line.number in wanted if wanted else line.use.keep)]
    if not kept:
        raise output.CommandRefused(
            "no_fact_found", "No fact was found in the text that could be kept; --dry-run shows what was."
        )
    facts = take_up(
        scope, reading.pasted, asked.source, account_id, contact_id, [confirmed_as_proposed(line) for line in kept], named=asked.named
    )  # fmt: skip
    draft_id = draft_outreach(
        scope, contact_id, length=style[0], tone=style[1], variant=variant, by=writer, about=facts
    )
    return {**queries.preview(scope, draft_id), "paste": document, "fact_ids": [str(one) for one in facts]}


def text_of(path: str) -> str:
    from remit.llm.handling import files

    if path == "-":
        return files.decode(sys.stdin.buffer.read(files.MAX_BYTES + 1), "standard input")
    if not Path(path).exists():
        raise output.CommandRefused("not_found", f"There is no file {path}.", exit_code=output.NOT_FOUND)
    return files.text_of(Path(path))


def day_of(text: str | None) -> date | None:
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise output.CommandRefused(
            "date_unreadable", f"{text[:40]!r} is no date: write it as 2026-11-23.", exit_code=output.USAGE
        ) from error


def numbers(text: str, most: int) -> frozenset[int]:
    given = [part.strip() for part in text.split(",") if part.strip()]
    if any(not part.isdigit() or not 0 < int(part) <= most for part in given):
        raise output.CommandRefused(
            "fact_unknown",
            f"--keep takes numbers from 1 to {most}, as --dry-run shows them.",
            exit_code=output.USAGE,
        )
    return frozenset(map(int, given))


def told(document: dict[str, Any]) -> str:
    """The facts, and the draft where there is one, for a person."""
    from remit.cli.draft import told as draft_told

    facts = document if document.get("dry_run") else document["paste"]
    rows = [
        [
            each["number"], "yes" if each["keep"] else "no", each["kind"], each["subject"], each["value"], each["as_of"], each["sayable"],
            each["doubt"],
        ]
        for each in facts["facts"]
    ]  # fmt: skip
    lines = [output.table(["no", "keep", "kind", "of", "value", "as of", "may be said", "doubt"], rows)]
    for each in facts["also_told"]:
        said = "; ".join(f"“{words}”" for words in each["words"][:4])
        lines.append(f"The text also tells what is not ours to pass on: {each['says']}: {said}")
    if facts["orders_passed_over"]:
        lines.append(
            f"{counted(facts['orders_passed_over'], 'sentence looks', 'sentences look')} like orders to software, links or program text; nothing is taken from there."
        )
    if facts["removed_characters"]:
        lines.append(f"{facts['removed_characters']} characters that nobody can see were left out.")
    if not document.get("dry_run"):
        lines += ["", draft_told(document)]
    return "\n".join(lines)
