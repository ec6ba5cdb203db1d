"""Documents: add one by paste or upload, read it beside its summary, keep the summary, accept its lines as facts."""

from __future__ import annotations

from typing import Annotated, Final
from uuid import UUID

from fastapi import APIRouter, Form, UploadFile
from starlette.requests import Request
from starlette.responses import Response

from remit.actions import Performed, Refused
from remit.db.sessions import read
from remit.domains.accounts.queries import get_account
from remit.domains.documents import digest, heads, intake, quarters, queries, rules, summaries
from remit.domains.documents.actions import RemoveDocument
from remit.domains.documents.rules import DocumentKind
from remit.domains.facts import accepting
from remit.domains.facts.queries import load_of_document
from remit.evidence.facts import Sayable
from remit.kit.text import counted
from remit.knowledge.documents import DocumentRefused
from remit.knowledge.filings.model import FilingRefused
from remit.llm.gateway.call import configured
from remit.web import feedback, forms, render
from remit.web.allowed import may
from remit.web.document_view import stretch
from remit.web.doing import act
from remit.web.holdings_view import load_of_document as load_held
from remit.web.paging import Column, list_request
from remit.web.problems import BadRequest
from remit.web.sessions import CurrentViewer, Viewer

router = APIRouter()
UPLOADS = ("/documents/upload",)
TOP: Final = 25
COLUMNS: Final = (
    Column("title", "Document"),
    Column("kind", "Kind"),
    Column("account", "Account"),
    Column("day", "Of", kind="day", phone=False),
    Column("source", "Source", phone=False),
    Column("added", "Added", kind="time", phone=False),
)
FILES_ONLY: Final = ("13F", "ADV")
"""Kinds that are tables: read from their file; a pasted text of one would be no table."""
PASTED: Final = [(kind, name) for kind, name in rules.KIND_NAMES.items() if kind not in FILES_ONLY]
SAYABLE: Final[list[tuple[Sayable, str]]] = [
    ("public", "to anybody: it is public"),
    ("told_by_them", "to them: they told us"),
    ("internal_only", "to nobody: for our eyes only"),
]


def _kind(text: str | None) -> DocumentKind | None:
    if not text:
        return None
    if text not in rules.KIND_NAMES:
        raise BadRequest("This is not one of the kinds of document.")
    return text


def _may_add(viewer: Viewer, *, of_account: bool) -> bool:
    """By the policies; the firm's own are kept by fewer (documents.rules)."""
    return may(viewer.scope, "AddDocument") and (of_account or viewer.has(*rules.FIRM_ROLES))


@router.get("/documents")
def documents(request: Request, viewer: CurrentViewer) -> Response:
    """Every document that the viewer may see, the last added first."""
    asked = list_request(request, sorts=("added",), default="added", filters=("kind",))
    kind = _kind(asked.filters.get("kind"))
    found = queries.list_documents(viewer.scope, kind=kind, after=asked.after, size=asked.limit)
    return render.page(
        request, "documents/list.html", rows=found.rows, list=asked, columns=COLUMNS, next=found.next,
        fields=[("kind", "Kind", "select", list(rules.KIND_NAMES.items()))],
        may_add=_may_add(viewer, of_account=False),
    )  # fmt: skip


@router.get("/documents/new")
def new(request: Request, viewer: CurrentViewer, account: str = "", replaces: str = "") -> Response:
    """Paste or upload, for one account or for the firm, perhaps a better copy of a document."""
    replaced_id = forms.found_id(replaces)
    replaced = queries.get_document(viewer.scope, replaced_id).head if replaced_id else None
    account_id = replaced.account_id if replaced else forms.found_id(account)
    about = get_account(viewer.scope, account_id) if account_id else None
    of_firm = [(kind, name) for kind, name in PASTED if kind in rules.OF_THE_FIRM]
    return render.page(
        request, "documents/new.html", account=about, replaced=replaced, kinds=PASTED if about else of_firm,
        files=list(rules.KIND_NAMES.items()) if about else of_firm, most=intake.MAX_UPLOAD >> 20,
        may_add=_may_add(viewer, of_account=about is not None), may_of_account=_may_add(viewer, of_account=True),
    )  # fmt: skip


def _made(done: Performed) -> str:
    return f"/documents/{done.result['document_id']}"


def _back(account: str) -> str:
    return f"/documents/new?account={account}" if account else "/documents/new"


@router.post("/documents")
def paste(
    request: Request,
    viewer: CurrentViewer,
    kind: Annotated[str, Form()],
    text: Annotated[str, Form()],
    title: Annotated[str, Form()] = "",
    account: Annotated[str, Form()] = "",
    published_on: Annotated[str, Form()] = "",
    period_end_on: Annotated[str, Form()] = "",
    replaces: Annotated[str, Form()] = "",
) -> Response:
    """Keep a pasted text."""
    if kind in FILES_ONLY:
        said = f"A {rules.kind_name(kind)} is read from its file: upload it."
        return feedback.go(request, _back(account), said, "refused")
    given = _given(viewer, kind, account, title, published_on, period_end_on, replaces)
    try:
        found = intake.from_text(text, given["kind"])
        heads.check_kind(found.text, "The text", given["kind"])
    except DocumentRefused as refused:
        return feedback.go(request, _back(account), refused.message, "refused")
    action = intake.adding(found, source_name=f"pasted by {viewer.name}", **given)
    return act(request, viewer, action, _made, "Kept.", back=_back(account))


def _given(
    viewer: Viewer, kind: str, account: str, title: str, published_on: str, period_end_on: str, replaces: str
) -> intake.Given:
    chosen = _kind(kind)
    if chosen is None:
        raise BadRequest("This is not one of the kinds of document.")
    default = f"{rules.kind_name(chosen)}, pasted by {viewer.name}"
    return {
        "account_id": forms.found_id(account), "kind": chosen, "title": title, "default_title": default,
        "published_on": forms.day(published_on), "period_end_on": forms.day(period_end_on),
        "supersedes_id": forms.found_id(replaces),
    }  # fmt: skip


@router.post("/documents/upload")
def upload(
    request: Request,
    viewer: CurrentViewer,
    kind: Annotated[str, Form()],
    file: UploadFile,
    title: Annotated[str, Form()] = "",
    account: Annotated[str, Form()] = "",
    published_on: Annotated[str, Form()] = "",
    period_end_on: Annotated[str, Form()] = "",
    adviser: Annotated[str, Form()] = "",
    replaces: Annotated[str, Form()] = "",
) -> Response:
    """Keep an uploaded file's text. The file's name and its own words never pick the account."""
    given = _given(viewer, kind, account, title, published_on, period_end_on, replaces)
    name = intake.plain_name(file.filename or "the file")
    if file.size is not None and file.size > intake.MAX_UPLOAD:
        said = f"{name} has more than {intake.MAX_UPLOAD >> 20} MB; cut it into parts."
        return feedback.go(request, _back(account), said, "refused")
    try:
        data = file.file.read(intake.MAX_UPLOAD + 1)
        if given["kind"] == "ADV":
            return _adviser(request, viewer, data, name, given, account, forms.whole(adviser))
        found = intake.from_bytes(data, name, given["kind"])
    except (DocumentRefused, FilingRefused) as refused:
        return feedback.go(request, _back(account), refused.message, "refused")
    action = intake.adding(found, source_name=f"{name}, uploaded by {viewer.name}", **given)
    return act(request, viewer, action, _made, _kept(found), back=_back(account))


def _kept(found: intake.Intake) -> str:
    return " ".join(["Kept.", *found.warnings[:4]])


def _adviser(
    request: Request,
    viewer: Viewer,
    data: bytes,
    name: str,
    given: intake.Given,
    account: str,
    row: int | None,
) -> Response:
    """The row of a Form ADV extract that is about the account, as a document and facts."""
    account_id = given["account_id"]
    if account_id is None:
        raise BadRequest("A row of Form ADV is about an account.")
    about = get_account(viewer.scope, account_id)
    as_of = given["published_on"] or given["period_end_on"]
    if as_of is None:
        said = "Say of which day the extract is (published on): its facts need a date."
        return feedback.go(request, _back(account), said, "refused")
    found = accepting.adviser_in(data, name, as_of, about.name, row)
    document_id, count = accepting.keep_adviser(viewer.scope, account_id, found, as_of, name, viewer.name)
    said = f"Kept, with {counted(count, 'fact')} of row {found.row}: {found.name}."
    return feedback.go(request, f"/documents/{document_id}", said)


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
        sayable=accepting.sayable_of(found.head), may_add=_may_add(viewer, of_account=found.head.account_id is not None), may_record=may(viewer.scope, "RecordFact", "account"), held=held, top=TOP,
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
