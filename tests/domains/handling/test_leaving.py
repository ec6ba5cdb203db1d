"""What may leave for a model: nothing before a policy is in force, then what that version says, with the whole firm's client names."""

from __future__ import annotations

import pytest

from remit.actions import Waiting, approve, perform
from remit.domains.handling import leaving as module
from remit.domains.handling.actions import PublishHandlingPolicy
from remit.domains.handling.leaving import leaving
from remit.llm.gateway.handling import Cleared, Stopped
from remit.llm.handling.policy import HandlingPolicyInvalid, current, parse
from remit.policy.schema import DEFAULT_DIRECTORY
from tests.support.cast import Cast

FILE = DEFAULT_DIRECTORY / "data-handling.toml"


def test_nothing_leaves_before_a_policy_is_in_force(cast: Cast) -> None:
    found = leaving(cast.scope("alice"), ["Hello."], "provider", None)
    assert isinstance(found, Stopped)
    assert "not the one that was put in force" in found.reasons[0]


@pytest.fixture(scope="module")
def published(cast: Cast) -> Cast:
    policy = current()
    waiting = perform(
        cast.scope("olga"), PublishHandlingPolicy(version=policy.version, policy_hash=policy.hash)
    )
    assert isinstance(waiting, Waiting)
    approve(cast.scope("cora"), waiting.suggestion_id, waiting.payload_hash)
    return cast


def test_one_name_has_one_mask_in_all_texts_and_comes_back(published: Cast) -> None:
    found = leaving(published.scope("alice"), ["Palm Capital rang.", "Ask Palm Capital."], "provider", None)
    assert isinstance(found, Cleared)
    assert "Palm" not in " ".join(found.texts)
    first = found.texts[0].split(" rang")[0]
    assert first in found.texts[1]
    assert found.restore(f"To {first}") == "To Palm Capital"
    assert found.masked_count == 2
    assert found.policy_version == current().hash


def test_a_client_whom_the_person_does_not_see_is_masked_too(published: Cast) -> None:
    found = leaving(published.scope("charlie"), ["Pine Capital rang."], "provider", None)
    assert isinstance(found, Cleared)
    assert "Pine" not in found.texts[0]


def test_one_denied_text_stops_all_and_says_why_once(published: Cast) -> None:
    order = "They intend to buy 2 million shares of Adyen next week."
    found = leaving(published.scope("alice"), ["Hello.", order, order], "provider", None)
    assert isinstance(found, Stopped)
    assert len(found.reasons) == 1
    assert "Leave the plan out" in found.reasons[0]
    assert isinstance(leaving(published.scope("alice"), ["Hello."], "provider", None), Cleared)


def test_another_file_than_the_one_in_force_lets_nothing_leave(published: Cast, monkeypatch) -> None:
    other = parse(FILE.read_text("utf-8").replace('"2026-1"', '"2026-2"'))
    monkeypatch.setattr(module, "current", lambda: other)
    found = leaving(published.scope("alice"), ["Hello."], "provider", None)
    assert isinstance(found, Stopped)
    assert found.policy_version == other.hash


def test_a_file_that_cannot_be_used_lets_nothing_leave(published: Cast, monkeypatch) -> None:
    def broken() -> None:
        raise HandlingPolicyInvalid(["class x is unknown"])

    monkeypatch.setattr(module, "current", broken)
    found = leaving(published.scope("alice"), ["Hello."], "provider", None)
    assert found == Stopped(("class x is unknown",))


PRODUCT = "Fernhill Prime finances long and short positions in 26 markets"


def test_what_our_records_declare_public_is_no_secret_of_a_client(published: Cast) -> None:
    scope = published.scope("alice")
    assert isinstance(leaving(scope, [PRODUCT], "provider", None), Stopped)
    found = leaving(scope, [PRODUCT, "Palm Capital rang."], "provider", None, [True])
    assert isinstance(found, Cleared)
    assert found.texts[0] == PRODUCT
    assert "Palm" not in found.texts[1]


def test_declared_public_or_not_a_plan_to_trade_and_a_key_stay_in(published: Cast) -> None:
    for text in ("They intend to buy 2 million shares of Adyen next week.", "password: hunter2!Green"):
        assert isinstance(leaving(published.scope("alice"), [text], "provider", None, [True]), Stopped)
