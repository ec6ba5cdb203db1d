"""A clock that is put forward or back: what has expired stays so, and the record stays whole."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from remit import identity
from remit.actions import Refused, approve, perform, propose, queries
from remit.actions.suggestions import ExpireSuggestion
from remit.domains.people import rules
from remit.kit import clock
from tests.support.cast import Cast
from tests.support.verbs import UpdateAccount

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
FOUR_DAYS, HOUR = timedelta(days=4), timedelta(hours=1)


def asked(cast: Cast) -> tuple[UUID, str]:
    waiting = propose(
        cast.scope("alice"), UpdateAccount(account_id=cast.accounts["pine"], website="pine.example")
    )
    return waiting.suggestion_id, waiting.payload_hash


def refusal(cast: Cast, suggestion: UUID, digest: str) -> str:
    with pytest.raises(Refused) as refused:
        approve(cast.scope("bob"), suggestion, digest)
    return refused.value.code


def test_what_expired_is_not_back_when_the_clock_is(cast: Cast) -> None:
    with clock.stopped(NOW) as hands:
        suggestion, digest = asked(cast)
        hands.move(FOUR_DAYS)
        system = identity.for_service("upkeep", via="test")
        perform(system, ExpireSuggestion(suggestion_id=suggestion))
        hands.move(-FOUR_DAYS)
        assert refusal(cast, suggestion, digest) == "suggestion_not_waiting"


def test_an_expiry_that_was_told_to_the_approver_stands(cast: Cast) -> None:
    with clock.stopped(NOW) as hands:
        suggestion, digest = asked(cast)
        hands.move(FOUR_DAYS)
        assert refusal(cast, suggestion, digest) == "suggestion_expired"
        hands.move(-FOUR_DAYS)
        assert refusal(cast, suggestion, digest) == "suggestion_not_waiting"
        assert queries.get_suggestion(cast.scope("alice"), suggestion).state == "expired"


def test_an_hour_back_changes_nothing_for_what_waits(cast: Cast) -> None:
    with clock.stopped(NOW) as hands:
        suggestion, digest = asked(cast)
        hands.move(-HOUR)
        assert suggestion in {one.id for one in queries.list_suggestions(cast.scope("bob"), "all").rows}
        with pytest.raises(Refused) as early:
            perform(identity.for_service("upkeep", via="test"), ExpireSuggestion(suggestion_id=suggestion))
        assert early.value.code == "not_due"
        assert approve(cast.scope("bob"), suggestion, digest).result == {"version": 2}
    cast.sql("UPDATE remit.accounts SET version = 1")


def test_lists_go_by_the_clock_that_decides(cast: Cast) -> None:
    with clock.stopped(NOW) as hands:
        suggestion, _ = asked(cast)
        hands.move(FOUR_DAYS)
        scope = cast.scope("bob")
        assert suggestion not in {one.id for one in queries.list_suggestions(scope, "all").rows}
        assert queries.get_suggestion(scope, suggestion).state == "expired"


@pytest.mark.parametrize("moved", [-2 * HOUR, rules.IDLE, rules.ABSOLUTE, timedelta(days=3650)])
def test_a_session_ends_when_the_clock_jumps_far(moved: timedelta) -> None:
    """Forwards it has run out; backwards its last sign of life lies in the future, which is nobody's."""
    assert rules.is_live(now=NOW, expires_at=NOW + rules.ABSOLUTE, revoked_at=None, seen_at=NOW)
    assert not rules.is_live(now=NOW + moved, expires_at=NOW + rules.ABSOLUTE, revoked_at=None, seen_at=NOW)


def test_a_small_step_back_signs_nobody_out() -> None:
    step = timedelta(minutes=1)
    assert rules.is_live(now=NOW - step, expires_at=NOW + rules.ABSOLUTE, revoked_at=None, seen_at=NOW)
