"""Verbs on opportunities. Each change of stage, amount or date leaves a history row and closes the running snapshot."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, ClassVar, Literal
from uuid import UUID

from pydantic import Field, StringConstraints, model_validator

from remit.actions import Action, Change, Check, NotFound, Refused, Target, handler
from remit.actions.rows import change_row
from remit.db.sessions import ReadSession, WriteSession
from remit.domains.accounts.targets import account_target, check_of_account
from remit.domains.opportunities import history, rules
from remit.domains.opportunities.opening import open_deal

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]
Currency = Annotated[str, StringConstraints(pattern="^[A-Z]{3}$")]
Forecast = Literal["pipeline", "best_case", "commit", "omitted"]

_FIND = """
SELECT o.id, o.account_id, o.access_id, o.name, o.stage, o.version, o.closed_at, o.owner_id, o.amount_minor, o.close_on,
       o.contact_id, o.next_step, coalesce(a.segment, '*') AS segment, coalesce(a.key_account, false) AS key_account
FROM remit.opportunities o LEFT JOIN remit.accounts a ON a.id = o.account_id WHERE o.id = :id
"""

_PRODUCT = "SELECT true FROM remit.products WHERE id = :id"


class CreateOpportunity(Action):
    """A new deal, in the first stage."""

    event: ClassVar[str] = "opportunity:create"
    account_id: UUID
    name: Text
    product_id: UUID | None = None
    contact_id: UUID | None = None
    amount_minor: int | None = Field(None, ge=0, le=10**15)
    amount_currency: Currency | None = None
    close_on: date | None = None

    @model_validator(mode="after")
    def _with_currency(self) -> CreateOpportunity:
        if (self.amount_minor is None) != (self.amount_currency is None):
            raise ValueError("an amount needs its currency")
        return self


class UpdateOpportunity(Action):
    """Change what is known of a deal, but not its stage. Only the fields that are given change."""

    event: ClassVar[str] = "opportunity:update"
    opportunity_id: UUID
    expected_version: int
    name: Text | None = None
    amount_minor: int | None = Field(None, ge=0, le=10**15)
    amount_currency: Currency | None = None
    close_on: date | None = None
    contact_id: UUID | None = None
    next_step: Text | None = None
    next_step_on: date | None = None
    forecast_category: Forecast | None = None

    def changes(self) -> dict[str, Any]:
        """The given fields as columns."""
        return self.model_dump(exclude={"opportunity_id", "expected_version"}, exclude_none=True)


class ChangeStage(Action):
    """Move an open deal to another open stage. What the stage needs has to be there."""

    event: ClassVar[str] = "opportunity:stage:change"
    opportunity_id: UUID
    expected_version: int
    stage: Annotated[str, StringConstraints(strip_whitespace=True, max_length=60)]


class CloseOpportunity(Action):
    """Win or lose a deal. Kept for people (S3-H2)."""

    event: ClassVar[str] = "opportunity:close"
    opportunity_id: UUID
    expected_version: int
    outcome: Literal["won", "lost"]
    reason: Annotated[str, StringConstraints(strip_whitespace=True, max_length=500)] = ""


def _new_deal(session: ReadSession, action: CreateOpportunity) -> Target:
    return account_target(session, action.account_id, title=action.name)


def _deal(session: ReadSession, action: UpdateOpportunity | ChangeStage | CloseOpportunity) -> Target:
    row = session.row(_FIND, {"id": action.opportunity_id})
    if row is None:
        raise NotFound("deal")
    return Target(
        type="opportunity",
        id=row.id,
        account_id=row.account_id,
        access_id=row.access_id,
        segment=row.segment,
        version=row.version,
        title=row.name,
        attributes={
            "owner": str(row.owner_id or ""),
            "key_account": row.key_account,
            "segment": "" if row.segment == "*" else row.segment,
        },
        context={"closes": isinstance(action, CloseOpportunity)},
    )


def _stage_entry(session: ReadSession, action: ChangeStage, _target: Target) -> list[Check]:
    row = session.row(_FIND, {"id": action.opportunity_id})
    return rules.check_entry(action.stage, row._asdict() if row else {})


def _is_open(session: ReadSession, action: ChangeStage | CloseOpportunity, _target: Target) -> list[Check]:
    closed = session.scalar(
        "SELECT closed_at IS NOT NULL FROM remit.opportunities WHERE id = :id", {"id": action.opportunity_id}
    )
    return [Check.that("deal-open", not closed, "This deal is closed already.", "The deal is open.")]


def _loss_has_reason(_session: ReadSession, action: CloseOpportunity, _target: Target) -> list[Check]:
    told = action.outcome == "won" or bool(action.reason)
    return [
        Check.that(
            "loss-reason",
            told,
            "Say why it was lost; win-loss analysis stands on it.",
            "The outcome has its reason.",
        )
    ]


@handler(CreateOpportunity, target=_new_deal)
def create_opportunity(tx: WriteSession, action: CreateOpportunity, target: Target) -> Change:
    """Write the deal with its first history row."""
    check_of_account(tx, action.account_id, contact_id=action.contact_id)
    if action.product_id is not None and not tx.scalar(_PRODUCT, {"id": action.product_id}):
        raise NotFound("product")
    values = action.model_dump(exclude={"account_id", "name"})
    deal_id = open_deal(tx, target, action.name, tx.scope.person_id, **values)
    after = {**values, "name": action.name, "stage": rules.STAGES[0].key}
    return Change("opportunity", deal_id, after=after, result={"opportunity_id": str(deal_id)})


@handler(UpdateOpportunity, target=_deal)
def update_opportunity(tx: WriteSession, action: UpdateOpportunity, target: Target) -> Change:
    """Change the given fields."""
    values = action.changes()
    if not values:
        raise Refused("Nothing to change was given.", code="nothing_to_change")
    check_of_account(tx, target.account_id, contact_id=action.contact_id)
    before = change_row(
        tx, "opportunities", action.opportunity_id, action.expected_version, values, what="deal"
    )
    history.note(tx, action.opportunity_id)
    return Change(
        "opportunity", action.opportunity_id, before, values, result={"version": action.expected_version + 1}
    )


@handler(ChangeStage, target=_deal, checks=[_is_open, _stage_entry])
def change_stage(tx: WriteSession, action: ChangeStage, target: Target) -> Change:
    """Move the deal and note where it came from."""
    values = {"stage": action.stage, "stage_since_at": tx.now}
    before = change_row(
        tx, "opportunities", action.opportunity_id, action.expected_version, values, what="deal"
    )
    history.note(tx, action.opportunity_id, from_stage=before["stage"])
    return Change(
        "opportunity", action.opportunity_id, {"stage": before["stage"]}, {"stage": action.stage},
        result={"version": action.expected_version + 1, "stage": action.stage},
    )  # fmt: skip


@handler(CloseOpportunity, target=_deal, checks=[_is_open, _loss_has_reason])
def close_opportunity(tx: WriteSession, action: CloseOpportunity, target: Target) -> Change:
    """Close the deal."""
    values = {
        "stage": action.outcome,
        "stage_since_at": tx.now,
        "outcome": action.outcome,
        "loss_reason": action.reason if action.outcome == "lost" else None,
        "forecast_category": "closed",
        "closed_at": tx.now,
    }
    before = change_row(
        tx, "opportunities", action.opportunity_id, action.expected_version, values, what="deal"
    )
    history.note(tx, action.opportunity_id, from_stage=before["stage"])
    after = {"stage": action.outcome, "reason": action.reason}
    return Change("opportunity", action.opportunity_id, {"stage": before["stage"]}, after)
