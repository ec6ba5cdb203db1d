"""`remit compliance …`: what was drawn for review, what was found and remedied, and how reviewers read."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any
from uuid import UUID

import typer

from remit.cli import acting, output
from remit.cli.naming import record_id
from remit.cli.opening import database

app = typer.Typer(no_args_is_help=True)
Id = Annotated[UUID, typer.Argument(parser=record_id, metavar="ID")]


@app.command()
def queue(
    done: Annotated[bool, typer.Option("--done", help="What was reviewed, instead of what waits.")] = False,
) -> None:
    """List what was drawn for review, for whoever oversees; who wrote a message is told once it is decided."""
    from remit.domains.supervision import queries

    with database():
        rows = (queries.list_done if done else queries.list_open)(acting.scope()).rows
    cells = [(one.due_on, one.account, one.subject, ", ".join(one.why), one.state, one.seeded_answer, one.id) for one in rows]  # fmt: skip
    head = ["due", "account", "subject", "why", "state", "seeded", "id"]
    output.show({"items": rows}, lambda: output.table(head, cells) if rows else "Nothing is there.")


@app.command()
def show(item: Id) -> None:
    """Show one message that was drawn, and what was found in it."""
    from remit.domains.supervision import queries

    with database():
        found, findings = queries.get_item(acting.scope(), item)
    output.show({"item": found, "findings": findings}, f"{found.subject}\n\n{found.body}")


@app.command()
def review(
    item: Id,
    finding: Annotated[
        list[str] | None,
        typer.Option(help="SEVERITY|RULE|WORDS|REMARK; several times. Without any it is clear."),
    ] = None,
    note: Annotated[str, typer.Option(help="A note on the whole.")] = "",
) -> None:
    """Say what you found in a message that was drawn, or that it is clear."""
    from remit.domains.supervision import queries
    from remit.domains.supervision.reviewing import Found, ReviewItem

    lines = [[*(part.strip() for part in one.split("|", 3)), ""] for one in finding or ()]
    if short := [one for one in lines if len(one) < 4]:
        raise output.CommandRefused("invalid", f"{short[0][0]!r}: write SEVERITY|RULE|WORDS|REMARK.", exit_code=output.USAGE)  # fmt: skip
    with database():
        found = queries.get_item(acting.scope(), item)[0]
    action = ReviewItem(
        item_id=item, expected_version=found.version, note=note,
        findings=tuple(Found.model_validate({"severity": a, "rule_id": b, "quote": c, "note": d}) for a, b, c, d, *_ in lines),
    )  # fmt: skip
    performed(action, "Reviewed.")


@app.command()
def draw() -> None:
    """Draw now what was delivered since the last time."""
    from remit.domains.supervision.sampling import DrawSamples

    performed(DrawSamples(), "{drawn} of {considered} messages were drawn.")


@app.command()
def sampling(
    check: Annotated[
        str, typer.Option(metavar="MONTH", help="Work out again the numbers of a month that is over.")
    ] = "",
) -> None:
    """List the sealed keys of the months, or check the numbers of one that is over."""
    from remit.domains.supervision import sampling as found

    with database():
        periods = found.list_periods(acting.scope())
        one = next((each for each in periods if each.period == check), None)
        wrong = found.list_wrong(acting.scope(), one) if one and one.revealed else []
    if check and (one is None or one.revealed is None):
        raise output.CommandRefused("not_over", f"The key of {check} is not shown: the month is not over, or was not sampled.")  # fmt: skip
    if wrong:
        raise output.CommandRefused("numbers_differ", f"{len(wrong)} messages have another number than the key gives.", details={"message_ids": wrong})  # fmt: skip
    cells = [(p.period, p.commitment, f"{p.sealed_at:%Y-%m-%d %H:%M}", p.revealed) for p in periods]
    output.show(
        {"periods": periods, "checked": check or None},
        lambda: output.table(["month", "hash of its key", "on record since", "key"], cells),
    )


@app.command()
def findings() -> None:
    """List what was found, and remediation that is not verified yet; for whoever does not oversee, what is theirs to do."""
    from remit.domains.supervision import queries

    with database():
        scope = acting.scope()
        found = queries.list_findings(scope) if queries.may_read(scope) else []
        remedies = queries.list_remedies(scope)
    cells = [(f.severity, f.rule_id, f.person_name, f.quote[:60], f"{f.verified} of {f.remedies}", f.id) for f in found]  # fmt: skip
    more = [(r.due_on, r.state, r.owner_name, r.task[:60], r.id) for r in remedies]
    output.show(
        {"findings": found, "remediation": remedies},
        lambda: "\n\n".join(
            [
                output.table(["severity", "rule", "by", "words", "verified", "id"], cells),
                output.table(["due", "state", "owner", "task", "id"], more),
            ]
        ),
    )


@app.command()
def remediate(
    finding: Id,
    task: Annotated[str, typer.Option(help="What is to be done.")],
    owner: Annotated[str, typer.Option(help="Who does it: name or e-mail address.")],
    due: Annotated[str, typer.Option(metavar="DAY", help="By when.")],
) -> None:
    """Say what is to be done about a finding."""
    from remit import identity
    from remit.actions import NotFound
    from remit.domains.supervision.remedies import OpenRemediation

    with database():
        person = identity.find_person(owner)
    if person is None:
        raise NotFound("person")
    performed(
        OpenRemediation(finding_id=finding, owner_id=person.id, task=task, due_on=day_of(due)),
        "Set: {remediation_id}",
    )


@app.command()
def complete(remediation: Id, note: Annotated[str, typer.Option(help="What was done.")]) -> None:
    """Say that a remediation of yours is done."""
    from remit.domains.supervision import queries
    from remit.domains.supervision.remedies import CompleteRemediation

    with database():
        version = queries.find_remedy(acting.scope(), remediation).version
    performed(
        CompleteRemediation(remediation_id=remediation, expected_version=version, note=note),
        "Done; compliance looks at it.",
    )


@app.command()
def verify(
    remediation: Id,
    note: Annotated[str, typer.Option(help="What you looked at, or what is missing.")] = "",
    back: Annotated[bool, typer.Option("--back", help="Give it back instead.")] = False,
) -> None:
    """Verify a remediation that somebody else did."""
    from remit.domains.supervision import queries
    from remit.domains.supervision.remedies import VerifyRemediation

    with database():
        version = queries.find_remedy(acting.scope(), remediation).version
    action = VerifyRemediation(
        remediation_id=remediation, expected_version=version, accepted=not back, note=note
    )
    performed(action, "Given back." if back else "Verified.")


@app.command()
def reviewers() -> None:
    """List how many seeded drafts people caught, beside what they decided of real ones."""
    from remit.domains.supervision import reviewers as found

    with database():
        rows = found.list_reviewers(acting.scope())
    documents = [
        {
            "person_id": one.id, "name": one.name, "caught": one.reading.caught, "answered": one.reading.answered, "rate": one.reading.rate,
            "interval": one.reading.interval, "bound": one.reading.bound, "needed": one.reading.needed, "least": one.reading.least,
            "enough": one.reading.enough, "may_approve": one.reading.may_approve,
            "real_rejected": one.reading.rejected, "real_decided": one.reading.decided, "most_rejected": one.reading.most_rejected, "approved": one.approved, "rejected": one.rejected,
            "reviewed": one.reviewed, "with_findings": one.with_findings, "median_seconds": one.seconds,
        }
        for one in rows
    ]  # fmt: skip
    cells = [(one.name, one.reading.told(), "yes" if one.reading.may_approve else "no", one.approved, one.rejected) for one in rows]  # fmt: skip
    head = ["name", "seeded drafts", "may approve", "approved", "rejected"]
    output.show(
        {"reviewers": documents}, lambda: output.table(head, cells) if rows else "Nobody has answered yet."
    )


@app.command()
def seed(
    most: Annotated[
        int | None, typer.Option(min=1, max=50, help="A week, each; default the setting.")
    ] = None,
) -> None:
    """Put the seeded drafts that the week still lacks."""
    from remit.domains.supervision.seeding import SeedDrafts

    performed(SeedDrafts(most=most), "{approvals} among approvals, {queue} in the review queue.")


@app.command()
def restore(
    person: Annotated[str, typer.Argument(help="Who may approve again: name or e-mail address.")],
    reason: Annotated[str, typer.Option(help="Why.")],
) -> None:
    """Give somebody the power to approve back."""
    from remit import identity
    from remit.actions import NotFound
    from remit.domains.supervision.reviewers import RestoreApprover

    with database():
        found = identity.find_person(person)
    if found is None:
        raise NotFound("person")
    performed(RestoreApprover(person_id=found.id, reason=reason), "They may approve again.")


def performed(action: Any, said: str) -> None:
    """Perform it at once and say so; `said` is filled with its result. Raises what the door raises."""
    import remit.wiring  # noqa: F401 - registers the handlers
    from remit.actions import perform

    with database():
        done = acting.done_at_once(perform(acting.scope(), action))
    output.show({"action_id": done.action_id, **done.result}, said.format(**done.result))


def day_of(text: str) -> date:
    """A day as 2027-06-30. Raises CommandRefused."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise output.CommandRefused(
            "invalid", f"{text!r} is no day; write it as 2027-06-30.", exit_code=output.USAGE
        ) from None
