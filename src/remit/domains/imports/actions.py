"""ImportCrm: a firm's export goes in through the door, as one action in one transaction."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import ClassVar

import psycopg

from remit.actions import Action, Change, Refused, Target, handler
from remit.db.bulk import BulkLoader
from remit.db.sessions import ReadSession, WriteSession
from remit.domains.imports.errors import FilesBroken
from remit.domains.imports.load import load
from remit.domains.imports.places import TooManyTerritories
from remit.domains.imports.plan import ImportPlan
from remit.domains.imports.report import ImportReport
from remit.domains.imports.staging import FileChanged


class ImportCrm(Action):
    """Import the files of a plan (see `survey`). A dry run does everything and keeps nothing but the record of it."""

    event: ClassVar[str] = "crm:import"
    by_api: ClassVar[bool] = False
    plan: ImportPlan
    dry_run: bool = False


def _import_target(s: ReadSession, action: ImportCrm) -> Target:
    return Target("import", title=action.plan.path)


@handler(ImportCrm, target=_import_target, as_system=True)
def import_crm(tx: WriteSession, action: ImportCrm, target: Target) -> Change:
    """Stage, merge, report. A refusal leaves nothing behind."""
    driver = tx.connection.connection.driver_connection
    assert isinstance(driver, psycopg.Connection)
    tx.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
    tx.execute("SELECT set_config('statement_timeout', '0', true)")
    report = _rolled_back(tx, driver, action) if action.dry_run else _kept(tx, driver, action)
    if action.plan.on_error == "strict" and report.rejected:
        raise Refused(
            f"{report.rejected:,} rows would be rejected, and --on-error strict takes all or nothing. Nothing was imported.",
            code="rows_rejected",
            details={"report": asdict(report)},
        )
    if not any(file.created + file.updated + file.unchanged for file in report.files):
        raise Refused(_nothing_kept(report), code="nothing_imported", details={"report": asdict(report)})
    digests = {file.file: file.sha256 for file in action.plan.files}
    counts = {
        file.file: {"created": file.created, "updated": file.updated, "rejected": file.rejected_count}
        for file in report.files
    }
    after = {"files": digests, "counts": counts, "dry_run": action.dry_run}
    return Change("import", tx.action_id, after=after, result=asdict(report))


def _nothing_kept(report: ImportReport) -> str:
    found = next(((file.file, row) for file in report.files for row in file.rejected), None)
    if found is None:
        return "There are no rows to import: the files hold headers only, or nothing that was recognised."
    file, first = found
    return (
        f"All {report.rejected:,} rows would be rejected, so nothing was imported. "
        f"The first, {file}, row {first.row}, {first.column or 'whole row'}: {first.reason}"
    )


def _kept(
    tx: WriteSession, driver: psycopg.Connection[tuple[object, ...]], action: ImportCrm
) -> ImportReport:
    tx.execute(
        """INSERT INTO remit.imports (id, path, by_id, started_at, mapping) VALUES (:id, :path, :by, :now, CAST(:mapping AS jsonb))""",
        {
            "id": tx.action_id, "path": action.plan.path, "by": tx.maker_id, "now": tx.now,
            "mapping": json.dumps({file.file: file.mapping for file in action.plan.files}),
        },
    )  # fmt: skip
    report = _load(tx, driver, action)
    tx.execute(
        "UPDATE remit.imports SET finished_at = clock_timestamp(), report = CAST(:report AS jsonb) WHERE id = :id",
        {"id": tx.action_id, "report": json.dumps(asdict(report))},
    )
    return report


def _rolled_back(
    tx: WriteSession, driver: psycopg.Connection[tuple[object, ...]], action: ImportCrm
) -> ImportReport:
    with tx.connection.begin_nested() as point:
        report = _kept(tx, driver, action)
        point.rollback()
    return report


def _load(
    tx: WriteSession, driver: psycopg.Connection[tuple[object, ...]], action: ImportCrm
) -> ImportReport:
    try:
        return load(BulkLoader(tx.connection), driver, action.plan, tx.action_id, tx.now, action.dry_run)
    except (FilesBroken, FileChanged, TooManyTerritories) as error:
        details = getattr(error, "details", None) or {}
        raise Refused(str(error), code=error.code, details=details) from error
