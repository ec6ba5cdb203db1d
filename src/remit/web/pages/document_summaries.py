"""A model's summary of a document, where a model is connected: shown with its sources, kept when somebody accepts it."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form
from starlette.requests import Request
from starlette.responses import Response

from remit.domains.documents import modelled, queries, summaries
from remit.llm.gateway.ledger import NoModel
from remit.web import feedback, render
from remit.web.doing import act
from remit.web.sealed import seal, unseal
from remit.web.sessions import CurrentViewer

router = APIRouter()


@router.get("/documents/summaries/{summary_id}")
def kept_summary(request: Request, viewer: CurrentViewer, summary_id: UUID) -> Response:
    """The document that a kept summary is of."""
    found = summaries.get_saved(viewer.scope, summary_id)
    return feedback.go(request, f"/documents/{found.document_id}")


@router.post("/documents/{document_id}/write")
def write(request: Request, viewer: CurrentViewer, document_id: UUID) -> Response:
    """Have the model write; what does not hold is left out, and without one the embedded summary stands."""
    found = queries.get_document(viewer.scope, document_id)
    try:
        written = modelled.write(viewer.scope, found)
    except NoModel as error:
        return feedback.go(request, f"/documents/{document_id}", error.note, "refused")
    action = summaries.saving(document_id, written.bullets, written.model, written.note)
    sealed = seal(viewer.csrf_secret, f"summary:{document_id}", action.payload())
    return render.page(
        request, "documents/written.html", doc=found, head=found.head, written=written, kept=sealed
    )


@router.post("/documents/{document_id}/written")
def keep_written(
    request: Request,
    viewer: CurrentViewer,
    document_id: UUID,
    kept: Annotated[str, Form(max_length=400_000)],
) -> Response:
    """Keep what was shown; the door checks each line again."""
    payload = unseal(viewer.csrf_secret, f"summary:{document_id}", kept)
    action = summaries.SaveSummary.model_validate(payload)
    return act(request, viewer, action, f"/documents/{document_id}", "Summary kept.")
