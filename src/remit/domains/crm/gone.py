"""What was deleted or merged away in the CRM is hidden here; what we had made of a merged record goes to the one that stays.

A merge never carries anything out from behind an information barrier: then the loser is hidden with what hangs on it, and
nothing moves.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from remit.domains.crm.following import follow
from remit.domains.crm.model import LEAD_PREFIX
from remit.domains.imports.attended import refresh_where
from remit.domains.imports.converted import carry
from remit.domains.imports.entities import ENTITIES
from remit.domains.imports.statements import Driver, run

HIDDEN: Final = frozenset(
    {"accounts", "contacts", "leads", "opportunities", "activities", "campaigns", "members"}
)
MERGED: Final = frozenset({"accounts", "contacts", "leads", "opportunities"})
# what hangs on an account with its place, and what names a contact, a deal, a lead
_ON_ACCOUNT: Final = (
    "contacts", "leads", "opportunities", "opportunity_stages", "opportunity_snapshots", "activities", "facts", "consents",
    "do_not_contact", "deal_team", "campaign_members",
)  # fmt: skip
_NAMING: Final = {
    "contacts": ("contact_id", ("opportunities", "activities", "leads", "facts", "campaign_members")),
    "opportunities": ("opportunity_id", ("activities", "facts", "leads")),
    "leads": ("lead_id", ("activities", "opportunities", "campaign_members")),
}
# each is lifted by two people of its own; the one on the loser stays, with what is left there
_HOLDS_FOLLOW: Final = """
INSERT INTO remit.legal_holds (id, account_id, access_id, person_id, since_at, until_at, reason, placed_by, placed_at)
SELECT gen_random_uuid(), a.id, a.access_id, h.person_id, h.since_at, h.until_at,
       h.reason || ' (came with an account that the CRM merged into this one)', h.placed_by, h.placed_at
FROM remit.legal_holds h, remit.accounts a WHERE a.id = %s AND h.account_id = %s AND h.lifted_at IS NULL
"""
_MEMBERS_OF: Final = {"members": "id", "campaigns": "campaign_id", "contacts": "contact_id"}

_ROWS: Final = """
SELECT coalesce(l.record_id, t.id) FROM unnest(%s::text[]) AS asked (external_id)
LEFT JOIN remit.crm_links l ON l.source = %s AND l.entity = %s AND l.external_id = asked.external_id
LEFT JOIN {table} t ON t.external_id = asked.external_id AND t.source = %s
WHERE {which} coalesce(l.record_id, t.id) IS NOT NULL
"""


def hide(driver: Driver, source: str, entity: str, ids: Sequence[str], now: datetime) -> int:
    """Hide the records with these ids of the CRM; returns how many were there and not hidden yet."""
    if not ids or entity not in HIDDEN:
        return 0
    table = f"remit.{ENTITIES[entity].table}"
    # an id that was merged away means the record that stayed: that one was not deleted
    rows = _ROWS.format(table=table, which="NOT coalesce(l.merged, false) AND")
    hidden = run(
        driver,
        f"""UPDATE {table} SET gone_at = %s, updated_at = %s, version = version + 1
        WHERE gone_at IS NULL AND id IN ({rows})""",
        (now, now, list(ids), source, entity, source),
    ).rowcount
    if entity in _MEMBERS_OF:
        refresh_where(driver, f"m.{_MEMBERS_OF[entity]} IN ({rows})", (list(ids), source, entity, source))
    if source == "hubspot" and entity == "contacts":
        hidden += hide(driver, source, "leads", [f"{LEAD_PREFIX}{each}" for each in ids], now)
    if entity == "opportunities":
        run(
            driver,
            f"""UPDATE remit.opportunity_snapshots SET until_at = %s
            WHERE until_at IS NULL AND from_at < %s AND opportunity_id IN ({rows})""",
            (now, now, list(ids), source, entity, source),
        )
    return hidden


def merge(
    driver: Driver, source: str, entity: str, pairs: Sequence[tuple[str, str]], now: datetime
) -> tuple[int, list[UUID]]:
    """Hide each loser, and let its id mean the winner from now on; returns how many were hidden, and the open drafts that moved."""
    if entity not in MERGED:
        return hide(driver, source, entity, [loser for loser, _ in pairs], now), []
    hidden, moved = 0, []
    for loser, winner in pairs:
        lost, kept = (_row(driver, source, entity, each) for each in (loser, winner))
        if lost is None or lost == kept:
            continue  # never taken, or merged already
        if kept is None:
            hidden += hide(driver, source, entity, [loser], now)
            continue
        if _may_carry(driver, entity, lost, kept):
            _carry(driver, entity, lost, kept)
            moved += follow(driver, entity, lost, kept)
        hidden += hide(driver, source, entity, [loser], now)
        run(driver, "UPDATE remit.crm_links SET record_id = %s WHERE record_id = %s AND merged", (kept, lost))
        run(
            driver,
            """INSERT INTO remit.crm_links (source, entity, external_id, record_id, merged) VALUES (%s, %s, %s, %s, true)
            ON CONFLICT (source, entity, external_id) DO UPDATE SET record_id = EXCLUDED.record_id, merged = true""",
            (source, entity, loser, kept),
        )
    return hidden, moved


def _row(driver: Driver, source: str, entity: str, external_id: str) -> UUID | None:
    rows = _ROWS.format(table=f"remit.{ENTITIES[entity].table}", which="")
    found = run(driver, rows, ([external_id], source, entity, source)).fetchone()
    return found[0] if found else None


def _may_carry(driver: Driver, entity: str, lost: UUID, kept: UUID) -> bool:
    """Whether what hangs on the loser stays on its side of every barrier when it goes to the winner."""
    found = run(
        driver,
        f"""SELECT a.barrier_id IS NULL OR a.barrier_id IS NOT DISTINCT FROM b.barrier_id
        FROM remit.{entity} l JOIN remit.access_groups a ON a.id = l.access_id,
            remit.{entity} k JOIN remit.access_groups b ON b.id = k.access_id WHERE l.id = %s AND k.id = %s""",
        (lost, kept),
    ).fetchone()
    return bool(found and found[0])


def _carry(driver: Driver, entity: str, lost: UUID, kept: UUID) -> None:
    if entity == "accounts":
        run(
            driver, _HOLDS_FOLLOW, (kept, lost)
        )  # before the texts move: at no moment are they held by nothing
        for table in _ON_ACCOUNT:
            run(
                driver,
                f"""UPDATE remit.{table} t SET account_id = a.id, access_id = a.access_id FROM remit.accounts a
                WHERE a.id = %s AND t.account_id = %s""",
                (kept, lost),
            )
        run(
            driver,
            "UPDATE remit.accounts SET parent_id = %s WHERE parent_id = %s AND id <> %s",
            (kept, lost, kept),
        )
        return
    column, tables = _NAMING[entity]
    for table in tables:
        run(driver, f"UPDATE remit.{table} SET {column} = %s WHERE {column} = %s", (kept, lost))
    if entity == "leads":
        _lead_stays_bound(driver, lost, kept)
    if entity == "contacts":
        run(
            driver,
            """UPDATE remit.consents t SET contact_id = c.id, account_id = c.account_id, access_id = c.access_id
            FROM remit.contacts c WHERE c.id = %s AND t.contact_id = %s""",
            (kept, lost),
        )
        run(
            driver,
            """UPDATE remit.campaign_members t SET account_id = c.account_id, access_id = c.access_id
            FROM remit.contacts c WHERE c.id = %s AND t.contact_id = c.id AND t.account_id IS DISTINCT FROM c.account_id""",
            (kept,),
        )
        refresh_where(driver, "m.contact_id = %s", (kept,))


def _lead_stays_bound(driver: Driver, lost: UUID, kept: UUID) -> None:
    """Whoever opted out as either of two leads opted out; where they are a contact already, as the contact."""
    run(
        driver,
        "UPDATE remit.leads k SET opted_out = true FROM remit.leads l WHERE k.id = %s AND l.id = %s AND l.opted_out AND NOT k.opted_out",
        (kept, lost),
    )
    source = run(driver, "SELECT coalesce(source, '') FROM remit.leads WHERE id = %s", (kept,)).fetchone()
    carry(driver, [kept], source[0] if source else "")
