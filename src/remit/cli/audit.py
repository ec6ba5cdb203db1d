"""`remit audit …`: verify the log or an export of it, export it, change its key."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any, TypeVar

import typer

from remit import settings
from remit.audit import verify as stand_alone
from remit.audit.leaves import Period
from remit.cli import acting, output
from remit.cli.opening import database
from remit.kit.files import whole_file

app = typer.Typer(help="Verify and export the audit log; change its signing key.", no_args_is_help=True)
DAY = "%Y-%m-%d"
T = TypeVar("T")


@app.command()
def verify(
    file: Annotated[
        Path | None, typer.Argument(help="An export; without it, the log in the database.")
    ] = None,
    witness: Annotated[Path | None, typer.Option(help="Heads that were handed out earlier.")] = None,
    trust: Annotated[
        list[str] | None, typer.Option(metavar="KEY_ID", help="A key the firm published.")
    ] = None,
    all_signatures: Annotated[bool, typer.Option(help="Check every head, not each key's last.")] = False,
    tolerance: Annotated[
        int, typer.Option(metavar="SECONDS", help="How far clocks may differ.")
    ] = stand_alone.TOLERANCE_SECONDS,
    allow_unsigned_end: Annotated[
        bool, typer.Option("--allow-unsigned-end", help="A copy cut short then passes for an older export.")
    ] = False,
) -> None:
    """Check every record, the tree, the heads and their signatures. Exit code 1 when anything does not hold."""
    seen = witness if witness or file else _own_witness()
    witnessed = _readable(stand_alone.read_witness, str(seen)) if seen else []
    if file:
        checker = stand_alone.Checker(tolerance, all_signatures, trust or (), witnessed)
        report = _readable(stand_alone.verify_file, str(file), checker, allow_unsigned_end)
    else:
        report = _in_database(trust or [], witnessed, all_signatures, tolerance)
    output.show(report, lambda: _told(report))
    if not report["verified"]:
        raise typer.Exit(output.REFUSED)


def _own_witness() -> Path | None:
    """The witness file of the settings, where this machine can see one."""
    path = settings.load().audit_witness_file
    return path if path and path.exists() else None


def _readable(read: Callable[..., T], *arguments: Any) -> T:
    try:
        return read(*arguments)
    except FileNotFoundError as error:
        raise output.CommandRefused(
            "file_missing", f"There is no file {error.filename}.", exit_code=output.NOT_FOUND
        ) from error
    except (OSError, EOFError, ValueError, KeyError, TypeError, zlib.error) as error:
        raise output.CommandRefused(
            "audit_file_unreadable", f"Cannot read: {error}", exit_code=output.USAGE
        ) from error


def _check_folder(out: Path) -> None:
    folder = out.expanduser().resolve().parent
    if not folder.is_dir():
        raise output.CommandRefused("folder_missing", f"There is no folder {folder}.")


def _in_database(trust: list[str], witnessed: Any, all_signatures: bool, tolerance: int) -> dict[str, Any]:
    from remit.audit import check, keys, seal
    from remit.db.sessions import read

    home = settings.load().home
    with database(), read(acting.scope_or_system()) as session:
        if seal.find_key(home):
            seal.seal_now(home)
        return check.verify_database(
            session.connection,
            trusted=[*keys.trusted(home), *trust],
            witnessed=witnessed,
            all_signatures=all_signatures,
            tolerance_seconds=tolerance,
        )


@app.command()
def export(
    out: Annotated[Path, typer.Option(help="File to write (JSONL; compressed when it ends in .gz).")],
    since: Annotated[datetime | None, typer.Option("--from", formats=[DAY], help="First day.")] = None,
    until: Annotated[datetime | None, typer.Option("--to", formats=[DAY], help="Last day, included.")] = None,
) -> None:
    """Write what you may see of the log to one file that verifies with `python verify.py FILE`."""
    from remit.domains.auditing.exporting import export_log

    period = Period(
        since.replace(tzinfo=UTC) if since else None,
        until.replace(tzinfo=UTC) + timedelta(days=1) if until else None,
    )
    if period.start and period.end and period.end <= period.start:
        raise output.CommandRefused(
            "period_empty", "The period ends before it begins.", exit_code=output.USAGE
        )
    _check_folder(out)
    with database():
        done = export_log(acting.scope(), out, period)
    output.show(
        done,
        lambda: (
            f"{done.records} records ({done.hidden} more by hash only) under {done.tree_heads} signed heads in {done.path}\n"
            f"sha256 {done.sha256}\n"
            "Verify with: python verify.py FILE (from `remit audit script --out verify.py`)"
        ),
    )


@app.command("rotate-key")
def rotate_key(
    lost: Annotated[
        bool, typer.Option("--lost", help="The old key's file is gone: start without its endorsement.")
    ] = False,
) -> None:
    """Start a new signing key, endorsed by the present one."""
    from remit.actions import perform, performed
    from remit.domains.auditing.actions import RotateAuditKey

    with database():
        answer = performed(perform(acting.scope(), RotateAuditKey(lost=lost)))
    output.show(dict(answer.result), lambda: f"new key {answer.result['key_id']}: publish this id")


@app.command()
def keys() -> None:
    """List the signing keys: publish these ids, so that others can pass them to --trust."""
    from remit.audit import keys as known
    from remit.db.sessions import read

    home = settings.load().home
    with database(), read(acting.scope_or_system()) as session:
        rows = known.listed(session.connection)
    trusted = set(known.trusted(home))
    shown = [
        {
            "key_id": key.key_id,
            "public_key": key.public_key.hex(),
            "created_at": key.created_at,
            "retired_at": key.retired_at,
            "endorsed_by": key.endorsed_by,
            "trusted_here": key.key_id in trusted,
            "file_here": known.path_of(home, key.key_id).exists(),
        }
        for key in rows
    ]
    headings = ["key_id", "created_at", "retired_at", "endorsed_by", "trusted_here", "file_here"]
    output.show(
        {"keys": shown}, lambda: output.table(headings, [[row[name] for name in headings] for row in shown])
    )


@app.command()
def script(
    out: Annotated[Path, typer.Option(help="Where to put the script.")] = Path("verify.py"),
) -> None:
    """Write the stand-alone verification script (Python 3.8 or later, nothing else needed)."""
    _check_folder(out)
    text = Path(stand_alone.__file__).read_text("utf-8")
    try:
        with whole_file(out) as file:
            file.write(text)
    except FileExistsError:
        raise output.CommandRefused("file_exists", f"{out} exists already; name another file.") from None
    output.show({"path": out}, f"wrote {out}")


def _told(report: dict[str, Any]) -> str:
    if not report["tree_size"] and not report["problems"]:
        return "The log is empty: nothing is sealed yet."
    lines = [
        f"{report['records']} records from {report['first']} to {report['last']}, {report['tree_heads']} heads, "
        f"{report['signatures_checked']} signatures checked, {report['witnessed']} heads compared with the witness"
    ]
    if report["hidden"]:
        lines.append(f"{report['hidden']} records not shown to this reader: checked by hash only")
    lines += [f"note: {text}" for text in report["warnings"]]
    lines += [f"PROBLEM {one['code']}: {one['message']}" for one in report["problems"]]
    lines.append("verified" if report["verified"] else f"NOT verified: {report['problem_count']} problems")
    return "\n".join(lines)
