"""Write → Follow-up: a call note becomes tasks, open promises and a message, once the rep has confirmed each item."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Final, Literal, cast
from uuid import UUID

from fastapi import APIRouter, Form
from starlette.requests import Request
from starlette.responses import Response

from remit.actions import Refused
from remit.domains.contacts.queries import list_contacts
from remit.domains.followups.reading import Minutes, list_recent, look_at_note, look_at_text
from remit.domains.followups.rules import look_again_on
from remit.domains.followups.taking import Kept, take_up
from remit.kit.text import counted
from remit.knowledge.notes.model import Side
from remit.knowledge.pasted.model import PasteRefused
from remit.web import feedback, forms, render
from remit.web.problems import BadRequest
from remit.web.sessions import CurrentViewer, Viewer

router = APIRouter()
PATH: Final = "/write/follow-up"
_TALKS: Final = ("call", "meeting", "conversation")
KIND_NAMES: Final = {"said": "They said", "decided": "Agreed", "asked": "They asked", "promise": "Promise"}
Text = Annotated[str, Form(max_length=2_000_000)]
Short = Annotated[str, Form(max_length=300)]
Many = Annotated[list[str], Form()]
Length = Annotated[Literal["short", "medium", "long"], Form()]
Tone = Annotated[Literal["direct", "warm"], Form()]


@router.get(PATH)
def choose(request: Request, viewer: CurrentViewer, account: str = "") -> Response:
    """My last talks to follow up, and a place to paste a note."""
    return _choose(request, viewer, forms.found_id(account))


@router.post(PATH)
def items(
    request: Request, viewer: CurrentViewer, note: Short = "", contact: Short = "", text: Text = "", talk: Short = "call", dated: Short = ""
) -> Response:  # fmt: skip
    """What was noted, to be confirmed. Stores nothing."""
    try:
        minutes = _minutes(viewer, note, contact, text, talk, forms.day(dated))
    except (PasteRefused, Refused) as refused:
        if isinstance(refused, Refused) and refused.code != "contact_needed":
            raise
        return _choose(request, viewer, None, str(refused), text if len(text) <= 100_000 else "")
    return render.page(
        request,
        "followup/items.html",
        minutes=minutes,
        kinds=KIND_NAMES,
        fallback=look_again_on(minutes.day).isoformat(),
        me=viewer.name,
    )


@router.post(f"{PATH}/confirm")
def confirm(
    request: Request, viewer: CurrentViewer, note: Short = "", contact: Short = "", text: Text = "", talk: Short = "call", dated: Short = "",
    length: Length = "medium", tone: Tone = "direct", say: Many | None = None, track: Many | None = None, number: Many | None = None,
    what: Many | None = None, side: Many | None = None, who: Many | None = None, due: Many | None = None,
) -> Response:  # fmt: skip
    """Record what was kept, track the promises, and open the draft."""
    try:
        minutes = _minutes(viewer, note, contact, text, talk, forms.day(dated))
        columns = [each or [] for each in (number, what, side, who, due)]
        kept = _kept(minutes, columns, frozenset(say or ()), frozenset(track or ()))
        made = take_up(viewer.scope, minutes, kept, length=length, tone=tone)
    except PasteRefused as refused:
        raise BadRequest(str(refused)) from refused
    except Refused as refused:
        if refused.code not in ("nothing_noted", "no_sayable_fact"):
            raise
        raise BadRequest(refused.message) from refused
    tracked = len(made.task_ids)
    said = f"Written. {counted(tracked, 'promise')} tracked." if tracked else "Written."
    return feedback.go(request, f"/write/{made.draft_id}", said)


def _choose(
    request: Request, viewer: Viewer, account_id: UUID | None, problem: str = "", text: str = ""
) -> Response:
    people = list_contacts(viewer.scope, account_id) if account_id else []
    return render.page(
        request,
        "followup/choose.html",
        recent=list_recent(viewer.scope),
        people=people,
        problem=problem,
        text=text,
        talks=_TALKS,
    )


def _minutes(viewer: Viewer, note: str, contact: str, text: str, talk: str, day: date | None) -> Minutes:
    note_id, contact_id = forms.found_id(note), forms.found_id(contact)
    if note_id is not None:
        return look_at_note(viewer.scope, note_id, contact_id)
    if contact_id is None:
        raise BadRequest("Say who the talk was with.")
    if talk not in _TALKS:
        raise BadRequest("This is not one of the choices offered.")
    return look_at_text(viewer.scope, text, contact_id, day=day, talk=talk)


def _kept(
    minutes: Minutes, columns: list[list[str]], say: frozenset[str], track: frozenset[str]
) -> list[Kept]:
    """What the rep let stand. Kind, place and speaker are those of the note; words, owner and day may be corrected."""
    if len({len(column) for column in columns}) != 1:
        raise BadRequest("The form is incomplete: open the note again.")
    lines = {str(line.number): line for line in minutes.lines}
    kept = []
    for number, what, side, who, due in zip(*columns, strict=True):
        line = lines.get(number)
        if line is None or side not in ("us", "them", ""):
            raise BadRequest("The note has changed since you opened it: open it again.")
        if number not in say | track:
            continue
        if not what.strip():
            raise BadRequest(f"Item {number} needs words, or leave it out.")
        item = line.item
        same = what.strip() == item.text
        kept.append(
            Kept(
                item.start, item.end, item.kind, what.strip(), cast(Side, side) if side else item.side, who.strip(),
                forms.day(due), item.speaker if same else None, number in say, number in track,
            )
        )  # fmt: skip
    return kept
