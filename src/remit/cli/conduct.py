"""`remit conduct rules`: what client communications are held against, and whom each rule is for."""

from __future__ import annotations

from typing import Annotated

import typer

from remit.cli import output

app = typer.Typer(help="Rules of conduct for what is written to clients.", no_args_is_help=True)


@app.callback()
def group() -> None:
    """Rules of conduct for what is written to clients."""


@app.command()
def rules(
    country: Annotated[str | None, typer.Option(help="Only those for a reader there (two letters).")] = None,
    every: Annotated[
        bool, typer.Option("--all", help="Also rules for other kinds of firm than ours.")
    ] = False,
) -> None:
    """List the rules that apply to our firm: source, severity, what each says. None of them makes a message compliant."""
    from remit import settings
    from remit.evidence import conduct_rules
    from remit.evidence.conduct import Sending, applies
    from remit.kit import clock

    configured = settings.load()
    file = configured.conduct_rules_file or conduct_rules.DEFAULT_FILE
    profiles = conduct_rules.PROFILES if every else tuple(configured.conduct_profiles.split())
    listed = [
        {
            "id": rule.id, "source": rule.source, "says": rule.says, "severity": rule.severity, "look": rule.look,
            "profiles": sorted(rule.profiles), "countries": sorted(rule.countries), "channels": sorted(rule.channels),
            "carried_out_by": rule.check or f"conduct-{rule.id}", "cases": {"passing": len(rule.passes), "failing": len(rule.fails)},
        }
        for rule in conduct_rules.current(file)
        if any(applies(rule, profiles, Sending("", clock.now(), country or "", channel=channel)) for channel in ("email", "phone"))
    ]  # fmt: skip
    columns = ("id", "severity", "source", "says")
    output.show(
        {"profiles": profiles, "rules": listed},
        lambda: output.table(columns, [[one[name] for name in columns] for one in listed]),
    )
