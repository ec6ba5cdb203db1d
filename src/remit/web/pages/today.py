"""Today: one ranked list of what waits for the reader, each with reason, value, age and the one next action."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Annotated, Final
from uuid import UUID

from fastapi import APIRouter, Form
from starlette.requests import Request
from starlette.responses import Response

from remit.actions import RejectSuggestion, approve
from remit.domains.activities.actions import CompleteTask
from remit.domains.adoption.primary import find_due
from remit.domains.governance.queries import list_touching
from remit.domains.people import overseers
from remit.domains.people.oversight import OVERSIGHT
from remit.domains.planning import queries
from remit.domains.planning.ranking import Candidate, Ranked
from remit.domains.planning.weights import KIND_NAMES
from remit.kit import clock
from remit.web import feedback, render
from remit.web.allowed import may
from remit.web.doing import act
from remit.web.nav import NavEntry
from remit.web.problems import BadRequest
from remit.web.sessions import CurrentViewer
from remit.web.waiting import list_waiting

router = APIRouter()
ROLES: Final = frozenset(
    {"sdr", "ae", "se", "manager", "vp", "compliance", "governance", "operations", "enablement"}
)
NAV = NavEntry("Today", "/today", "home", 10, roles=ROLES, phone=True)
TONES: Final = {"meeting": "info", "parked": "bad", "reply": "info", "approval": "warn", "stalled": "warn"}


@dataclass(frozen=True, slots=True)
class Line:
    """A ranked item as the page shows it. `href` opens it; `next_href` is its one next action, called `next_label`."""

    ranked: Ranked
    href: str
    next_href: str
    next_label: str
    tone: str
    answers: str = ""
    """The message that its next action answers."""

    @property
    def one(self) -> Candidate:
        """The thing itself."""
        return self.ranked.candidate


@router.get("/today")
def today(request: Request, viewer: CurrentViewer, kind: str = "") -> Response:
    """The list, whole or of one kind."""
    if kind and kind not in KIND_NAMES:
        raise BadRequest("There is no such kind of work.")
    found = queries.list_today(viewer.scope, now=clock.now())
    counts = Counter(item.candidate.kind for item in found.items)
    chosen = [item for item in found.items if not kind or item.candidate.kind == kind]
    names = [(key, name, counts[key]) for key, name in KIND_NAMES.items() if counts[key]]
    alone = overseers.list_alone(viewer.scope) if viewer.has(*OVERSIGHT) else []
    return render.page(
        request, "today/today.html", lines=[_line(item) for item in chosen], kinds=names, kind=kind,
        total=len(found.items), halts=list_touching(viewer.scope),
        alone=alone, due=find_due(viewer.scope, clock.today()),
        waiting=list_waiting(viewer) if not kind else (), writes=may(viewer.scope, "WriteDraft"),
    )  # fmt: skip


def _line(item: Ranked) -> Line:
    one = item.candidate
    account = f"/accounts/{one.account_id}" if one.account_id else ""
    deal = f"/pipeline/{one.opportunity_id}" if one.opportunity_id else ""
    write = f"/write/new?account={one.account_id}" if one.account_id else ""
    mend = f"/quality?whose=me&account={one.account_id or ''}"
    href, next_href, label = {
        "approval": (f"/approvals/{one.id}", "", "Read and approve"),
        "parked": (f"/effects/{one.id}", f"/effects/{one.id}", "Decide"),
        "meeting": (account or deal, f"/meetings/{one.id}/brief" if account else deal, "Brief"),
        "reply": (f"{account}#timeline", write, "Answer"),
        "task": (deal or account, "", "Done"),
        "stalled": (deal, write or deal, "Write to them" if write else "Open"),
        "trigger": (f"/documents/{one.document_id}" if one.document_id else account, write, "Write to them"),
        "noted": (account, write, "Write to them"),
        "quality": (mend, mend, "Mend"),
    }[one.kind]
    answers = str(one.id) if one.kind == "reply" and one.contact_id else ""
    return Line(item, href, next_href, label, TONES.get(one.kind, "muted"), answers)


@router.post("/today/suggestions/{suggestion_id}/approve")
def approve_one(
    request: Request,
    viewer: CurrentViewer,
    suggestion_id: UUID,
    payload_hash: Annotated[str, Form(max_length=64)],
) -> Response:
    """Approve exactly the payload that was shown."""
    done = approve(viewer.scope, suggestion_id, payload_hash)
    return feedback.go(request, "/today", f"Approved and done. {done.sentence}")


@router.post("/today/suggestions/{suggestion_id}/reject")
def reject_one(
    request: Request,
    viewer: CurrentViewer,
    suggestion_id: UUID,
    reason: Annotated[str, Form(max_length=500)] = "",
) -> Response:
    """Reject with the reason that whoever proposed it learns from."""
    action = RejectSuggestion(suggestion_id=suggestion_id, reason=reason)
    return act(request, viewer, action, "/today", "Rejected. Whoever proposed it sees your reason.")


@router.post("/today/tasks/{activity_id}/done")
def task_done(request: Request, viewer: CurrentViewer, activity_id: UUID) -> Response:
    """Tick a task off."""
    return act(request, viewer, CompleteTask(activity_id=activity_id), "/today", "Task done.")
