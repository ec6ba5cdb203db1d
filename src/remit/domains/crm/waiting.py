"""What follows a page of records: what came back is shown again, parents that came later are linked, stages tell what was before,
members of campaigns go where their contact goes, and what a lead became is found when it comes after the lead."""

from __future__ import annotations

from typing import Final

from remit.domains.crm.gone import HIDDEN
from remit.domains.crm.model import LEAD_PREFIX
from remit.domains.imports import converted
from remit.domains.imports.attended import refresh, refresh_where
from remit.domains.imports.entities import ENTITIES
from remit.domains.imports.staging import Stage, StagedFile
from remit.domains.imports.statements import Driver, run

_BECAME: Final = {entity: what for what, entity in converted.TARGETS.items()}
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
        if entity == "leads":
            _await_conversions(stage.driver, file, source)
        if entity in _BECAME:
            _convert(stage.driver, file, source, _BECAME[entity])
        if entity == "contacts":
            _members_follow(stage.driver, file)
        if entity == "members":
            refresh_where(stage.driver, f"m.id IN (SELECT id FROM {file.table})", ())
        if entity == "campaigns":
            refresh_where(stage.driver, f"p.id IN (SELECT id FROM {file.table})", ())


def _one_of_both(driver: Driver, file: StagedFile, entity: str) -> None:
    """A contact of HubSpot is a contact here or a lead, never both: what it was before is hidden."""
    if entity == "contacts":
        _became_contacts(driver, file)
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


def _became_contacts(driver: Driver, file: StagedFile) -> None:
    """A contact of HubSpot that got a company is what the lead without one became."""
    pairs = run(
        driver,
        f"""SELECT l.id, c.id FROM {file.table} s JOIN remit.contacts c ON c.id = s.id
        JOIN remit.leads l ON l.source = 'hubspot' AND l.external_id = %s || s.external_id AND l.gone_at IS NULL""",
        (LEAD_PREFIX,),
    ).fetchall()
    converted.link_one(driver, "contact", [(lead, contact) for lead, contact in pairs], "hubspot")
    run(
        driver,
        """UPDATE remit.leads SET state = 'converted', converted_at = coalesce(converted_at, now()) WHERE id = ANY(%s) AND state <> 'converted'""",
        ([lead for lead, _ in pairs],),
    )


def _await_conversions(driver: Driver, file: StagedFile, source: str) -> None:
    """Leads whose contact, account or deal the CRM has not yet given us."""
    for what, entity in converted.TARGETS.items():
        _remember(driver, file, f"converted_{what}", entity, (source, f"leads:{what}"))


def _remember(driver: Driver, file: StagedFile, field: str, entity: str, key: tuple[str, str]) -> None:
    """Rows that name, in a field, one of an entity that the CRM has not given us yet; `key`: source, and what waits."""
    if file.has(field):
        run(
            driver,
            f"""INSERT INTO remit.crm_waiting (source, entity, record_id, target_external_id)
            SELECT %s, %s, s.id, s.{field} FROM {file.table} s JOIN map_{entity} m ON m.value = s.{field} WHERE m.id IS NULL
            ON CONFLICT (source, entity, record_id) DO UPDATE SET target_external_id = EXCLUDED.target_external_id""",
            key,
        )


def _convert(driver: Driver, file: StagedFile, source: str, what: str) -> None:
    """Leads that waited for what this page brings."""
    found = run(
        driver,
        f"""DELETE FROM remit.crm_waiting w USING {file.table} s
        WHERE w.source = %s AND w.entity = %s AND w.target_external_id = s.external_id RETURNING w.record_id, s.id""",
        (source, f"leads:{what}"),
    ).fetchall()
    if found:
        converted.link_one(driver, what, [(lead, target) for lead, target in found], source)


def _members_follow(driver: Driver, file: StagedFile) -> None:
    """A membership stands where its contact stands; out from behind a barrier neither goes."""
    moved = run(
        driver,
        f"""UPDATE remit.campaign_members t SET account_id = c.account_id, access_id = c.access_id, updated_at = now(), version = t.version + 1
        FROM remit.contacts c JOIN {file.table} s ON s.id = c.id JOIN remit.access_groups g ON g.id = c.access_id
        WHERE t.contact_id = c.id AND t.account_id IS DISTINCT FROM c.account_id
          AND (SELECT b.barrier_id IS NULL OR b.barrier_id = g.barrier_id FROM remit.access_groups b WHERE b.id = t.access_id) RETURNING t.id""",
    ).fetchall()
    refresh(driver, [row[0] for row in moved])


def _wait(driver: Driver, file: StagedFile, source: str, column: str, field: str) -> None:
    entity = file.entity.name
    table = f"remit.{ENTITIES[entity].table}"
    _remember(driver, file, field, entity, (source, entity))
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
