"""`remit compliance …`: categories and profiles of rules, and who may change them; what is reviewed stands in `compliance_review`."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

import typer

from remit.cli import acting, compliance_review, output
from remit.cli.compliance_review import day_of, performed
from remit.cli.naming import record_id
from remit.cli.opening import database
from remit.kit.text import percent

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
        category=category, rules_sha256=standing.rules_sha256, version_ids=tuple(one.live_ids), expires_on=day_of(until), note=note
    )  # fmt: skip
    performed(action, f"{one.title}: approved until {until}.")


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
    performed(action, f"{one.title}: withdrawn.")


@app.command()
def profiles() -> None:
    """List the rule profiles in force."""
    from remit.domains.supervision import profiles as found

    with database():
        rows = found.list_profiles(acting.scope())
    cells = [
        (p.entity, p.jurisdiction, p.number, " ".join(p.regimes), percent(p.sample_rate), f"{p.retention_years} years")
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
    performed(action, "In force.")


@app.command("who-may")
def who_may() -> None:
    """List who may change profiles, approve categories, review, lift holds and erase: the policy's own sentences."""
    from remit.policy import powers

    with database():
        acting.scope()
    found = powers.list_powers()
    cells = [(power.title, rule.effect, rule.sentence, rule.id) for power in found for rule in power.rules]
    output.show({"powers": found}, lambda: output.table(["to", "effect", "says", "rule"], cells))


app.add_typer(compliance_review.app)
