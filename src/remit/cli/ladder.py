"""`remit ladder`: the eight steps, their gates and the remits that stand on them."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from remit.cli import output
from remit.cli.opening import database
from remit.kit.text import counted

app = typer.Typer(help="The eight steps, their gates and what is missing.", invoke_without_command=True)


@app.callback()
def ladder(
    step: Annotated[int | None, typer.Option(min=0, max=7, help="Only this step.")] = None,
    refresh: Annotated[
        bool, typer.Option(help="Take a new reading of every gate that has a measure.")
    ] = False,
) -> None:
    """Show the ladder as it stands."""
    with database():
        import remit.wiring  # noqa: F401
        from remit import identity
        from remit.actions import perform
        from remit.domains.governance.lowering import lower_remits
        from remit.domains.governance.queries import list_remits
        from remit.ladder import queries
        from remit.ladder.actions import TakeReading
        from remit.ladder.measures import measures

        scope = identity.for_service("console", via="cli")
        if refresh:
            for gate in sorted(measures()):
                perform(scope, TakeReading(gate=gate))
            lower_remits(scope)  # a gate that fell takes its remits with it at once
        steps = [one for one in queries.list_steps(scope) if step is None or one.step.number == step]
        remits = list_remits(scope)
    document = {
        "steps": [
            {"step": one.step.number, "title": one.step.title, "gates": [_gate(gate) for gate in one.gates]}
            for one in steps
        ],
        "remits": remits,
    }
    output.show(document, lambda: _text(document))


def _gate(now: Any) -> dict[str, Any]:
    reading, gate = now.reading, now.gate
    return {
        "id": gate.id,
        "title": gate.title,
        "state": now.state,
        "value": reading.value if reading else None,
        "bound": reading.bound if reading else None,
        "threshold": gate.threshold,
        "unit": gate.unit,
        "n": reading.n_count if reading else 0,
        "n_min": gate.n_min_count,
        "window": {"from": reading.window_from_on, "until": reading.window_until_on} if reading else None,
        "window_days": gate.window_days,
        "definition_version": gate.version,
        "definition_hash": gate.definition_hash,
        "missing": now.missing,
        "detail": reading.detail if reading else None,
        "row_ids": reading.row_ids if reading else (),
        "reading_id": reading.id if reading else None,
        "measured_at": reading.at if reading else None,
        "moved_at": now.moved_at,
    }


def _text(document: dict[str, Any]) -> str:
    lines = []
    for one in document["steps"]:
        lines.append(f"\nStep {one['step']}: {one['title']}")
        rows = [
            (g["id"], g["state"].replace("_", " "), "" if g["value"] is None else f"{g['value']:.3g}",
             f"{g['threshold']:g} {g['unit']}", f"{g['n']}/{g['n_min']}", g["title"])
            for g in one["gates"]
        ]  # fmt: skip
        lines.append(output.table(("gate", "state", "value", "needs", "n", "what"), rows))
        lines += [
            f"{g['id']}: {g['missing']}" for g in one["gates"] if g["missing"] and g["value"] is not None
        ]
        lines += [
            f"{g['id']}: changed since it was measured; a running worker measures it within seconds, `remit ladder --refresh` at once."
            for g in one["gates"]
            if g["moved_at"]
        ]
    granted = len(document["remits"])
    lines.append(f"\n{counted(granted, 'remit')} in force." if granted else "\nNo remit is in force.")
    return "\n".join(lines).lstrip("\n")
