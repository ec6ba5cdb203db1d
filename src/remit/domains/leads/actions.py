"""Verbs on leads."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal
from uuid import UUID

from pydantic import StringConstraints

from remit.actions import Action, Change, NotFound, Refused, Target, handler
from remit.actions.rows import change_row
from remit.db.sessions import ReadSession, WriteSession
from remit.domains.accounts.targets import account_target
from remit.domains.opportunities.opening import open_deal

_FIND = """
SELECT id, account_id, access_id, firm_name, state, owner_id, version, contact_id FROM remit.leads WHERE id = :id
"""


class QualifyLead(Action):
    """Say whether a lead is worth work, and why."""

    event: ClassVar[str] = "lead:qualify"
    lead_id: UUID
    expected_version: int
    state: Literal["working", "qualified", "disqualified"]
    reason: Annotated[str, StringConstraints(strip_whitespace=True, max_length=500)] = ""


class ConvertLead(Action):
    """Make a deal of a qualified lead, at an account. A lead converts once."""

    event: ClassVar[str] = "lead:convert"
    lead_id: UUID
    expected_version: int
    account_id: UUID
    name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]


def _lead(session: ReadSession, action: QualifyLead | ConvertLead) -> Target:
    row = session.row(_FIND, {"id": action.lead_id})
    if row is None:
        raise NotFound("lead")
    account_id = action.account_id if isinstance(action, ConvertLead) else row.account_id
    if account_id is not None:
        return account_target(session, account_id, title=row.firm_name or "lead")
    owner = {"owner": str(row.owner_id or ""), "key_account": False, "segment": ""}
    return Target(
        "lead",
        row.id,
        None,
        row.access_id,
        version=row.version,
        title=row.firm_name or "lead",
        attributes=owner,
    )


@handler(QualifyLead, target=_lead)
def qualify_lead(tx: WriteSession, action: QualifyLead, target: Target) -> Change:
    """Set the lead's state."""
    row = tx.row(_FIND, {"id": action.lead_id})
    if row is not None and row.state == "converted":
        raise Refused("This lead was converted already.", code="lead_converted")
    if action.state == "disqualified" and not action.reason:
        raise Refused("Say why it is disqualified.", code="reason_missing")
    values = {"state": action.state, "state_reason": action.reason or None}
    before = change_row(tx, "leads", action.lead_id, action.expected_version, values, what="lead")
    return Change("lead", action.lead_id, before, values)


@handler(ConvertLead, target=_lead)
def convert_lead(tx: WriteSession, action: ConvertLead, target: Target) -> Change:
    """Create the deal and close the lead."""
    row = tx.row(_FIND + " FOR UPDATE", {"id": action.lead_id})
    if row is None:
        raise NotFound("lead")
    if row.state != "qualified":
        raise Refused(f"Only a qualified lead converts; this one is {row.state}.", code="lead_not_qualified")
    owner_id = row.owner_id or tx.scope.person_id
    deal_id = open_deal(tx, target, action.name, owner_id, lead_id=action.lead_id, contact_id=row.contact_id)
    values = {"state": "converted", "converted_at": tx.now, "opportunity_id": deal_id}
    before = change_row(tx, "leads", action.lead_id, action.expected_version, values, what="lead")
    after = {"state": "converted", "opportunity_id": deal_id}
    return Change(
        "lead", action.lead_id, {"state": before["state"]}, after, result={"opportunity_id": str(deal_id)}
    )
