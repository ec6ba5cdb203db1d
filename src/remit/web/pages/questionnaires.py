"""Questionnaires: the list, and taking in a buyer's file."""

from __future__ import annotations

from typing import Annotated, Any, Final

from fastapi import APIRouter, Form, UploadFile
from starlette.requests import Request
from starlette.responses import Response

from remit.actions import Refused
from remit.domains.accounts.queries import Filters, get_account, list_accounts
from remit.domains.documents.intake import plain_name
from remit.domains.opportunities.queries import get_deal
from remit.domains.questionnaires import drafting, queries, rules
from remit.kit import clock
from remit.kit.text import counted
from remit.knowledge.questionnaires.files import MAX_BYTES
from remit.knowledge.questionnaires.model import QuestionnaireRefused
from remit.web import feedback, forms, render
from remit.web.allowed import may
from remit.web.paging import list_request
from remit.web.problems import BadRequest
from remit.web.sessions import CurrentViewer, require

router = APIRouter()
CHOICE: Final = 20
UPLOADS: Final = ("/questionnaires/upload",)
READERS: Final = frozenset(
    {"sdr", "ae", "se", "manager", "vp", "enablement", "compliance", "governance", "operations"}
)
TONES: Final[dict[str, str]] = {
    "gap": "bad", "proposed": "info", "quoted": "info", "stale": "warn", "conflict": "warn", "accepted": "ok", "written": "ok", "blank": "muted", "given": "muted",
}  # fmt: skip
NAMES: Final[dict[str, Any]] = {"states": rules.STATES, "tones": TONES}


@router.get("/questionnaires")
def questionnaires(request: Request, viewer: CurrentViewer) -> Response:
    """What buyers asked, the newest first, with how much of it waits for a person."""
    require(viewer, *READERS)
    asked = list_request(request, sorts=("added",), default="-added", filters=("state", "text", "account"))
    found = queries.list_questionnaires(
        viewer.scope, state=asked.filters.get("state"), text=asked.filters.get("text"),
        account_id=forms.found_id(asked.filters.get("account")), after=asked.after, size=asked.limit,
    )  # fmt: skip
    return render.page(
        request, "questionnaires/list.html", rows=found.rows, next=found.next, list=asked, may_add=may(viewer.scope, "AddQuestionnaire", "account"),
        today=clock.today(),
    )  # fmt: skip


@router.get("/questionnaires/new")
def new(
    request: Request, viewer: CurrentViewer, account: str = "", deal: str = "", find: str = ""
) -> Response:
    """The form for a file, about one account; without one, the accounts to choose from."""
    require(viewer, *READERS)
    deal_id, account_id = forms.found_id(deal), forms.found_id(account)
    about = get_account(viewer.scope, account_id) if account_id else None
    wanted = Filters(text=find.strip()[:100] or None, owner_id=None if find.strip() else viewer.person_id)
    choice = [] if about else list_accounts(viewer.scope, wanted, now=clock.now(), size=CHOICE).rows
    return render.page(
        request, "questionnaires/new.html", account=about, deal=get_deal(viewer.scope, deal_id, now=clock.now()).deal if deal_id else None,
        may_add=may(viewer.scope, "AddQuestionnaire", "account"), most=MAX_BYTES >> 20, choice=choice, find=find,
    )  # fmt: skip


@router.post("/questionnaires/upload")
def upload(
    request: Request, viewer: CurrentViewer, file: UploadFile, account: Annotated[str, Form()],
    title: Annotated[str, Form(max_length=200)] = "", deal: Annotated[str, Form()] = "", due_on: Annotated[str, Form()] = "",
) -> Response:  # fmt: skip
    """Keep a file with its questions and what the library answers. The file's words never pick the account."""
    account_id = forms.found_id(account)
    if account_id is None:
        raise BadRequest("Choose the account that asks.")
    back = f"/questionnaires/new?account={account_id}"
    name = plain_name(file.filename or "questionnaire")
    try:
        made = drafting.add(
            viewer.scope, file.file.read(MAX_BYTES + 1), name, account_id, title=title or name, opportunity_id=forms.found_id(deal),
            due_on=forms.day(due_on),
        )  # fmt: skip
    except (QuestionnaireRefused, Refused) as refused:
        return feedback.go(request, back, refused.message, "refused")
    found = queries.get_questionnaire(viewer.scope, made)
    said = (
        f"{counted(found.questions, 'question')}: {found.counts.get('proposed', 0)} have an answer, {found.counts.get('quoted', 0)} have words"
        f" of a document, {found.counts.get('gap', 0)} have none."
    )
    return feedback.go(request, f"/questionnaires/{made}", said)
