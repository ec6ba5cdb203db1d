"""The demo's cases of better productivity: opened, submitted and signed through the door by the people themselves.

Hidden is how long the work truly takes on either side. Two cases show a gain and are signed, one shows none, one waits for
its manager, one is a draft: gate S0-G2 is not met, and says that one case more is needed.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final, NamedTuple
from uuid import UUID

import remit.domains.outreach.artefacts  # noqa: F401 - what the cases name as evidence
from remit import identity
from remit.actions import Action, Performed, Refused, perform
from remit.demo.dice import Dice
from remit.demo.firm import Firm
from remit.domains.productivity import queries
from remit.domains.productivity.actions import (
    OpenProductivityCase,
    SignProductivityCase,
    SubmitProductivityCase,
    Timed,
)
from remit.scope import Scope

METHOD: Final = "From opening the account to sending, by the clock of the desk; interruptions taken out."


class Story(NamedTuple):
    """A case and its truth: mean minutes without and with AI. `signer`: who signs it; "": it waits; None: a draft."""

    title: str
    motion: str
    owner: str
    before: float
    with_ai: float
    pieces: int
    signer: str | None


STORIES: Final = (
    Story("First messages to hedge funds", "outreach", "Alice Hartwell", 27.0, 9.0, 6, "Rebecca Thorne"),
    Story("Answers after the first call", "answer", "Imogen Fairweather", 18.0, 8.0, 6, "Gareth Seymour"),
    Story("Short notes before a visit", "outreach", "Kenji Hayashi", 11.0, 11.0, 6, "Hiro Takeda"),
    Story("Follow-ups after a trial call", "follow_up", "Matteo Locatelli", 22.0, 10.0, 6, ""),
    Story("Messages to quantitative firms", "outreach", "Charlie Lindqvist", 25.0, 12.0, 5, None),
)


def expected() -> dict[str, Any]:
    """What gate S0-G2 has to find where each owner has enough accepted texts, and the truth behind it."""
    told = [{**one._asdict(), "true_difference": one.with_ai - one.before} for one in STORIES]
    good = sum(1 for one in STORIES if one.signer and one.with_ai < one.before)
    return {
        "cases": told,
        "value": float(good),
        "n": sum(1 for one in STORIES if one.signer),
        "state": "not_met",
    }


def open_cases(firm: Firm) -> int:
    """Open, submit and sign each once; returns how many there are. An owner with too few accepted texts has no case."""
    people = {person.name: UUID(person.id) for person in firm.people}
    made = 0
    for number, story in enumerate(STORIES):
        owner = identity.for_person(people[story.owner], via="demo")
        evidence = queries.list_choices(owner, story.pieces)
        if len(evidence) < story.pieces:
            continue
        times = _times(firm, number, story, [one.id for one in evidence])
        action = OpenProductivityCase(
            title=story.title, motion=story.motion, method=METHOD, observations=times
        )
        opened = _perform(owner, action, f"demo-case:{number}:open")
        case_id = UUID(str(opened.result["case_id"]))
        made += 1
        if story.signer is not None:
            submit = SubmitProductivityCase(case_id=case_id, expected_version=1)
            _perform(owner, submit, f"demo-case:{number}:submit")
        if story.signer:
            signer = identity.for_person(people[story.signer], via="demo")
            _perform(
                signer, SignProductivityCase(case_id=case_id, expected_version=2), f"demo-case:{number}:sign"
            )
    return made


def _times(firm: Firm, number: int, story: Story, evidence: list[UUID]) -> tuple[Timed, ...]:
    dice = Dice(firm.seed, "case", number)
    found = []
    for place in range(story.pieces):
        day = firm.as_of - timedelta(days=90 + 2 * place)
        found.append(Timed(side="before", minutes=_minutes(dice, story.before), observed_on=day))
    for place, one in enumerate(evidence):
        day = firm.as_of - timedelta(days=1 + place)
        found.append(
            Timed(side="with_ai", minutes=_minutes(dice, story.with_ai), observed_on=day, artefact_id=one)
        )
    return tuple(found)


def _minutes(dice: Dice, mean: float) -> float:
    return max(1.0, round(2 * dice.lognormal(mean, 0.18)) / 2)


def _perform(scope: Scope, action: Action, key: str) -> Performed:
    done = perform(scope, action, key=key)
    if not isinstance(done, Performed):
        raise Refused(
            "A case of the demo waits for an approval; policy should not ask for one.", code="needs_approval"
        )
    return done
