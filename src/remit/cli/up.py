"""`remit up`: everything in the foreground, until Ctrl-C."""

from __future__ import annotations

import os
from typing import Annotated

import typer

from remit import settings

app = typer.Typer(help="Start the database, the web server and the worker; stay in the foreground.")


@app.command()
def up(
    port: Annotated[
        int | None, typer.Option(min=0, max=65535, help="Port to listen on; 0 takes a free one.")
    ] = None,
    demo: Annotated[
        bool, typer.Option("--demo/--no-demo", help="Create the demo firm at the first start.")
    ] = True,
) -> None:
    """Start the database, the web server and the worker; stay in the foreground."""
    from remit.supervise.up import up as run

    if port is not None:
        os.environ["REMIT_PORT"] = str(port)
    run(settings.reload(), demo=demo)
