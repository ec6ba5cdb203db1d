"""Compliance → Queue: what was drawn for review, one item after the other, judged by its words."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form
from pydantic import ValidationError
from starlette.requests import Request
from starlette.responses import Response

from remit.actions import Refused, perform
from remit.actions.seeded import reading_of, told
from remit.db.sessions import read
from remit.domains.supervision import queries, rules, sampling
from remit.domains.supervision.queries import READERS
from remit.domains.supervision.reviewing import Found, ReviewItem, rules_named
from remit.domains.supervision.rules import CATEGORIES
from remit.domains.supervision.sampling import DrawSamples
from remit.evidence.conduct_regimes import JURISDICTIONS
from remit.kit import clock
from remit.web import feedback, render, sealed
from remit.web.allowed import may
from remit.web.doing import act
from remit.web.pages.compliance import told as told_values
from remit.web.paging import list_request
from remit.web.problems import BadRequest
from remit.web.sessions import CurrentViewer, Viewer, require

router = APIRouter()
PURPOSE = "review"
Words = Annotated[list[str] | None, Form(max_length=20)]


@router.get("/compliance/queue")
def queue(request: Request, viewer: CurrentViewer) -> Response:
    """What waits, or what was reviewed; how it is drawn."""
    require(viewer, *READERS)
    asked = list_request(request, sorts=("due",), default="due", filters=("box",))
    box = asked.filters.get("box", "open")
    if box not in ("open", "done"):
        raise BadRequest("There is no such list.")
    found = (queries.list_open if box == "open" else queries.list_done)(
        viewer.scope, after=asked.after, size=asked.limit
    )
    today = clock.today()
    return render.page(
        request, "compliance/queue.html", rows=found.rows, next=found.next, list=asked, box=box, today=today,
        counts=queries.count_items(viewer.scope, today, today - timedelta(days=30)), periods=sampling.list_periods(viewer.scope)[:4],
        categories=CATEGORIES, may_draw=may(viewer.scope, "DrawSamples"),
    )  # fmt: skip


@router.post("/compliance/queue/draw")
def draw(request: Request, viewer: CurrentViewer) -> Response:
    """Draw now what was delivered since the last time."""
    return act(
        request,
        viewer,
        DrawSamples(),
        "/compliance/queue",
        "Drawn: what was delivered up to five minutes ago.",
    )


@router.get("/compliance/queue/{item_id}")
def one(request: Request, viewer: CurrentViewer, item_id: UUID) -> Response:
    """One item: its words, and the form; once it is decided, whose it was and what was found."""
    require(viewer, *READERS)
    item, findings = queries.get_item(viewer.scope, item_id)
    with read(viewer.scope) as s:
        reading = reading_of(s, viewer.person_id)
    seeded = told(item.seeded_defect or "", item.seeded_quote, item.seeded_answer or "") if item.seeded_quote else ""  # fmt: skip
    return render.page(
        request, "compliance/item.html", item=item, findings=findings, severities=rules.SEVERITIES, rules=rules_named(), categories=CATEGORIES,
        jurisdictions=JURISDICTIONS, may_review=item.state == "open" and may(viewer.scope, "ReviewItem"), reading=reading, seeded=seeded,
        opened=sealed.seal(viewer.csrf_secret, PURPOSE, clock.now().timestamp()),
    )  # fmt: skip


@router.post("/compliance/queue/{item_id}")
def review(
    request: Request, viewer: CurrentViewer, item_id: UUID, version: Annotated[int, Form()], opened: Annotated[str, Form(max_length=400)],
    severity: Words = None, rule: Words = None, quote: Words = None, remark: Words = None,
    note: Annotated[str, Form(max_length=500)] = "",
) -> Response:  # fmt: skip
    """The verdict: lines with a quote are findings; without any the item is clear. Then the next one."""
    where = f"/compliance/queue/{item_id}"
    lines = zip(severity or (), rule or (), quote or (), remark or (), strict=False)
    try:
        found = tuple(
            Found.model_validate({"severity": a, "rule_id": b, "quote": c, "note": d})
            for a, b, c, d in lines
            if c.strip()
        )
        action = ReviewItem(
            item_id=item_id, expected_version=version, findings=found, note=note, seconds=_seconds(viewer, opened)
        )  # fmt: skip
    except ValidationError as error:
        return feedback.go(request, where, told_values(error), "refused")
    try:
        perform(viewer.scope, action)
    except Refused as refused:
        if refused.code == "not_found":
            raise
        return feedback.go(request, where, refused.message, "refused")
    after = queries.get_item(viewer.scope, item_id)[0]
    if after.seeded_quote:
        return feedback.go(request, where, told(after.seeded_defect or "", after.seeded_quote, after.seeded_answer or ""))  # fmt: skip
    following = next(iter(queries.list_open(viewer.scope, size=1).rows), None)
    said = "Found and kept." if found else "Clear."
    return feedback.go(request, f"/compliance/queue/{following.id}" if following else "/compliance/queue", said, link=where)  # fmt: skip


def _seconds(viewer: Viewer, opened: str) -> int:
    began = float(sealed.unseal(viewer.csrf_secret, PURPOSE, opened))
    return max(0, min(86_400, int(clock.now().timestamp() - began)))
