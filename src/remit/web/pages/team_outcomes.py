"""Team → Outcomes: adoption beside outcomes per rep with intervals and n, and what could help; each number opens its rows."""

from __future__ import annotations

from typing import Final

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from remit.domains.adoption import behind, outcomes
from remit.kit import clock
from remit.web import forms, render
from remit.web.pages.team import ALL, whose_of
from remit.web.paging import Column
from remit.web.problems import BadRequest
from remit.web.sessions import CurrentViewer

router = APIRouter()
COLUMNS: Final = (
    Column("title", "What"),
    Column("who", "Rep"),
    Column("at", "When", kind="time"),
    Column("mark", "Counts"),
)


@router.get("/team/outcomes")
def table(request: Request, viewer: CurrentViewer, whose: str = "") -> Response:
    """Rep by rep, by name; nobody is ranked."""
    chosen = whose_of(viewer, whose)
    return render.page(
        request, "team/outcomes.html", found=outcomes.get_outcomes(viewer.scope, chosen, clock.now()), whose=chosen, least=outcomes.LEAST,
        timed=outcomes.LEAST_TIMED, behind=behind.ALL, may_see_all=viewer.has(*ALL), may_see_team=viewer.has("manager", *ALL),
    )  # fmt: skip


@router.get("/team/outcomes/{key}")
def rows(request: Request, viewer: CurrentViewer, key: str, whose: str = "", person: str = "") -> Response:
    """The rows behind a number or a hint."""
    if key not in behind.ALL:
        raise BadRequest("There is no such number on the Team page.")
    chosen, person_id = whose_of(viewer, whose), forms.found_id(person)
    found = outcomes.list_behind(viewer.scope, chosen, key, clock.now(), person_id)
    names = {one.id: one.name for one in outcomes.list_reps(viewer.scope, chosen)}
    return render.page(
        request, "team/behind.html", rows=found, columns=COLUMNS, people=names, of=behind.ALL[key],
        who=names.get(person_id, "") if person_id else "", marked=sum(one.mark for one in found),
    )  # fmt: skip
