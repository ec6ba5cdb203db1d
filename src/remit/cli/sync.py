"""`remit sync`: take what changed in the connected CRM now, and how far it is."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from remit.cli import acting, output
from remit.cli.opening import database

app = typer.Typer(help="Take what changed in a connected CRM; see how far it is.", no_args_is_help=True)
_COLUMNS = ("rows", "created", "updated", "rejected", "gone")


@app.command()
def run(
    vendor: Annotated[
        str | None, typer.Argument(help="salesforce or hubspot (default: all that are connected)")
    ] = None,
    stream: Annotated[str | None, typer.Option(help="Only this kind of record.")] = None,
) -> None:
    """Look once: everything at the first time, then what changed. Killed, it goes on at its last page."""
    import remit.wiring  # noqa: F401 - registers the handlers
    from remit.actions import NotFound
    from remit.domains.crm.queries import list_connections
    from remit.workflows.syncing import sync

    with database():
        scope = acting.scope()
        asked = [
            each
            for each in list_connections(scope)
            if vendor in (None, each.vendor) and each.state == "connected"
        ]
        if not asked:
            raise NotFound("connected CRM")
        found = [sync(scope, each, only=(stream,) if stream else ()) for each in asked]
    output.show({"synced": found}, lambda: "\n\n".join(map(_told, found)))
    if any(each.problem or each.problems for each in found):
        raise typer.Exit(4)


@app.command()
def status() -> None:
    """Every stream: its state, how old our picture is, counts, what stands in the way."""
    from remit.domains.crm.queries import list_connections, list_streams
    from remit.kit import clock

    with database():
        scope = acting.scope()
        connections = list_connections(scope)
        streams = {each.vendor: _in_order(each.vendor, list_streams(scope, each.id)) for each in connections}
    now = clock.now()
    told: list[dict[str, Any]] = [
        {
            "vendor": each.vendor, "state": each.state, "problem": each.problem, "checked_at": each.checked_at,
            "streams": [_stream(one, now) for one in streams[each.vendor]],
        }
        for each in connections
    ]  # fmt: skip
    headings = [
        "stream",
        "state",
        "lag_seconds",
        "rows_count",
        "created_count",
        "updated_count",
        "gone_count",
        "rejected_count",
        "problem",
    ]
    output.show(
        {"connections": told},
        lambda: (
            "\n\n".join(
                f"{each['vendor']}: {each['state']}{' · ' + each['problem'] if each['problem'] else ''}\n"
                + output.table(headings, [[one[name] for name in headings] for one in each["streams"]])
                for each in told
            )
            or "No CRM is connected."
        ),
    )


def _in_order(vendor: str, found: dict[str, Any]) -> list[Any]:
    from remit.connectors.crm.opening import STREAMS

    return [found[spec.name] for spec in STREAMS[vendor] if spec.name in found]


def _stream(one: Any, now: Any) -> dict[str, Any]:
    lag = one.lag(now)
    names = (
        "stream",
        "state",
        "newest_at",
        "checked_at",
        "rows_count",
        "created_count",
        "updated_count",
        "gone_count",
        "rejected_count",
        "last_import_id",
        "drift",
        "problem",
    )
    return {name: getattr(one, name) for name in names} | {
        "lag_seconds": round(lag.total_seconds()) if lag else None
    }


def _told(found: Any) -> str:
    rows = [[name, *(counts[column] for column in _COLUMNS)] for name, counts in found.streams.items()]
    lines = [output.table(["stream", *_COLUMNS], rows)]
    lines += [f"{name}: {problem}" for name, problem in found.problems.items()]
    lines += found.drift
    lines += [found.problem] if found.problem else []
    return "\n".join([*lines, f"{found.vendor}: {found.requests_count:,} requests, {found.seconds} s."])
