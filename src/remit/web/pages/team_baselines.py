"""Team, baselines: how long kinds of work took before there was AI, as two people vouch for it."""

from __future__ import annotations

from statistics import median
from typing import Annotated

from fastapi import APIRouter, Form
from pydantic import ValidationError
from starlette.requests import Request
from starlette.responses import Response

from remit.domains.productivity.baselines import Baseline, RecordBaseline, list_baselines
from remit.domains.productivity.motions import MOTIONS
from remit.domains.productivity.rules import LEAST
from remit.domains.productivity.times import TimesUnreadable, typed
from remit.domains.proposals.terms import COMPLEXITIES
from remit.kit import clock
from remit.web import feedback, render
from remit.web.allowed import asked
from remit.web.doing import act
from remit.web.pages.team import ROLES
from remit.web.sessions import CurrentViewer, require

router = APIRouter()


@router.get("/team/baselines")
def baselines(request: Request, viewer: CurrentViewer) -> Response:
    """What is on record, by kind of work and how hard it was; the form to record more."""
    require(viewer, *ROLES)
    groups: dict[tuple[str, str], list[Baseline]] = {}
    for one in list_baselines(viewer.scope):
        groups.setdefault((one.motion, one.stratum), []).append(one)
    rows = [
        (
            MOTIONS.get(motion, motion),
            stratum or "any",
            len(each),
            median(one.minutes for one in each),
            each[-1],
        )
        for (motion, stratum), each in groups.items()
    ]
    return render.page(
        request, "team/baselines.html", rows=rows, motions=MOTIONS, complexities=COMPLEXITIES, least=LEAST,
        may_record=asked(viewer.scope, "RecordBaseline", "baseline").outcome != "forbid",
    )  # fmt: skip


@router.post("/team/baselines")
def record(
    request: Request, viewer: CurrentViewer, motion: Annotated[str, Form(max_length=40)], method: Annotated[str, Form(max_length=2_000)],
    times: Annotated[str, Form(max_length=20_000)],
) -> Response:  # fmt: skip
    """Put timed pieces on record; a manager or the VP approves exactly these."""
    try:
        observations = typed(times, "before", clock.today())
        action = RecordBaseline(motion=motion, method=method, observations=observations)
    except TimesUnreadable as error:
        return feedback.go(request, "/team/baselines", f"The times cannot be read: {error}.", "refused")
    except ValidationError as error:
        told = error.errors(include_url=False, include_input=False)[0]["msg"].removeprefix("Value error, ")
        return feedback.go(request, "/team/baselines", f"{told[:1].upper()}{told[1:]}.", "refused")
    return act(request, viewer, action, "/team/baselines", "On record.")
