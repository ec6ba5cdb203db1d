"""What follows a page of records: what came back is shown again, parents that came later are linked, stages tell what was before."""

from __future__ import annotations

from typing import Final

from remit.domains.crm.gone import HIDDEN
from remit.domains.crm.model import LEAD_PREFIX
from remit.domains.imports.entities import ENTITIES
from remit.domains.imports.staging import Stage, StagedFile
from remit.domains.imports.statements import Driver, run

_PARENTS: Final = {"accounts": ("parent_id", "parent"), "people": ("manager_id", "manager")}


def settle(stage: Stage, source: str) -> None:
    """Do it for every staged file of a page of `source`."""
    for file in stage.files:
        entity = file.entity.name
        if entity in HIDDEN:
            run(
                stage.driver,
                f"""UPDATE remit.{file.entity.table} t SET gone_at = NULL FROM {file.table} s
                WHERE t.id = s.id AND t.gone_at IS NOT NULL""",
            )
        if source == "hubspot" and entity in ("contacts", "leads"):
            _one_of_both(stage.driver, file, entity)
        if entity in _PARENTS:
            _wait(stage.driver, file, source, *_PARENTS[entity])
        if entity == "stages":
            _before(stage.driver, file, source)


def _one_of_both(driver: Driver, file: StagedFile, entity: str) -> None:
    """A contact of HubSpot is a contact here or a lead, never both: what it was before is hidden."""
    other, theirs = (
        ("leads", "%s || s.external_id")
        if entity == "contacts"
        else ("contacts", "substr(s.external_id, length(%s) + 1)")
    )
    run(
        driver,
        f"""UPDATE remit.{other} t SET gone_at = now(), updated_at = now(), version = t.version + 1 FROM {file.table} s
        WHERE t.source = 'hubspot' AND t.gone_at IS NULL AND t.external_id = {theirs}
          AND (%s = 'contacts' OR starts_with(s.external_id, %s))""",
        (LEAD_PREFIX, entity, LEAD_PREFIX),
    )


def _wait(driver: Driver, file: StagedFile, source: str, column: str, field: str) -> None:
    entity = file.entity.name
    table = f"remit.{ENTITIES[entity].table}"
    if file.has(field):
        run(
            driver,
            f"""INSERT INTO remit.crm_waiting (source, entity, record_id, target_external_id)
            SELECT %s, %s, s.id, s.{field} FROM {file.table} s JOIN map_{entity} m ON m.value = s.{field} WHERE m.id IS NULL
            ON CONFLICT (source, entity, record_id) DO UPDATE SET target_external_id = EXCLUDED.target_external_id""",
            (source, entity),
        )
    came = f"""SELECT w.record_id, s.id AS target FROM remit.crm_waiting w JOIN {file.table} s ON s.external_id = w.target_external_id
        WHERE w.source = %s AND w.entity = %s"""
    run(
        driver,
        f"""UPDATE {table} t SET {column} = c.target, updated_at = now(), version = t.version + 1 FROM ({came}) c
        WHERE t.id = c.record_id AND t.id <> c.target AND t.{column} IS DISTINCT FROM c.target""",
        (source, entity),
    )
    run(
        driver,
        f"DELETE FROM remit.crm_waiting x USING ({came}) c WHERE x.record_id = c.record_id AND x.entity = %s AND x.source = %s",
        (source, entity, entity, source),
    )


def _before(driver: Driver, file: StagedFile, source: str) -> None:
    """A CRM keeps the stage after each change of a deal: the stage before is that of the change before, and a change of
    something else is no change of stage."""
    if file.has("from_stage"):
        return
    deals = f"touched_{file.table}"
    run(
        driver,
        f"""CREATE TEMPORARY TABLE {deals} ON COMMIT DROP AS
        SELECT DISTINCT h.opportunity_id AS id FROM remit.opportunity_stages h JOIN {file.table} s ON s.id = h.id""",
    )
    run(driver, f"ANALYZE {deals}")
    run(
        driver,
        f"""UPDATE remit.opportunity_stages t SET from_stage = b.before FROM (
            SELECT h.id, lag(h.to_stage) OVER (PARTITION BY h.opportunity_id ORDER BY h.at, h.id) AS before
            FROM remit.opportunity_stages h JOIN {deals} d ON d.id = h.opportunity_id WHERE h.source = %s) b
        WHERE t.id = b.id AND t.from_stage IS DISTINCT FROM b.before""",
        (source,),
    )
    run(
        driver,
        f"""DELETE FROM remit.opportunity_stages t USING {deals} d
        WHERE t.opportunity_id = d.id AND t.source = %s AND t.from_stage = t.to_stage""",
        (source,),
    )
