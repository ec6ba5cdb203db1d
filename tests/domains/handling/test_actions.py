"""A policy is put in force by two people, acknowledged by each for themselves, and the gate sees exactly that."""

from __future__ import annotations

from datetime import date

import pytest

from remit.actions import Performed, Refused, Waiting, approve, perform
from remit.db.sessions import read
from remit.domains.handling import measure, queries
from remit.domains.handling.actions import AcknowledgeHandlingPolicy, PublishHandlingPolicy
from remit.kit import clock
from remit.ladder.measures import Measured, judge
from remit.ladder.steps import GATES
from remit.llm.handling.policy import current, parse
from remit.policy.schema import DEFAULT_DIRECTORY
from tests.support.cast import ROLES, Cast

GATE = GATES["S0-G3"]


def measured(cast: Cast) -> Measured:
    with read(cast.scope("cora")) as session:
        return measure.handling_attested(session, GATE, clock.now().date())


def publish(cast: Cast) -> PublishHandlingPolicy:
    policy = current()
    return PublishHandlingPolicy(version=policy.version, policy_hash=policy.hash)


@pytest.fixture(scope="module")
def published(cast: Cast) -> Cast:
    """Olga asks, Cora approves."""
    assert measured(cast).value == 0.0
    with pytest.raises(Refused) as early:
        perform(cast.scope("alice"), AcknowledgeHandlingPolicy(policy_hash=current().hash))
    assert "compliance publishes one first" in early.value.message
    waiting = perform(cast.scope("olga"), publish(cast))
    assert isinstance(waiting, Waiting)
    with pytest.raises(Refused):
        approve(cast.scope("olga"), waiting.suggestion_id, waiting.payload_hash)
    assert isinstance(approve(cast.scope("cora"), waiting.suggestion_id, waiting.payload_hash), Performed)
    return cast


def test_the_gate_is_met_when_enough_have_acknowledged_the_version_that_is_enforced(
    published: Cast, monkeypatch
) -> None:
    active = queries.find_active(published.scope("alice"))
    assert active is not None
    assert (active.policy_hash, active.published_by, active.approved_by) == (current().hash, "Olga", "Cora")
    assert measured(published).value == 0.0
    for count, name in enumerate(ROLES, start=1):
        perform(published.scope(name), AcknowledgeHandlingPolicy(policy_hash=active.policy_hash))
        assert measured(published).value == pytest.approx(count / len(ROLES))
    found = measured(published)
    assert (found.n_count, len(found.row_ids)) == (len(ROLES), len(ROLES))
    assert judge(GATE, found, clock.now().date()) == "met"
    # the gateway of a process that reads another file enforces something else: nothing is met
    text = (DEFAULT_DIRECTORY / "data-handling.toml").read_text("utf-8")
    monkeypatch.setattr(measure, "current", lambda: parse(text.replace("2026-1", "2026-2")))
    assert measured(published).value == 0.0
    # neither is a version that is not valid yet
    monkeypatch.undo()
    with read(published.scope("cora")) as session:
        assert measure.handling_attested(session, GATE, date(2026, 10, 31)).value == 0.0


def test_a_second_word_and_an_old_version_are_refused(published: Cast) -> None:
    with pytest.raises(Refused) as old:
        perform(published.scope("bob"), AcknowledgeHandlingPolicy(policy_hash="0" * 64))
    assert "not the version in force" in old.value.message
    digest = current().hash
    perform_twice = AcknowledgeHandlingPolicy(policy_hash=digest)
    with pytest.raises(Refused) as again:
        perform(published.scope("mia"), perform_twice)
        perform(published.scope("mia"), perform_twice)
    assert again.value.code == "nothing_to_change"


@pytest.mark.parametrize("name", ["robo"])
def test_no_agent_acknowledges_for_its_person(published: Cast, name: str) -> None:
    with pytest.raises(Refused):
        perform(published.scope(name), AcknowledgeHandlingPolicy(policy_hash=current().hash))


@pytest.mark.parametrize("name", ["alice", "mia", "adam", "robo"])
def test_who_may_not_publish(published: Cast, name: str) -> None:
    with pytest.raises(Refused):
        perform(published.scope(name), PublishHandlingPolicy(version="9", policy_hash="0" * 64))


def test_what_is_published_again_or_is_not_the_file_is_refused_with_its_reason(published: Cast) -> None:
    with pytest.raises(Refused) as again:
        perform(published.scope("olga"), publish(published))
    assert "was published already" in again.value.message
    with pytest.raises(Refused) as other:
        perform(published.scope("olga"), PublishHandlingPolicy(version="2026-9", policy_hash="0" * 64))
    assert "The file has changed since" in other.value.message


def test_client_names_come_from_the_records(published: Cast) -> None:
    assert "Wall Capital" not in queries.list_client_names(published.scope("alice"))  # behind a barrier
    assert "Wall Capital" in queries.list_client_names(published.scope("bob"))
