"""`remit backup FILE`: everything of this installation in one file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from remit import settings
from remit.cli import acting, output

app = typer.Typer(help="Save the database and files of this installation to one file.")


@app.command()
def backup(
    file: Annotated[
        Path, typer.Argument(help="The file to write; replaced when it exists and --replace is given.")
    ],
    replace: Annotated[bool, typer.Option("--replace", help="Write over an existing file.")] = False,
) -> None:
    """Save the database and files of this installation to one file; the secrets folder is not in it."""
    from remit.actions import perform
    from remit.audit import seal
    from remit.cli.opening import served
    from remit.db import backup as making
    from remit.domains.installation.actions import Backup

    target = file.expanduser().resolve()
    if target.exists() and not target.is_file():
        raise output.CommandRefused(
            "not_a_file", f"{target} is a folder or a device; a backup is an ordinary file. Name one."
        )
    if target.exists() and not replace:
        raise output.CommandRefused("file_exists", f"{target} exists; name another file or add --replace.")
    if not target.parent.is_dir():
        raise output.CommandRefused("folder_missing", f"There is no folder {target.parent}.")
    home = settings.load().home
    with served("remit backup") as (server, location):
        perform(acting.scope_or_system(), Backup(file_name=target.name))
        # So that the copy's last head covers its own record; without the key the log is as sealed as it was.
        seal.seal_if_possible(home)
        manifest = making.make(home, server.admin, location, target)
    document = {
        "file": target,
        "bytes": target.stat().st_size,
        "created_at": manifest.created_at,
        "revision": manifest.revision,
        "files": len(manifest.parts) - 1,
    }
    output.show(
        document,
        f"Saved to {target} ({target.stat().st_size:,} bytes). Keep a copy of {home / 'secrets'} apart from it: "
        "it holds the key that signs the audit log.",
    )
