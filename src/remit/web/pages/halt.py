"""Halt: stop new and queued work at once, and say what was called back. Lift it again."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form
from pydantic import ValidationError
from starlette.requests import Request
from starlette.responses import Response

from remit.actions import Refused, Waiting, perform
from remit.domains.accounts.queries import Account, get_account
from remit.domains.governance import queries
from remit.domains.governance.halts import CHANNELS, Halt, Resume
from remit.domains.people import queries as people
from remit.kit.text import counted
from remit.policy.halt import CHANNEL_NAMES
from remit.policy.model import Decision, roles_told
from remit.policy.schema import current
from remit.web import feedback, forms, render
from remit.web.allowed import asked
from remit.web.sessions import CurrentScope, CurrentViewer, Viewer

router = APIRouter()


@router.get("/halt")
def show(request: Request, viewer: CurrentViewer, scope: str = "everything") -> Response:
    """What is halted, and the form to halt. Reps may halt agents that work for them."""
    agents = people.list_people(viewer.scope, kind="agent", limit=500).rows
    halts = queries.list_halts(viewer.scope, all_halts=True, limit=50)
    return render.page(
        request,
        "halt/halt.html",
        halts=halts,
        roles_told=roles_told,
        lifting={each.id: _lifting(viewer, each) for each in halts if not each.resumed_at},
        kinds=[kind for kind, groups in sorted(current().action_groups.items()) if "Autonomous" in groups],
        channels=sorted(CHANNELS),
        agents=agents,
        channel_names=CHANNEL_NAMES,
        account=_account(viewer, scope),
        chosen=scope[:100],
    )


def _lifting(viewer: Viewer, halt: queries.HaltRow) -> Decision:
    """Whether the reader may lift this halt, alone or with whose agreement."""
    context = {"halt_scope": halt.scope_kind, "own_halt": halt.halted_by_id == viewer.person_id}
    return asked(viewer.scope, "Resume", "halt", owner_id=halt.owner_id, context=context)


def _account(viewer: CurrentViewer, scope: str) -> Account | None:
    """The account of `account:ID` in the address, for the choice; None for everything else. Raises NotFound."""
    kind, _, value = scope.partition(":")
    account_id = forms.found_id(value) if kind == "account" else None
    return get_account(viewer.scope, account_id) if account_id else None


def _why(error: Refused | ValueError) -> str:
    if isinstance(error, ValidationError):
        return " ".join(each["msg"].removeprefix("Value error, ") for each in error.errors(include_url=False))
    return getattr(error, "message", str(error))


def _of(viewer: CurrentViewer, halt_id: str) -> queries.HaltRow:
    rows = queries.list_halts(viewer.scope, limit=1000)
    return next(row for row in rows if str(row.id) == halt_id)


@router.get("/halt/{halt_id}")
def one(request: Request, scope: CurrentScope, halt_id: UUID) -> Response:
    """One halt with what it called back."""
    found = queries.get_halt(scope, halt_id)
    recalled = queries.list_recalled(scope, halt_id)
    return render.page(request, "halt/one.html", halt=found, recalled=recalled, channel_names=CHANNEL_NAMES)


@router.post("/halt")
def stop(
    request: Request,
    viewer: CurrentViewer,
    scope: Annotated[str, Form(max_length=200)],
    reason: Annotated[str, Form(max_length=1000)] = "",
) -> Response:
    """Halt. Takes effect with this transaction, on queued work too."""
    if not reason.strip():
        return feedback.go(
            request, "/halt", "Say why it is halted; whoever lifts it needs to know.", "refused"
        )
    try:
        done = perform(viewer.scope, Halt(scope=scope, reason=reason))
    except (Refused, ValueError) as error:
        return feedback.go(request, "/halt", f"Not halted. {_why(error)}", "refused")
    if isinstance(done, Waiting):
        return feedback.go(request, "/halt", done.sentence, "waiting")
    recalled, flying = done.result["recalled_count"], done.result["in_flight_count"]
    what = _of(viewer, done.result["halt_id"])
    if done.result["already_halted"]:
        said = f"{what.what} was halted already, by {what.halted_by}: {what.reason}. {counted(recalled, 'queued since was', 'queued since were')} called back"
    else:
        said = f"Halted: {what.what}. {counted(recalled, 'queued sending was', 'queued sendings were')} called back"
    said += (
        f"; {counted(done.result['waiting_count'], 'waits', 'wait')} in Approvals."
        if done.result["waiting_count"]
        else "."
    )
    if flying:
        said += f" {flying} had already been handed over and cannot be."
    return feedback.go(request, f"/halt/{done.result['halt_id']}", said, link=f"/actions/{done.action_id}")


@router.post("/resume")
def lift(
    request: Request,
    viewer: CurrentViewer,
    scope: Annotated[str, Form(max_length=200)],
    reason: Annotated[str, Form(max_length=1000)] = "",
) -> Response:
    """Lift a halt. Of everything: a second person has to agree."""
    if not reason.strip():
        return feedback.go(request, "/halt", "Say why it may go on.", "refused")
    try:
        done = perform(viewer.scope, Resume(scope=scope, reason=reason))
    except (Refused, ValueError) as error:
        return feedback.go(request, "/halt", f"Not lifted. {_why(error)}", "refused")
    if isinstance(done, Waiting):
        link = f"/approvals/{done.suggestion_id}"
        return feedback.go(request, "/halt", "Asked for. A second person has to agree.", "waiting", link)
    return feedback.go(
        request,
        "/halt",
        "Lifted. New work goes on; what was called back waits in Approvals.",
        link="/approvals?box=all",
    )
