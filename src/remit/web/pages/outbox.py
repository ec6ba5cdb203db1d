"""Outbox: what left, what was captured and what came back, and one message exactly as its recipient reads it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from remit.db.sessions import read
from remit.domains.activities.queries import load_said_before
from remit.domains.messages import queries
from remit.domains.outreach import recall
from remit.kit import paging
from remit.web import render, told
from remit.web.nav import NavEntry
from remit.web.paging import list_request
from remit.web.problems import BadRequest
from remit.web.sessions import CurrentScope

router = APIRouter()
NAV = NavEntry("Outbox", "/outbox", "mail", 45)
BOXES: Final = (("", "Sent"), ("in", "Received"), ("all", "Both"))
WHY_TONES: Final = {"corrected": "bad", "withdrawn": "bad", "expired": "warn"}
TONES: Final = {
    "sent": "ok",
    "captured": "ok",
    "uncertain": "warn",
    "recalled": "warn",
    "not sent": "bad",
    "received": "info",
}
_END: Final = (datetime.max.replace(tzinfo=UTC).isoformat(), str(UUID(int=2**128 - 1)))


def state_of(message: queries.Message) -> str:
    """The state in its one word. A message that came with its records (of a demo, an import) has no state here: it was sent."""
    if not message.state:
        return "sent"
    return told.sending(message.state, message.transport)


@router.get("/outbox")
def outbox(request: Request, scope: CurrentScope) -> Response:
    """Messages about accounts that the reader sees, newest first."""
    asked = list_request(request, sorts=("at",), default="-at", filters=("box",))
    box = asked.filters.get("box", "")
    if box not in dict(BOXES):
        raise BadRequest("There is no such list.")
    before, before_id = _key(asked.after)
    rows = queries.list_messages(
        scope, direction={"": "out", "in": "in"}.get(box), before=before, before_id=before_id, limit=asked.limit + 1  # type: ignore[arg-type]
    )  # fmt: skip
    found = paging.page(rows, asked.limit, lambda row: (row.at.isoformat(), str(row.id)))
    return render.page(
        request, "outbox/list.html", rows=found.rows, next=found.next, list=asked, box=box, boxes=BOXES,
        state_of=state_of, tones=TONES,
    )  # fmt: skip


def _key(cursor: str | None) -> tuple[datetime, UUID]:
    at, row_id = paging.decode(cursor, 2) if cursor else _END
    try:
        found, last = datetime.fromisoformat(str(at)), UUID(str(row_id))
    except ValueError as error:
        raise paging.CursorInvalid("this page address belongs to another list") from error
    if found.tzinfo is None:
        raise paging.CursorInvalid("this page address belongs to another list")
    return found, last


@router.get("/outbox/fallen")
def fallen(request: Request, scope: CurrentScope) -> Response:
    """Messages that left on facts which were corrected, withdrawn or have expired since."""
    rows = recall.list_recalls(scope)
    return render.page(request, "outbox/fallen.html", rows=rows, boxes=BOXES, tones=WHY_TONES)


@router.post("/outbox/{message_id}/correct")
def correct(scope: CurrentScope, message_id: UUID) -> Response:
    """Write the correction of a message; it is a draft like any other."""
    return RedirectResponse(f"/write/{recall.draft_correction(scope, message_id)}", status_code=303)


@router.get("/outbox/{message_id}")
def one(request: Request, scope: CurrentScope, message_id: UUID) -> Response:
    """One message: headers and text as they left, its receipt, and the conversation around it."""
    message = queries.get_message(scope, message_id)
    sent = message.direction == "out" and message.effect_id is not None
    effect, outcomes = (
        queries.get_effect(scope, message.effect_id) if sent and message.effect_id else (None, [])
    )
    thread = queries.list_messages(
        scope, thread_id=message.thread_id, before=datetime.max.replace(tzinfo=UTC)
    )
    with read(scope) as s:
        said_before = load_said_before(s, [message])
    return render.page(
        request, "outbox/one.html", one=message, said_before=said_before, effect=effect, outcomes=outcomes, state_of=state_of, tones=TONES,
        captured=queries.find_captured(scope, message.effect_id) if sent else None, thread=thread[::-1],
    )  # fmt: skip
