"""The demo's cases of better productivity: opened, submitted and signed through the door by the people themselves.

Hidden is how long the work truly takes on either side. Two cases show a gain and are signed, one shows none, one waits for
its manager, one is a draft: gate S0-G2 is not met, and says that one case more is needed.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final, Literal, NamedTuple
from uuid import UUID

import remit.domains.outreach.artefacts  # noqa: F401 - what the cases name as evidence
from remit import identity
from remit.actions import Action, Performed, Refused, perform
from remit.demo.dice import Dice
from remit.demo.firm import Firm, Person
from remit.domains.productivity import queries
from remit.domains.productivity.actions import (
    OpenProductivityCase,
    SignProductivityCase,
    SubmitProductivityCase,
    Timed,
)
from remit.ladder.artefacts import Artefact
from remit.scope import Scope

METHOD: Final = "From opening the account to sending, by the clock of the desk; interruptions taken out."


class Story(NamedTuple):
    """A case and its truth: mean minutes without and with AI. Its owner is a rep of `territory` who has used AI enough."""

    title: str
    motion: str
    territory: int  # place in parameters.TERRITORIES
    before: float
    with_ai: float
    pieces: int
    ends: Literal["signed", "submitted", "draft"]


STORIES: Final = (
    Story("First messages to hedge funds", "outreach", 0, 27.0, 9.0, 6, "signed"),
    Story("Messages to asset managers", "outreach", 1, 18.0, 8.0, 6, "signed"),
    Story("Short notes before a visit", "outreach", 3, 11.0, 11.0, 6, "signed"),
    Story("Messages after an event", "outreach", 2, 22.0, 10.0, 6, "submitted"),
    Story("Messages to quantitative firms", "outreach", 2, 25.0, 12.0, 5, "draft"),
)


def expected() -> dict[str, Any]:
    """What gate S0-G2 has to find where each territory has a rep with enough accepted texts, and the truth behind it."""
    told = [{**one._asdict(), "true_difference": one.with_ai - one.before} for one in STORIES]
    signed = [one for one in STORIES if one.ends == "signed"]
    good = sum(1 for one in signed if one.with_ai < one.before)
    return {"cases": told, "value": float(good), "n": len(signed), "state": "not_met"}


def open_cases(firm: Firm) -> int:
    """Open, submit and sign each once; returns how many there are. Where nobody has enough accepted texts there is none."""
    taken: set[str] = set()
    for number, story in enumerate(STORIES):
        found = _owner(firm, story, taken)
        if found is None:
            continue
        rep, evidence = found
        taken.add(rep.id)
        owner = identity.for_person(UUID(rep.id), via="demo")
        times = _times(firm, number, story, evidence)
        action = OpenProductivityCase(
            title=story.title, motion=story.motion, method=METHOD, observations=times
        )
        case_id = UUID(str(_perform(owner, action, f"demo-case:{number}:open").result["case_id"]))
        if story.ends != "draft":
            submit = SubmitProductivityCase(case_id=case_id, expected_version=1)
            _perform(owner, submit, f"demo-case:{number}:submit")
        if story.ends == "signed" and rep.manager_id:
            signer = identity.for_person(UUID(rep.manager_id), via="demo")
            sign = SignProductivityCase(case_id=case_id, expected_version=2)
            _perform(signer, sign, f"demo-case:{number}:sign")
    return len(taken)


def _owner(firm: Firm, story: Story, taken: set[str]) -> tuple[Person, list[Artefact]] | None:
    """The first rep of the territory with enough texts, each of which their manager sees (nothing behind the barrier)."""
    for role in ("ae", "se", "sdr"):
        for rep in firm.reps[role, story.territory]:
            if rep.admitted or rep.id in taken:
                continue
            found = queries.list_choices(identity.for_person(UUID(rep.id), via="demo"))
            choices = [one for one in found if one.motion == story.motion][: story.pieces]
            if len(choices) == story.pieces:
                return rep, choices
    return None


def _times(firm: Firm, number: int, story: Story, evidence: list[Artefact]) -> tuple[Timed, ...]:
    dice = Dice(firm.seed, "case", number)
    found = []
    for place in range(story.pieces):
        day = firm.as_of - timedelta(days=90 + 2 * place)
        found.append(Timed(side="before", minutes=_minutes(dice, story.before), observed_on=day))
    for place, one in enumerate(evidence):
        found.append(
            Timed(
                side="with_ai",
                minutes=_minutes(dice, story.with_ai),
                observed_on=max(one.made_at.date(), firm.as_of - timedelta(days=1 + place)),
                artefact_id=one.id,
            )
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
