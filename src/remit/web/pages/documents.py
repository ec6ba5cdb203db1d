"""Documents: read one beside its summary, keep the summary, accept its lines as facts, list it no more."""

from __future__ import annotations

from typing import Annotated, Final
from uuid import UUID

from fastapi import APIRouter, Form
from starlette.requests import Request
from starlette.responses import Response

from remit.actions import Refused
from remit.db.sessions import read
from remit.domains.documents import digest, heads, quarters, queries, rules, summaries
from remit.domains.documents.actions import RemoveDocument
from remit.domains.facts import accepting
from remit.domains.facts.queries import load_of_document
from remit.evidence.facts import Sayable
from remit.llm.gateway.call import configured
from remit.web import feedback, forms, render
from remit.web.allowed import may
from remit.web.document_view import kind_of, may_add, stretch
from remit.web.doing import act
from remit.web.holdings_view import load_of_document as load_held
from remit.web.paging import Column, list_request
from remit.web.problems import BadRequest
from remit.web.sessions import CurrentViewer

router = APIRouter()
TOP: Final = 25
COLUMNS: Final = (
    Column("title", "Document"),
    Column("kind", "Kind"),
    Column("account", "Account"),
    Column("day", "Of", kind="day", phone=False),
    Column("source", "Source", phone=False),
    Column("added", "Added", kind="time", phone=False),
)
SAYABLE: Final[list[tuple[Sayable, str]]] = [
    ("public", "to anybody: it is public"),
    ("told_by_them", "to them: they told us"),
    ("internal_only", "to nobody: for our eyes only"),
]


@router.get("/documents")
def documents(request: Request, viewer: CurrentViewer) -> Response:
    """Every document that the viewer may see, the last added first."""
    asked = list_request(request, sorts=("added",), default="added", filters=("kind",))
    kind = kind_of(asked.filters.get("kind"))
    found = queries.list_documents(viewer.scope, kind=kind, after=asked.after, size=asked.limit)
    return render.page(
        request, "documents/list.html", rows=found.rows, list=asked, columns=COLUMNS, next=found.next,
        fields=[("kind", "Kind", "select", list(rules.KIND_NAMES.items()))],
        may_add=may_add(viewer, of_account=False),
    )  # fmt: skip


def _span(first: str, last: str) -> tuple[int, int] | None:
    start, end = forms.whole(first), forms.whole(last)
    return None if start is None or end is None else (start, end)


@router.get("/documents/{document_id}")
def document(
    request: Request,
    viewer: CurrentViewer,
    document_id: UUID,
    first: str = "",
    last: str = "",
    at: str = "",
) -> Response:
    """The document beside what it says in short, what changed, and what was made of it."""
    with read(viewer.scope) as s:
        found = queries.load_document(s, document_id)
        previous = queries.find_previous(s, found)
        saved = summaries.load_saved(s, found)
        facts = load_of_document(s, document_id)
        held = load_held(s, found) if found.kind == "13F" else None
    summary = digest.summary_of(found)
    filer = heads.filer_of(found.text, found.kind, found.head.title)
    stranger = filer if found.head.account and not heads.looks_like(filer, found.head.account) else ""
    return render.page(
        request, "documents/one.html", stranger=stranger, doc=found, head=found.head, previous=previous,
        summary=summary, summary_hash=digest.hash_of(summary.bullets), writer=digest.WRITER, saved=saved, facts=facts,
        known={fact.value for fact in facts}, changes=digest.changes_of(found, previous), sayables=SAYABLE,
        sayable=accepting.sayable_of(found.head), may_add=may_add(viewer, of_account=found.head.account_id is not None), may_record=may(viewer.scope, "RecordFact", "account"), held=held, top=TOP,
        may_model=configured("summary"),
        part=stretch(found.text, _span(first, last), forms.whole(at) or 0, found.page_starts),
    )  # fmt: skip


@router.get("/documents/{document_id}/text")
def text_part(
    request: Request,
    viewer: CurrentViewer,
    document_id: UUID,
    first: str = "",
    last: str = "",
    at: str = "",
) -> Response:
    """A stretch of the text alone: what a click on a citation brings."""
    found = queries.get_document(viewer.scope, document_id)
    part = stretch(found.text, _span(first, last), forms.whole(at) or 0, found.page_starts)
    return render.page(request, "documents/text.html", doc=found, part=part)


@router.post("/documents/{document_id}/summary")
def keep_summary(
    request: Request, viewer: CurrentViewer, document_id: UUID, seen: Annotated[str, Form(max_length=64)]
) -> Response:
    """Keep the summary that was looked at."""
    found = queries.get_document(viewer.scope, document_id)
    bullets = digest.summary_of(found).bullets
    where = f"/documents/{document_id}"
    if digest.hash_of(bullets) != seen or not bullets:
        return feedback.go(request, where, "The summary is another one by now; look at it again.", "refused")
    return act(request, viewer, summaries.saving(document_id, bullets), where, "Summary kept.")


@router.post("/documents/{document_id}/facts")
def accept(
    request: Request,
    viewer: CurrentViewer,
    document_id: UUID,
    seen: Annotated[str, Form(max_length=64)],
    number: Annotated[str, Form()],
    sayable: Annotated[str, Form()],
    saved: Annotated[str, Form()] = "",
) -> Response:
    """Accept one line as a fact; the line is taken from our own summary, never from the form."""
    found = queries.get_document(viewer.scope, document_id)
    kept = forms.found_id(saved)
    bullets = (
        summaries.get_saved(viewer.scope, kept, document_id).bullets
        if kept
        else digest.summary_of(found).bullets
    )
    where, place = f"/documents/{document_id}", forms.whole(number)
    if place is None or place >= len(bullets) or digest.hash_of(bullets) != seen:
        return feedback.go(request, where, "The summary is another one by now; look at it again.", "refused")
    action = accepting.as_fact(found, bullets[place], forms.choice(sayable, dict(SAYABLE)))
    return act(request, viewer, action, where, "Recorded as a fact.")


@router.post("/documents/{document_id}/positions")
def positions_fact(request: Request, viewer: CurrentViewer, document_id: UUID) -> Response:
    """Record what became of the reported positions since the quarter before."""
    with read(viewer.scope) as s:
        found = queries.load_document(s, document_id)
        if found.kind != "13F":
            raise BadRequest("Only a 13F has positions.")
        now = quarters.load_of_document(s, found)
        before = quarters.load_before(s, now)
    where = f"/documents/{document_id}"
    try:
        action = accepting.positions_fact(now, before)
    except Refused as refused:
        return feedback.go(request, where, refused.message, "refused")
    return act(request, viewer, action, where, "Recorded as a fact.")


@router.post("/documents/{document_id}/remove")
def remove(
    request: Request,
    viewer: CurrentViewer,
    document_id: UUID,
    version: Annotated[int, Form()],
    reason: Annotated[str, Form(max_length=1000)] = "",
) -> Response:
    """List it no more."""
    where = f"/documents/{document_id}"
    if not reason.strip():
        return feedback.go(request, where, "Say why it is removed.", "refused")
    action = RemoveDocument(document_id=document_id, expected_version=version, reason=reason)
    return act(
        request, viewer, action, where, "Removed: it is listed no more. What rests on it keeps its quotes."
    )
