"""The question kept with each decision is the question."""

from __future__ import annotations

import json

from hypothesis import given, settings

from remit.policy.asked import as_json, from_json, of_decision
from remit.policy.decide import decide
from remit.policy.model import PolicyRequest
from tests.policy.test_decide import BOOK, requests


@settings(max_examples=100, deadline=None)
@given(requests)
def test_there_and_back(request: PolicyRequest) -> None:
    assert from_json(json.loads(json.dumps(as_json(request)))) == request


@settings(max_examples=50, deadline=None)
@given(requests)
def test_deciding_again_gives_the_same(request: PolicyRequest) -> None:
    first = decide(request, BOOK)
    kept = of_decision(first)
    assert kept is not None
    assert decide(from_json(kept), BOOK) == first
