"""`remit rfp …`: a buyer's questionnaire (RFP, DDQ, security), answered from what the firm approved, in its own file."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

import typer

from remit.cli import acting, output
from remit.cli.opening import database

app = typer.Typer(help="Questionnaires of buyers: draft, decide, approve, export.", no_args_is_help=True)
Id = Annotated[str, typer.Argument(metavar="ID", help="The questionnaire; `remit rfp list` shows it.")]
File = Annotated[Path, typer.Argument(help="XLSX, XLSM, DOCX or CSV.")]
Out = Annotated[Path, typer.Option("--out", help="Where the filled file goes.")]


@app.command()
def draft(
    file: File,
    out: Out,
    account: Annotated[str, typer.Option(help="Keep it as a record of this account (its id).")] = "",
    title: Annotated[str, typer.Option(help="What the record is called.")] = "",
    deal: Annotated[
        str, typer.Option(help="The deal that it is for (its id): its product fills “product name”.")
    ] = "",
) -> None:
    """Fill in what is current and undisputed; tell what is stale, contradicted or missing. A person reviews it before it leaves."""
    import remit.wiring  # noqa: F401 - registers the handlers
    from remit.domains.questionnaires import drafting

    data = _bytes(file)
    with database():
        scope = acting.scope()
        made = drafting.draft(scope, data, file.name)
        kept = (
            drafting.add(
                scope,
                data,
                file.name,
                _id(account, "account"),
                title=title,
                opportunity_id=_id(deal, "deal") if deal else None,
            )
            if account
            else None
        )
    _write(out, made.data)
    document = _drafted(made) | {"questionnaire_id": kept, "out": out}
    output.show(document, lambda: _told(document))


def _drafted(made: Any) -> dict[str, Any]:
    states = Counter(line.state for line in made.lines)
    quoted = [
        _gap(line) | {"answer": line.answer, "document": line.source.title}
        for line in made.lines
        if line.state == "quoted"
    ]
    reused = sum(
        line.state == "proposed" and line.found is not None and line.found.entry.source == "answer"
        for line in made.lines
    )
    asked = Counter(" ".join(line.question.text.lower().split()) for line in made.lines)
    return {
        "questions": len(made.lines), "answered": states["proposed"], "reused": reused, "stale": states["stale"],
        "conflicting": states["conflict"], "gaps": [_gap(line) for line in made.lines if line.state == "gap"],
        "minutes": round(made.seconds / 60, 3), "seconds": round(made.seconds, 2), "given": states["given"],
        "duplicates": sum(count - 1 for count in asked.values()), "notes": made.notes, "not_filled": made.left,
        "quoted": quoted,
        "flagged": [
            _gap(line) | {"state": line.state, "answer": line.answer} for line in made.lines if line.state in ("stale", "conflict")
        ],
    }  # fmt: skip


def _gap(line: Any) -> dict[str, Any]:
    asked = line.question
    return {
        "sheet": asked.sheet,
        "at": asked.answer_at,
        "number": asked.number,
        "question": asked.text,
        "why": line.why,
    }


def _told(found: dict[str, Any]) -> str:
    lines = [
        f"{found['questions']} questions, {found['answered']} answered ({found['reused']} from past answers), {found['stale']} out of date,"
        f" {found['conflicting']} with answers that differ, {len(found['quoted'])} with words of a document that a person confirms,"
        f" {len(found['gaps'])} without an answer; {found['seconds']} s. Written to {found['out']}."
    ]
    lines += [
        f"  {each['number'] or each['at']}  {' '.join(each['question'].split())[:110]}"
        for each in found["gaps"][:40]
    ]
    return "\n".join(lines + list(found["notes"]))


@app.command("list")
def list_(state: Annotated[str, typer.Option(help="open or approved.")] = "") -> None:
    """List the questionnaires you may see, the newest first."""
    from remit.domains.questionnaires import queries

    with database():
        rows = queries.list_questionnaires(acting.scope(), state=state or None, size=200).rows
    head = ["state", "title", "account", "questions", "open", "due", "id"]
    cells = [(one.state, one.title, one.account, one.questions, one.open, one.due_on, one.id) for one in rows]
    output.show(
        {"questionnaires": rows},
        lambda: output.table(head, cells) if rows else "There is no questionnaire yet.",
    )


@app.command()
def show(
    questionnaire: Id,
    state: Annotated[str, typer.Option(help="Only lines in this state: gap, stale, conflict, …")] = "",
) -> None:
    """Show a questionnaire line by line, with the source, owner and age of each answer."""
    from remit.domains.questionnaires import queries

    with database():
        scope = acting.scope()
        found = queries.get_questionnaire(scope, _id(questionnaire))
        items = queries.list_items(scope, found.id, state=state or None)
        seen = queries.hash_of(queries.list_items(scope, found.id))
    head = ["line", "state", "question", "answer", "owner", "as of", "with"]
    cells = [
        (one.position, one.state, " ".join(one.question.split())[:60], f"{one.short} {one.answer}".strip()[:60], one.source_owner,
         one.as_of_on, one.assigned_name)
        for one in items
    ]  # fmt: skip
    output.show(
        {"questionnaire": found, "items": items, "answers_sha256": seen}, lambda: output.table(head, cells)
    )


@app.command()
def look(questionnaire: Id) -> None:
    """Look for answers again, for lines on which nobody decided."""
    import remit.wiring  # noqa: F401 - registers the handlers
    from remit.domains.questionnaires import drafting

    with database():
        states = drafting.look_again(acting.scope(), _id(questionnaire))
    output.show(
        {"states": states},
        ", ".join(f"{count} {state}" for state, count in states.items()) or "Nothing is open.",
    )


@app.command()
def answer(
    questionnaire: Id,
    line: Annotated[int, typer.Argument(min=1, help="The line, as `remit rfp show` counts them.")],
    accept: Annotated[bool, typer.Option("--accept", help="Take what is proposed.")] = False,
    text: Annotated[str, typer.Option(help="Write this answer.")] = "",
    short: Annotated[str, typer.Option(help="yes, no, partly, n/a, or one of the cell's choices.")] = "",
    blank: Annotated[str, typer.Option(help="Leave it blank, for this reason.")] = "",
) -> None:
    """Decide on one line: accept, write, or leave it blank."""
    import remit.wiring  # noqa: F401 - registers the handlers
    from remit.actions import perform
    from remit.domains.questionnaires import exporting, queries
    from remit.domains.questionnaires.deciding import AnswerQuestion

    if accept + bool(text or short) + bool(blank) != 1:
        raise output.CommandRefused(
            "usage", "Give one of --accept, --text or --short, and --blank.", exit_code=output.USAGE
        )
    with database():
        scope = acting.scope()
        item = exporting.found_item(queries.list_items(scope, _id(questionnaire)), line)
        action = AnswerQuestion(
            item_id=item.id, expected_version=item.version, decision="accept" if accept else "blank" if blank else "write",
            short=short, answer=text, reason=blank,
        )  # fmt: skip
        done = acting.done_at_once(perform(scope, action))
    output.show({"action_id": done.action_id, **done.result}, f"Line {line}: {done.result['state']}.")


@app.command("hand-over")
def hand_over(
    questionnaire: Id,
    to: Annotated[str, typer.Option(help="Which engineer, by name; else the territory's first.")] = "",
) -> None:
    """Hand the lines without a current answer to a solutions engineer, as a task."""
    import remit.wiring  # noqa: F401 - registers the handlers
    from remit.domains.questionnaires import handing, queries

    with database():
        scope, which = acting.scope(), _id(questionnaire)
        found = queries.get_questionnaire(scope, which)
        named = [
            one for one in queries.list_engineers(scope, found.access_id) if to.lower() in one.name.lower()
        ]
        if to and len(named) != 1:
            raise output.CommandRefused(
                "owner_unfit", f"No one solutions engineer who sees this account is called {to}."
            )
        handed = handing.hand_over(scope, which, engineer_id=named[0].id if to else None)
    output.show(handed, f"{handed.count} lines are with {handed.engineer.name}.")


@app.command()
def approve(
    questionnaire: Id,
    hash_: Annotated[
        str, typer.Option("--hash", help="The answers you looked at: `answers_sha256` of `remit rfp show`.")
    ],
) -> None:
    """Approve the answers as you saw them; from then on they may be exported."""
    import remit.wiring  # noqa: F401 - registers the handlers
    from remit.actions import perform
    from remit.domains.questionnaires import queries
    from remit.domains.questionnaires.actions import ApproveQuestionnaire

    with database():
        scope = acting.scope()
        found = queries.get_questionnaire(scope, _id(questionnaire))
        action = ApproveQuestionnaire(
            questionnaire_id=found.id, expected_version=found.version, answers_sha256=hash_
        )
        done = acting.done_at_once(perform(scope, action))
    output.show({"action_id": done.action_id, **done.result}, f"Approved: {found.title}.")


@app.command()
def export(questionnaire: Id, out: Out) -> None:
    """Write an approved questionnaire in the file that it came in."""
    import remit.wiring  # noqa: F401 - registers the handlers
    from remit.domains.questionnaires import exporting

    with database():
        made = exporting.export(acting.scope(), _id(questionnaire))
    _write(out, made.data)
    output.show(
        {"out": out, "filled": made.filled, "not_filled": made.left}, f"{made.filled} cells filled: {out}."
    )


def _bytes(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise output.CommandRefused("file_unreadable", f"{file} cannot be read: {error.strerror}.") from None


def _write(out: Path, data: bytes) -> None:
    try:
        out.write_bytes(data)
    except OSError as error:
        raise output.CommandRefused(
            "file_unwritable", f"{out} cannot be written: {error.strerror}."
        ) from None


def _id(text: str, what: str = "questionnaire") -> UUID:
    from remit.actions import NotFound

    try:
        return UUID(text)
    except ValueError:
        raise NotFound(what) from None
