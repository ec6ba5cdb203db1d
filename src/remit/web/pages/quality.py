"""Data quality: what is doubled, missing, stale or contradictory, per kind, rep and account; and the repair queue."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Annotated, Final
from uuid import UUID

from fastapi import APIRouter, Form
from starlette.requests import Request
from starlette.responses import Response

from remit.domains.quality import queries
from remit.domains.quality.actions import DismissQualityIssue, FixQualityIssue, RefreshQuality
from remit.domains.quality.queries import Filters, IssueCount, Whose
from remit.web import forms, render, repairs
from remit.web.allowed import may
from remit.web.doing import act
from remit.web.nav import NavEntry
from remit.web.paging import Column, ListRequest, list_request
from remit.web.problems import BadRequest
from remit.web.sessions import CurrentViewer, Viewer, require

router = APIRouter()
ROLES: Final = frozenset({"sdr", "ae", "se", "manager", "vp", "operations"})
NAV = NavEntry("Data quality", "/quality", "database-heart", 46, roles=ROLES)
KINDS: Final = {
    "contradiction": "Contradictory",
    "duplicate": "Duplicates",
    "missing": "Missing",
    "stale": "Stale",
}
TONES: Final = {"contradiction": "bad", "duplicate": "warn", "missing": "info", "stale": "muted"}
WHOSE: Final[dict[str, Whose]] = {"me": "me", "team": "team", "all": "all"}
ACCOUNTS_SHOWN: Final = 15
ROWS: Final = 25
"""A page of the queue: each row takes several lines on a phone."""
COLUMNS: Final = (
    Column("kind", "Kind", phone=False),
    Column("what", "What is wrong"),
    Column("account", "Account", phone=False),
    Column("rep", "Rep", phone=False),
    Column("found", "Found", kind="time", phone=False),
    Column("do", "Do"),
)


LEADS: Final = (
    Column("name", "Lead"),
    Column("firm", "Firm"),
    Column("state", "State"),
    Column("channel", "Came by", phone=False),
    Column("owner", "Rep", phone=False),
    Column("received", "Received", kind="time", phone=False),
)


@dataclass(slots=True)
class Tally:
    """One line of a table of counts. `key` is what its numbers filter by: an id, or "none" for nobody's."""

    key: str
    name: str
    counts: dict[str, int] = field(default_factory=dict)

    @property
    def total(self) -> int:
        """Open issues of all kinds."""
        return sum(self.counts.values())


@router.get("/quality")
def quality(request: Request, viewer: CurrentViewer) -> Response:
    """Counts, and the queue that they count."""
    require(viewer, *ROLES)
    names = ("whose", "kind", "owner", "account")
    asked = list_request(request, sorts=("kind",), default="kind", filters=names, rows=ROWS)
    filters = _filters(asked, viewer)
    wide = Filters(whose=filters.whose)
    of_kind = Filters(filters.whose, filters.owner_id, filters.unowned, filters.account_id)
    found = queries.list_issues(viewer.scope, filters, cursor=asked.after, size=asked.limit)
    accounts = queries.count_by_account(viewer.scope, wide, limit=ACCOUNTS_SHOWN * len(KINDS))
    return render.page(
        request, "quality/queue.html", rows=found.rows, next=found.next, list=asked, columns=COLUMNS, whose=filters.whose,
        kinds=KINDS, tones=TONES, counts=queries.count_by_kind(viewer.scope, of_kind), address_of=repairs.address_of,
        reps=_tallies(queries.count_by_rep(viewer.scope, wide), "(nobody)"),
        accounts=_tallies(accounts, "")[:ACCOUNTS_SHOWN], may_refresh=may(viewer.scope, "RefreshQuality"),
        looked=queries.find_last_look(viewer.scope),
    )  # fmt: skip


def _filters(asked: ListRequest, viewer: Viewer) -> Filters:
    given = asked.filters
    home = "all" if viewer.has("operations", "vp") else "team" if viewer.has("manager") else "me"
    kind, owner = given.get("kind"), given.get("owner")
    if kind and kind not in KINDS:
        raise BadRequest("There is no such kind of fault.")
    whose = given.get("whose") or ("all" if owner or given.get("account") else home)
    if whose not in WHOSE:
        raise BadRequest("This list shows mine, my team's or all.")
    return Filters(
        whose=WHOSE[whose], owner_id=None if owner == "none" else forms.found_id(owner), unowned=owner == "none",
        account_id=forms.found_id(given.get("account")), kind=kind,
    )  # fmt: skip


def _tallies(counts: Iterable[IssueCount], nobody: str) -> list[Tally]:
    found: dict[UUID | None, Tally] = {}
    for one in counts:
        line = found.setdefault(
            one.id, Tally(str(one.id) if one.id else "none", one.name if one.name and one.id else nobody)
        )
        line.counts[one.kind] = one.count
    return list(found.values())


@router.get("/quality/{issue_id}")
def repeated(request: Request, viewer: CurrentViewer, issue_id: UUID) -> Response:
    """The leads that share one e-mail address."""
    require(viewer, *ROLES)
    return render.page(
        request, "quality/leads.html", rows=queries.list_repeated_leads(viewer.scope, issue_id), columns=LEADS
    )


@router.post("/quality/refresh")
def refresh(request: Request, viewer: CurrentViewer) -> Response:
    """Look through all records again."""
    return act(request, viewer, RefreshQuality(), "/quality", "Looked through all records.")


@router.post("/quality/{issue_id}/mended")
def mended(
    request: Request,
    viewer: CurrentViewer,
    issue_id: UUID,
    version: Annotated[int, Form()],
    back: Annotated[str, Form(max_length=2000)] = "",
) -> Response:
    """Say that an issue has been mended."""
    action = FixQualityIssue(issue_id=issue_id, expected_version=version)
    return act(request, viewer, action, _back(back), "Marked as mended. The next look opens it again if it is still there.")  # fmt: skip


@router.post("/quality/{issue_id}/dismiss")
def dismiss(
    request: Request,
    viewer: CurrentViewer,
    issue_id: UUID,
    version: Annotated[int, Form()],
    reason: Annotated[str, Form(max_length=500)],
    back: Annotated[str, Form(max_length=2000)] = "",
) -> Response:
    """Say that an issue is none, and why."""
    action = DismissQualityIssue(issue_id=issue_id, expected_version=version, reason=reason)
    return act(request, viewer, action, _back(back), "Kept as it is; it will not be reported again.")


def _back(path: str) -> str:
    """The list that the form stood on, with its filters; no other address."""
    return path if path.startswith("/quality?") and "\n" not in path and "\r" not in path else "/quality"
