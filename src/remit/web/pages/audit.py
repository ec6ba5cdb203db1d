"""Audit: the record of what happened, each line with its proof; verification and export for compliance."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form
from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import FileResponse, Response

from remit.audit import queries
from remit.audit.record import KINDS
from remit.domains.people import queries as people
from remit.kit.text import in_words
from remit.web import audit_view, render, told
from remit.web.nav import NavEntry
from remit.web.paging import Column, ListRequest, list_request
from remit.web.problems import BadRequest
from remit.web.sessions import CurrentScope, CurrentViewer, Viewer, require

router = APIRouter()
NAV = NavEntry("Audit", "/audit", "history", 70)
COLUMNS = (
    Column("at", "When", kind="time"),
    Column("actor", "Who"),
    Column("sentence", "What"),
    Column("event", "Event", phone=False),
    Column("account", "Account", phone=False),
    Column("sealed", "Sealed", phone=False),
)
FILTERS = ("person", "account", "kind", "event", "rule", "from", "until", "action", "object")


def _id(asked: ListRequest, name: str) -> UUID | None:
    value = asked.filters.get(name)
    try:
        return UUID(value) if value else None
    except ValueError as error:
        raise BadRequest(f"The filter {name} takes an id.") from error


def _day(asked: ListRequest, name: str, viewer: Viewer, *, following: bool = False) -> datetime | None:
    """The start of a day in the reader's zone (of the next day for the end of a period)."""
    value = asked.filters.get(name)
    if not value:
        return None
    try:
        on = datetime.strptime(value, "%Y-%m-%d").date()  # noqa: DTZ007 - the zone is put on below
        if following:
            on += timedelta(days=1)
        return datetime.combine(on, time(), viewer.zone).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise BadRequest("A period is given by dates such as 2026-11-23.") from error


@router.get("/audit")
def records(request: Request, viewer: CurrentViewer) -> Response:
    """The log, newest first."""
    asked = list_request(request, sorts=("at",), default="-at", filters=FILTERS)
    kind = asked.filters.get("kind")
    if kind is not None and kind not in KINDS:
        raise BadRequest("There is no such kind of record.")
    filters = queries.AuditFilters(
        person_id=_id(asked, "person"),
        account_id=_id(asked, "account"),
        action_id=_id(asked, "action"),
        object_id=_id(asked, "object"),
        kind=kind,
        event=asked.filters.get("event"),
        rule=asked.filters.get("rule"),
        since=_day(asked, "from", viewer),
        until=_day(asked, "until", viewer, following=True),
    )
    found = queries.list_audit(viewer.scope, filters, after=asked.after, limit=asked.limit)
    return render.page(
        request,
        "audit/list.html",
        rows=found.rows,
        next=found.next,
        list=asked,
        columns=COLUMNS,
        kinds=[(kind, in_words(kind)) for kind in sorted(KINDS)],
        people=[(str(p.id), p.name) for p in people.list_people(viewer.scope, limit=500).rows],
        head=audit_view.newest_head(viewer.scope),
        checked=None,
    )


@router.get("/audit/{record_id}")
def one(request: Request, scope: CurrentScope, record_id: UUID) -> Response:
    """One record: what it says, what was hashed, and the proof of its place."""
    found = queries.get_audit(scope, record_id)
    return render.page(
        request,
        "audit/one.html",
        row=found.row,
        record=found.record,
        body=[
            (key, told.value_text(value))
            for key, value in dict(found.record.get("body") or {}).items()
            if value not in (None, {}, [], "")
        ],
        text=found.text,
        proof=found.proof,
        rules=told.rules(found.row.rule_ids),
    )


@router.post("/audit/verify")
def verify(request: Request, viewer: CurrentViewer) -> Response:
    """Check the whole log against its sealed heads, now."""
    require(viewer, "compliance", "governance", "vp", "admin")
    report = audit_view.verify(viewer.scope)
    return render.page(request, "audit/verified.html", report=report)


@router.post("/audit/export")
def take_out(
    viewer: CurrentViewer,
    since: Annotated[str, Form(alias="from", max_length=10)] = "",
    until: Annotated[str, Form(max_length=10)] = "",
) -> Response:
    """The export file, which verifies without Remit. Taking it is on the record before the first byte leaves."""
    asked = ListRequest("/audit", "at", True, None, {"from": since, "until": until})
    path = audit_view.export(
        viewer.scope, _day(asked, "from", viewer), _day(asked, "until", viewer, following=True)
    )
    return FileResponse(
        path,
        media_type="application/octet-stream",
        filename=path.name,
        background=BackgroundTask(audit_view.remove, path),
    )
