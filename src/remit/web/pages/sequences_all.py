"""All runs of a sequence paused, resumed or stopped at once: how many these are, and why, is said before it is done."""

from __future__ import annotations

from typing import Annotated, Final
from uuid import UUID

from fastapi import APIRouter, Form
from starlette.requests import Request
from starlette.responses import Response

from remit.domains.sequences import queries
from remit.domains.sequences.steering import MEANT, MOST_OF_ALL
from remit.web import feedback, render
from remit.web.pages.library import READERS
from remit.web.pages.sequences import sequence_of, steer, steers
from remit.web.problems import BadRequest, NotAllowedHere
from remit.web.sessions import CurrentViewer, require

router = APIRouter()
WHAT: Final = {
    "pause": ("Pause", "What waits for approval is taken back, and asked for again on resuming."),
    "resume": ("Resume", "Each goes on where it was; one that something still holds up stays as it is."),
    "stop": (
        "Stop",
        "For good: nothing that waits is sent, open drafts are put away, and nobody can resume them.",
    ),
}

NONE: Final = {
    "pause": "Nothing of it runs any more", "resume": "Nothing of it is paused any more", "stop": "Nothing of it runs or is paused any more",
}  # fmt: skip


@router.get("/sequences/{version_id}/runs/{verb}")
def look(request: Request, viewer: CurrentViewer, version_id: UUID, verb: str) -> Response:
    """What would be done to how many runs."""
    require(viewer, *READERS)
    version = sequence_of(viewer, version_id)
    if verb not in WHAT:
        raise BadRequest("A run is paused, resumed or stopped.")
    if not steers(viewer)[f"may_{verb}"]:
        raise NotAllowedHere("Runs are paused, resumed and stopped by those who sell; enablement, compliance and operations pause and stop.")  # fmt: skip
    states = queries.get_listed(viewer.scope, version).states
    count = {state: states[state] for state in MEANT[verb] if states.get(state)}
    if not count:
        return feedback.go(request, f"/sequences/{version_id}", f"{NONE[verb]}.", "refused")
    label, means = WHAT[verb]
    return render.page(
        request, "sequences/all.html", v=version, verb=verb, label=label, means=means, states=count, count=sum(count.values()),
        held=bool(queries.get_reasons(viewer.scope, version.template_id).get("restored")) and verb == "resume",
    )  # fmt: skip


@router.post("/sequences/{version_id}/runs/{verb}")
def steer_all(
    request: Request,
    viewer: CurrentViewer,
    version_id: UUID,
    verb: str,
    count: Annotated[int, Form(ge=1, le=MOST_OF_ALL)],
    reason: Annotated[str, Form(max_length=500)] = "",
) -> Response:
    """Pause, resume or stop all runs of the sequence that the viewer sees, if they are as many as the page said."""
    version = sequence_of(viewer, version_id)
    states = queries.get_listed(viewer.scope, version).states
    if verb in MEANT and not any(states.get(state) for state in MEANT[verb]):  # the page before, sent again
        return feedback.go(
            request, f"/sequences/{version_id}", f"{NONE[verb]}; nothing was changed.", "refused"
        )
    meant = {"sequence_id": version.template_id, "expected_count": count}
    return steer(request, viewer, verb, meant, reason, f"/sequences/{version_id}")
