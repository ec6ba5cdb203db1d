"""The frame of a follow-up asserts nothing, in whichever wording chance picks for an account."""

from __future__ import annotations

import pytest

from remit.evidence.claims import Context, split, type_sentence
from remit.kit import clock
from remit.llm.embedded import follow_up

_FRAME = [
    wording.replace("{in}", "on" if talk == "call" else "in").replace("{talk}", talk)
    for plans in (follow_up._THANKS, follow_up._ENDS)
    for wordings in plans.values()
    for wording in wordings
    for talk in ("call", "meeting", "conversation")
]


@pytest.mark.parametrize("text", sorted(set(_FRAME)))
def test_no_thanks_and_no_ending_claims(text: str) -> None:
    for start, end in split(text):
        found = type_sentence(text[start:end], Context(clock.today(), None))
        assert found.kind != "claim", found.reason
