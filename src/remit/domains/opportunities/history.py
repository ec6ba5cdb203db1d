"""History of a deal: one row per change of stage, and the state as of any day."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from remit.db.sessions import WriteSession
from remit.kit.ids import new_id

_STAGE: Final = """
INSERT INTO remit.opportunity_stages (id, opportunity_id, account_id, access_id, from_stage, to_stage, at, by_id,
    amount_minor, amount_currency)
SELECT :new_id, id, account_id, access_id, :from_stage, stage, :now, :by, amount_minor, amount_currency
FROM remit.opportunities WHERE id = :id
"""
_END_SNAPSHOT: Final = """
UPDATE remit.opportunity_snapshots SET until_at = :now WHERE opportunity_id = :id AND until_at IS NULL AND from_at < :now
"""
# two changes at the same instant (one transaction) leave one snapshot, the later state
_SNAPSHOT: Final = """
INSERT INTO remit.opportunity_snapshots (opportunity_id, from_at, account_id, access_id, stage, forecast_category,
    amount_minor, amount_currency, close_on, owner_id)
SELECT id, :now, account_id, access_id, stage, forecast_category, amount_minor, amount_currency, close_on, owner_id
FROM remit.opportunities WHERE id = :id
ON CONFLICT (opportunity_id, from_at) DO UPDATE SET stage = excluded.stage, forecast_category = excluded.forecast_category,
    amount_minor = excluded.amount_minor, amount_currency = excluded.amount_currency, close_on = excluded.close_on,
    owner_id = excluded.owner_id
"""
_SAME = ""  # no stage has an empty name


def note(tx: WriteSession, deal_id: UUID, from_stage: str | None = _SAME) -> None:
    """Record the deal's present state; with `from_stage` (None: it is new) also a row of stage history."""
    if from_stage != _SAME:
        tx.execute(
            _STAGE,
            {
                "new_id": new_id(),
                "id": deal_id,
                "from_stage": from_stage,
                "now": tx.now,
                "by": tx.scope.person_id,
            },
        )
    tx.execute(_END_SNAPSHOT, {"id": deal_id, "now": tx.now})
    tx.execute(_SNAPSHOT, {"id": deal_id, "now": tx.now})
