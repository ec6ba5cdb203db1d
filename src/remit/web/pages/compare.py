"""Compare: a competitor beside a product of ours, from approved facts; the note for a message; the battle card's lines."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated, Final
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Form
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from remit.actions import Refused
from remit.domains.competition import markdown, queries
from remit.domains.competition.actions import SaveComparison
from remit.domains.competition.model import Comparison
from remit.domains.competition.pairing import inserted
from remit.domains.facts.actions import RecordFact, WithdrawFact
from remit.domains.facts.rules import speaks_for_us
from remit.domains.outreach.actions import EditDraft
from remit.domains.outreach.queries import get_draft, list_drafts
from remit.kit import clock
from remit.web import forms, render
from remit.web.allowed import may
from remit.web.doing import act
from remit.web.problems import BadRequest
from remit.web.sessions import CurrentScope, CurrentViewer, Viewer

router = APIRouter()
CARD_DAYS: Final = 365
"""How long a new line of a battle card holds unless somebody says otherwise."""


def address(competitor_id: UUID, product_id: UUID | None, account_id: UUID | None) -> str:
    """The page of one comparison."""
    given = {"competitor": competitor_id, "product": product_id, "account": account_id}
    return f"/compare?{urlencode({key: value for key, value in given.items() if value})}"


@router.get("/compare")
def compare(
    request: Request, viewer: CurrentViewer, q: str = "", competitor: str = "", product: str = "", account: str = "",
    format: str = "", private: bool = False,
) -> Response:  # fmt: skip
    """One comparison, by choice or by a question in words. Markdown has what is for our eyes only when `private` asks for it."""
    chosen, product_id, account_id = (
        forms.found_id(competitor),
        forms.found_id(product),
        forms.found_id(account),
    )
    asked = queries.find_asked(viewer.scope, q[:500]) if q.strip() and chosen is None else None
    if asked is not None and asked.competitor is not None:
        chosen = asked.competitor.id
        product_id = product_id or (asked.product.id if asked.product else None)
    own = speaks_for_us(viewer.roles)
    found = None
    if chosen is not None:
        found = queries.get_comparison(
            viewer.scope, chosen, product_id, account_id=account_id, now=clock.now()
        )
        if format == "markdown":
            return PlainTextResponse(
                markdown.written(found, private=private), media_type="text/markdown; charset=utf-8"
            )
    return render.page(
        request, "compare/compare.html", q=q[:500], asked=asked, found=found, products=queries.list_products(viewer.scope),
        competitors=queries.list_competitors(viewer.scope), account=account_id, why_not=markdown.WHY_NOT,
        record=markdown.record_line(found) if found else "", drafts=_drafts(viewer, account_id) if found and found.note.usable else (),
        here_path=address(found.competitor.id, found.product.id, account_id) if found else "", may_record=own and may(viewer.scope, "RecordFact", "fact"), may_withdraw=own and may(viewer.scope, "WithdrawFact", "fact"),
        today=clock.today(), until=clock.today() + timedelta(days=CARD_DAYS),
    )  # fmt: skip


def _drafts(viewer: Viewer, account_id: UUID | None) -> list[tuple[UUID, int, str]]:
    """My open drafts (of the account where one is named): id, version, what it is called."""
    mine = list_drafts(viewer.scope, author_id=viewer.person_id, state="draft", limit=50).rows
    return [
        (one.id, one.version, f"{one.subject or '(no subject)'}, {one.account_name}")
        for one in mine
        if account_id in (None, one.account_id)
    ]


def _again(scope: CurrentScope, competitor: UUID, product: UUID, account: str) -> Comparison:
    return queries.get_comparison(
        scope, competitor, product, account_id=forms.found_id(account), now=clock.now()
    )


@router.post("/compare/save")
def save(
    request: Request,
    viewer: CurrentViewer,
    account: Annotated[UUID, Form()],
    competitor: Annotated[UUID, Form()],
    product: Annotated[UUID, Form()],
    sha256: Annotated[str, Form(pattern=r"^[0-9a-f]{64}$")],
) -> Response:
    """Keep it at the account as it was shown."""
    action = SaveComparison(account_id=account, competitor_id=competitor, product_id=product, sha256=sha256)
    where = address(competitor, product, account)
    return act(request, viewer, action, where, "Saved as a note on the account, with its sources.")


@router.post("/compare/insert")
def insert(
    request: Request,
    viewer: CurrentViewer,
    draft: Annotated[str, Form(max_length=60)],
    competitor: Annotated[UUID, Form()],
    product: Annotated[UUID, Form()],
    account: Annotated[str, Form(max_length=40)] = "",
) -> Response:
    """Put the note into a draft, before its sign-off; the desk checks it there again."""
    draft_id, _, version = draft.partition(":")
    wanted, expected = forms.found_id(draft_id), forms.whole(version)
    if wanted is None or expected is None:
        raise BadRequest("Choose one of your drafts.")
    found = _again(viewer.scope, competitor, product, account)
    if not found.note.usable:
        raise Refused("This note may not be sent: a check did not pass.", code="check_failed")
    one = get_draft(viewer.scope, wanted)
    body = inserted(one.body, found.note.text, one.author_name)
    action = EditDraft(draft_id=wanted, expected_version=expected, subject=one.subject, body=body)
    return act(
        request,
        viewer,
        action,
        f"/write/{wanted}",
        "The note stands before your sign-off. Read it in its place.",
    )


@router.get("/compare/{competitor}/deals")
def deals(
    request: Request, scope: CurrentScope, competitor: UUID, product: str = "", account: str = "", segment: str = ""
) -> Response:  # fmt: skip
    """The deals behind the win rate, of one product or segment or of all."""
    product_id = forms.found_id(product)
    account_id = forms.found_id(account)
    rows = queries.list_closed_deals(
        scope, competitor, product_id, account_id=account_id, segment=segment[:60] or None, now=clock.now()
    )
    back = address(competitor, product_id, account_id)
    return render.page(
        request,
        "brief/deals.html",
        rows=rows,
        title="Closed deals with this competitor",
        back=back,
        back_name="Compare",
    )


@router.post("/compare/lines")
def add_line(
    request: Request,
    viewer: CurrentViewer,
    back: Annotated[str, Form(max_length=300)],
    competitor: Annotated[str, Form(min_length=1, max_length=200)],
    topic: Annotated[str, Form(max_length=80)],
    value: Annotated[str, Form(max_length=500)],
    source: Annotated[str, Form(max_length=300)],
    as_of: Annotated[date, Form()],
    valid_until: Annotated[date, Form()],
    said: Annotated[str, Form(pattern="^(public|internal_only)$")] = "internal_only",
    quote: Annotated[str, Form(max_length=2000)] = "",
) -> Response:
    """A line of a battle card. `quote` is what the source says in its own words: where nobody copied it, there is none."""
    action = RecordFact(
        fact_kind="competitor", subject=competitor, topic=topic, value=value, source_name=source, quote=quote,
        as_of_on=as_of, valid_until_on=valid_until, sensitivity="public" if said == "public" else "internal",
        sayable="public" if said == "public" else "internal_only",
    )  # fmt: skip
    return act(request, viewer, action, _own_page(back), "The line is on the card.")


@router.post("/compare/lines/{fact_id}/withdraw")
def withdraw_line(
    request: Request,
    viewer: CurrentViewer,
    fact_id: UUID,
    version: Annotated[int, Form()],
    back: Annotated[str, Form(max_length=300)],
    reason: Annotated[str, Form(min_length=1, max_length=1000)],
) -> Response:
    """Take a line back; a draft that says it can no longer be sent."""
    action = WithdrawFact(fact_id=fact_id, expected_version=version, reason=reason)
    return act(request, viewer, action, _own_page(back), "The line is withdrawn.")


def _own_page(back: str) -> str:
    return back if back.startswith("/compare?") else "/compare"
