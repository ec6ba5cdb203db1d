"""A new deal in the first stage, with the beginning of its history: for a new deal and for a lead that converts."""

from __future__ import annotations

from datetime import date
from typing import Final
from uuid import UUID

from remit.actions import Target
from remit.db.sessions import WriteSession
from remit.domains.opportunities import history, rules
from remit.kit.ids import new_id

_INSERT: Final = """
INSERT INTO remit.opportunities (id, account_id, access_id, name, lead_id, product_id, stage, amount_minor, amount_currency,
    opened_on, close_on, stage_since_at, contact_id, owner_id)
VALUES (:id, :account_id, :access_id, :name, :lead_id, :product_id, :stage, :amount_minor, :amount_currency,
    :opened_on, :close_on, :now, :contact_id, :owner_id)
"""


def open_deal(
    tx: WriteSession,
    account: Target,
    name: str,
    owner_id: UUID,
    *,
    lead_id: UUID | None = None,
    product_id: UUID | None = None,
    contact_id: UUID | None = None,
    amount_minor: int | None = None,
    amount_currency: str | None = None,
    close_on: date | None = None,
) -> UUID:
    """Write the deal and its first history row; gives its id."""
    deal_id = new_id()
    tx.execute(
        _INSERT,
        {
            "id": deal_id,
            "account_id": account.account_id,
            "access_id": account.access_id,
            "name": name,
            "lead_id": lead_id,
            "product_id": product_id,
            "stage": rules.STAGES[0].key,
            "amount_minor": amount_minor,
            "amount_currency": amount_currency,
            "opened_on": tx.now.date(),
            "close_on": close_on,
            "now": tx.now,
            "contact_id": contact_id,
            "owner_id": owner_id,
        },
    )
    history.note(tx, deal_id, from_stage=None)
    return deal_id
