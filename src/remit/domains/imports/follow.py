"""What follows from imported rows: stage history and snapshots of deals, converted leads, prices, opt-outs."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from remit.domains.imports.staging import Stage, StagedFile
from remit.domains.imports.statements import run
from remit.domains.quoting.rules import COUNTED


def remember_stages(stage: Stage, file: StagedFile) -> None:
    """Keep the stages that deals have before this file changes them. Call before the merge."""
    run(
        stage.driver,
        f"""CREATE TEMPORARY TABLE before_{file.table} ON COMMIT DROP AS SELECT t.id, t.stage
        FROM remit.opportunities t JOIN {file.table} s ON s.id = t.id""",
    )


def history(stage: Stage, file: StagedFile, import_id: UUID, now: datetime, told_later: bool = False) -> None:
    """Stage history and snapshots of the deals that this import made or changed.

    History has only what the export tells: the present stage, at the instant it names; a snapshot says what was
    known as of this import. Who moved the deal is not in the export, so nobody stands there (not its owner).
    A file of stage changes in the same import tells more, and then this adds none; nor when they come later by themselves.
    """
    mine = f"FROM remit.opportunities t JOIN {file.table} s ON s.id = t.id LEFT JOIN before_{file.table} b ON b.id = t.id WHERE t.import_id = %s"
    if not stage.of("stages") and not told_later:
        run(
            stage.driver,
            f"""INSERT INTO remit.opportunity_stages (id, opportunity_id, account_id, access_id, from_stage, to_stage, at,
                amount_minor, amount_currency, source, import_id)
            SELECT md5(t.id::text || t.stage || d.at::text)::uuid, t.id, t.account_id, t.access_id, b.stage, t.stage, d.at,
                t.amount_minor, t.amount_currency, t.source, t.import_id
            FROM (SELECT t.*, b.id AS known, b.stage AS old {mine}) t LEFT JOIN before_{file.table} b ON b.id = t.id
            CROSS JOIN LATERAL (SELECT coalesce(t.stage_since_at, t.closed_at, CASE WHEN t.known IS NOT NULL THEN %s::timestamptz
                ELSE t.opened_on::timestamp AT TIME ZONE 'UTC' END) AS at) d
            WHERE d.at IS NOT NULL AND t.stage IS DISTINCT FROM t.old ON CONFLICT DO NOTHING""",
            (import_id, now),
        )
    if file.updated:
        run(
            stage.driver,
            f"""UPDATE remit.opportunity_snapshots n SET until_at = %s WHERE n.until_at IS NULL AND n.from_at < %s
            AND n.opportunity_id IN (SELECT t.id {mine})""",
            (now, now, import_id),
        )
    run(
        stage.driver,
        f"""INSERT INTO remit.opportunity_snapshots (opportunity_id, from_at, account_id, access_id, stage, forecast_category,
            amount_minor, amount_currency, close_on, owner_id)
        SELECT t.id, %s, t.account_id, t.access_id, t.stage, t.forecast_category, t.amount_minor, t.amount_currency, t.close_on,
            t.owner_id {mine} ON CONFLICT DO NOTHING""",
        (now, import_id),
    )


def convert_leads(stage: Stage, file: StagedFile) -> None:
    """A lead that a deal names has been converted by it."""
    if file.has("lead"):
        run(
            stage.driver,
            f"""UPDATE remit.leads l SET state = 'converted', opportunity_id = o.id,
                converted_at = coalesce(l.converted_at, o.opened_on::timestamp AT TIME ZONE 'UTC', o.closed_at),
                updated_at = now(), version = l.version + 1
            FROM remit.opportunities o JOIN {file.table} s ON s.id = o.id
            WHERE l.id = o.lead_id AND l.opportunity_id IS NULL""",
        )


def _spelled(unit: str) -> str:
    """SQL: a unit without the differences of its spellings, as `quoting.rules.unit_key`."""
    joined = f"lower(regexp_replace(btrim(regexp_replace({unit}, '\\s+', ' ', 'g')), '\\s*(/|\\mper\\M|\\ma\\M|\\mand\\M)\\s*', ' and '))"
    return f"regexp_replace({joined}, '^({'|'.join(sorted(COUNTED))})s\\M', '\\1')"


def price_products(stage: Stage, file: StagedFile, import_id: UUID, now: datetime) -> None:
    """The price beside a product waits to become its price from the day of the import on: two people of ours make it live.

    One that was discarded is on record with the same id, and the same file does not bring it again.
    """
    if not file.has("price_minor"):
        return
    unit = "coalesce(s.unit, 'each')" if file.has("unit") else "'each'"
    changed = f"""FROM {file.table} s LEFT JOIN LATERAL (SELECT p.* FROM remit.prices p WHERE p.product_id = s.id AND {_spelled("p.unit")} = {_spelled(unit)}
        AND p.valid_until_on IS NULL ORDER BY p.generation DESC LIMIT 1) l ON true
        WHERE s.price_minor IS NOT NULL AND (l.price_minor, l.price_currency) IS DISTINCT FROM (s.price_minor, s.price_currency::char(3))"""
    run(
        stage.driver,
        f"CREATE TEMPORARY TABLE priced_{file.table} ON COMMIT DROP AS SELECT s.id, {unit} AS unit, s.price_minor, s.price_currency,"
        f" s.external_id, coalesce(l.generation, 0) + 1 AS generation {changed}",
    )
    run(
        stage.driver,
        f"""INSERT INTO remit.prices (id, product_id, unit, price_minor, price_currency, valid_from_on, generation, source, external_id, import_id, pending)
        SELECT md5(s.id::text || s.unit || s.generation || s.price_minor || s.price_currency)::uuid, s.id, s.unit, s.price_minor, s.price_currency, %s, s.generation, %s,
            s.external_id, %s, true FROM priced_{file.table} s ON CONFLICT (id) DO NOTHING""",
        (now.date(), file.plan.source, import_id),
    )


def opt_outs(stage: Stage, file: StagedFile, import_id: UUID) -> int:
    """People who asked not to be written to, bound for every sender of the firm; returns how many are new."""
    if not (file.has("do_not_email") and file.has("email")):
        return 0
    return run(
        stage.driver,
        f"""INSERT INTO remit.do_not_contact (id, account_id, access_id, kind, value, reason, source, import_id)
        SELECT DISTINCT ON (lower(s.email)) md5('email:' || lower(s.email))::uuid, t.account_id, t.access_id, 'email', lower(s.email),
            'opted out of e-mail, says the import of ' || %s, %s, %s
        FROM {file.table} s JOIN remit.{file.entity.table} t ON t.id = s.id
        WHERE s.do_not_email AND s.email IS NOT NULL ON CONFLICT (kind, value) DO NOTHING""",
        (file.plan.file, file.plan.source, import_id),
    ).rowcount
