"""`remit draft follow-up --note ID|FILE`: what was noted of a talk, tracked and written; with --dry-run only shown."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from remit.cli import acting, output
from remit.cli.pasting import day_of, numbers, text_of


@dataclass(frozen=True, slots=True)
class Asked:
    """The options about the note, as given."""

    note: str
    contact: str | None
    dated: str | None
    keep: str
    dry_run: bool


def drafted(asked: Asked, style: Any, variant: int, writer: Any) -> dict[str, Any]:
    """The items found; and unless it is a dry run the draft, the tasks and the open promises."""
    import remit.wiring  # noqa: F401 - registers the handlers
    from remit.domains.followups.queries import minutes_document
    from remit.domains.followups.taking import kept_as_proposed, take_up
    from remit.domains.outreach.queries import preview

    scope = acting.scope()
    minutes = _read(scope, asked)
    document = minutes_document(minutes)
    if asked.dry_run:
        return {"dry_run": True, **document}
    wanted = numbers(asked.keep, len(minutes.lines))
    kept = [
        kept_as_proposed(line)
        for line in minutes.lines
        if (line.number in wanted if wanted else line.item.keep)
    ]
    made = take_up(scope, minutes, kept, length=style[0], tone=style[1], variant=variant, by=writer)
    return {
        **preview(scope, made.draft_id), "note_id": str(made.note_id), "items": document["items"],
        "fact_ids": [str(one) for one in made.fact_ids], "task_ids": [str(one) for one in made.task_ids], "left_out": list(made.left_out),
    }  # fmt: skip


def _read(scope: Any, asked: Asked) -> Any:
    from remit.domains.followups.reading import look_at_note, look_at_text
    from remit.domains.outreach.queries import find_contact

    contact_id = find_contact(scope, asked.contact) if asked.contact is not None else None
    try:
        note_id = None if asked.note == "-" or Path(asked.note).exists() else UUID(asked.note)
    except ValueError as error:
        raise output.CommandRefused(
            "not_found", f"{asked.note} is neither a file nor the id of a note.", exit_code=output.NOT_FOUND
        ) from error
    if note_id is not None:
        return look_at_note(scope, note_id, contact_id)
    if contact_id is None:
        raise output.CommandRefused(
            "contact_needed", "Name who the talk was with: --contact ID.", exit_code=output.USAGE
        )
    return look_at_text(scope, text_of(asked.note), contact_id, day=day_of(asked.dated))


def told(document: dict[str, Any]) -> str:
    """The items, and the draft where there is one, for a person."""
    from remit.cli.draft import told as draft_told

    rows = [
        [
            one["number"],
            "yes" if one["in_mail"] else "no",
            one["kind"],
            one["owner"] or "",
            one["text"],
            one["due"] or "",
        ]
        for one in document["items"]
    ]
    lines = [output.table(["no", "in mail", "kind", "owner", "what", "due"], rows)]
    if not document.get("dry_run"):
        lines += ["", draft_told(document), f"{len(document['task_ids'])} promises are tracked."]
    return "\n".join(lines)
