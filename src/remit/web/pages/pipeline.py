"""Pipeline: the board by stage, the table, one deal, and the moves that sellers make."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Final
from uuid import UUID

from fastapi import APIRouter, Form
from starlette.requests import Request
from starlette.responses import Response

from remit.db.sessions import read
from remit.domains.accounts.queries import load_account
from remit.domains.activities.queries import load_of_deal, load_said_before
from remit.domains.campaigns.queries import load_leads_of_deal, load_of_leads
from remit.domains.contacts.queries import load_contacts
from remit.domains.opportunities import queries, rules
from remit.domains.opportunities.actions import ChangeStage, CloseOpportunity, UpdateOpportunity
from remit.domains.opportunities.queries import Deal, Filters, StageTotal
from remit.domains.proposals.queries import list_of_deal
from remit.domains.proposals.records import STATES as STATES_OF_PROPOSALS
from remit.kit import clock
from remit.kit.money import Money
from remit.kit.paging import MAX_SIZE, Page
from remit.web import exports, forms, render
from remit.web.allowed import may
from remit.web.doing import act
from remit.web.nav import NavEntry
from remit.web.paging import Column, ListRequest, list_request
from remit.web.sessions import CurrentViewer, Viewer

router = APIRouter()
ROLES: Final = frozenset(
    {
        "sdr",
        "ae",
        "se",
        "manager",
        "vp",
        "operations",
        "compliance",
        "governance",
        "finance",
        "legal",
    }
)
NAV = NavEntry("Pipeline", "/pipeline", "layout-kanban", 30, roles=ROLES)
SELLERS: Final = ("sdr", "ae", "se")
FORECASTS: Final = [
    ("pipeline", "Pipeline"), ("best_case", "Best case"), ("commit", "Commit"), ("omitted", "Omitted"),
]  # fmt: skip
STATES: Final = [("open", "Open"), ("won", "Won"), ("lost", "Lost"), ("any", "Open and closed")]
COLUMNS: Final = (
    Column("name", "Deal", sortable=True),
    Column("stage", "Stage"),
    Column("amount", "Amount", sortable=True, kind="money"),
    Column("close", "Close", sortable=True, kind="day"),
    Column("stage_since", "In stage", sortable=True, kind="time", phone=False),
    Column("forecast", "Forecast", phone=False),
    Column("owner", "Owner", phone=False),
    Column("next", "Next step", phone=False),
    Column("last", "Last activity", kind="time", phone=False),
)


@dataclass(frozen=True, slots=True)
class Lane:
    """One column of the board. `before` and `after`: the stages that a card moves to."""

    stage: str
    name: str
    cards: list[Deal]
    count: int
    sums: tuple[Money, ...]
    before: str
    after: str


def _may_move(viewer: Viewer) -> bool:
    return may(viewer.scope, "ChangeStage", "opportunity", context={"closes": False})


@router.get("/pipeline")
def board(request: Request, viewer: CurrentViewer, owner: str = "") -> Response:
    """Open deals by stage: mine for sellers, all that one may see for others."""
    mine = owner == "me" or (owner == "" and viewer.has(*SELLERS))
    filters = Filters(
        owner_id=viewer.person_id if mine else forms.found_id(owner if owner not in ("me", "all") else "")
    )
    totals = queries.list_stage_totals(viewer.scope, filters)
    stages = queries.stages_in_use(totals, [stage.key for stage in rules.STAGES])
    cards = queries.list_board(viewer.scope, filters, stages, now=clock.now())
    whose = owner or ("me" if mine else "all")
    return render.page(
        request, "pipeline/board.html", lanes=_lanes(stages, totals, cards), whose=whose, total=sum(t.count for t in totals),
        may_move=_may_move(viewer), known=[s.key for s in rules.STAGES], stage_name=rules.stage_name,
        chart=_chart(stages, totals), owner_filter="" if whose == "all" else whose,
    )  # fmt: skip


def _lanes(stages: list[str], totals: list[StageTotal], cards: dict[str, list[Deal]]) -> list[Lane]:
    known = [stage.key for stage in rules.STAGES]
    lanes = []
    for stage in stages:
        here = [one for one in totals if one.stage == stage]
        at = known.index(stage) if stage in known else -1
        sums = tuple(one.amount for one in here if one.amount is not None and one.amount.minor)
        before = known[at - 1] if at > 0 else ""
        after = known[at + 1] if 0 <= at < len(known) - 1 else ""
        lanes.append(
            Lane(
                stage, rules.stage_name(stage), cards[stage], sum(t.count for t in here), sums, before, after
            )
        )
    return lanes


def _chart(stages: list[str], totals: list[StageTotal]) -> list[dict[str, object]]:
    """One bar a stage, in the currency with most deals; the table beside it holds all."""
    counts: dict[str, int] = {}
    for one in totals:
        if one.currency:
            counts[one.currency] = counts.get(one.currency, 0) + one.count
    main = max(counts, key=lambda code: counts[code], default="")
    sums = {one.stage: one.amount for one in totals if one.currency == main}
    return [
        {
            "stage": rules.stage_name(stage),
            "currency": main,
            "amount": float(amount.major) if (amount := sums.get(stage)) else 0,
        }
        for stage in stages
    ]


def _asked(request: Request) -> ListRequest:
    names = ("q", "stage", "state", "forecast", "owner")
    return list_request(request, sorts=queries.SORTS, default="close", filters=names)


def _page(asked: ListRequest, viewer: Viewer, size: int, after: str | None) -> Page[Deal]:
    given = asked.filters
    state, owner = given.get("state") or "open", given.get("owner")
    filters = Filters(
        stage=given.get("stage") or None,
        owner_id=viewer.person_id if owner == "me" else forms.found_id(owner),
        open_only=state == "open",
        outcome=state if state in ("won", "lost") else None,
        forecast_category=given.get("forecast") or None,
        text=given.get("q") or None,
    )
    return queries.list_deals(
        viewer.scope,
        filters,
        now=clock.now(),
        after=after,
        size=size,
        sort=asked.sort,
        descending=asked.descending,
    )


@router.get("/pipeline/table")
def table(request: Request, viewer: CurrentViewer) -> Response:
    """Deals as a table that sorts, filters and pages."""
    asked = _asked(request)
    found = _page(asked, viewer, asked.limit, asked.after)
    fields = [
        ("q", "Deal or account", "text", []),
        ("stage", "Stage", "select", [(s.key, s.name) for s in rules.STAGES]),
        ("state", "State", "select", STATES),
        ("forecast", "Forecast", "select", FORECASTS),
        ("owner", "Owner", "select", [("me", "Me")]),
    ]
    return render.page(
        request, "pipeline/table.html", rows=found.rows, list=asked, columns=COLUMNS, next=found.next, fields=fields,
        stage_name=rules.stage_name, may_export=may(viewer.scope, "ExportRecords"),
    )  # fmt: skip


@router.post("/pipeline/table/export")
def export(request: Request, viewer: CurrentViewer) -> Response:
    """The table as a file, with the filters of its address; on the record first."""
    asked = _asked(request)
    headings = (
        "deal", "account", "stage", "outcome", "forecast", "amount", "currency", "close_on", "stage_since_at", "owner",
        "next_step", "next_step_on", "last_activity_at", "id",
    )  # fmt: skip
    return exports.export_list(
        viewer.scope, "deals", dict(asked.filters), lambda after: _page(asked, viewer, MAX_SIZE, after), headings, _cells
    )  # fmt: skip


def _cells(row: Deal) -> tuple[object, ...]:
    return (
        row.name, row.account, row.stage, row.outcome, row.forecast_category, *exports.amount(row.amount), row.close_on,
        row.stage_since_at, row.owner, row.next_step, row.next_step_on, row.last_activity_at, row.id,
    )  # fmt: skip


@router.get("/pipeline/{deal_id}")
def deal(request: Request, viewer: CurrentViewer, deal_id: UUID) -> Response:
    """One deal: where it stands, how it came there, what happened, what comes next."""
    now = clock.now()
    found = queries.get_deal(viewer.scope, deal_id, now=now)
    with read(viewer.scope) as s:
        happened = load_of_deal(s, deal_id, before=now)
        said_before = load_said_before(s, happened)
        contacts = load_contacts(s, found.deal.account_id) if found.deal.account_id else []
        account = load_account(s, found.deal.account_id) if found.deal.account_id else None
        came_from = load_leads_of_deal(s, deal_id)
        took_part = load_of_leads(s, [one.id for one in came_from])
    since = found.deal.last_activity_at or found.deal.stage_since_at
    quiet = (now - since).days if since and found.deal.closed_at is None else 0
    return render.page(
        request, "pipeline/deal.html", x=found, d=found.deal, account=account, happened=happened, said_before=said_before, contacts=contacts,
        stages=rules.STAGES, stage_name=rules.stage_name, forecasts=FORECASTS, may_move=_may_move(viewer),
        next_stage=_next_stage(found.deal.stage), quiet_days=quiet, limit_days=rules.stalled_after_days(found.deal.stage),
        proposals=list_of_deal(viewer.scope, deal_id), proposal_states=STATES_OF_PROPOSALS, may_propose=may(viewer.scope, "DraftProposal", "opportunity"),
        came_from=came_from, took_part=took_part,
    )  # fmt: skip


def _next_stage(stage: str) -> str:
    """The stage after this one; "" after the last and for a word of the firm's own."""
    known = [one.key for one in rules.STAGES]
    at = known.index(stage) + 1 if stage in known else len(known)
    return known[at] if at < len(known) else ""


@router.post("/pipeline/{deal_id}/stage")
def move(
    request: Request,
    viewer: CurrentViewer,
    deal_id: UUID,
    version: Annotated[int, Form()],
    stage: Annotated[str, Form(max_length=60)],
    back: Annotated[str, Form(max_length=200)] = "",
) -> Response:
    """Move a deal to another stage; what the stage needs is told where the move was asked for."""
    where = (
        "/pipeline" + (f"?owner={back}" if back and back.replace("-", "").isalnum() else "")
        if back
        else f"/pipeline/{deal_id}"
    )
    action = ChangeStage(opportunity_id=deal_id, expected_version=version, stage=stage)
    return act(request, viewer, action, where, f"Moved to {rules.stage_name(stage)}.")


@router.post("/pipeline/{deal_id}/close")
def close(
    request: Request,
    viewer: CurrentViewer,
    deal_id: UUID,
    version: Annotated[int, Form()],
    outcome: Annotated[str, Form()],
    reason: Annotated[str, Form(max_length=500)] = "",
) -> Response:
    """Win or lose the deal."""
    action = CloseOpportunity.model_validate(
        {"opportunity_id": deal_id, "expected_version": version, "outcome": outcome, "reason": reason}
    )
    return act(request, viewer, action, f"/pipeline/{deal_id}", f"Closed as {outcome}.")


@router.post("/pipeline/{deal_id}")
def update(
    request: Request,
    viewer: CurrentViewer,
    deal_id: UUID,
    version: Annotated[int, Form()],
    amount: Annotated[str, Form()] = "",
    close_on: Annotated[str, Form()] = "",
    next_step: Annotated[str, Form()] = "",
    next_step_on: Annotated[str, Form()] = "",
    forecast: Annotated[str, Form()] = "",
    contact: Annotated[str, Form()] = "",
) -> Response:
    """Change amount, dates, next step, forecast or main contact. Empty fields stay as they are."""
    money = forms.money(amount)
    action = UpdateOpportunity.model_validate({
        "opportunity_id": deal_id, "expected_version": version, "close_on": forms.day(close_on),
        "amount_minor": money.minor if money else None, "amount_currency": money.currency if money else None,
        "next_step": next_step.strip() or None, "next_step_on": forms.day(next_step_on),
        "forecast_category": forecast or None, "contact_id": forms.found_id(contact),
    })  # fmt: skip
    return act(request, viewer, action, f"/pipeline/{deal_id}", "Saved.")
