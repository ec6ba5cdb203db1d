"""`remit restore FILE`: put a backup in place, proven by the audit log before anything is replaced."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from remit import settings
from remit.cli import acting, output
from remit.db.location import Location

app = typer.Typer(help="Put a backup in place of what is there.")


@app.command()
def restore(
    file: Annotated[Path, typer.Argument(help="A file written by remit backup.", exists=False)],
    force: Annotated[bool, typer.Option("--force", help="Replace the data that is here.")] = False,
    unproven: Annotated[
        bool, typer.Option("--unproven", help="Restore although the audit log in the backup does not verify.")
    ] = False,
) -> None:
    """Put a backup in place of what is there. Until everything is proven, nothing is changed."""
    from remit.db import backup, opening, provision
    from remit.db.restore import restore as put_back
    from remit.supervise.instance import claimed

    if not file.is_file():
        raise output.CommandRefused("file_missing", f"There is no file {file}.", exit_code=output.NOT_FOUND)
    chosen = settings.load()
    manifest = backup.check(file)
    report: dict[str, Any] = {}

    def prove(location: Location) -> None:
        report.update(_proven(location, file, manifest, unproven))

    with claimed(chosen.home), opening.running(chosen) as server:
        passwords = provision.role_passwords(chosen.home)
        put_back(file, chosen.home, server.admin, passwords, force=force, prove=prove)
    document = {
        "file": file.resolve(),
        "created_at": manifest.created_at,
        "version": manifest.version,
        "revision": manifest.revision,
        "files": len(manifest.parts) - 1,
        **report,
    }
    output.show(document, lambda: _told(document))


def _proven(location: Location, file: Path, manifest: Any, unproven: bool) -> dict[str, Any]:
    """Verify the log of the restored data and note the restore in it, before it takes over."""
    from remit import identity
    from remit.actions import effects, perform, upkeep
    from remit.audit import check, keys, seal
    from remit.db import engines
    from remit.db.sessions import read
    from remit.domains.installation.actions import NoteRestore, Restore

    home = settings.load().home
    engines.use(location, program="remit restore")
    try:
        with read(identity.for_service("console", via="cli")) as session:
            found = check.verify_database(session.connection, trusted=keys.trusted(home))
        if not found["verified"] and not unproven:
            raise output.CommandRefused(
                "backup_not_proven",
                "The audit log in the backup does not verify; nothing was changed. "
                "With --unproven it is restored all the same.",
                details={"problems": found["problems"]},
            )
        kind = Restore if output.options.person else NoteRestore
        made_at = datetime.fromisoformat(manifest.created_at)
        act = kind(file_name=file.name, made_at=made_at, made_by_version=manifest.version)
        perform(acting.scope_or_system(), act)
        parked = effects.park_restored(identity.for_service("delivery", via="cli"), made_at)
        held = upkeep.hold_restored(identity.for_service("upkeep", via="cli"), made_at)
        drafts = upkeep.hold_restored_drafts(identity.for_service("upkeep", via="cli"), made_at)
        runs = upkeep.hold_restored_runs(identity.for_service("upkeep", via="cli"), made_at)
        new_key = seal.take_over(home)
        seal.seal_now(home)
        return {
            "verified": found["verified"],
            "records": found["records"],
            "problems": found["problems"],
            "new_key": new_key,
            "parked": parked,
            "held": held,
            "held_drafts": drafts,
            "held_runs": runs,
        }
    finally:
        engines.dispose()


def _told(document: dict[str, Any]) -> str:
    lines = [
        f"Restored the backup of {document['created_at']} ({document['records']:,} audit records, "
        f"{'verified' if document['verified'] else 'NOT verified'})."
    ]
    if document["new_key"]:
        lines.append(
            f"The key that signed the audit log is not on this machine; it goes on under {document['new_key']}, "
            "and the record says so. Publish the new key's id to whoever verifies."
        )
    if document["parked"]:
        lines.append(
            f"{document['parked']:,} messages waited to be sent when the backup was made and may have left since: "
            "they are parked. Settle them in Outbox."
        )
    if document["held"]:
        lines.append(
            f"{document['held']:,} suggestions waited for a person and may have been approved since: they are held. "
            "Look at each in Approvals, then release or reject it."
        )
    if document["held_drafts"]:
        lines.append(
            f"{document['held_drafts']:,} drafts were not sent when the backup was made and may have been since: they are held. "
            "Look at each in Write, then release or discard it."
        )
    if document["held_runs"]:
        lines.append(
            f"{document['held_runs']:,} contacts were in a sequence when the backup was made, and a step of theirs may have been taken since: "
            "these runs are paused. Look at each in Sequences, then resume it or leave the step out."
        )
    return "\n".join(lines)
