"""Accounts: the list, one account's dossier, and the changes that a rep makes there."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Final, get_args
from uuid import UUID

from fastapi import APIRouter, Form
from starlette.requests import Request
from starlette.responses import Response

from remit.actions import Performed
from remit.domains.accounts import queries
from remit.domains.accounts.actions import CreateAccount, ReassignAccount, UpdateAccount
from remit.domains.accounts.barriers import MoveBehindBarrier
from remit.domains.accounts.rules import SEGMENT_NAMES, Relation, segment_name
from remit.domains.activities.actions import LogActivity
from remit.domains.activities.queries import FIRST_ID
from remit.domains.contacts.actions import CreateContact
from remit.domains.governance.queries import list_touching
from remit.domains.opportunities.actions import CreateOpportunity
from remit.domains.opportunities.rules import stage_name
from remit.domains.people import queries as people
from remit.domains.sequences.queries import list_running
from remit.kit import clock
from remit.kit.paging import MAX_SIZE, Page
from remit.web import exports, forms, render
from remit.web.after_events import after_event
from remit.web.allowed import may
from remit.web.doing import act
from remit.web.dossier import get_dossier
from remit.web.nav import NavEntry
from remit.web.pages.library import READERS as LIBRARY_READERS
from remit.web.paging import Column, ListRequest, list_request
from remit.web.problems import BadRequest
from remit.web.sessions import CurrentViewer, Viewer

router = APIRouter()
NAV = NavEntry("Accounts", "/accounts", "building", 20, phone=True)
RELATIONS: Final = [(word, word.capitalize()) for word in get_args(Relation)]
COLUMNS: Final = (
    Column("name", "Account", sortable=True),
    Column("segment", "Segment"),
    Column("relation", "Relation", phone=False),
    Column("territory", "Territory", phone=False),
    Column("owner", "Owner", phone=False),
    Column("aum", "AUM", sortable=True, kind="money", phone=False),
    Column("open", "Open deals", kind="money"),
    Column("last", "Last activity", kind="time", phone=False),
)
FILTERS: Final = ("q", "segment", "relation", "territory", "owner")


def _asked(request: Request) -> ListRequest:
    return list_request(request, sorts=queries.SORTS, default="name", filters=FILTERS)


def _filters(asked: ListRequest, viewer: Viewer) -> queries.Filters:
    given = asked.filters
    owner = given.get("owner")
    return queries.Filters(
        text=given.get("q") or None,
        segment=given.get("segment") or None,
        relation=given.get("relation") or None,
        territory_id=forms.whole(given.get("territory")),
        owner_id=viewer.person_id if owner == "me" else forms.found_id(owner),
    )


def _page(asked: ListRequest, viewer: Viewer, size: int, after: str | None) -> Page[queries.AccountRow]:
    return queries.list_accounts(
        viewer.scope, _filters(asked, viewer), now=clock.now(), after=after, size=size,
        sort=asked.sort, descending=asked.descending,
    )  # fmt: skip


@router.get("/accounts")
def accounts(request: Request, viewer: CurrentViewer) -> Response:
    """The list."""
    asked = _asked(request)
    found = _page(asked, viewer, asked.limit, asked.after)
    places = [(t.id, t.name) for t in people.list_territories(viewer.scope)]
    fields = [
        ("q", "Name", "text", []),
        ("segment", "Segment", "select", list(SEGMENT_NAMES.items())),
        ("relation", "Relation", "select", RELATIONS),
        ("territory", "Territory", "select", places),
        ("owner", "Owner", "select", [("me", "Me"), *_sellers(viewer)]),
    ]
    return render.page(
        request, "accounts/list.html", rows=found.rows, list=asked, columns=COLUMNS, next=found.next, fields=fields,
        segment_name=segment_name, may_export=may(viewer.scope, "ExportRecords"), blind=viewer.roles == {"admin"} and not asked.filters,
    )  # fmt: skip


def _may_bar(viewer: Viewer) -> bool:
    return may(viewer.scope, "MoveBehindBarrier", "account", context={"admits": "nobody"})


def _barriers(viewer: CurrentViewer) -> list[str]:
    """Names of the barriers behind which the viewer is admitted: what one cannot see one does not move."""
    if not _may_bar(viewer):
        return []
    return [each.name for each in people.list_barriers(viewer.scope) if viewer.name in each.admitted]


def _sellers(viewer: Viewer) -> list[tuple[UUID, str]]:
    everybody = people.list_people(viewer.scope, limit=500).rows
    return [
        (p.id, p.name)
        for p in everybody
        if p.id != viewer.person_id and set(p.roles) & {"sdr", "ae", "manager"}
    ]


@router.post("/accounts/export")
def export(request: Request, viewer: CurrentViewer) -> Response:
    """The list as a file, with the filters of its address; on the record first."""
    asked = _asked(request)
    headings = (
        "name", "segment", "relation", "key_account", "territory", "country", "owner", "aum", "aum_currency",
        "open_deals", "open_amount", "open_currency", "last_activity_at", "id",
    )  # fmt: skip
    return exports.export_list(
        viewer.scope, "accounts", dict(asked.filters), lambda after: _page(asked, viewer, MAX_SIZE, after), headings, _cells
    )  # fmt: skip


def _cells(row: queries.AccountRow) -> tuple[object, ...]:
    return (
        row.name, row.segment, row.relation, row.key_account, row.territory, row.country, row.owner,
        *exports.amount(row.aum), row.open_count, *exports.amount(row.open_amount), row.last_activity_at, row.id,
    )  # fmt: skip


@router.get("/accounts/new")
def new(request: Request, viewer: CurrentViewer) -> Response:
    """The form for a new account."""
    places = [(t.id, t.name) for t in people.list_territories(viewer.scope)]
    return render.page(
        request, "accounts/new.html", segments=list(SEGMENT_NAMES.items()), relations=RELATIONS, places=places
    )


@router.post("/accounts")
def create(
    request: Request,
    viewer: CurrentViewer,
    name: Annotated[str, Form()],
    segment: Annotated[str, Form()] = "other",
    relation: Annotated[str, Form()] = "target",
    website: Annotated[str, Form()] = "",
    country: Annotated[str, Form()] = "",
    territory: Annotated[str, Form()] = "",
) -> Response:
    """A new account, owned by who makes it."""
    action = CreateAccount.model_validate({
        "name": name, "segment": segment, "relation": relation, "website": website.strip() or None,
        "country": country.strip() or None, "territory_id": forms.whole(territory),
    })  # fmt: skip
    return act(request, viewer, action, _made_account, "Account created.", back="/accounts/new")


def _made_account(done: Performed) -> str:
    return f"/accounts/{done.result['account_id']}"


@router.get("/accounts/{account_id}")
def account(
    request: Request, viewer: CurrentViewer, account_id: UUID, before: str = "", id: str = ""
) -> Response:
    """The dossier."""
    found = get_dossier(
        viewer.scope, account_id, before=_instant(before), before_id=forms.found_id(id) or FIRST_ID
    )
    may_reassign = may(viewer.scope, "ReassignAccount", "account")
    return render.page(
        request, "accounts/one.html", d=found, segment_name=segment_name, stage_name=stage_name,
        segments=list(SEGMENT_NAMES.items()), relations=RELATIONS, earlier=bool(before), may_reassign=may_reassign,
        sellers=[(viewer.person_id, viewer.name), *_sellers(viewer)] if may_reassign else [],
        territories=people.list_territories(viewer.scope) if may_reassign else [],
        may_bar=_may_bar(viewer), barriers=_barriers(viewer), halts=list_touching(viewer.scope, account_id=account_id),
        in_sequence=list_running(viewer.scope, account_id),
        after_event=after_event(viewer.scope, found, clock.now()) if viewer.has(*LIBRARY_READERS) else "",
    )  # fmt: skip


def _instant(text: str) -> datetime | None:
    if not text:
        return None
    try:
        found = datetime.fromisoformat(text.replace(" ", "+"))
    except ValueError as error:
        raise BadRequest("This page address is not one of ours.") from error
    return found if found.tzinfo else found.replace(tzinfo=UTC)


@router.post("/accounts/{account_id}")
def update(
    request: Request,
    viewer: CurrentViewer,
    account_id: UUID,
    version: Annotated[int, Form()],
    name: Annotated[str, Form()],
    segment: Annotated[str, Form()],
    relation: Annotated[str, Form()],
    website: Annotated[str, Form()] = "",
    country: Annotated[str, Form()] = "",
    city: Annotated[str, Form()] = "",
    key_account: Annotated[bool, Form()] = False,
) -> Response:
    """Change what is known of the account. Empty fields stay as they are."""
    action = UpdateAccount.model_validate({
        "account_id": account_id, "expected_version": version, "name": name, "segment": segment, "relation": relation,
        "website": website.strip() or None, "country": country.strip() or None, "city": city.strip() or None,
        "key_account": key_account,
    })  # fmt: skip
    return act(request, viewer, action, f"/accounts/{account_id}", "Saved.")


@router.post("/accounts/{account_id}/reassign")
def reassign(
    request: Request,
    viewer: CurrentViewer,
    account_id: UUID,
    version: Annotated[int, Form()],
    owner: Annotated[str, Form()] = "",
    territory: Annotated[str, Form()] = "",
) -> Response:
    """Give the account to somebody else, or move it to another territory."""
    action = ReassignAccount(
        account_id=account_id, expected_version=version, owner_id=forms.found_id(owner), territory_id=forms.whole(territory)
    )  # fmt: skip
    return act(request, viewer, action, f"/accounts/{account_id}", "Reassigned.")


@router.post("/accounts/{account_id}/barrier")
def behind_barrier(
    request: Request,
    viewer: CurrentViewer,
    account_id: UUID,
    version: Annotated[int, Form()],
    reason: Annotated[str, Form()],
    barrier: Annotated[str, Form()] = "",
) -> Response:
    """Put the account behind a barrier, or let it out."""
    action = MoveBehindBarrier(
        account_id=account_id, expected_version=version, barrier=barrier, reason=reason
    )
    return act(request, viewer, action, f"/accounts/{account_id}", "Moved.")


@router.post("/accounts/{account_id}/contacts")
def add_contact(
    request: Request,
    viewer: CurrentViewer,
    account_id: UUID,
    last_name: Annotated[str, Form()],
    first_name: Annotated[str, Form()] = "",
    title: Annotated[str, Form()] = "",
    email: Annotated[str, Form()] = "",
    phone: Annotated[str, Form()] = "",
) -> Response:
    """A new person at the account."""
    action = CreateContact(
        account_id=account_id, first_name=first_name, last_name=last_name, title=title.strip() or None,
        email=email.strip() or None, phone=phone.strip() or None,
    )  # fmt: skip
    return act(request, viewer, action, f"/accounts/{account_id}#people", "Contact added.")


@router.post("/accounts/{account_id}/activities")
def log(
    request: Request,
    viewer: CurrentViewer,
    account_id: UUID,
    kind: Annotated[str, Form()],
    subject: Annotated[str, Form()],
    body: Annotated[str, Form()] = "",
    due: Annotated[str, Form()] = "",
    contact: Annotated[str, Form()] = "",
    deal: Annotated[str, Form()] = "",
) -> Response:
    """Note what happened, or a task to be done."""
    action = LogActivity.model_validate({
        "account_id": account_id, "activity_kind": kind, "subject": subject, "body": body,
        "due_at": forms.day_end(due, viewer.zone) if kind == "task" else None,
        "contact_id": forms.found_id(contact), "opportunity_id": forms.found_id(deal),
    })  # fmt: skip
    where = f"/pipeline/{deal}" if deal else f"/accounts/{account_id}"
    return act(request, viewer, action, where, "Noted." if kind != "task" else "Task added.")


@router.post("/accounts/{account_id}/deals")
def open_deal(
    request: Request,
    viewer: CurrentViewer,
    account_id: UUID,
    name: Annotated[str, Form()],
    amount: Annotated[str, Form()] = "",
    close_on: Annotated[str, Form()] = "",
    contact: Annotated[str, Form()] = "",
) -> Response:
    """A new deal in the first stage."""
    money = forms.money(amount)
    action = CreateOpportunity(
        account_id=account_id, name=name, contact_id=forms.found_id(contact), close_on=forms.day(close_on),
        amount_minor=money.minor if money else None, amount_currency=money.currency if money else None,
    )  # fmt: skip
    back = f"/accounts/{account_id}"
    return act(
        request,
        viewer,
        action,
        lambda d: f"/pipeline/{d.result['opportunity_id']}",
        "Deal opened.",
        back=back,
    )
