"""What the rep confirmed of a note: facts for the message, tasks for what we owe, open promises for what they owe, a draft."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from remit.actions import Action, Refused, perform, performed
from remit.db.sessions import read
from remit.domains.activities.actions import LogActivity
from remit.domains.facts.actions import RecordFact
from remit.domains.facts.queries import load_fact
from remit.domains.followups import rules
from remit.domains.followups.reading import Line, Minutes, named_zone, zone_of
from remit.domains.outreach import modelled, writing
from remit.domains.outreach.actions import MOST_NOTE, WriteDraft
from remit.domains.outreach.material import Material, gather
from remit.evidence.facts import plain_line
from remit.kit import clock
from remit.kit.text import shorten
from remit.knowledge.notes.model import Kind, Side
from remit.llm.embedded.follow_up import FollowUp, Noted, NotedKind, compose_follow_up, day_words
from remit.llm.embedded.outreach import WRITER, Length, NothingToSay, Tone
from remit.llm.gateway import call
from remit.scope import Scope

PURPOSE: Final = "follow_up"
_PEOPLE: Final = "SELECT id, name FROM remit.people WHERE active AND kind = 'person'"
_CONTACT_ZONE: Final = "SELECT time_zone FROM remit.contacts WHERE id = :id"


@dataclass(frozen=True, slots=True)
class Kept:
    """An item as the rep lets it stand. `in_mail`: it is to be said; `task`: it is tracked (promises only)."""

    start: int
    end: int
    kind: Kind
    text: str
    side: Side | None
    who: str
    due_on: date | None
    speaker: Side | None
    in_mail: bool
    task: bool


@dataclass(frozen=True, slots=True)
class TakenUp:
    """What came of it. `left_out`: what was to be said and is not in the draft."""

    draft_id: UUID
    note_id: UUID
    fact_ids: tuple[UUID, ...]
    task_ids: tuple[UUID, ...]
    left_out: tuple[str, ...]


def kept_as_proposed(line: Line) -> Kept:
    """The proposal, unchanged."""
    one = line.item
    return Kept(
        one.start,
        one.end,
        one.kind,
        one.text,
        one.side,
        one.who,
        one.due_on,
        one.speaker,
        line.in_mail,
        one.kind == "promise",
    )


def take_up(
    scope: Scope, minutes: Minutes, kept: Sequence[Kept], *, length: Length = "medium", tone: Tone = "direct",
    variant: int = 0, by: writing.By = "model",
) -> TakenUp:  # fmt: skip
    """Record what was kept, track the promises, and write the follow-up. Doing it twice records facts and tasks once.

    Raises Refused (nothing_noted, no_sayable_fact), NotFound. The note chooses neither recipient nor act.
    """
    said = [one for one in kept if one.in_mail]
    if not said:
        raise Refused("Keep at least one thing that the message is to say.", code="nothing_noted")
    note_id = minutes.note_id or _log(scope, _note(minutes))
    people, zones = _people(scope, minutes.contact_id)
    facts = tuple(_record(scope, _fact(minutes, one, people[scope.person_id]), "fact_id") for one in said)
    tasks = tuple(
        _log(scope, _task(scope, minutes, one, people, zones))
        for one in kept
        if one.task and one.kind == "promise"
    )
    draft_id, left_out = _draft(scope, minutes, note_id, said, facts, (length, tone), variant, by)
    return TakenUp(draft_id, note_id, facts, tasks, left_out)


def _people(scope: Scope, contact_id: UUID) -> tuple[dict[UUID, str], dict[UUID, ZoneInfo]]:
    """Names of our people, and the zones of each of them and of the contact."""
    with read(scope) as s:
        people = {row.id: row.name for row in s.rows(_PEOPLE)}
        zones = {person: zone_of(s, person) for person in people}
        theirs = s.scalar(_CONTACT_ZONE, {"id": contact_id})
    zones[contact_id] = named_zone(theirs) or zones[scope.person_id]
    return people, zones


def _note(minutes: Minutes) -> LogActivity:
    kind = minutes.talk if minutes.talk in ("call", "meeting") else "note"
    return LogActivity(
        account_id=minutes.account_id,
        activity_kind=kind,
        subject=minutes.title,
        body=minutes.text,
        contact_id=minutes.contact_id,
    )


def _fact(minutes: Minutes, one: Kept, writer: str) -> RecordFact:
    day, quote = minutes.day, minutes.text[one.start : one.end]
    value, who = one.text, one.who
    if one.kind == "promise":
        who = one.who or (writer if one.side == "us" else minutes.contact_name)
        by = f" by {day_words(one.due_on, month_first=False)} {one.due_on.year}" if one.due_on else ""
        value = f"will {one.text}{by}"
    return RecordFact(
        account_id=minutes.account_id, contact_id=minutes.contact_id, fact_kind=one.kind, subject=who, value=plain_line(value),
        source_name=f"Note of the {minutes.talk} of {day.day} {day:%B %Y}", locator=f"characters {one.start}–{one.end}", quote=quote,
        as_of_on=min(day, clock.today()), valid_until_on=None, sensitivity="internal", sayable="told_by_them",
    )  # fmt: skip


def _task(
    scope: Scope, minutes: Minutes, one: Kept, people: dict[UUID, str], zones: dict[UUID, ZoneInfo]
) -> LogActivity:
    theirs = one.side == "them"
    owner = None if theirs else rules.owner_named(one.who, people)
    on = one.due_on or rules.look_again_on(minutes.day)
    zone = zones[minutes.contact_id if theirs else owner or scope.person_id]
    told = one.text[:1].upper() + one.text[1:]
    subject = f"{one.who or minutes.contact_name} promised to {one.text}" if theirs else told
    named = "" if one.due_on else " No day was named."
    return LogActivity(
        account_id=minutes.account_id, activity_kind="task", subject=shorten(plain_line(subject), 500), contact_id=minutes.contact_id,
        body=f"From the note of {minutes.day}: “{minutes.text[one.start : one.end]}”{named}", direction="in" if theirs else None,
        due_at=rules.due_at(on, zone), owner_id=owner,
    )  # fmt: skip


def _draft(
    scope: Scope, minutes: Minutes, note_id: UUID, said: Sequence[Kept], fact_ids: Sequence[UUID], style: tuple[Length, Tone],
    variant: int, by: writing.By,
) -> tuple[UUID, tuple[str, ...]]:  # fmt: skip
    with read(scope) as s:
        material = gather(s, minutes.contact_id, scope.person_id, clock.now())
        noted = [
            Noted(_noted_kind(one), one.text, load_fact(s, fact), one.who, one.due_on, one.speaker)
            for one, fact in zip(said, fact_ids, strict=True)
        ]
    text = _composed(material, noted, minutes.talk, style, variant)
    left_out = tuple(one.text for one in text.left_out)
    note = f"Not in the text: {'; '.join(left_out)}." if left_out else ""
    action = WriteDraft(
        contact_id=minutes.contact_id, purpose=PURPOSE, subject=text.subjects[0], subjects=list(text.subjects), body=text.body, writer=WRITER,
        note=shorten(note, MOST_NOTE), length=style[0], tone=style[1], about_activity_id=note_id,
    )  # fmt: skip
    if by == "model" and call.configured("follow_up"):
        task = modelled.task(material, "follow_up", *style, frozenset(fact_ids))
        action = writing.by_model(scope, task, action)
    return writing.stored(scope, action), left_out


def _composed(
    material: Material, noted: Sequence[Noted], talk: str, style: tuple[Length, Tone], variant: int
) -> FollowUp:
    only = [one.fact for one in noted]
    try:
        return compose_follow_up(
            material.reader, material.writer, noted, only, material.context, talk=talk, length=style[0], tone=style[1], variant=variant
        )  # fmt: skip
    except NothingToSay as error:
        raise Refused(str(error), code=error.code) from error


def _noted_kind(one: Kept) -> NotedKind:
    if one.kind == "promise":
        return "ours" if one.side == "us" else "theirs"
    return one.kind


def _log(scope: Scope, action: LogActivity) -> UUID:
    return _record(scope, action, "activity_id")


def _record(scope: Scope, action: Action, result: str) -> UUID:
    told = json.dumps(action.payload(), sort_keys=True, default=str).encode()
    done = performed(perform(scope, action, key=f"note:{hashlib.sha256(told).hexdigest()[:40]}"))
    return UUID(str(done.result[result]))
