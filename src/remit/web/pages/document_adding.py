"""A new document: pasted or uploaded, for an account or for the firm."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import APIRouter, Form, UploadFile
from starlette.requests import Request
from starlette.responses import Response

from remit.actions import Performed
from remit.domains.accounts.queries import get_account
from remit.domains.documents import heads, intake, queries, rules
from remit.domains.facts import accepting
from remit.kit.text import counted
from remit.knowledge.documents import DocumentRefused
from remit.knowledge.filings.model import FilingRefused
from remit.web import feedback, forms, render
from remit.web.document_view import kind_of, may_add
from remit.web.doing import act
from remit.web.problems import BadRequest
from remit.web.sessions import CurrentViewer, Viewer

router = APIRouter()
UPLOADS = ("/documents/upload",)
FILES_ONLY: Final = ("13F", "ADV")
"""Kinds that are tables: read from their file; a pasted text of one would be no table."""
PASTED: Final = [(kind, name) for kind, name in rules.KIND_NAMES.items() if kind not in FILES_ONLY]


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
        may_add=may_add(viewer, of_account=about is not None), may_of_account=may_add(viewer, of_account=True),
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
    chosen = kind_of(kind)
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
