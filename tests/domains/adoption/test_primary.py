"""S1-G2: a rep's own word, what was stopped, and what was made here, counted as the gate says; who sees whose."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import text

from remit import identity
from remit.actions import Refused, perform
from remit.db.sessions import read
from remit.domains.adoption import primary, rules
from remit.domains.adoption.attesting import AttestAiUse
from remit.kit import clock
from remit.kit.ids import new_id
from remit.ladder.measures import judge
from remit.ladder.steps import GATES
from tests.support.cast import Cast

TODAY = date(2026, 11, 28)
MONTH = date(2026, 10, 1)
GATE = GATES["S1-G2"]


@pytest.fixture(scope="module")
def worked(cast: Cast) -> Cast:
    """Alice had six texts accepted in October, Charlie two, Bob none; data handling stopped three of Charlie's calls."""
    cast.sql("UPDATE remit.standing_periods SET from_on = '2020-01-01'")
    for who, count, account in (("alice", 6, "pine"), ("charlie", 2, "palm")):
        for number in range(count):
            cast.sql(
                "INSERT INTO remit.drafts (id, account_id, access_id, kind, subject, body, writer, author_id, state, created_at, updated_at)"
                " VALUES (:id, :account, :access, 'outreach', 'Hello', 'Text', 'embedded', :who, 'sent', :at, :at)",
                id=new_id(), account=cast.accounts[account], access=cast.access[account], who=cast.people[who],
                at=f"2026-10-{31 if number == 0 else 10 + number} 23:30+00",
            )  # fmt: skip
    for outcome in ("denied", "denied", "denied", "ok"):
        call = new_id()
        cast.sql(
            "INSERT INTO remit.model_calls (id, at, person_id, purpose, template, model, destination, prompt_sha256, redaction_count,"
            " left_out_count, handling_version, reserved_tokens, action_id) VALUES (:id, :at, :who, 'outreach', 't', 'm', 'provider', 'x', 0, 0, '', 0, :id)",
            id=call, at="2026-10-05 10:00+00", who=cast.people["charlie"],
        )  # fmt: skip
        cast.sql(
            "INSERT INTO remit.model_replies (call_id, at, person_id, outcome, attempt_count, tokens_in, tokens_out, prices_on, latency_ms,"
            " reply_sha256) VALUES (:id, :at, :who, :outcome, 0, 0, 0, '2026-10-01', 0, 'x')",
            id=call, at="2026-10-05 10:00+00", who=cast.people["charlie"], outcome=outcome,
        )  # fmt: skip
    return cast


@pytest.fixture(autouse=True)
def late_november(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "today", lambda: TODAY)


def attest(cast: Cast, who: str, count: int, month: date = MONTH) -> None:
    perform(cast.scope(who), AttestAiUse(month_on=month, other_count=count, tools=("Other",)))


def test_a_word_is_needed_may_only_raise_what_was_stopped_and_the_newest_counts(worked: Cast) -> None:
    cast = worked
    with read(identity.for_service("console", via="test")) as s:
        found = primary.primary_tool(s, GATE, TODAY)
        assert (found.value, found.n_count, judge(GATE, found, TODAY)) == (0.0, 3, "insufficient")
        assert found.missing == "3 reps have not attested October 2026."
    assert primary.find_due(cast.scope("alice"), TODAY) == MONTH
    assert primary.find_due(cast.scope("mia"), TODAY) is None, "no rep"
    attest(cast, "alice", 40)
    attest(cast, "alice", 6)  # she had mistyped
    attest(cast, "charlie", 0)  # three were stopped: 2 of 5
    attest(cast, "bob", 0)
    assert primary.find_due(cast.scope("alice"), TODAY) is None
    with read(identity.for_service("console", via="test")) as s:
        found = primary.primary_tool(s, GATE, TODAY)
    assert found.value == found.bound == pytest.approx(1 / 3)
    assert found.detail == {
        "month": "2026-10",
        "reps": 3,
        "primary": 1,
        "other": 1,
        "unused": 1,
        "unknown": 0,
    }
    assert len(found.row_ids) == 3 + 8
    assert found.missing == "1 rep does more of their AI work elsewhere; 1 rep had no AI work accepted."


def test_each_sees_their_own_a_manager_the_team_and_nobody_more(worked: Cast) -> None:
    cast = worked
    everybody = {one.name: one for one in primary.get_month(cast.scope("vera"), "all", MONTH).reps}
    assert len(everybody) == 3
    [mine] = primary.get_month(cast.scope("charlie"), "me", MONTH).reps
    assert (mine.here, mine.attested, mine.stopped, mine.standing) == (2, 0, 3, "other")
    # past the page: the database gives nobody else's word, and no counts of what was stopped
    with read(cast.scope("alice")) as s:
        assert {row.person_id for row in s.rows("SELECT person_id FROM remit.ai_attestations")} == {
            cast.people["alice"]
        }
        assert s.rows("SELECT * FROM remit.stopped_calls('2026-10-01', '2026-10-31')") == []
        assert s.scalar("SELECT count(*) FROM remit.model_replies") == 0
    cast.sql(
        "UPDATE remit.people SET manager_id = :mia WHERE id = :charlie",
        mia=cast.people["mia"],
        charlie=cast.people["charlie"],
    )
    with read(cast.scope("mia")) as s:
        seen = {row.person_id for row in s.rows("SELECT DISTINCT person_id FROM remit.ai_attestations")}
        assert cast.people["charlie"] in seen and cast.people["alice"] not in seen
        assert [
            row.stopped for row in s.rows("SELECT * FROM remit.stopped_calls('2026-10-01', '2026-10-31')")
        ] == [3]
    assert [one.stopped for one in primary.get_month(cast.scope("mia"), "team", MONTH).reps] == [3]


def test_only_months_that_are_over_and_remembered_and_only_by_reps(worked: Cast) -> None:
    for who, month in (
        ("alice", date(2026, 11, 1)),
        ("alice", date(2026, 8, 1)),
        ("alice", date(2026, 10, 2)),
        ("mia", MONTH),
        ("robo", MONTH),
    ):
        with pytest.raises(Refused):
            attest(worked, who, 1, month)
    assert rules.counted_month(date(2026, 11, 10)) == date(2026, 9, 1), "ten days to attest"
    assert rules.counted_month(date(2026, 11, 11)) == date(2026, 10, 1)
    assert rules.counted_month(date(2027, 1, 20)) == date(2026, 12, 1)


def test_nobody_writes_anothers_word_or_changes_one(worked: Cast) -> None:
    from sqlalchemy.exc import DBAPIError

    from remit.db import engines
    from remit.db.location import Role

    for statement in (
        "UPDATE remit.ai_attestations SET other_count = 0",
        "DELETE FROM remit.ai_attestations",
    ):
        with pytest.raises(DBAPIError), engines.engine(Role.WRITER).begin() as c:
            c.execute(text("SET TRANSACTION READ WRITE"))
            c.execute(text(statement))
    assert clock.today() - timedelta(days=1) < TODAY
