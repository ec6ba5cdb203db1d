"""Audit → Holds and Keeping: legal holds, how long which kind of text is kept, and what would go next. For whoever oversees."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import Annotated, Final
from uuid import UUID

from fastapi import APIRouter, Form
from pydantic import ValidationError
from starlette.requests import Request
from starlette.responses import Response

from remit.actions import Refused
from remit.domains.people import queries as people
from remit.domains.retention.classes import KINDS, Kind, SetRetention, list_classes, list_due
from remit.domains.retention.holds import LiftHold, PlaceHold, list_holds, list_versions
from remit.domains.retention.persons import ErasePerson, find_person
from remit.settings import load
from remit.web import feedback, render
from remit.web.named import NOBODY, account_of
from remit.web.pages.settings import performed, told
from remit.web.problems import BadRequest
from remit.web.sessions import CurrentViewer, Viewer, require

router = APIRouter()
WHO: Final = ("compliance", "governance", "vp")
HOLDS, KEEPING = "/audit/holds", "/audit/keeping"


@router.get(HOLDS)
def holds(request: Request, viewer: CurrentViewer, account: str = "") -> Response:
    """All holds, those that stand first; the form for another. `account`: the one that a link names."""
    require(viewer, *WHO)
    return render.page(
        request,
        "audit/holds.html",
        rows=list_holds(viewer.scope),
        versions=list_versions(viewer.scope),
        people=people.list_people(viewer.scope, limit=500).rows,
        account=account[:200],
    )


@router.post(HOLDS)
def place(
    request: Request,
    viewer: CurrentViewer,
    account: Annotated[str, Form(max_length=200)] = "",
    person: Annotated[str, Form(max_length=36)] = "",
    since: Annotated[str, Form(max_length=10)] = "",
    until: Annotated[str, Form(max_length=10)] = "",
    reason: Annotated[str, Form(max_length=500)] = "",
) -> Response:
    """Place a hold."""
    account_id, could_be = account_of(viewer.scope, account)
    if account_id == NOBODY:
        names = ", ".join(one.name for one in could_be)
        said = f"Several accounts have this in their name: {names}. Give the whole name." if could_be else "There is no account of this name."  # fmt: skip
        return feedback.go(request, HOLDS, said, "refused")
    try:
        action = PlaceHold(
            account_id=account_id,
            person_id=UUID(person) if person else None,
            since=_day(since, viewer),
            until=_day(until, viewer, following=True),
            reason=reason.strip(),
        )
    except ValidationError as error:
        return feedback.go(request, HOLDS, told(error), "refused")
    except ValueError as error:
        raise BadRequest("A person is chosen from the list.") from error
    return performed(
        request, viewer.scope, action, HOLDS, "Placed. Nothing that it covers is forgotten while it stands."
    )


@router.post("/audit/holds/{hold_id}/lift")
def lift(
    request: Request,
    viewer: CurrentViewer,
    hold_id: UUID,
    version: Annotated[int, Form(ge=1, le=2**31 - 1)],
    reason: Annotated[str, Form(max_length=500)] = "",
) -> Response:
    """Ask for a hold to be lifted; a second person agrees."""
    try:
        action = LiftHold(hold_id=hold_id, expected_version=version, reason=reason.strip())
    except ValidationError as error:
        return feedback.go(request, HOLDS, told(error), "refused")
    return performed(request, viewer.scope, action, HOLDS, "Lifted.")


@router.get(KEEPING)
def keeping(request: Request, viewer: CurrentViewer, due: str = "", person: str = "") -> Response:
    """Each kind of text with how long it is kept; `due`: the kind whose due texts are listed, `person`: whom a link names. Looking changes nothing."""
    require(viewer, *WHO)
    kind = next((one for one in KINDS if one == due), None)
    return render.page(
        request,
        "audit/keeping.html",
        classes=list_classes(viewer.scope),
        person=person[:36],
        model_days=load().model_content_days,
        kind=kind,
        titles={one: told.title for one, told in KINDS.items()},
        due=list_due(viewer.scope, kind) if kind else [],
    )


@router.post(KEEPING)
def set_days(
    request: Request,
    viewer: CurrentViewer,
    kind: Annotated[Kind, Form()],
    version: Annotated[int, Form(ge=0, le=2**31 - 1)] = 0,
    days: Annotated[int, Form(ge=0, le=36_500)] = 0,
    reason: Annotated[str, Form(max_length=500)] = "",
) -> Response:
    """Say how long a kind is kept; a second person agrees."""
    try:
        action = SetRetention(of_kind=kind, expected_version=version, keep_days=days, reason=reason.strip())
    except ValidationError as error:
        return feedback.go(request, KEEPING, told(error), "refused")
    return performed(request, viewer.scope, action, KEEPING, "Saved.")


@router.post("/audit/keeping/person")
def erase_person(
    request: Request,
    viewer: CurrentViewer,
    person: Annotated[str, Form(max_length=320)] = "",
    reason: Annotated[str, Form(max_length=300)] = "",
) -> Response:
    """Ask for a person at an account to be erased; a second person agrees."""
    try:
        action = ErasePerson(contact_id=find_person(viewer.scope, person), reason=reason.strip())
    except ValidationError as error:
        return feedback.go(request, KEEPING, told(error), "refused")
    except Refused as error:
        return feedback.go(request, KEEPING, error.message, "refused")
    return performed(request, viewer.scope, action, KEEPING, "Erased.")


def _day(text: str, viewer: Viewer, *, following: bool = False) -> datetime | None:
    """The start of a day in the reader's zone, or of the next. Raises BadRequest."""
    if not text:
        return None
    try:
        on = datetime.strptime(text, "%Y-%m-%d").date() + timedelta(days=following)  # noqa: DTZ007 - the zone is put on below
        return datetime.combine(on, time(), viewer.zone).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise BadRequest("A period is given by dates such as 2026-11-23.") from error
