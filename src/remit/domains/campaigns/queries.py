"""Reads about members of campaigns, and about the leads that became somebody."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Row

from remit.db.sessions import ReadSession, read
from remit.domains.campaigns.rules import said
from remit.domains.crm.model import TITLES
from remit.scope import Scope

MOST: Final = 200


@dataclass(frozen=True, slots=True)
class Membership:
    """A contact's, or a lead's, part in a campaign. `on`: when they first answered, else when it began; `said`: in words."""

    id: UUID
    contact_id: UUID | None
    who: str
    campaign: str
    kind: str
    state: str
    responded: bool
    on: date | None
    source: str

    @property
    def said(self) -> str:
        """`attended Autumn forum`."""
        return f"{said(self.state, self.responded)} {self.campaign}"

    @property
    def came(self) -> bool:
        """Whether they were there."""
        return said(self.state, self.responded) == "attended"


@dataclass(frozen=True, slots=True)
class CameFrom:
    """A lead that became a contact or a deal. `received_at`: when it came to us; `channel` "" where nobody said."""

    id: UUID
    contact_id: UUID | None
    opportunity_id: UUID | None
    name: str
    firm_name: str
    channel: str
    received_at: datetime | None
    converted_at: datetime | None
    opted_out: bool

    @property
    def said(self) -> str:
        """`Ann Birch, Birch LLP (Web)`."""
        named = ", ".join(part for part in (self.name, self.firm_name) if part) or "a lead without a name"
        return f"{named} ({self.channel})" if self.channel else named


_MEMBERS: Final = """
SELECT m.id, m.contact_id, coalesce(nullif(trim(concat_ws(' ', c.first_name, c.last_name)), ''), c.email,
        trim(concat_ws(' ', l.first_name, l.last_name)), '') AS who,
    p.name AS campaign, p.kind, m.state, m.responded, coalesce(m.first_responded_on, p.starts_on) AS said_on, coalesce(m.source, '') AS source
FROM remit.campaign_members m JOIN remit.campaigns p ON p.id = m.campaign_id AND p.gone_at IS NULL
LEFT JOIN remit.contacts c ON c.id = m.contact_id LEFT JOIN remit.leads l ON l.id = m.lead_id
WHERE {which} ORDER BY said_on DESC NULLS LAST, m.id LIMIT :most
"""
_OF_ACCOUNT: Final = _MEMBERS.format(which="m.account_id = :id")
_OF_LEADS: Final = _MEMBERS.format(which="m.lead_id = ANY(CAST(:ids AS uuid[]))")
_LEADS: Final = """
SELECT l.id, l.contact_id, l.opportunity_id, trim(concat_ws(' ', l.first_name, l.last_name)) AS name, coalesce(l.firm_name, '') AS firm_name,
    coalesce(l.channel, '') AS channel, l.received_at, l.converted_at, l.opted_out
FROM remit.leads l WHERE {which} ORDER BY l.received_at DESC NULLS LAST, l.id LIMIT :most
"""


def list_memberships(scope: Scope, account_id: UUID) -> list[Membership]:
    """What the people of an account took part in, the newest first; empty where there is nothing or it may not be seen."""
    with read(scope) as s:
        return load_memberships(s, account_id)


def load_memberships(s: ReadSession, account_id: UUID) -> list[Membership]:
    """As list_memberships, inside an open session."""
    return [_membership(row) for row in s.rows(_OF_ACCOUNT, {"id": account_id, "most": MOST})]


def load_of_leads(s: ReadSession, lead_ids: list[UUID]) -> list[Membership]:
    """What these leads took part in, before and after they became contacts."""
    return (
        [_membership(row) for row in s.rows(_OF_LEADS, {"ids": lead_ids, "most": MOST})] if lead_ids else []
    )


def load_came_from(s: ReadSession, account_id: UUID) -> list[CameFrom]:
    """The leads that became contacts of an account."""
    which = _LEADS.format(which="l.account_id = :id AND l.contact_id IS NOT NULL AND l.state = 'converted'")
    return [CameFrom(*tuple(row)) for row in s.rows(which, {"id": account_id, "most": MOST})]


def list_came_from(scope: Scope, account_id: UUID) -> list[CameFrom]:
    """As load_came_from, in a session of its own."""
    with read(scope) as s:
        return load_came_from(s, account_id)


def load_leads_of_deal(s: ReadSession, opportunity_id: UUID) -> list[CameFrom]:
    """The leads that a deal came from: the one that it names, and those that were converted to it."""
    which = _LEADS.format(
        which="l.opportunity_id = :id OR l.id = (SELECT o.lead_id FROM remit.opportunities o WHERE o.id = :id)"
    )
    return [CameFrom(*tuple(row)) for row in s.rows(which, {"id": opportunity_id, "most": 20})]


def _membership(row: Row[Any]) -> Membership:
    source = TITLES.get(row.source, "")
    return Membership(
        row.id, row.contact_id, row.who, row.campaign, row.kind, row.state, row.responded, row.said_on, source
    )
