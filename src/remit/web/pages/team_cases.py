"""Team → Productivity cases: open, edit, submit; a manager signs or returns. Each number opens what was timed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Annotated, Final
from uuid import UUID

from fastapi import APIRouter, Form
from pydantic import ValidationError
from starlette.requests import Request
from starlette.responses import Response

from remit.actions import Action, Refused, perform
from remit.domains.productivity import queries, rules
from remit.domains.productivity.actions import (
    EditProductivityCase,
    OpenProductivityCase,
    ReturnProductivityCase,
    SignProductivityCase,
    SubmitProductivityCase,
    Timed,
)
from remit.domains.productivity.fitting import check_fits
from remit.domains.productivity.motions import MOTIONS, NAMES
from remit.domains.productivity.times import TimesUnreadable, timed, typed
from remit.kit import clock
from remit.web import feedback, render
from remit.web.allowed import may
from remit.web.doing import act
from remit.web.pages.team import ROLES
from remit.web.problems import BadRequest, NotAllowedHere
from remit.web.sessions import CurrentViewer, Viewer, require

router = APIRouter()
TONES: Final = {"draft": "muted", "submitted": "warn", "returned": "bad", "signed": "ok"}
Text = Annotated[str, Form(max_length=200)]
Long = Annotated[str, Form(max_length=2_000)]
Lines = Annotated[str, Form(max_length=20_000)]
Cells = Annotated[list[str] | None, Form(max_length=200)]


def _may_open(viewer: Viewer) -> bool:
    return may(viewer.scope, "OpenProductivityCase", owner_id=viewer.person_id)


@router.get("/team/cases")
def cases(request: Request, viewer: CurrentViewer) -> Response:
    """All cases that the reader may see; those that wait for a manager first."""
    require(viewer, *ROLES)
    found = queries.list_cases(viewer.scope)
    rows = [(one, one.strata) for one in found]
    return render.page(
        request,
        "team/cases.html",
        rows=rows,
        tones=TONES,
        motions=NAMES,
        may_open=_may_open(viewer),
    )


@router.get("/team/cases/new")
def new(request: Request, viewer: CurrentViewer) -> Response:
    """The form of a new case."""
    if not _may_open(viewer):
        raise NotAllowedHere("This page is for other roles than yours.")
    choices = queries.list_choices(viewer.scope)
    return render.page(
        request,
        "team/edit.html",
        case=None,
        motions=MOTIONS,
        names=NAMES,
        choices=choices,
        before="",
        given={},
    )


@router.get("/team/cases/{case_id}")
def one(request: Request, viewer: CurrentViewer, case_id: UUID) -> Response:
    """One case with what was timed, the evidence that the reader may see, and what it still needs."""
    require(viewer, *ROLES)
    case = queries.get_case(viewer.scope, case_id)
    evidence = queries.list_evidence(viewer.scope, case)
    unseen = [
        each
        for each in case.observations
        if each.artefact_id is not None and each.artefact_id not in evidence
    ]
    fit = check_fits(case.motion, case.observations, list(evidence.values()))
    needs = [] if case.state == "signed" else [*rules.check_complete(case.observations, ()), fit]
    return render.page(
        request, "team/case.html", case=case, compared=case.strata, tones=TONES, motions=NAMES,
        evidence=evidence, unseen=len(unseen), sides=rules.SIDES, least=rules.LEAST,
        needs=[check for check in needs if not check.passed], is_owner=case.owner_id == viewer.person_id,
        may_sign=may(viewer.scope, "SignProductivityCase", owner_id=case.owner_id) and case.state == "submitted",
    )  # fmt: skip


@router.get("/team/cases/{case_id}/edit")
def edit_form(request: Request, viewer: CurrentViewer, case_id: UUID) -> Response:
    """The form filled with what the case says."""
    case = queries.get_case(viewer.scope, case_id)
    before = [
        ", ".join(filter(None, (f"{each.minutes:g}", each.observed_on.isoformat(), each.stratum)))
        for each in case.observations
        if each.side == "before"
    ]
    given = {each.artefact_id: each for each in case.observations if each.artefact_id is not None}
    choices = {
        each.id: each
        for each in (*queries.list_evidence(viewer.scope, case).values(), *queries.list_choices(viewer.scope))
    }
    return render.page(
        request, "team/edit.html", case=case, motions=MOTIONS, names=NAMES, choices=list(choices.values()),
        before="\n".join(before), given=given,
    )  # fmt: skip


@router.post("/team/cases")
def open_case(
    request: Request, viewer: CurrentViewer, title: Text, motion: Text, method: Long, before: Lines = "",
    artefact: Cells = None, minutes: Cells = None, stratum: Cells = None,
) -> Response:  # fmt: skip
    """Open a case from the form."""
    try:
        times = _times(viewer, before, artefact or (), minutes or (), stratum or ())
        action = OpenProductivityCase(title=title, motion=motion, method=method, observations=times)
    except (TimesUnreadable, ValidationError) as error:
        return feedback.go(request, "/team/cases/new", _told(error), "refused")
    try:
        done = perform(viewer.scope, action)
    except Refused as refused:
        return feedback.go(request, "/team/cases/new", refused.message, "refused")
    case_id = getattr(done, "result", {}).get("case_id", "")
    return feedback.go(request, f"/team/cases/{case_id}", "Opened. Look at it, then submit it.")


@router.post("/team/cases/{case_id}")
def edit(
    request: Request, viewer: CurrentViewer, case_id: UUID, version: Annotated[int, Form()], title: Text, motion: Text,
    method: Long, before: Lines = "", artefact: Cells = None, minutes: Cells = None, stratum: Cells = None,
) -> Response:  # fmt: skip
    """Store the changed form."""
    where = f"/team/cases/{case_id}"
    try:
        stored = queries.get_case(viewer.scope, case_id).observations
        times = _times(viewer, before, artefact or (), minutes or (), stratum or (), stored)
        action = EditProductivityCase(
            case_id=case_id,
            expected_version=version,
            title=title,
            motion=motion,
            method=method,
            observations=times,
        )
    except (TimesUnreadable, ValidationError) as error:
        return feedback.go(request, f"{where}/edit", _told(error), "refused")
    return act(request, viewer, action, where, "Changed.", back=f"{where}/edit")


@router.post("/team/cases/{case_id}/{verb}")
def decide(
    request: Request, viewer: CurrentViewer, case_id: UUID, verb: str, version: Annotated[int, Form()],
    reason: Annotated[str, Form(max_length=500)] = "",
) -> Response:  # fmt: skip
    """Submit, sign or return."""
    where = f"/team/cases/{case_id}"
    made: dict[str, tuple[Callable[..., Action], str]] = {
        "submit": (SubmitProductivityCase, "Submitted. It waits for a manager who is not its owner."),
        "sign": (
            SignProductivityCase,
            "Signed. The ladder counts it once a worker has measured it, within seconds while one runs.",
        ),
        "return": (ReturnProductivityCase, "Returned. Its owner reads why."),
    }
    if verb not in made:
        raise BadRequest("A case is submitted, signed or returned.")
    kind, said = made[verb]
    more = {"reason": reason} if verb == "return" else {}
    try:
        action = kind(case_id=case_id, expected_version=version, **more)
    except ValidationError:
        return feedback.go(request, where, "Say why, in three letters or more.", "refused")
    return act(request, viewer, action, where, said)


def _times(
    viewer: Viewer,
    before: str,
    artefacts: Sequence[str],
    minutes: Sequence[str],
    strata: Sequence[str],
    stored: Sequence[rules.Observation] = (),
) -> tuple[Timed, ...]:
    """What the form gives: lines of work without AI, and minutes beside each piece that was made with AI.

    A piece is of the day on which it was accepted. What the form does not show (notes, days of pieces) stays as `stored`.
    """
    today = clock.today()
    notes = {(one.minutes, one.observed_on, one.stratum): one.note for one in stored if one.side == "before"}
    found = [
        one.model_copy(update={"note": notes.get((one.minutes, one.observed_on, one.stratum), one.note)})
        for one in typed(before, "before", today)
    ]
    known = {str(one.artefact_id): (one.observed_on, one.note) for one in stored if one.artefact_id}
    days = {
        str(one.id): one.accepted_at.date() for one in queries.list_choices(viewer.scope) if one.accepted_at
    }
    for number, (one, spent, stratum) in enumerate(zip(artefacts, minutes, strata, strict=False), start=1):
        if spent.strip():
            day, note = known.get(one, (days.get(one, today), ""))
            found.append(
                timed(number, "with_ai", spent.strip(), day.isoformat(), stratum, one, note, today=today)
            )
    return tuple(found)


def _told(error: TimesUnreadable | ValidationError) -> str:
    if isinstance(error, ValidationError):
        first = error.errors(include_url=False, include_input=False)[0]
        return f"{first['loc'][0]}: {first['msg'].removeprefix('Value error, ')}".capitalize()
    return f"The times cannot be read: {error}."
