"""Adoption beside outcomes: counts equal their rows, shares are named beyond chance only, a manager sees the team alone."""

from __future__ import annotations

from datetime import timedelta

import pytest

from remit.actions import perform
from remit.domains.activities.actions import LogActivity
from remit.domains.adoption import coaching, outcomes
from remit.kit import clock
from remit.kit.ids import new_id
from remit.kit.intervals import beyond_chance, mean_interval
from tests.support.cast import Cast


def test_shares_are_compared_beyond_chance_and_small_ones_not_at_all() -> None:
    # 24 reps of one true rate: whoever happens to be best or worst is not named
    assert not any(beyond_chance([(5 + number % 4, 25) for number in range(24)]))
    assert beyond_chance([(2, 60), (24, 60), (25, 60), (23, 60)]) == [True, False, False, False]
    rates = outcomes.rates_of([(0, 19), (30, 60), (29, 60)])
    assert [one.enough for one in rates] == [False, True, True]
    assert not any(one.stands_out for one in rates), "19 trials are never compared"
    assert rates[1].low == pytest.approx(0.368, abs=0.001) and rates[1].high == pytest.approx(
        0.632, abs=0.001
    )


def test_minutes_have_an_interval_from_five_texts_on() -> None:
    assert outcomes.saved_of([4.0, 5.0]) == outcomes.Saved(9.0, 2, None, None)
    found = outcomes.saved_of([4.0, 5.0, 6.0, 5.0, 5.0])
    assert found.total == pytest.approx(25.0) and found.low is not None and found.high is not None
    assert (found.low, found.high) == pytest.approx((20.61, 29.39), abs=0.01)  # t with 4 degrees, 2.776
    assert mean_interval([4.0, 5.0, 6.0, 5.0, 5.0])[0] == 5.0


def test_hints_are_few_kind_and_beyond_chance() -> None:
    assert (
        coaching.hints({"changed": (5, 8), "unused": (2, 8), "waiting": (1, 30), "unbriefed": (7, 7)}) == []
    )
    found = coaching.hints({"changed": (14, 16), "unused": (9, 16), "waiting": (2, 2), "unbriefed": (12, 12)})
    assert [one.key for one in found] == ["waiting", "changed"], "two at a time"
    assert "14 of 16 accepted texts were changed first" in found[1].sentence
    assert coaching.too_little({"changed": (3, 7), "unused": (0, 0)}) and not coaching.too_little(
        {"changed": (0, 8)}
    )


def test_every_number_is_its_rows_and_a_manager_sees_the_team_alone(cast: Cast) -> None:
    now = clock.now()
    for who, account, count in (("alice", "pine", 9), ("charlie", "palm", 10)):
        for number in range(count):
            at = now - timedelta(days=20 - number)
            perform(
                cast.scope(who),
                LogActivity(
                    account_id=cast.accounts[account],
                    activity_kind="meeting",
                    subject=f"Talk {number}",
                    at=at,
                ),
            )
            draft = new_id()
            cast.sql(
                "INSERT INTO remit.drafts (id, account_id, access_id, kind, subject, body, written, writer, author_id, state, edited, created_at, updated_at)"
                " VALUES (:id, :account, :access, 'outreach', 'Hi', :body, :body, 'embedded', :who, 'sent', :edited, :at, :at)",
                id=draft, account=cast.accounts[account], access=cast.access[account], who=cast.people[who], at=at,
                body="word " * (40 + 5 * number), edited=who == "alice",
            )  # fmt: skip
            cast.sql(
                "INSERT INTO remit.messages (id, account_id, access_id, direction, draft_id, message_id, thread_id, from_address, to_address, subject, body, at)"
                " VALUES (:id, :account, :access, 'out', :draft, :mid, :mid, 'a@x.example', 'b@x.example', 'Hi', 'x', :at)",
                id=new_id(), account=cast.accounts[account], access=cast.access[account], draft=draft, mid=f"<{draft}@x>",
                at=now - timedelta(days=30 + number),
            )  # fmt: skip
    cast.sql(
        "UPDATE remit.people SET manager_id = :mia WHERE id = :charlie",
        mia=cast.people["mia"],
        charlie=cast.people["charlie"],
    )
    everybody = {one.name: one for one in outcomes.get_outcomes(cast.scope("vera"), "all", now)}
    alice, charlie = everybody["Alice"], everybody["Charlie"]
    assert (alice.meetings, alice.rates["replies"].n, alice.accepted) == (9, 9, 9)
    assert (charlie.saved.n, charlie.saved.low is not None) == (10, True)
    assert [one.key for one in alice.hints] == ["unfollowed", "changed"] and everybody["Bob"].little
    for name, one in everybody.items():
        person = cast.people[name.lower()]
        for hint in one.hints:
            rows = outcomes.list_behind(cast.scope("vera"), "all", hint.key, now, person)
            assert (sum(row.mark for row in rows), len(rows)) == (hint.marked, hint.n)
        assert len(outcomes.list_behind(cast.scope("vera"), "all", "meetings", now, person)) == one.meetings
    assert [one.name for one in outcomes.get_outcomes(cast.scope("mia"), "team", now)] == ["Charlie"]
    assert outcomes.list_behind(cast.scope("mia"), "team", "meetings", now, cast.people["alice"]) == []
