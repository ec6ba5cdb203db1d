"""`remit compliance …`: categories and profiles of rules; what was drawn for review, what was found, and how reviewers read."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any
from uuid import UUID

import typer

from remit.cli import acting, output
from remit.cli.naming import record_id
from remit.cli.opening import database

app = typer.Typer(help="Supervision of what is written to clients.", no_args_is_help=True)
Id = Annotated[UUID, typer.Argument(parser=record_id, metavar="ID")]
Day = Annotated[str, typer.Option("--until", metavar="DAY", help="Last day, as 2027-06-30.")]


@app.command()
def categories() -> None:
    """List the categories of templates with their approval, and what is wrong with it."""
    from remit.domains.supervision import categories as found
    from remit.kit import clock

    with database():
        standing = found.get_standing(acting.scope(), clock.today())
    rows = [
        {
            "category": one.key, "title": one.title, "in_use": one.in_use, "live": len(one.live_ids), "uses": one.uses,
            "needed": one.needed, "approved": one.in_use and not one.why_not, "why_not": one.why_not, "not_covered": one.new,
            "approval_id": one.approval.id if one.approval else None, "approved_by": one.approval.approved_by_name if one.approval else None,
            "expires_on": one.approval.expires_on if one.approval else None,
        }
        for one in standing.categories
    ]  # fmt: skip
    cells = [(r["category"], r["live"], r["uses"], "yes" if r["approved"] else "no", r["expires_on"], r["why_not"]) for r in rows]  # fmt: skip
    output.show(
        {"categories": rows, "rules_sha256": standing.rules_sha256},
        lambda: output.table(["category", "live", "uses", "approved", "until", "why not"], cells),
    )


@app.command()
def approve(
    category: Annotated[str, typer.Argument(help="The category; `remit compliance categories` lists them.")],
    until: Day, note: Annotated[str, typer.Option(help="A note for whoever reads it later.")] = "",
) -> None:  # fmt: skip
    """Approve a category as it stands now."""
    from remit.domains.supervision.approving import ApproveCategory
    from remit.domains.supervision.categories import get_category

    with database():
        one, standing, _ = get_category(acting.scope(), category)
    action = ApproveCategory(
        category=category, rules_sha256=standing.rules_sha256, version_ids=tuple(one.live_ids), expires_on=_day(until), note=note
    )  # fmt: skip
    _perform(action, f"{one.title}: approved until {until}.")


@app.command()
def withdraw(
    category: Annotated[str, typer.Argument(help="The category.")],
    reason: Annotated[str, typer.Option(help="Why.")],
) -> None:
    """Take the approval of a category back."""
    from remit.actions import NotFound
    from remit.domains.supervision.approving import WithdrawCategory
    from remit.domains.supervision.categories import get_category

    with database():
        one = get_category(acting.scope(), category)[0]
    if one.approval is None:
        raise NotFound("approval")
    action = WithdrawCategory(
        approval_id=one.approval.id, expected_version=one.approval.version, reason=reason
    )
    _perform(action, f"{one.title}: withdrawn.")


@app.command()
def profiles() -> None:
    """List the rule profiles in force."""
    from remit.domains.supervision import profiles as found

    with database():
        rows = found.list_profiles(acting.scope())
    cells = [
        (p.entity, p.jurisdiction, p.number, " ".join(p.regimes), f"{p.sample_rate:.0%}", f"{p.retention_years} years")
        for p in rows
    ]  # fmt: skip
    head = ["entity", "readers", "version", "regimes", "sample", "kept"]
    output.show({"profiles": rows}, lambda: output.table(head, cells) if rows else "No rule profile is set.")


@app.command("set-profile")
def set_profile(
    entity: Annotated[str, typer.Argument(help="The entity of ours.")],
    jurisdiction: Annotated[str, typer.Argument(help="Where the readers are: US, UK, EU, APAC.")],
    regime: Annotated[
        list[str], typer.Option(help="us_broker_dealer, us_adviser, uk_firm or eu_firm; several times.")
    ],
    approval_of: Annotated[
        list[str] | None, typer.Option(help="Category that needs an approval; default what the regimes ask.")
    ] = None,
    two_people: Annotated[bool, typer.Option("--two-people", help="A category takes two people.")] = False,
    disclosure: Annotated[
        list[str] | None, typer.Option(help="Line under each message; default the regimes'.")
    ] = None,
    sample_percent: Annotated[float, typer.Option(min=0, max=100, help="Share of messages drawn.")] = 5,
    first: Annotated[
        int, typer.Option(min=0, max=1000, help="So many of a new template are all drawn.")
    ] = 20,
    due_days: Annotated[int, typer.Option(min=1, max=90, help="Days to review one.")] = 5,
    keep_years: Annotated[
        int | None, typer.Option(min=1, max=100, help="Years to keep; default the regimes'.")
    ] = None,
) -> None:
    """Ask for a rule profile, or another version of one; a second person approves it."""
    from remit.domains.supervision import profiles as found
    from remit.evidence import conduct_regimes

    known = conduct_regimes.current()
    mine = [known[name] for name in regime if name in known]
    with database():
        before = [
            one for one in found.list_profiles(acting.scope()) if (one.entity, one.jurisdiction) == (entity, jurisdiction)
        ]  # fmt: skip
    asked: dict[str, Any] = {
        "approval_of": tuple(approval_of or dict.fromkeys(name for one in mine for name in one.approval_of)),
        "disclosures": tuple(disclosure or (one.disclosure.replace("{entity}", entity) for one in mine if one.disclosure)),
        "retention_years": keep_years or max((one.retention_years for one in mine), default=5),
    }  # fmt: skip
    action = found.SetRuleProfile(
        entity=entity, jurisdiction=jurisdiction, after_number=before[0].number if before else 0, regimes=tuple(regime),
        two_people=two_people, sample_rate=sample_percent / 100, new_template_count=first, due_days=due_days, **asked,
    )  # fmt: skip
    _perform(action, "In force.")


@app.command()
def queue(
    done: Annotated[bool, typer.Option("--done", help="What was reviewed, instead of what waits.")] = False,
) -> None:
    """List what was drawn for review; who wrote a message is told once it is decided."""
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
    _perform(action, "Reviewed.")


@app.command()
def draw() -> None:
    """Draw now what was delivered since the last time."""
    from remit.domains.supervision.sampling import DrawSamples

    _perform(DrawSamples(), "{drawn} of {considered} messages were drawn.")


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
    """List what was found, and remediation that is not verified yet."""
    from remit.domains.supervision import queries

    with database():
        scope = acting.scope()
        found, remedies = queries.list_findings(scope), queries.list_remedies(scope)
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
    _perform(
        OpenRemediation(finding_id=finding, owner_id=person.id, task=task, due_on=_day(due)),
        "Set: {remediation_id}",
    )


@app.command()
def complete(remediation: Id, note: Annotated[str, typer.Option(help="What was done.")]) -> None:
    """Say that a remediation of yours is done."""
    from remit.domains.supervision import queries
    from remit.domains.supervision.remedies import CompleteRemediation

    with database():
        version = queries.find_remedy(acting.scope(), remediation).version
    _perform(
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
    _perform(action, "Given back." if back else "Verified.")


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

    _perform(SeedDrafts(most=most), "{approvals} among approvals, {queue} in the review queue.")


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
    _perform(RestoreApprover(person_id=found.id, reason=reason), "They may approve again.")


def _perform(action: Any, said: str) -> None:
    import remit.wiring  # noqa: F401 - registers the handlers
    from remit.actions import perform

    with database():
        done = acting.done_at_once(perform(acting.scope(), action))
    output.show({"action_id": done.action_id, **done.result}, said.format(**done.result))


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise output.CommandRefused(
            "invalid", f"{text!r} is no day; write it as 2027-06-30.", exit_code=output.USAGE
        ) from None
