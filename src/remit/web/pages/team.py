"""Team: use of AI per person and week, each number opening its rows; where it has not begun, and what could help."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any, Final

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from remit.domains.adoption import queries
from remit.domains.adoption.queries import Whose
from remit.domains.adoption.rules import end_of
from remit.kit import clock
from remit.ladder.adoption import monday_of, week_name
from remit.ladder.artefacts import kinds
from remit.ladder.steps import GATES
from remit.web import exports, forms, render
from remit.web.nav import NavEntry
from remit.web.paging import Column
from remit.web.problems import BadRequest
from remit.web.sessions import CurrentViewer, Viewer, require

router = APIRouter()
ALL: Final = tuple(queries.SEE_ALL)
ROLES: Final = frozenset({"sdr", "ae", "se", "manager", *ALL})
NAV = NavEntry("Team", "/team", "users", 58, roles=ROLES)
COLUMNS: Final = (
    Column("title", "What"),
    Column("kind", "Kind", phone=False),
    Column("who", "For"),
    Column("made", "Made", kind="time", phone=False),
    Column("accepted", "Accepted", kind="time"),
    Column("minutes", "Minutes saved", kind="number", phone=False),
)
HEADINGS: Final = ("person", "week", "made", "accepted", "edited", "sent", "minutes saved (estimate)")


def whose_of(viewer: Viewer, asked: str) -> Whose:
    """Whose use the reader sees: their own; a manager their team's; who answers for the firm everybody's."""
    require(viewer, *ROLES)
    try:
        return queries.whose(viewer.roles, asked)
    except queries.ScopeUnknown as error:
        raise BadRequest(str(error)) from error


@router.get("/team")
def team(request: Request, viewer: CurrentViewer, whose: str = "") -> Response:
    """Counts per person and week, the share per week, motions, who has not begun."""
    chosen = whose_of(viewer, whose)
    found = queries.get_adoption(viewer.scope, chosen, clock.today())
    return render.page(
        request, "team/use.html", found=found, whose=chosen, gate=GATES["S0-G1"], week_name=week_name,
        this_week=monday_of(clock.today()), kinds=kinds(), may_see_all=viewer.has(*ALL), may_see_team=viewer.has("manager", *ALL),
    )  # fmt: skip


@router.get("/team/use")
def rows(
    request: Request,
    viewer: CurrentViewer,
    whose: str = "",
    person: str = "",
    week: str = "",
    month: str = "",
    made: str = "",
) -> Response:
    """The artefacts behind a number."""
    chosen, week_on, month_on, person_id = (
        whose_of(viewer, whose),
        _week(week),
        forms.day(month),
        forms.found_id(person),
    )
    days = (week_on, week_on + timedelta(days=6)) if week_on else None
    if month_on:
        days = (month_on.replace(day=1), end_of(month_on.replace(day=1)))
    found = queries.list_artefacts(viewer.scope, chosen, person_id=person_id, days=days, accepted=not made)
    people = {
        one.id: one.name for one in queries.get_adoption(viewer.scope, chosen, clock.today(), weeks=1).people
    }
    return render.page(
        request, "team/rows.html", rows=found, columns=COLUMNS, people=people, kinds=kinds(), made=bool(made),
        when=f"week {week_name(week_on)}" if week_on else f"{month_on:%B %Y}" if month_on else "", who=people.get(person_id, "") if person_id else "", most=queries.MOST_ROWS,
    )  # fmt: skip


@router.get("/team/use.csv")
def download(viewer: CurrentViewer, whose: str = "") -> Response:
    """The counts as a file; they hold no client's data."""
    found = queries.get_adoption(viewer.scope, whose_of(viewer, whose), clock.today())
    return exports.csv_file("use-of-ai-by-week", HEADINGS, _cells(found))


def _cells(found: queries.Adoption) -> Iterator[tuple[Any, ...]]:
    for one in found.people:
        for week in one.weeks:
            yield (
                one.name, week_name(week.week_on), week.made, week.accepted, week.edited, week.sent, f"{week.minutes:.1f}",
            )  # fmt: skip


def _week(text: str) -> date | None:
    """A day of the week asked for, as its Monday. Raises BadRequest."""
    found = forms.day(text)
    return monday_of(found) if found else None
