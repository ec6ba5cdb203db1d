"""A restore forgets what happened since the backup: what waited then is not approved a second time unseen."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from remit import identity
from remit.actions import Refused, Waiting, approve, perform, propose, queries, upkeep
from remit.actions.suggestions import RejectSuggestion, ReleaseSuggestion
from tests.support.cast import Cast
from tests.support.verbs import UpdateAccount

MADE_AT = datetime(2026, 3, 1, 8, 30, tzinfo=UTC)


def _held(cast: Cast, note: str) -> Waiting:
    waiting = propose(cast.scope("alice"), UpdateAccount(account_id=cast.accounts["pine"], website=note))
    assert upkeep.hold_restored(identity.for_service("upkeep", via="test"), MADE_AT) >= 1
    return waiting


def test_what_waited_in_the_backup_is_held_until_a_person_has_looked(cast: Cast) -> None:
    waiting = _held(cast, "https://held.example")
    bob = cast.scope("bob")
    with pytest.raises(Refused, match="backup made at 2026-03-01 08:30 UTC") as refused:
        approve(bob, waiting.suggestion_id, waiting.payload_hash)
    assert refused.value.code == "suggestion_held"
    assert "released" not in queries.get_suggestion(bob, waiting.suggestion_id).held
    for who, reason in (("charlie", "looked"), ("adam", "looked"), ("bob", "  ")):
        with pytest.raises(Refused):
            perform(cast.scope(who), ReleaseSuggestion(suggestion_id=waiting.suggestion_id, reason=reason))
    with pytest.raises(Refused):
        approve(bob, waiting.suggestion_id, waiting.payload_hash)
    perform(bob, ReleaseSuggestion(suggestion_id=waiting.suggestion_id, reason="not in the sent mailbox"))
    approve(bob, waiting.suggestion_id, waiting.payload_hash)
    recorded = cast.sql(
        "SELECT event FROM remit.audit WHERE object_id = :id ORDER BY at, id", id=waiting.suggestion_id
    )
    assert [event for (event,) in recorded if event in ("suggestion:hold", "suggestion:release")] == [
        "suggestion:hold",
        "suggestion:release",
    ]


def test_what_is_held_can_be_rejected_at_once(cast: Cast) -> None:
    waiting = _held(cast, "https://no.example")
    perform(
        cast.scope("bob"), RejectSuggestion(suggestion_id=waiting.suggestion_id, reason="it went in March")
    )
    assert queries.get_suggestion(cast.scope("bob"), waiting.suggestion_id).state == "rejected"
