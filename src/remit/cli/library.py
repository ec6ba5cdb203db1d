"""`remit library …`: templates from a Markdown file to compliance's approval, and their texts for a contact."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from remit.cli import acting, output
from remit.cli.opening import database

app = typer.Typer(help="The library of approved templates.", no_args_is_help=True)
Which = Annotated[
    str, typer.Argument(metavar="TEMPLATE", help="KEY (its live version), KEY@NUMBER or a version's id.")
]
Several = Annotated[
    list[str], typer.Argument(metavar="TEMPLATE…", help="KEY@NUMBER or ids; KEY alone: its newest version.")
]
Reason = Annotated[str, typer.Option(help="Why; its maker reads this.")]


@app.command("list")
def list_(
    role: Annotated[str | None, typer.Option(help="sdr, ae or se")] = None,
    motion: Annotated[str | None, typer.Option(help="Only this motion.")] = None,
    persona: Annotated[str | None, typer.Option(help="Fit for this persona.")] = None,
    segment: Annotated[str | None, typer.Option(help="Fit for this segment.")] = None,
    state: Annotated[
        str | None, typer.Option(help="draft, review, compliance, live, returned, expired or superseded")
    ] = None,
    text: Annotated[str | None, typer.Option(help="Words of the title or key.")] = None,
) -> None:
    """List templates: the live version of each, else its newest; with --state every version in that state."""
    from remit.domains.library import queries

    filters = queries.Filters(
        role=role, motion=motion, persona=persona, segment=segment, state=state, text=text
    )
    rows, after = [], None
    with database():
        scope = acting.scope()
        while True:
            page = queries.list_templates(scope, filters, after=after, size=200)
            rows += [_document(one) for one in page.rows]
            if (after := page.next) is None:
                break
    head = ["state", "role", "motion", "key", "number", "title", "review by"]
    cells = [
        (
            one["state"],
            one["role"],
            one["motion"],
            one["key"],
            one["number"],
            one["title"],
            one["review_by_on"],
        )
        for one in rows
    ]
    output.show(
        {"templates": rows},
        lambda: (
            output.table(head, cells)
            if rows
            else "There is no template. Bring in those that ship: remit library import --shipped"
        ),
    )


@app.command()
def show(which: Which) -> None:
    """Show a version: its life, its tests, its text."""
    from remit.domains.library import fixtures, queries
    from remit.kit import clock

    with database():
        found = queries.find_template(acting.scope(), which)
    outcomes = fixtures.outcomes(found.source, clock.today())
    document = {**_document(found), "tests": output.plain(outcomes), "source": found.source}
    output.show(
        document,
        lambda: (
            f"{found.key} version {found.number}: {found.state}{', ' + found.why if found.why else ''}\n\n{found.source}"
        ),
    )


@app.command()
def render(
    which: Which,
    contact: Annotated[str | None, typer.Option(help="Contact: its id or e-mail address.")] = None,
    account: Annotated[
        str | None,
        typer.Option(help="Account: its id or name; a contact of it is chosen whom the template is for."),
    ] = None,
    value: Annotated[list[str] | None, typer.Option(help="NAME=TEXT, for each variable.")] = None,
    variant: Annotated[int, typer.Option(min=0, max=1000, help="Another wording.")] = 0,
    keep: Annotated[
        bool, typer.Option("--keep", help="Store it: an e-mail as a draft, anything else with the account.")
    ] = False,
    writer: Annotated[
        str, typer.Option(help="For --keep: model (the one of the settings, if any) or embedded")
    ] = "model",
) -> None:
    """The text that a live template gives for a contact, with what each line stands on."""
    import remit.wiring  # noqa: F401 - registers the handlers
    from remit.domains.library import keeping, using
    from remit.domains.outreach import queries as outreach

    if (contact is None) == (account is None):
        raise output.CommandRefused(
            "reader_needed", "Name one: --contact ID or --account ID.", exit_code=output.USAGE
        )
    if writer not in ("model", "embedded"):
        raise output.CommandRefused(
            "writer_unknown", "--writer is model or embedded.", exit_code=output.USAGE
        )
    entered = _values(value or [])
    with database():
        scope = acting.scope()
        who = (
            outreach.find_contact(scope, contact)
            if contact
            else using.pick_reader(scope, which, outreach.find_account(scope, str(account)))
        )
        used = using.use(scope, which, who, entered, variant)
        document = used.document()
        if keep and used.version.channel == "email":
            document["draft_id"] = using.write_from(
                scope,
                which,
                who,
                entered,
                variant=variant,
                by="embedded" if writer == "embedded" else "model",
            )
        elif keep:
            document["text_id"] = keeping.keep(scope, which, who, entered, variant=variant)
    output.show(document, lambda: _told(document))


@app.command("import")
def import_(
    paths: Annotated[
        list[Path] | None, typer.Argument(metavar="PATH…", help="Markdown files, or folders of them.")
    ] = None,
    shipped: Annotated[bool, typer.Option("--shipped", help="The templates that ship with Remit.")] = False,
) -> None:
    """Store templates as drafts; what has not changed makes no new version."""
    from remit.domains.library import shipped as ours

    store([*ours.texts().values()] if shipped else files_of(paths or []))


def store(sources: Sequence[str]) -> None:
    """Store texts of templates or sequences as drafts, and say how many."""
    from remit.domains.library.writing import WriteTemplates

    if not sources:
        raise output.CommandRefused(
            "nothing_to_import", "Name files or a folder with *.md, or --shipped.", exit_code=output.USAGE
        )
    done = _perform(WriteTemplates(sources=tuple(sources)))
    output.show(
        done,
        lambda: (
            f"{len(done['written'])} written as drafts, {len(done['unchanged'])} unchanged. Submit them: remit library submit KEY"
        ),
    )


@app.command()
def export(
    out: Annotated[Path, typer.Option(help="Folder to write to, one file each.")],
    which: Annotated[
        list[str] | None, typer.Argument(metavar="TEMPLATE…", help="Which; all when none is named.")
    ] = None,
) -> None:
    """Write templates as Markdown files, which import reads back without loss."""
    from remit.domains.library import queries
    from remit.kit.files import whole_file

    with database():
        scope = acting.scope()
        found = [queries.find_template(scope, one) for one in which or _every(scope)]
    out.mkdir(parents=True, exist_ok=True)
    for one in found:
        with whole_file(out / f"{one.key}.md") as file:
            file.write(one.source)
    output.show({"files": [str(out / f"{one.key}.md") for one in found]}, f"{len(found)} written to {out}")


@app.command()
def diff(
    which: Which,
    other: Annotated[str, typer.Argument(metavar="OTHER", help="The version to compare it with.")],
) -> None:
    """What the second version says otherwise than the first."""
    from remit.domains.library import comparing, queries

    with database():
        scope = acting.scope()
        one, two = queries.find_template(scope, which), queries.find_template(scope, other)
    text = comparing.unified(one.source, two.source, f"{one.key}@{one.number}", f"{two.key}@{two.number}")
    output.show({"from": _document(one), "to": _document(two), "diff": text}, text or "Both say the same.")


@app.command()
def submit(which: Several) -> None:
    """Ask a colleague for review; the tests of each have to pass."""
    _decide(which, "SubmitTemplates", "wait for review")


@app.command()
def review(which: Several) -> None:
    """Pass templates of others on to compliance."""
    _decide(which, "ReviewTemplates", "wait for compliance")


@app.command()
def approve(which: Several) -> None:
    """Compliance approves: they are live from here on."""
    _decide(which, "ApproveTemplates", "are live")


@app.command("return")
def return_(which: Several, reason: Reason) -> None:
    """Give templates back to their maker."""
    _decide(which, "ReturnTemplates", "went back", reason=reason)


@app.command()
def expire(which: Several, reason: Reason) -> None:
    """Take live templates out of use at once."""
    _decide(which, "ExpireTemplates", "are out of use", reason=reason)


@app.command()
def coverage() -> None:
    """Motions seen in the last 90 days, which of them have a live template, and the gaps by lost minutes."""
    import remit.wiring  # noqa: F401 - registers what the measure reads
    from remit.domains.library import coverage as covering
    from remit.kit import clock

    with database():
        found = covering.get_coverage(acting.scope(), clock.today())
    rows = [{**output.plain(one), "lost_minutes": one.lost_minutes} for one in found.motions]
    for one in rows:
        one.pop("ids")
    document = {
        "share": found.share,
        "pieces": found.pieces,
        "from": found.from_on,
        "until": found.until_on,
        "motions": rows,
        "gaps": [one.motion for one in found.gaps],
        "basis": covering.BASIS,
    }
    cells = [(one["title"], one["pieces"], one["templates"], one["lost_minutes"]) for one in rows]
    output.show(
        document,
        lambda: (
            output.table(["motion", "pieces", "templates", "lost minutes"], cells)
            if rows
            else "No work was logged."
        ),
    )


def _decide(which: Sequence[str], kind: str, said: str, **more: str) -> None:
    from remit.domains.library import actions, queries

    with database():
        scope = acting.scope()
        found = [
            queries.find_newest(scope, one)
            if kind != "ExpireTemplates"
            else queries.find_template(scope, one)
            for one in which
        ]
    action = getattr(actions, kind)(
        version_ids=tuple(one.id for one in found),
        expected_versions=tuple(one.version for one in found),
        **more,
    )
    done = _perform(action)
    output.show(
        {**done, "templates": [f"{one.key}@{one.number}" for one in found]},
        f"{', '.join(f'{one.key}@{one.number}' for one in found)} {said}.",
    )


def _perform(action: Any) -> dict[str, Any]:
    import remit.wiring  # noqa: F401 - registers the handlers
    from remit.actions import perform

    with database():
        done = acting.done_at_once(perform(acting.scope(), action))
    return {"action_id": done.action_id, **done.result}


def _every(scope: Any) -> list[str]:
    from remit.domains.library import queries

    keys, after = [], None
    while True:
        page = queries.list_templates(scope, queries.Filters(), after=after, size=200)
        keys += [str(one.id) for one in page.rows]
        if (after := page.next) is None:
            return keys


def files_of(paths: Sequence[Path]) -> list[str]:
    found: list[str] = []
    for path in paths:
        files = sorted(path.glob("*.md")) if path.is_dir() else [path]
        try:
            found += [each.read_text("utf-8") for each in files if each.name != "README.md"]
        except (OSError, UnicodeDecodeError) as error:
            raise output.CommandRefused("file_unreadable", f"{path} cannot be read: {error}") from None
    return found


def _values(given: Sequence[str]) -> dict[str, str]:
    found = {}
    for one in given:
        name, equals, text = one.partition("=")
        if not equals or not name.strip():
            raise output.CommandRefused(
                "value_unclear", f"--value is NAME=TEXT; {one[:40]!r} is not.", exit_code=output.USAGE
            )
        found[name.strip()] = text.strip()
    return found


def _document(one: Any) -> dict[str, Any]:
    names = (
        "id", "key", "number", "title", "role", "motion", "personas", "segments", "channel", "jurisdictions", "category", "owner",
        "review_by_on", "state", "why", "made_at", "approved_at", "version",
    )  # fmt: skip
    people = {
        "made_by": one.made_by_name,
        "reviewed_by": one.reviewed_by_name or None,
        "approved_by": one.approved_by_name or None,
    }
    return {**{name: getattr(one, name) for name in names}, **people}


def _told(document: dict[str, Any]) -> str:
    head = [
        f"{document['template']} version {document['number']} for {document['contact']}, {document['account']}"
    ]
    if document["channel"] == "email":
        head += [f"Subject: {document['subject']}"]
    lines = [*head, "", document["body"], ""]
    lines += [f"  {one['standing']:<8} {one['text'][:90]}" for one in document["lines"]]
    lines += [f"  left out: {one}" for one in document["left_out"]]
    if document["specific"]:
        lines.append(
            f"Specific to this account: {document['specific']['score']} of 100 ({'; '.join(document['specific']['reasons'])})"
        )
    kept = document.get("draft_id") or document.get("text_id")
    return "\n".join([*lines, f"Kept as {kept}"] if kept else lines)
