"""`remit resume SCOPE [--reason R]`: lift a halt; what it recalled waits in Approvals."""

from __future__ import annotations

from typing import Annotated, Any, Final
from uuid import UUID

import typer

from remit.cli import acting, output
from remit.cli.halt import recalled_lines
from remit.cli.opening import database

UNSAID: Final = "No reason given; lifted from the command line."
"""What the log holds where no --reason was given: it says so instead of making one up."""

app = typer.Typer(help="Lift a halt; what it recalled waits for a person to decide.")


@app.command()
def resume(
    scope: Annotated[str, typer.Argument(help="The scope as it was halted; `remit halt` lists them.")],
    reason: Annotated[str, typer.Option(help="Why it may go on; the log says when none was given.")] = UNSAID,
) -> None:
    """Lift a halt; what it recalled waits for a person to decide."""
    with database():
        document = _resumed(scope, reason)
    output.show(document, lambda: _told(document))


def _resumed(text: str, reason: str) -> dict[str, Any]:
    import remit.wiring  # noqa: F401 - registers the handlers
    from remit.actions import Waiting, perform
    from remit.domains.governance import queries
    from remit.domains.governance.actions import Resume
    from remit.policy.halt import parse_scope

    who = acting.scope()
    done = perform(who, Resume(scope=str(parse_scope(text)), reason=reason))
    if isinstance(done, Waiting):
        return {
            "state": "waiting",
            "scope": text,
            "suggestion_id": done.suggestion_id,
            "payload_hash": done.payload_hash,
            "sentence": done.sentence,
            "approver_roles": done.approver_roles,
        }
    return {
        "state": "lifted",
        **done.result,
        "recalled": queries.list_recalled(who, UUID(done.result["halt_id"])),
    }


def _told(document: dict[str, Any]) -> str:
    if document["state"] == "waiting":
        return (
            f"{document['sentence']}\n"
            f"To approve: remit --as PERSON approve {document['suggestion_id']} --hash {document['payload_hash']}"
        )
    lines = [f"Lifted: {document['scope']}. New work may go on."]
    if document["recalled"]:
        lines.append("These were recalled; nothing of it leaves by itself:")
        lines += recalled_lines(document["recalled"])
    return "\n".join(lines)
