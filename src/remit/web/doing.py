"""A page's form becomes an action at the door, and what the door answers becomes a sentence on the next page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from remit.actions import Action, Performed, Refused, Waiting, perform
from remit.web import feedback
from remit.web.sessions import Viewer

TOLD_IN_PLACE: Final = (
    "check_failed",
    "brief_changed",
    "nothing_to_change",
    "reason_missing",
    "due_missing",
    "task_done",
    "owner_unfit",
    "count_changed",
)
"""Refusals that are told above the form they came from; the others have a page of their own (web/errors)."""


def act(
    request: Request,
    viewer: Viewer,
    action: Action,
    path: str | Callable[[Performed], str],
    said: str,
    *,
    back: str = "",
    told_by_page: bool = False,
) -> Response:
    """Perform `action`, then go to `path` (or to what `path` makes of the result) and say `said` there.

    Where an approval is needed, the next page says so. A refusal that the reader can mend at once is told on `back`
    (default: `path`); others raise Refused, and so does every one where `told_by_page`, for a form that keeps what was typed.
    """
    where = back or (path if isinstance(path, str) else request.url.path)
    try:
        done = perform(viewer.scope, action)
    except Refused as refused:
        if told_by_page or refused.code not in TOLD_IN_PLACE:
            raise
        return feedback.go(request, where, refused.message, "refused")
    if isinstance(done, Waiting):
        return feedback.go(request, where, done.sentence, "waiting", link=f"/approvals/{done.suggestion_id}")
    return feedback.go(request, path if isinstance(path, str) else path(done), said)
