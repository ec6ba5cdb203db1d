"""`remit answers …`: the firm's approved answers to buyers' questions, and learning them from questionnaires answered before."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from remit.cli import acting, output
from remit.cli.naming import record_id
from remit.cli.opening import database

app = typer.Typer(help="Approved answers to buyers' questions.", no_args_is_help=True)
Ids = Annotated[list[str], typer.Argument(metavar="ID…", help="`remit answers list` shows them.")]
Day = Annotated[datetime, typer.Option(formats=["%Y-%m-%d"])]


@app.command("list")
def list_(
    state: Annotated[str, typer.Option(help="draft, live, stale, superseded or retired.")] = "live",
    text: Annotated[str, typer.Option(help="Words of the question or answer.")] = "",
) -> None:
    """List answers by question, with owner, age and review date."""
    from remit.domains.questionnaires import answers
    from remit.kit import clock

    with database():
        rows = answers.list_answers(
            acting.scope(), clock.today(), state=state or None, text=text or None, size=500
        ).rows
    head = ["question", "answer", "owner", "as of", "review by", "used", "id"]
    cells = [
        (one.question[:60], f"{one.short} {one.answer}".strip()[:60], one.owner, one.as_of_on, one.review_by_on, one.used_count, one.id)
        for one in rows
    ]  # fmt: skip
    output.show({"answers": rows}, lambda: output.table(head, cells) if rows else "There is no such answer.")


@app.command()
def write(
    question: Annotated[str, typer.Option(help="As a buyer would ask it, without a client's name.")],
    answer: Annotated[str, typer.Option(help="What the firm answers.")],
    review_by: Day,
    short: Annotated[str, typer.Option(help="yes, no, partly or n/a, where that is asked.")] = "",
    as_of: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="True as of (today).")] = None,
    product: Annotated[str, typer.Option(help="The product it is about; empty for the firm.")] = "",
    source: Annotated[str, typer.Option(help="Where it is from.")] = "",
    replaces: Annotated[str, typer.Option(help="The approved answer that it takes the place of.")] = "",
) -> None:
    """Propose an answer; somebody else approves it."""
    from remit.domains.questionnaires.keeping import WriteAnswers, Written
    from remit.kit import clock

    row = Written(
        question=question, answer=answer, short=short, review_by_on=review_by.date(), as_of_on=as_of.date() if as_of else clock.today(),
        product=product, source_name=source, replaces_id=record_id(replaces) if replaces else None,
    )  # fmt: skip
    with database():
        done = acting.performed(WriteAnswers(answers=(row,)))
    output.show(done, "Waits for somebody else's approval.")


@app.command()
def learn(
    file: Annotated[Path, typer.Argument(help="A questionnaire that was answered: XLSX, XLSM, DOCX or CSV.")],
    as_of: Day,
    review_by: Day,
    product: Annotated[str, typer.Option(help="The product it is about; empty for the firm.")] = "",
) -> None:
    """Propose every answered line of a past questionnaire; answers that name a client are refused."""
    from remit.domains.questionnaires import learning

    try:
        data = file.read_bytes()
    except OSError as error:
        raise output.CommandRefused("file_unreadable", f"{file} cannot be read: {error.strerror}.") from None
    import remit.wiring  # noqa: F401 - registers the handlers

    with database():
        done = learning.learn(
            acting.scope(), data, file.name, as_of.date(), review_by.date(), product=product
        )
    output.show(
        done,
        f"{done.written} answers wait for approval; {done.known} are known, {len(done.left)} were left out.",
    )


@app.command()
def approve(ids: Ids) -> None:
    """Approve answers that others wrote."""
    _move(ids, "ApproveAnswers", "Approved.")


@app.command()
def retire(ids: Ids, reason: Annotated[str, typer.Option(help="Why.")]) -> None:
    """Take answers out of use, or drafts off the list."""
    _move(ids, "RetireAnswers", "Out of use.", reason=reason)


def _move(ids: list[str], kind: str, said: str, **more: str) -> None:
    from remit.actions import NotFound
    from remit.domains.questionnaires import answers, keeping

    wanted = [record_id(each) for each in ids]
    with database():
        found = {one.id: one.version for one in answers.list_by_ids(acting.scope(), wanted)}
    if len(found) != len(set(wanted)):
        raise NotFound("answer")
    action = getattr(keeping, kind)(answer_ids=tuple(found), expected_versions=tuple(found.values()), **more)
    with database():
        done = acting.performed(action)
    output.show(done, said)
