"""Briefs: one page before a meeting, to read or to print; keeping it; the deals behind its counts."""

from __future__ import annotations

from typing import Annotated, Final, get_args
from uuid import UUID

from fastapi import APIRouter, Form
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from remit.domains.briefs import lines, markdown, modelled, queries
from remit.domains.briefs.actions import SaveBrief
from remit.domains.briefs.model import Brief, Kind
from remit.domains.briefs.segment import told
from remit.kit import clock
from remit.llm.gateway.call import configured
from remit.llm.gateway.ledger import NoModel
from remit.web import feedback, render
from remit.web.doing import act
from remit.web.problems import BadRequest
from remit.web.sessions import CurrentScope, CurrentViewer, Viewer

router = APIRouter()
PATHS: Final[dict[Kind, str]] = {
    "account": "/accounts/{}/brief",
    "opportunity": "/pipeline/{}/brief",
    "meeting": "/meetings/{}/brief",
}


@router.get("/accounts/{account_id}/brief")
def of_account(
    request: Request, viewer: CurrentViewer, account_id: UUID, format: str = "", private: bool = False
) -> Response:
    """The brief on an account."""
    return _shown(request, viewer, "account", account_id, format, private)


@router.get("/pipeline/{deal_id}/brief")
def of_deal(
    request: Request, viewer: CurrentViewer, deal_id: UUID, format: str = "", private: bool = False
) -> Response:
    """The brief on a deal."""
    return _shown(request, viewer, "opportunity", deal_id, format, private)


@router.get("/meetings/{meeting_id}/brief")
def of_meeting(
    request: Request, viewer: CurrentViewer, meeting_id: UUID, format: str = "", private: bool = False
) -> Response:
    """The brief for a meeting."""
    return _shown(request, viewer, "meeting", meeting_id, format, private)


def _shown(
    request: Request, viewer: Viewer, kind: Kind, subject_id: UUID, wanted: str, private: bool
) -> Response:
    """As a page, or as Markdown: without what is for our eyes only unless `private` asks for it."""
    brief = queries.get_brief(viewer.scope, kind, subject_id, now=clock.now())
    return _as_asked(request, viewer, brief, wanted, private)


def _as_asked(
    request: Request, viewer: Viewer, brief: Brief, wanted: str = "", private: bool = False, short: modelled.InShort | None = None
) -> Response:  # fmt: skip
    if wanted == "markdown":
        return PlainTextResponse(
            markdown.written(brief, private=private), media_type="text/markdown; charset=utf-8"
        )
    saved = queries.list_saved(viewer.scope, brief.account_id)
    return render.page(
        request, "brief/brief.html", brief=brief, at=clock.now(), saved=saved, here_path=PATHS[brief.kind].format(brief.subject_id), short=short, may_model=configured("brief"), day=lines.day, distinct=lines.distinct,
        kept=next((one for one in saved if one.sha256 == brief.sha256), None),
    )  # fmt: skip


@router.post("/briefs")
def save(
    request: Request,
    viewer: CurrentViewer,
    about: Annotated[str, Form(max_length=20)],
    subject: Annotated[UUID, Form()],
    sha256: Annotated[str, Form(pattern=r"^[0-9a-f]{64}$")],
) -> Response:
    """Keep the brief as it was shown."""
    if about not in get_args(Kind):
        raise BadRequest("This is not one of the choices offered.")
    kind: Kind = about  # type: ignore[assignment]
    action = SaveBrief(about=kind, subject_id=subject, sha256=sha256)
    return act(
        request,
        viewer,
        action,
        PATHS[kind].format(subject),
        "Saved as a note on the account, with its sources.",
    )


@router.post("/briefs/short")
def in_short(
    request: Request,
    viewer: CurrentViewer,
    about: Annotated[str, Form(max_length=20)],
    subject: Annotated[UUID, Form()],
) -> Response:
    """The brief with a model's sentences above it; what does not hold is left out, and without a model the brief stands alone."""
    if about not in get_args(Kind):
        raise BadRequest("This is not one of the choices offered.")
    kind: Kind = about  # type: ignore[assignment]
    brief = queries.get_brief(viewer.scope, kind, subject, now=clock.now())
    try:
        short = modelled.write(viewer.scope, brief)
    except NoModel as error:
        return feedback.go(request, PATHS[kind].format(subject), error.note, "refused")
    return _as_asked(request, viewer, brief, short=short)


@router.get("/briefs/{brief_id}")
def kept(request: Request, scope: CurrentScope, brief_id: UUID) -> Response:
    """A brief as it was when somebody kept it."""
    one = queries.get_saved(scope, brief_id)
    return render.page(
        request, "brief/saved.html", one=one, written=markdown.opening(one.body, one.account_id)
    )


@router.get("/accounts/{account_id}/objections")
def lost_deals(request: Request, scope: CurrentScope, account_id: UUID, reason: str = "") -> Response:
    """The lost deals that the objections of an account's brief count."""
    found = queries.list_lost_deals(scope, account_id, reason or None, now=clock.now())
    title = f"Lost deals: {reason}" if reason else "Lost deals"
    return render.page(
        request, "brief/deals.html", rows=found, title=title, back=f"/accounts/{account_id}/brief", back_name="Brief"
    )  # fmt: skip


@router.get("/accounts/{account_id}/segment")
def of_segment(request: Request, scope: CurrentScope, account_id: UUID) -> Response:
    """What stands behind the segment's lines of an account's brief."""
    found = queries.get_segment(scope, account_id, now=clock.now())
    return render.page(
        request, "brief/segment.html", x=found, known=found.known, rows=found.deals, back=f"/accounts/{account_id}/brief", told=told,
    )  # fmt: skip
