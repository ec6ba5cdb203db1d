"""The order of an import inside its one transaction: stage every file, then merge entity by entity."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from remit.db.bulk import BulkLoader
from remit.domains.imports import converted, follow, places
from remit.domains.imports.entities import ORDER
from remit.domains.imports.errors import FilesBroken
from remit.domains.imports.merge import link_parents, merge
from remit.domains.imports.plan import FilePlan, ImportPlan
from remit.domains.imports.references import STUBBED, describe, make_map
from remit.domains.imports.report import FileReport, ImportReport, read_as
from remit.domains.imports.sink import Sink
from remit.domains.imports.staging import Stage, StagedFile
from remit.domains.imports.statements import Driver, run
from remit.domains.imports.stubs import make_stubs
from remit.domains.imports.survey import DEFAULT_SOURCE
from remit.kit.encodings import FileBroken

MANY_ROWS = 10_000  # so many new rows change what the planner should expect
_PARENTS = {"people": ("manager_id", "manager"), "accounts": ("parent_id", "parent")}


def load(
    loader: BulkLoader,
    driver: Driver,
    plan: ImportPlan,
    import_id: UUID,
    now: datetime,
    dry_run: bool,
    after: Callable[[Stage], None] | None = None,
) -> ImportReport:
    """Import everything the plan names, then `after` with what is staged. Raises FilesBroken."""
    began = time.monotonic()
    # the planner guesses poorly through policies and temporary tables; these joins are all of whole tables
    if plan.ids_of is None:
        run(driver, "SET LOCAL enable_nestloop = off")
    # a row that its CRM deleted is still there, hidden; without this its id would be taken for a free one
    run(driver, "SELECT set_config('remit.with_gone', 'yes', true)")
    run(driver, "SET LOCAL work_mem = '64MB'")
    stage = Stage(loader, driver, Sink(str(import_id)), plan.ids_of)
    _stage_all(stage, plan)
    made = {"territories": places.make_territories(stage)}
    places.make_teams(stage)
    for entity in ORDER:
        for file in stage.of(entity):
            if entity == "opportunities":
                follow.remember_stages(stage, file)
            merge(stage, file, import_id)
        make_map(stage, entity)
        made[entity] = _stubs(stage, plan, entity, import_id)
        if entity in _PARENTS:
            link_parents(stage, entity, *_PARENTS[entity], import_id)
        if entity == "people":
            places.assign_territories(stage)
            places.make_person_access(driver)
        describe(stage, entity)
        for file in stage.of(entity):
            _follow(stage, file, import_id, now, made, plan.history_follows)
    for file in stage.of("leads"):
        converted.link_staged(driver, file)
    if after is not None:
        after(stage)
    files = [_report(plan_, stage) for plan_ in plan.files]
    if not dry_run and sum(f.created for f in files) >= MANY_ROWS:
        loader.analyze_partitioned()
    return ImportReport(
        import_id=str(import_id), dry_run=dry_run, files=files, made={key: n for key, n in made.items() if n},
        seconds=round(time.monotonic() - began, 3), rows=sum(f.rows for f in files), rejected=sum(f.rejected_count for f in files),
    )  # fmt: skip


def _stage_all(stage: Stage, plan: ImportPlan) -> None:
    keep = plan.on_error == "keep-valid"
    broken: list[dict[str, object]] = []
    for each in plan.files:
        if each.skipped is not None:
            continue
        try:
            stage.add(each, keep)
        except FileBroken as error:
            # a file that cannot be read on stops the import; the transaction is rolled back as a whole
            broken.append({"file": each.file, "row": error.row, "reason": error.reason})
            break
    if broken:
        raise FilesBroken(broken)


def _stubs(stage: Stage, plan: ImportPlan, entity: str, import_id: UUID) -> int:
    """Bare rows for names that no file describes. Where a file lists people, only managers it names beside them."""
    described = bool(stage.of(entity))
    if entity not in STUBBED or not plan.create_missing or (described and entity != "people"):
        return 0
    source = next((file.plan.source for file in stage.files), DEFAULT_SOURCE)
    return make_stubs(stage, entity, source, import_id, only_within=described)


def _follow(
    stage: Stage, file: StagedFile, import_id: UUID, now: datetime, made: dict[str, int], told_later: bool
) -> None:
    match file.plan.entity:
        case "opportunities":
            follow.history(stage, file, import_id, now, told_later)
            follow.convert_leads(stage, file)
        case "products":
            follow.price_products(stage, file, import_id, now)
        case "contacts" | "leads":
            made["opt_outs"] = made.get("opt_outs", 0) + follow.opt_outs(stage, file, import_id)
        case _:
            return


def _report(plan: FilePlan, stage: Stage) -> FileReport:
    if plan.skipped is not None:
        return FileReport(file=plan.file, entity=plan.entity, skipped=plan.skipped)
    file = next(each for each in stage.files if each.plan is plan)
    mapped = [column for column in plan.columns if column.field is not None]
    return FileReport(
        file=plan.file,
        entity=plan.entity,
        mapping=plan.mapping,
        rows=file.row_count,
        created=file.created,
        updated=file.updated,
        unchanged=file.row_count - file.created - file.updated - file.rejected_count,
        rejected=sorted(file.rejected, key=lambda each: each.row),
        rejected_count=file.rejected_count,
        confidence={column.header: column.confidence for column in mapped},
        kept=[column.header for column in plan.columns if column.field is None],
        read_as=read_as(plan),
        notes=[*plan.notes, *file.notes],
    )
