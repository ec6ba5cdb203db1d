"""Team → Primary tool: AI work made here beside what each rep attests to have made elsewhere (S1-G2); a rep's own word."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Final

from fastapi import APIRouter, Form
from starlette.requests import Request
from starlette.responses import Response

from remit.domains.adoption import primary, rules
from remit.domains.adoption.attesting import AttestAiUse
from remit.kit import clock
from remit.ladder.steps import GATES
from remit.web import forms, render
from remit.web.doing import act
from remit.web.pages.team import ALL, whose_of
from remit.web.problems import BadRequest
from remit.web.sessions import CurrentViewer

router = APIRouter()
MONTHS_SHOWN: Final = 6
TOLD: Final = {
    "primary": ("here first", "ok"), "other": ("more elsewhere", "bad"), "unused": ("no AI work", "muted"),
    "unknown": ("not attested", "warn"),
}  # fmt: skip


@router.get("/team/primary")
def month(request: Request, viewer: CurrentViewer, whose: str = "", month: str = "") -> Response:
    """One month, rep by rep."""
    chosen, today = whose_of(viewer, whose), clock.today()
    day = forms.day(month) if month else None
    month_on = day.replace(day=1) if day else rules.counted_month(today)
    months = [rules.month_before(today)]
    while len(months) < MONTHS_SHOWN:
        months.append(rules.month_before(months[-1]))
    return render.page(
        request, "team/primary.html", found=primary.get_month(viewer.scope, chosen, month_on), whose=chosen, months=months,
        counted_on=rules.counted_month(today), due=primary.find_due(viewer.scope, today), told=TOLD, gate=GATES["S1-G2"], end=rules.end_of(month_on),
        may_see_all=viewer.has(*ALL), may_see_team=viewer.has("manager", *ALL),
    )  # fmt: skip


@router.post("/team/attest")
def attest(
    request: Request,
    viewer: CurrentViewer,
    month: Annotated[str, Form(max_length=10)],
    count: Annotated[str, Form(max_length=4)],
    tools: Annotated[str, Form(max_length=400)] = "",
) -> Response:
    """The reader's own word on a month."""
    month_on = forms.day(month)
    if month_on is None or not count.strip().isdecimal() or int(count) > 2_000:
        raise BadRequest("Say how many pieces of work, as a whole number up to 2,000; 0 when there was none.")
    named = tuple(dict.fromkeys(one.strip()[:60] for one in tools.split(",") if one.strip()))[:10]
    action = AttestAiUse(month_on=date(month_on.year, month_on.month, 1), other_count=int(count), tools=named)
    return act(
        request, viewer, action, f"/team/primary?month={action.month_on}", "Noted. A later word for the month counts instead.",
        back="/team/primary",
    )  # fmt: skip
