"""Reads of the records under /api/v1: today, accounts, contacts, deals, activities, drafts. Changes go by /api/v1/actions.

The slices' own frozen dataclasses are the answers; money is `{"minor": …, "currency": …}`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from pydantic import AwareDatetime

from remit.domains.accounts import queries as accounts
from remit.domains.accounts.queries import AccountRow
from remit.domains.activities import queries as activities
from remit.domains.contacts import queries as contacts
from remit.domains.opportunities import queries as deals
from remit.domains.opportunities.queries import Deal
from remit.domains.outreach import queries as outreach
from remit.domains.outreach.queries import Draft
from remit.domains.planning import queries as planning
from remit.domains.planning.ranking import Ranked
from remit.domains.searching import queries as searching
from remit.kit import clock
from remit.web.api.routes import PROBLEMS, Cursor, Limit, check_change
from remit.web.problems import BadRequest
from remit.web.sessions import CurrentScope

router = APIRouter(prefix="/api/v1", dependencies=[Depends(check_change)], responses=PROBLEMS)
Text = Annotated[str | None, Query(max_length=200)]


@dataclass(frozen=True, slots=True)
class AccountPage:
    """Accounts and the cursor of the next page."""

    accounts: list[AccountRow]
    next: str | None


@dataclass(frozen=True, slots=True)
class DealPage:
    """Deals and the cursor of the next page."""

    opportunities: list[Deal]
    next: str | None


@dataclass(frozen=True, slots=True)
class DraftPage:
    """Drafts and the cursor of the next page."""

    drafts: list[Draft]
    next: str | None


@dataclass(frozen=True, slots=True)
class TodayList:
    """What waits for one, best first."""

    items: list[Ranked]
    at: datetime


@router.get("/today")
def list_today(scope: CurrentScope) -> TodayList:
    """What waits for the signed-in person, with points and reasons."""
    found = planning.list_today(scope, now=clock.now())
    return TodayList(list(found.items), found.at)


@router.get("/search")
def search(scope: CurrentScope, q: Annotated[str, Query(max_length=200)]) -> list[searching.Hit]:
    """Accounts, people and deals that begin with `q`."""
    return searching.list_hits(scope, q)


@router.get("/accounts")
def list_accounts(
    scope: CurrentScope, text: Text = None, segment: Text = None, relation: Text = None, owner: UUID | None = None,
    sort: str = "name", descending: bool = False, after: Cursor = None, limit: Limit = 50,
) -> AccountPage:  # fmt: skip
    """Accounts; `sort` is name, aum or changed."""
    _known(sort, accounts.SORTS)
    chosen = accounts.Filters(text=text, segment=segment, relation=relation, owner_id=owner)
    found = accounts.list_accounts(
        scope, chosen, now=clock.now(), after=after, size=limit, sort=sort, descending=descending
    )
    return AccountPage(list(found.rows), found.next)


@router.get("/accounts/{account_id}")
def get_account(scope: CurrentScope, account_id: UUID) -> accounts.Account:
    """One account."""
    return accounts.get_account(scope, account_id)


@router.get("/accounts/{account_id}/contacts")
def list_contacts(scope: CurrentScope, account_id: UUID) -> list[contacts.Contact]:
    """The people at an account, and whether they may be written to."""
    accounts.get_account(scope, account_id)
    return contacts.list_contacts(scope, account_id)


@router.get("/accounts/{account_id}/activities")
def list_activities(
    scope: CurrentScope, account_id: UUID, before: AwareDatetime | None = None, limit: Limit = 50
) -> list[activities.Activity]:
    """What happened with an account before an instant, newest first; the last row's `at` is the next `before`."""
    accounts.get_account(scope, account_id)
    return activities.list_of_account(scope, account_id, before=before or clock.now(), size=limit)


@router.get("/contacts/{contact_id}")
def get_contact(scope: CurrentScope, contact_id: UUID) -> contacts.Contact:
    """One contact."""
    return contacts.get_contact(scope, contact_id)


@router.get("/opportunities")
def list_opportunities(
    scope: CurrentScope, text: Text = None, stage: Text = None, owner: UUID | None = None, account: UUID | None = None,
    open_only: bool = True, sort: str = "close", descending: bool = False, after: Cursor = None, limit: Limit = 50,
) -> DealPage:  # fmt: skip
    """Deals; `sort` is close, amount, name or stage_since."""
    _known(sort, deals.SORTS)
    chosen = deals.Filters(stage=stage, owner_id=owner, account_id=account, open_only=open_only, text=text)
    found = deals.list_deals(
        scope, chosen, now=clock.now(), after=after, size=limit, sort=sort, descending=descending
    )
    return DealPage(list(found.rows), found.next)


@router.get("/opportunities/{opportunity_id}")
def get_opportunity(scope: CurrentScope, opportunity_id: UUID) -> deals.DealDetail:
    """One deal with its stage history and team."""
    return deals.get_deal(scope, opportunity_id, now=clock.now())


@router.get("/drafts")
def list_drafts(
    scope: CurrentScope,
    account: UUID | None = None,
    state: Text = None,
    after: Cursor = None,
    limit: Limit = 50,
) -> DraftPage:
    """Drafts that one may see, last changed first; `state` is draft, waiting, sent or discarded."""
    found = outreach.list_drafts(scope, account_id=account, state=state, after=after, limit=limit)
    return DraftPage(list(found.rows), found.next)


@router.get("/drafts/{draft_id}")
def get_draft(scope: CurrentScope, draft_id: UUID) -> outreach.Draft:
    """One draft with its sentences and checks as last written."""
    return outreach.get_draft(scope, draft_id)


def _known(sort: str, sorts: tuple[str, ...]) -> None:
    if sort not in sorts:
        raise BadRequest(f"This list sorts by {', '.join(sorts)}.")
