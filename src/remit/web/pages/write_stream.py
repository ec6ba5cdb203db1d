"""Write, while a model writes: its text piece by piece (server-sent events), and at the end the checked draft."""

from __future__ import annotations

import json
import queue
import threading
from collections.abc import AsyncIterator, Generator
from typing import Annotated, Final
from uuid import UUID

import anyio
from fastapi import APIRouter, Form
from starlette.responses import Response, StreamingResponse

from remit.actions import NotFound, Refused
from remit.domains.outreach.writing import stream_outreach
from remit.web import forms
from remit.web.problems import BadRequest
from remit.web.sessions import CurrentViewer

router = APIRouter()
LOOK_SECONDS: Final = 0.5  # how often it is looked whether the reader went away
Event = tuple[str, str]


@router.post("/writing/stream")
def write(
    viewer: CurrentViewer,
    contact: Annotated[str, Form(max_length=40)] = "",
    variant: Annotated[int, Form(ge=0, le=50)] = 0,
) -> Response:
    """Events: unnamed = a piece of the text, `done` = the draft's page, `refused` = why there is none; each as JSON.

    Who closes the connection ends the call to the model; then nothing is stored but its record.
    """
    to = forms.found_id(contact)
    if to is None:
        raise BadRequest("Name somebody to write to.")
    writing = Writing(stream_outreach(viewer.scope, to, variant=variant))
    return StreamingResponse(
        writing.events(), media_type="text/event-stream", headers={"Cache-Control": "no-store"}
    )


class Writing:
    """Runs the generator in a thread of its own, so that one who goes away is noticed while the model is silent."""

    def __init__(self, pieces: Generator[str, None, UUID]) -> None:
        self._pieces = pieces
        self._queue: queue.SimpleQueue[Event | None] = queue.SimpleQueue()
        self._gone = threading.Event()

    async def events(self) -> AsyncIterator[str]:
        """The events as text of the protocol."""
        threading.Thread(target=self._run, name="writing", daemon=True).start()
        try:
            while (event := await anyio.to_thread.run_sync(self._next, abandon_on_cancel=True)) is not None:
                name, data = event
                if name != "wait":
                    yield (f"event: {name}\n" if name else "") + f"data: {data}\n\n"
        finally:
            self._gone.set()

    def _next(self) -> Event | None:
        try:
            return self._queue.get(timeout=LOOK_SECONDS)
        except queue.Empty:
            return "wait", ""

    def _run(self) -> None:
        try:
            self._queue.put(("done", json.dumps(f"/write/{self._written()}")))
        except _Gone:
            pass  # nobody is there to be told
        except (Refused, NotFound) as refused:
            self._queue.put(("refused", json.dumps(str(getattr(refused, "message", refused)))))
        except BaseException:
            self._queue.put(
                ("refused", json.dumps("Something went wrong here; nothing was stored. Try again."))
            )
            raise
        finally:
            self._queue.put(None)

    def _written(self) -> UUID:
        while True:
            try:
                piece = next(self._pieces)
            except StopIteration as ended:
                draft_id: UUID = ended.value
                return draft_id
            if self._gone.is_set():
                self._pieces.close()
                raise _Gone
            self._queue.put(("", json.dumps(piece)))


class _Gone(Exception):
    """The reader went away."""
