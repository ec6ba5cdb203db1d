"""What makes a plan sound, and which way a contact takes through it. No database."""

from __future__ import annotations

import pytest

from remit.domains.library import fixtures, markdown, shipped
from remit.domains.library.steps import Step, faults, walk
from remit.kit import clock


def steps(*given: dict) -> list[Step]:
    return [Step.model_validate(one) for one in given]


MAIL = {"kind": "email", "templates": ["a-template"]}
FIRST = {"name": "first", **MAIL}
CALL = {"name": "call", "kind": "call", "say": "Ring"}


@pytest.mark.parametrize(
    ("plan", "why"),
    [
        ([CALL], "has an e-mail step"),
        ([FIRST, FIRST], "stands twice"),
        ([{"name": "first", "kind": "email"}], "names no template"),
        ([FIRST, {"name": "call", "kind": "call"}], "says nobody what to do"),
        ([FIRST, {"name": "soon", "after_days": 4, **MAIL}], "4 days after the one before; the firm waits 5"),
        ([FIRST, {"name": "turn", "kind": "branch", "event": "reply", "then": "gone"}], "is no later step"),
        ([FIRST, {"name": "turn", "kind": "branch", "event": "reply", "then": "next"}, {"name": "next", "after_days": 9, **MAIL}], "after a reply people act"),
        ([FIRST, {"name": "turn", "kind": "branch", "event": "reply", "then": "call", "after_days": 2}, CALL], "takes no time"),
        ([FIRST, {"name": "wait", "kind": "wait", "after_days": 90}, {"name": "more", "kind": "wait", "after_days": 40}], "within 120 days"),
    ],
)  # fmt: skip
def test_a_plan_that_is_not_sound_is_told_why(plan: list[dict], why: str) -> None:
    assert why in next(faults(steps(*plan)))


def test_an_event_leads_to_its_next_branch_or_ends_the_run() -> None:
    plan = steps(
        FIRST, {"name": "turn", "kind": "branch", "event": "meeting", "then": "call"}, {"name": "rest", "kind": "wait", "after_days": 9, "last": True}, CALL,
    )  # fmt: skip
    assert not [*faults(plan)]
    for events, names, ended in (
        ({}, ["first", "rest"], "finished"),
        ({"first": "meeting"}, ["first", "call"], "finished"),
        ({"first": "reply"}, ["first"], "reply"),
        ({"rest": "meeting"}, ["first", "rest"], "meeting"),  # behind the branch there is none
    ):
        way, end = walk(plan, events)
        assert ([step.name for _, step in way], end) == (names, ended), events


def test_what_ships_passes_its_own_tests_and_keeps_its_words() -> None:
    keys = set()
    for name, source in shipped.sequences().items():
        plan = markdown.parse(source, name)
        assert markdown.parse(markdown.render(plan)) == plan and f"{plan.id}.md" == name
        assert len(plan.tests) >= 2 and all(one.passed for one in fixtures.try_all(plan, clock.today())), name
        keys |= {key for step in plan.steps for key in step.templates}
    assert keys <= {markdown.parse(source).id for source in shipped.texts().values()}
