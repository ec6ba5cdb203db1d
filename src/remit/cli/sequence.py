"""`remit sequence …`: sequences, who is in them, and what people do with the runs. Their life is that of templates: `remit library`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

import typer

from remit.cli import acting, output
from remit.cli.library import _perform, _values
from remit.cli.opening import database

app = typer.Typer(help="Sequences: timed plans of e-mails, calls and tasks.", no_args_is_help=True)
Which = Annotated[
    str, typer.Argument(metavar="SEQUENCE", help="KEY (its live version), KEY@NUMBER or a version's id.")
]
Runs = Annotated[list[str] | None, typer.Argument(metavar="RUN…", help="Ids of runs; or --all SEQUENCE.")]
Count = Annotated[
    int | None, typer.Option("--count", min=1, help="With --all: how many runs you know these to be.")
]
All = Annotated[
    str | None, typer.Option("--all", metavar="SEQUENCE", help="All runs of this sequence that you see.")
]
Reason = Annotated[str, typer.Option(help="Why; the owners of the runs read this.")]


@app.command("list")
def list_(
    state: Annotated[str | None, typer.Option(help="draft, review, compliance, live, returned, expired or superseded")] = None,
) -> None:  # fmt: skip
    """List sequences with how many runs are in which state."""
    from remit.domains.library.queries import Filters
    from remit.domains.sequences import queries

    with database():
        found = queries.list_sequences(acting.scope(), Filters(state=state))
    rows: list[dict[str, Any]] = [
        {
            "id": one.version.id, "key": one.version.key, "number": one.version.number, "title": one.version.title, "state": one.version.state,
            "steps": len(one.version.template.steps), "runs": dict(one.states), "at": dict(one.steps),
        }
        for one in found
    ]  # fmt: skip
    cells = [
        (one["state"], one["key"], one["number"], one["title"], one["steps"], *(one["runs"].get(name, 0) for name in ("active", "paused", "finished", "stopped")))
        for one in rows
    ]  # fmt: skip
    head = ["state", "key", "number", "title", "steps", "running", "paused", "finished", "stopped"]
    output.show(
        {"sequences": rows},
        lambda: (
            output.table(head, cells)
            if rows
            else "There is no sequence. Bring in those that ship: remit sequence import --shipped"
        ),
    )


@app.command()
def show(which: Which) -> None:
    """Show a sequence: its steps with the day of each and the texts they take, its tests, what came of it."""
    from remit.domains.library import fixtures
    from remit.domains.library.queries import find_template
    from remit.domains.library.steps import walk
    from remit.domains.sequences import queries
    from remit.kit import clock

    with database():
        scope = acting.scope()
        version = _sequence(find_template(scope, which))
        texts, listed = queries.get_texts(scope, version), queries.get_listed(scope, version)
        came, reasons = (
            queries.get_came(scope, version.template_id),
            queries.get_reasons(scope, version.template_id),
        )
    days = {step.name: day for day, step in walk(version.template.steps, {})[0]}
    steps = [
        {**step.model_dump(), "day": days.get(step.name), "runs": listed.steps.get(step.name, 0), "texts": [output.plain(one) for one in texts.get(step.name, ())]}
        for step in version.template.steps
    ]  # fmt: skip
    document = {
        "id": version.id, "key": version.key, "number": version.number, "title": version.title, "state": version.state, "why": version.why,
        "steps": steps, "tests": output.plain(fixtures.outcomes(version.source, clock.today())), "runs": dict(listed.states),
        "came": output.plain(came), "reasons": dict(reasons),
    }  # fmt: skip
    cells = [
        (f"day {one['day']}" if one["day"] is not None else "", one["name"], one["kind"], one["say"] or ", ".join(one["templates"]) + (" (new thread)" if one["thread"] == "new" else "") or _branch(one), one["runs"])
        for one in steps
    ]  # fmt: skip
    output.show(
        document,
        lambda: (
            f"{version.title}: {version.state}\n\n"
            + output.table(["when", "step", "kind", "what", "runs"], cells)
        ),
    )


@app.command("import")
def import_(
    paths: Annotated[
        list[Path] | None, typer.Argument(metavar="PATH…", help="Markdown files, or folders of them.")
    ] = None,
    shipped: Annotated[bool, typer.Option("--shipped", help="The sequences that ship with Remit.")] = False,
) -> None:
    """Store sequences as drafts; submit, review and approve them with `remit library`."""
    from remit.cli.library import files_of, store
    from remit.domains.library import shipped as ours

    store([*ours.sequences().values()] if shipped else files_of(paths or []))


@app.command()
def enrol(
    which: Which,
    contact: Annotated[
        list[str] | None, typer.Option(help="A contact: its id or e-mail address; may be repeated.")
    ] = None,
    file: Annotated[Path | None, typer.Option(help="A file with one address or id a line.")] = None,
    value: Annotated[
        list[str] | None, typer.Option(help="NAME=TEXT, for what the sequence asks for.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say who could be enrolled.")] = False,
) -> None:
    """Put contacts into a live sequence; who may not be written to is left out, with the reason."""
    import remit.wiring  # noqa: F401 - registers the handlers
    from remit.domains.library.queries import find_template
    from remit.domains.sequences import enrolling

    asked = [*(contact or []), *_lines(file)]
    if not asked:
        raise output.CommandRefused(
            "contact_needed", "Name contacts: --contact ID or --file FILE.", exit_code=output.USAGE
        )
    with database():
        scope = acting.scope()
        version = _sequence(find_template(scope, which))
        ids, unknown = enrolling.find_contacts(scope, asked)
        judged = enrolling.get_judged(scope, version, ids) if dry_run else []
    if dry_run:
        rows = [
            {
                "contact_id": one.row.id,
                "name": one.row.name,
                "account": one.row.account,
                "fit": one.fit,
                "why": one.why,
            }
            for one in judged
        ]
        cells = [(row["name"], row["account"], "yes" if row["fit"] else row["why"]) for row in rows]
        output.show(
            {"contacts": rows, "not_found": unknown},
            lambda: output.table(["contact", "account", "can be enrolled"], cells),
        )
        return
    if not ids:
        raise output.CommandRefused(
            "not_found",
            f"There is no such contact, or you may not see it: {unknown[0]}",
            exit_code=output.NOT_FOUND,
        )
    with database():
        done = enrolling.enrol(acting.scope(), version, ids, _values(value or []))
    lines = [
        f"{len(done['enrolled'])} enrolled in {version.title}.",
        *(f"  left out: {one['name']}: {one['why']}" for one in done["left_out"]),
        *(f"  waits for approval: {one['account']} ({one['suggestion_id']})" for one in done["waiting"]),
    ]
    output.show(
        {**done, "unknown": unknown}, "\n".join([*lines, *(f"  not found: {one}" for one in unknown)])
    )


@app.command()
def runs(
    which: Annotated[str | None, typer.Argument(metavar="SEQUENCE", help="Only of this sequence.")] = None,
    state: Annotated[str | None, typer.Option(help="active, paused, stopped or finished")] = None,
    step: Annotated[str | None, typer.Option(help="Only those at this step.")] = None,
    mine: Annotated[bool, typer.Option("--mine", help="Only those that you enrolled.")] = False,
    limit: Annotated[int, typer.Option(min=1, max=200)] = 50,
) -> None:
    """List runs: who is where, what comes next and when, and why one stopped."""
    from remit.domains.library.queries import find_template
    from remit.domains.sequences import queries

    with database():
        scope = acting.scope()
        sequence = _sequence(find_template(scope, which)).template_id if which else None
        filters = queries.Filters(sequence, state, step, scope.person_id if mine else None)
        page = queries.list_runs(scope, filters, size=limit)
    rows = [{**output.plain(one), "now": one.now} for one in page.rows]
    cells = [
        (
            one.id,
            one.contact,
            one.account,
            one.now,
            one.step,
            one.due_at.strftime("%Y-%m-%d %H:%M") if one.due_at else "",
            one.why,
        )
        for one in page.rows
    ]
    head = ["run", "contact", "account", "now", "step", "due (UTC)", "why"]
    output.show(
        {"runs": rows, "next": page.next},
        lambda: output.table(head, cells) if rows else "Nobody is in a sequence here.",
    )


@app.command()
def pause(reason: Reason, run: Runs = None, of: All = None, count: Count = None) -> None:
    """Pause runs; what waits for approval is taken back."""
    _steer("pause", run, of, count, reason=reason)


@app.command()
def resume(
    run: Runs = None,
    of: All = None,
    count: Count = None,
    reason: Annotated[str, typer.Option(help="After a restore: how you know what was sent since.")] = "",
) -> None:
    """Let paused runs go on."""
    _steer("resume", run, of, count, reason=reason)


@app.command()
def stop(reason: Reason, run: Runs = None, of: All = None, count: Count = None) -> None:
    """End runs for good."""
    _steer("stop", run, of, count, reason=reason)


@app.command()
def skip(run: Annotated[str, typer.Argument(metavar="RUN")], reason: Reason) -> None:
    """Go on without the step that a run is at."""
    from remit.domains.sequences import queries
    from remit.domains.sequences.steering import SkipStep

    with database():
        found = queries.get_run(acting.scope(), _id(run))
    done = _perform(SkipStep(enrolment_id=found.id, expected_version=found.version, reason=reason))
    output.show(done, f"{found.contact} goes on without the step {done['left_out']}.")


@app.command("next")
def next_() -> None:
    """Take now what is due, as the workers do every few seconds: steps, and the e-mails that wait to be asked for."""
    import remit.wiring  # noqa: F401 - registers the handlers
    from remit.workflows.run_sequences import run_once

    with database():
        acting.scope()
        tally = run_once()
    output.show(
        {"done": dict(tally)},
        ", ".join(f"{n} {name}" for name, n in sorted(tally.items()) if n) or "Nothing is due.",
    )


def _steer(verb: str, run: Sequence[str] | None, of: str | None, count: int | None, **more: str) -> None:
    from remit.domains.sequences import steering
    from remit.domains.sequences.steering_many import steer_each

    if bool(run) == bool(of):
        raise output.CommandRefused(
            "runs_unclear", "Name runs by id, or --all SEQUENCE.", exit_code=output.USAGE
        )
    meant: dict[str, Any] = {"enrolment_ids": tuple(_id(one) for one in run or ())}
    if of:
        meant = {"sequence_id": _all_of(of, verb, count), "expected_count": count}
    kind = {
        "pause": steering.PauseEnrolments,
        "resume": steering.ResumeEnrolments,
        "stop": steering.StopEnrolments,
    }[verb]
    with database():
        done = steer_each(acting.scope(), kind(**meant, **more))
    held = [f"  still held: {why}" for why in dict.fromkeys(done.get("held", {}).values())]
    refused = [f"  not at {one['account']}: {one['why']}" for one in done["refused"]]
    output.show(done, "\n".join([f"{done['count']} now {done['state']}.", *held, *refused]))


def _all_of(which: str, verb: str, count: int | None) -> UUID:
    """The sequence whose runs are all meant; whoever means them says how many they are."""
    from remit.domains.library.queries import find_template
    from remit.domains.sequences import queries
    from remit.domains.sequences.steering import MEANT

    with database():
        scope = acting.scope()
        version = _sequence(find_template(scope, which))
        states = queries.get_listed(scope, version).states
    found = sum(states.get(state, 0) for state in MEANT[verb])
    if found and count is None:
        told = " and ".join(
            f"{states[state]} {'running' if state == 'active' else 'paused'}"
            for state in MEANT[verb]
            if states.get(state)
        )
        raise output.CommandRefused(
            "count_needed", f"“{version.title}” has {told} that you see. To {verb} all of them: --count {found}", exit_code=output.USAGE,
        )  # fmt: skip
    sequence: UUID = version.template_id
    return sequence


def _sequence(version: Any) -> Any:
    if version.channel != "sequence":
        raise output.CommandRefused("not_a_sequence", f"{version.key} is a template, not a sequence.")
    return version


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise output.CommandRefused(
            "not_found", "There is no such run, or you may not see it.", exit_code=output.NOT_FOUND
        ) from None


def _lines(path: Path | None) -> list[str]:
    if path is None:
        return []
    try:
        return [line.strip() for line in path.read_text("utf-8").splitlines() if line.strip()]
    except (OSError, UnicodeDecodeError) as error:
        raise output.CommandRefused("file_unreadable", f"{path} cannot be read: {error}") from None


def _branch(step: dict[str, Any]) -> str:
    return f"on {step['event']}: {step['then']}" if step["event"] else ""
