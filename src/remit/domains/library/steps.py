"""The steps of a sequence: what they are, what makes a plan sound, and the way that a contact takes through it. Pure.

A plan runs from step to step in the order of the file. What comes back (a reply, a bounce, a meeting) ends the e-mails at once:
it leads to the next `branch` on it, behind which only people act, or ends the run.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Event = Literal["reply", "bounce", "meeting"]
EVENTS: Final[tuple[Event, ...]] = ("reply", "bounce", "meeting")
KINDS: Final[Mapping[str, str]] = {
    "email": "E-mail", "call": "Call", "social": "Social", "wait": "Wait", "branch": "Branch",
}  # fmt: skip
MOST_STEPS: Final = 14
MOST_DAYS: Final = 120
BETWEEN_DAYS: Final = 5
"""Days between two e-mails to one contact: the firm's own pause (`outreach.rules.CONTACT_PAUSE`)."""

StepName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{1,29}$")]
Words = Annotated[str, StringConstraints(strip_whitespace=True, max_length=300, pattern=r"^[^\n\r]*$")]
Named = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{2,79}$")]


class Step(BaseModel):
    """One step. `after_days`: days after the one before was done. `templates`: of an e-mail, those tried in order; of a call, its
    script. `say`: what a person is to do. `event`, `then`, `otherwise`: of a branch, the event and the steps it leads to. `last`:
    the run ends behind it. `thread`: of an e-mail, whether it goes on in the thread of the one before it or begins a new one."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: StepName
    kind: Literal["email", "call", "social", "wait", "branch"]
    after_days: int = Field(0, ge=0, le=90)
    templates: tuple[Named, ...] = Field((), max_length=6)
    say: Words = ""
    event: Event | None = None
    then: StepName | None = None
    otherwise: StepName | None = None
    last: bool = False
    thread: Literal["continue", "new"] = "continue"


def following(steps: Sequence[Step], name: str) -> Step | None:
    """The step behind `name` when nothing came back; None: the run ends. Of a branch: its `otherwise`, or the next one."""
    place = place_of(steps, name)
    one = steps[place]
    if one.kind == "branch" and one.otherwise:
        return steps[place_of(steps, one.otherwise)]
    return None if one.last or place + 1 == len(steps) else steps[place + 1]


def on_event(steps: Sequence[Step], name: str, event: str) -> Step | None:
    """The step that an event leads to from `name` on: the target of the next branch on it; None: the run ends."""
    for one in steps[place_of(steps, name) :]:
        if one.kind == "branch" and one.event == event and one.then:
            return steps[place_of(steps, one.then)]
    return None


def place_of(steps: Sequence[Step], name: str) -> int:
    """The place of a step. Raises KeyError."""
    for place, one in enumerate(steps):
        if one.name == name:
            return place
    raise KeyError(name)


def walk(steps: Sequence[Step], events: Mapping[str, str]) -> tuple[list[tuple[int, Step]], str]:
    """The way of one contact: (day, step) of each, and how it ended: finished, or the event that stopped it.

    `events`: what comes back after a step, by the step's name.
    """
    way: list[tuple[int, Step]] = []
    at: Step | None = steps[0]
    day, heard = 0, ""
    while at is not None:
        day += at.after_days
        if at.kind != "branch":
            way.append((day, at))
        event = "" if heard else events.get(at.name, "")
        if event:
            target = on_event(steps, at.name, event)
            if target is None:
                return way, event
            heard, at = event, target
        else:
            at = following(steps, at.name)
    return way, "finished"


def faults(steps: Sequence[Step]) -> Iterator[str]:
    """Why these are no sound plan, in sentences; nothing when they are."""
    names = [one.name for one in steps]
    if doubled := next((name for name in names if names.count(name) > 1), None):
        yield f"the step {doubled} stands twice"
        return
    if len(steps) > MOST_STEPS:
        yield f"a sequence has {MOST_STEPS} steps at most"
    if not any(one.kind == "email" for one in steps):
        yield "a sequence has an e-mail step"
    for place, one in enumerate(steps):
        yield from _shape(one, names[place + 1 :])
    if sum(one.after_days for one in steps) > MOST_DAYS:
        yield f"a sequence ends within {MOST_DAYS} days"
    yield from _flow(steps)


def _shape(one: Step, later: Sequence[str]) -> Iterator[str]:
    """What a step of its kind has, and has not."""
    if one.kind == "email" and not one.templates:
        yield f"the e-mail {one.name} names no template"
    if one.kind in ("call", "social") and not one.say:
        yield f"the step {one.name} says nobody what to do (say)"
    if one.kind != "email" and one.thread != "continue":
        yield f"the step {one.name} is no e-mail and has no thread"
    if one.kind not in ("email", "call") and one.templates:
        yield f"the step {one.name} takes no template"
    if (one.kind == "branch") != (one.event is not None and one.then is not None):
        yield f"the step {one.name} needs event and then if, and only if, it is a branch"
    if one.kind == "branch" and (one.after_days or one.last):
        yield f"the branch {one.name} takes no time and ends nothing; wait before it"
    for target in filter(None, (one.then, one.otherwise)):
        if target not in later:
            yield f"the branch {one.name} leads to {target}, which is no later step"


def _flow(steps: Sequence[Step]) -> Iterator[str]:
    """Every way is one that may be gone: nobody is e-mailed after something came back, or twice within the firm's pause."""
    known = {one.name for one in steps}
    for one in steps:
        if one.kind == "branch" and one.then in known and one.then:
            behind = [each.name for each in _reached(steps, one.then) if each.kind == "email"]
            if behind:
                yield f"the branch {one.name} leads to the e-mail {behind[0]}: after a {one.event} people act, and write themselves"
    since: int | None = None
    at: Step | None = steps[0] if steps else None
    while at is not None:
        since = None if since is None else since + at.after_days
        if at.kind == "email":
            if since is not None and since < BETWEEN_DAYS:
                yield f"the e-mail {at.name} comes {since} days after the one before; the firm waits {BETWEEN_DAYS}"
            since = 0
        if at.otherwise and at.otherwise not in known:
            return
        at = following(steps, at.name)


def _reached(steps: Sequence[Step], name: str) -> list[Step]:
    found: list[Step] = []
    at: Step | None = steps[place_of(steps, name)]
    while at is not None and at not in found:
        found.append(at)
        at = (
            None
            if at.otherwise and at.otherwise not in {one.name for one in steps}
            else following(steps, at.name)
        )
    return found
