"""`remit connect`: the firm's CRM, read only: connect it, choose fields, look at what would come, stop."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from remit.cli import acting, output
from remit.cli.opening import database

app = typer.Typer(help="Connect the firm's CRM (read only), map its fields, stop.", no_args_is_help=True)
Vendor = Annotated[str, typer.Argument(help="salesforce or hubspot")]
StreamName = Annotated[str, typer.Argument(help="A stream, as `remit sync status` names it.")]


@app.command("list")
def list_() -> None:
    """Connections, their state, and what stands in the way."""
    from remit.domains.crm.queries import list_connections

    with database():
        found = list_connections(acting.scope())
    rows = [(each.vendor, each.state, each.address, each.checked_at or "", each.problem) for each in found]
    output.show(
        {"connections": found},
        lambda: (
            output.table(["vendor", "state", "address", "checked", "problem"], rows)
            if rows
            else "No CRM is connected."
        ),
    )


@app.command()
def salesforce() -> None:
    """Connect the Salesforce of the settings (salesforce_url, salesforce_client_id, and a secret or a key)."""
    import remit.wiring  # noqa: F401 - registers the handlers
    from remit.actions import perform
    from remit.workflows.connecting import connect_salesforce

    with database():
        done = acting.done_at_once(perform(acting.scope(), connect_salesforce()))
    output.show(dict(done.result), lambda: "Connected. `remit sync run salesforce` takes its records now.")


@app.command()
def hubspot(
    code: Annotated[
        str | None, typer.Option(help="The code in the address that HubSpot sent you back to.")
    ] = None,
) -> None:
    """Connect HubSpot: without a code, say where to let us in; with it, connect."""
    import remit.wiring  # noqa: F401 - registers the handlers
    from remit.actions import perform
    from remit.workflows.connecting import BACK, connect_hubspot, consent_url, own_address

    back = own_address(BACK)
    if code is None:
        url = consent_url(back, "cli")
        output.show({"consent_url": url}, lambda: f"Open this, agree, and come back with the code: {url}")
        return
    with database():
        done = acting.done_at_once(perform(acting.scope(), connect_hubspot(code, back)))
    output.show(dict(done.result), lambda: "Connected. `remit sync run hubspot` takes its records now.")


@app.command()
def stop(vendor: Vendor) -> None:
    """Take nothing more from it and forget its token; what was taken stays."""
    import remit.wiring  # noqa: F401 - registers the handlers
    from remit.actions import perform
    from remit.domains.crm.actions import StopCrm
    from remit.domains.crm.queries import get_connection

    with database():
        scope = acting.scope()
        found = get_connection(scope, vendor)
        acting.done_at_once(perform(scope, StopCrm(connection_id=found.id, expected_version=found.version)))
    output.show({"vendor": vendor, "state": "stopped"}, lambda: "Stopped.")


@app.command()
def mapping(
    vendor: Vendor,
    stream: StreamName,
    set_: Annotated[
        list[str] | None,
        typer.Option(
            "--set", metavar="OURS=THEIRS", help="Fill our field from theirs (OURS= leaves it empty)."
        ),
    ] = None,
) -> None:
    """Which field of the CRM fills which of ours; with --set, change it and read the stream again from its beginning."""
    import remit.wiring  # noqa: F401 - registers the handlers
    from remit.actions import perform
    from remit.domains.crm.actions import MapCrmFields
    from remit.domains.crm.queries import get_connection, get_stream
    from remit.workflows.previewing import mapped, spec_of, unread

    with database():
        scope = acting.scope()
        connection, spec = get_connection(scope, vendor), spec_of(vendor, stream)
        found = get_stream(scope, connection.id, stream)
        if set_:
            chosen = {**(found.mapping if found else {}), **_pairs(set_)}
            action = MapCrmFields(
                connection_id=connection.id, stream=stream, entity=spec.entity, mapping=chosen
            )
            acting.done_at_once(perform(scope, action))
            found = get_stream(scope, connection.id, stream)
    fields, others = mapped(spec, found), unread(spec, found)
    rows = [
        (each.name, each.source or " + ".join(each.made_of), each.type, "not there" if each.missing else "")
        for each in fields
    ]
    output.show(
        {"stream": stream, "object": spec.object, "fields": fields, "not_read": others},
        lambda: (
            output.table(["ours", spec.object, "type", ""], rows)
            + (f"\n\nNot read: {', '.join(others)}" if others else "")
        ),
    )


@app.command()
def preview(vendor: Vendor, stream: StreamName) -> None:
    """The records that changed last, as they would be taken. Nothing is written."""
    from remit.domains.crm.queries import get_connection
    from remit.workflows.previewing import preview as look
    from remit.workflows.previewing import spec_of

    with database():
        scope = acting.scope()
        found = look(scope, get_connection(scope, vendor), spec_of(vendor, stream))
    output.show({"previews": found}, lambda: "\n\n".join(map(_told, found)) or "There are no records.")


def _told(found: Any) -> str:
    rows = [[cell.reason or cell.read for cell in row] for row in found.rows]
    return f"{found.entity}\n" + output.table(list(found.fields), rows)


def _pairs(words: list[str]) -> dict[str, str]:
    made = {}
    for word in words:
        ours, equals, theirs = word.partition("=")
        if not equals or not ours:
            raise output.CommandRefused(
                "usage", f"Write --set OURS=THEIRS, not {word!r}.", exit_code=output.USAGE
            )
        made[ours.strip()] = theirs.strip()
    return made
