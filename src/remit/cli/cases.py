"""`remit cases …`: documented cases of better productivity, from the times to a manager's signature."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

import typer

from remit.cli import acting, output
from remit.cli.opening import database
from remit.domains.productivity.motions import MOTIONS

app = typer.Typer(
    help="Cases of better productivity: what was timed before and with AI.", no_args_is_help=True
)
CaseId = Annotated[str, typer.Argument(metavar="ID", help="The case; `remit cases list` shows it.")]


@app.command("list")
def list_() -> None:
    """List the cases you may see; those that wait for a manager come first."""
    from remit.domains.productivity import queries

    with database():
        rows = [_document(one) for one in queries.list_cases(acting.scope())]
    head = ["state", "title", "owner", "work", "before", "with AI", "minutes", "at most", "id"]
    cells = [
        (
            one["state"], one["title"], one["owner"], one["motion"], one["before_count"], one["with_ai_count"],
            _minutes(one["point_minutes"]), _minutes(one["bound_minutes"]), one["id"],
        )
        for one in rows
    ]  # fmt: skip
    output.show({"cases": rows}, lambda: output.table(head, cells) if rows else "There is no case yet.")


@app.command()
def show(case: CaseId) -> None:
    """Show a case with everything that was timed and the artefacts it stands on."""
    from remit.domains.productivity import queries

    with database():
        found = queries.get_case(acting.scope(), _id(case))
    document = {**_document(found), "method": found.method, "observations": output.plain(found.observations)}
    output.show(document)


@app.command("open")
def open_(
    title: Annotated[str, typer.Option(help="What the case is about, without a client's words.")],
    motion: Annotated[str, typer.Option(help=f"One of: {', '.join(MOTIONS)}.")],
    method: Annotated[str, typer.Option(help="How it was timed.")],
    times: Annotated[
        Path, typer.Option(help="CSV: side (before, with_ai), minutes, date, stratum, artefact, note.")
    ],
) -> None:
    """Open a case of your own work from a table of times."""
    from remit.domains.productivity.actions import OpenProductivityCase

    action = OpenProductivityCase(title=title, motion=motion, method=method, observations=_times(times))
    _perform(action, "Opened. Submit it: remit cases submit {case_id}")


@app.command()
def edit(
    case: CaseId,
    times: Annotated[Path | None, typer.Option(help="Replace the times by those of this CSV.")] = None,
    title: Annotated[str | None, typer.Option(help="Another title.")] = None,
    motion: Annotated[
        str | None, typer.Option(help=f"Another kind of work, one of: {', '.join(MOTIONS)}.")
    ] = None,
    method: Annotated[str | None, typer.Option(help="How it was timed.")] = None,
) -> None:
    """Change a case of your own that is a draft or was returned."""
    from remit.domains.productivity import queries
    from remit.domains.productivity.actions import EditProductivityCase, Timed

    with database():
        found = queries.get_case(acting.scope(), _id(case))
    kept = tuple(
        Timed(**{name: getattr(one, name) for name in Timed.model_fields}) for one in found.observations
    )
    action = EditProductivityCase(
        case_id=found.id, expected_version=found.version, title=title or found.title, motion=motion or found.motion,
        method=method or found.method, observations=_times(times) if times else kept,
    )  # fmt: skip
    _perform(action, "Changed. Submit it: remit cases submit {case_id}")


@app.command()
def baselines() -> None:
    """List how long work took before, as it is on record."""
    from remit.domains.productivity.baselines import list_baselines

    with database():
        rows = output.plain(list_baselines(acting.scope()))
    head = ["work", "how hard", "minutes", "day", "recorded by", "approved by"]
    cells = [
        (one["motion"], one["stratum"], one["minutes"], one["observed_on"], one["recorded_by"], one["approved_by"])
        for one in rows
    ]  # fmt: skip
    output.show(
        {"baselines": rows}, lambda: output.table(head, cells) if rows else "No baseline is on record."
    )


@app.command()
def baseline(
    motion: Annotated[str, typer.Option(help=f"One of: {', '.join(MOTIONS)}.")],
    method: Annotated[str, typer.Option(help="How it was timed.")],
    times: Annotated[Path, typer.Option(help="CSV: side (before), minutes, date, stratum (simple, standard, complex), note.")],
) -> None:  # fmt: skip
    """Record how long work took before there was AI; a manager or the VP approves it."""
    from remit.domains.productivity.baselines import RecordBaseline

    _perform(RecordBaseline(motion=motion, method=method, observations=_times(times)), "On record.")


@app.command()
def submit(case: CaseId) -> None:
    """Ask a manager to sign the case."""
    _decide(case, "SubmitProductivityCase", "It waits for a manager who is not its owner.")


@app.command()
def sign(case: CaseId) -> None:
    """Sign a case of somebody else whose evidence you have looked at."""
    _decide(case, "SignProductivityCase", "Signed.")


@app.command("return")
def return_(case: CaseId, reason: Annotated[str, typer.Option(help="Why; its owner reads this.")]) -> None:
    """Give a case back to its owner."""
    _decide(case, "ReturnProductivityCase", "Returned.", reason=reason)


def _decide(case: str, kind: str, said: str, **more: str) -> None:
    from remit.domains.productivity import actions, queries

    case_id = _id(case)
    with database():
        version = queries.get_case(acting.scope(), case_id).version
    _perform(getattr(actions, kind)(case_id=case_id, expected_version=version, **more), said)


def _perform(action: Any, said: str) -> None:
    import remit.wiring  # noqa: F401 - registers the handlers
    from remit.actions import perform

    with database():
        done = acting.done_at_once(perform(acting.scope(), action))
    output.show({"action_id": done.action_id, **done.result}, said.format(**done.result))


def _times(path: Path) -> Any:
    from remit.domains.productivity.times import TimesUnreadable, table
    from remit.kit import clock

    try:
        return table(path.read_text("utf-8-sig").splitlines(), clock.today())
    except (OSError, UnicodeDecodeError) as error:
        raise output.CommandRefused("file_unreadable", f"{path} cannot be read: {error}") from None
    except TimesUnreadable as error:
        raise output.CommandRefused(error.code, f"{path}: {error}.") from None


def _id(text: str) -> UUID:
    from remit.actions import NotFound

    try:
        return UUID(text)
    except ValueError:
        raise NotFound("case") from None


def _document(case: Any) -> dict[str, Any]:
    compared = case.strata
    return {
        "id": case.id, "title": case.title, "owner": case.owner, "motion": case.motion, "state": case.state,
        "before_count": compared.before_count, "with_ai_count": compared.with_ai_count, "left_out": compared.left_out,
        "point_minutes": case.point_minutes,
        "bound_minutes": case.bound_minutes, "better": case.better,
        "signed_by": case.decided_by_name if case.state == "signed" else None, "decided_at": case.decided_at,
        "reason": case.reason, "version": case.version,
    }  # fmt: skip


def _minutes(value: float | None) -> str:
    return "" if value is None else f"{value:+.1f}"
