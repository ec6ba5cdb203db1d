"""S0-G1 from constructed rows: edge weeks, leavers, joiners, a gap after the first use, and what is missing in words."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

import remit.wiring  # noqa: F401
from remit import identity
from remit.db.location import Location
from remit.db.sessions import read
from remit.kit.ids import new_id
from remit.ladder import adoption, artefacts
from remit.ladder.measures import Measured, judge
from remit.ladder.steps import GATES
from tests.support.cast import Cast, make_cast

GATE = GATES["S0-G1"]
TODAY = date(2027, 1, 12)  # the window of whole weeks runs from 2026-W49 over W53 to 2027-W01
WEEKS = [date(2026, 12, 7) + timedelta(weeks=number) for number in range(5)]


@pytest.fixture
def cast(database: Location) -> Cast:
    """Three reps who have been there for a year; nothing was made yet."""
    made = make_cast(database) if not _there else _there[0]
    _there[:] = [made]
    made.sql("DELETE FROM remit.drafts")
    made.sql("UPDATE remit.people SET active = true WHERE kind = 'person'")
    made.sql("UPDATE remit.standing_periods SET from_on = '2026-01-01', until_on = NULL")
    return made


_there: list[Cast] = []


def sent(
    cast: Cast, who: str, day: date, *, state: str = "sent", writer: str = "embedded", body: str = "One two."
) -> UUID:
    at, made = datetime(day.year, day.month, day.day, 12, tzinfo=UTC), new_id()
    cast.sql(
        "INSERT INTO remit.drafts (id, account_id, access_id, kind, subject, body, written, writer, author_id, state, created_at, updated_at)"
        " VALUES (:id, :account, :access, 'outreach', 'Hello', :body, :body, :writer, :who, :state, :at, :at)",
        id=made, account=cast.accounts["pine"], access=101, body=body, writer=writer, who=cast.people[who], state=state, at=at,
    )  # fmt: skip
    return made


def measured(today: date = TODAY) -> Measured:
    with read(identity.for_service("console", via="test")) as session:
        return adoption.weekly_use(session, GATE, today)


def test_five_whole_weeks_over_week_53_and_the_turn_of_the_year(cast: Cast) -> None:
    rows = [sent(cast, who, day + timedelta(days=6)) for day in WEEKS for who in ("alice", "bob")]
    sent(cast, "charlie", WEEKS[-1] + timedelta(days=7))  # this week is not whole yet
    sent(
        cast, "alice", WEEKS[0]
    )  # a second one of the same week changes nothing: the first of each week is the row
    found = measured()
    assert (found.value, found.bound, found.n_count) == (pytest.approx(2 / 3), pytest.approx(2 / 3), 5)
    assert (found.window_from_on, found.window_until_on) == (WEEKS[0], date(2027, 1, 10))
    assert len(found.row_ids) == 10 and set(rows[1:]) <= set(found.row_ids)
    weeks = found.detail["weeks"]
    assert isinstance(weeks, list)
    assert [week["week"] for week in weeks] == ["2026-W50", "2026-W51", "2026-W52", "2026-W53", "2027-W01"]
    assert judge(GATE, found, TODAY) == "met" and found.missing == ""


def test_what_is_missing_is_said_by_week(cast: Cast) -> None:
    for day in WEEKS:
        sent(cast, "alice", day)
        if day != WEEKS[3]:
            sent(cast, "bob", day)
    found = measured()
    assert judge(GATE, found, TODAY) == "not_met"
    assert found.missing == "1 more rep in week 53 (1 of 3 had AI work accepted, 2 needed)."
    weeks = found.detail["weeks"]
    assert isinstance(weeks, list) and set(weeks[3]["without"]) == {
        str(cast.people["bob"]),
        str(cast.people["charlie"]),
    }


def test_only_what_was_accepted_counts(cast: Cast) -> None:
    for day in WEEKS:
        sent(cast, "alice", day)
        sent(cast, "bob", day, state="draft")
        sent(cast, "bob", day, state="discarded")
        sent(cast, "charlie", day, writer="by hand")
        sent(cast, "charlie", day, writer="")
        sent(cast, "mia", day)  # a manager is no rep
    found = measured()
    assert found.value == pytest.approx(1 / 3) and len(found.row_ids) == 5


def test_joiners_and_leavers_count_in_the_weeks_that_they_were_there_for_as_a_whole(cast: Cast) -> None:
    for day in WEEKS:
        sent(cast, "alice", day)
    bob, charlie = cast.people["bob"], cast.people["charlie"]
    # Bob came on the Tuesday of the third week; Charlie left on the Monday of the fifth
    cast.sql(
        "UPDATE remit.standing_periods SET from_on = :day WHERE person_id = :who",
        day=WEEKS[2] + timedelta(days=1),
        who=bob,
    )
    cast.sql(
        "UPDATE remit.standing_periods SET until_on = :day WHERE person_id = :who AND what = 'active'",
        day=WEEKS[4],
        who=charlie,
    )
    found = measured()
    weeks = found.detail["weeks"]
    assert isinstance(weeks, list) and [week["reps"] for week in weeks] == [2, 2, 2, 3, 2]


def test_weeks_before_the_first_use_are_not_observed_but_a_gap_after_it_is(cast: Cast) -> None:
    for day in WEEKS[2:]:
        for who in ("alice", "bob"):
            sent(cast, who, day)
    found = measured()
    assert found.n_count == 3 and judge(GATE, found, TODAY) == "insufficient"
    assert found.missing == "1 more whole week in a row is needed (3 of 4)."
    sent(cast, "alice", WEEKS[0] - timedelta(weeks=9))  # they had begun long before, and stopped
    found = measured()
    assert (found.n_count, found.value) == (5, 0.0) and judge(GATE, found, TODAY) == "not_met"


def test_a_team_that_stopped_is_stale(cast: Cast) -> None:
    for who in ("alice", "bob"):
        for day in WEEKS:
            sent(cast, who, day)
    later = TODAY + timedelta(weeks=3)
    assert judge(GATE, measured(later), later) == "stale"


def test_a_message_recalled_before_it_left_was_not_sent(cast: Cast) -> None:
    from tests.support.mail import add_contact, queue_email

    for day in WEEKS:
        sent(cast, "alice", day)
    queued = queue_email(cast, add_contact(cast, "pine", f"{new_id()}@fund.example"), "x@fund.example")
    cast.sql("UPDATE remit.drafts SET effect_id = :e WHERE updated_at < :until", e=queued.id, until=WEEKS[1])
    assert measured().n_count == 5
    cast.sql("UPDATE remit.effects SET state = 'recalled' WHERE id = :e", e=queued.id)
    assert measured().n_count == 4


def test_the_database_keeps_the_periods_whatever_writes(cast: Cast) -> None:
    alice = cast.people["alice"]

    def periods() -> list[tuple]:
        return cast.sql(
            "SELECT what, from_on::text, until_on IS NULL FROM remit.standing_periods WHERE person_id = :a ORDER BY 1, 2",
            a=alice,
        )

    before = periods()
    assert before == [("active", "2026-01-01", True), ("ae", "2026-01-01", True)]
    cast.sql("DELETE FROM remit.person_roles WHERE person_id = :a", a=alice)
    assert periods()[1] == ("ae", "2026-01-01", False)
    cast.sql("INSERT INTO remit.person_roles VALUES (:a, 'ae')", a=alice)  # a form writes all roles anew
    assert periods() == before
    cast.sql("UPDATE remit.people SET active = false WHERE id = :a", a=alice)
    assert periods()[0] == ("active", "2026-01-01", False)


def test_one_definition_for_every_kind(cast: Cast) -> None:
    made = sent(cast, "alice", WEEKS[0], body="word " * 190)
    with read(cast.scope("alice")) as session:
        (found,) = artefacts.load_artefacts(session, [made])
    assert (found.kind, found.accepted_how, found.edited, found.href) == (
        "message",
        "sent",
        False,
        f"/write/{made}",
    )
    assert found.minutes == pytest.approx(190 / 19 - 190 / 238, abs=0.1)
    with read(cast.scope("charlie")) as session:  # the other territory
        assert artefacts.load_artefacts(session, [made]) == []


@given(st.dates(date(2020, 1, 1), date(2040, 12, 31)))
def test_week_names_are_those_of_iso(day: date) -> None:
    monday = adoption.monday_of(day)
    assert monday.weekday() == 0 and 0 <= (day - monday).days <= 6
    assert adoption.week_name(monday) == adoption.week_name(day)
    year, week = adoption.week_name(day).split("-W")
    assert date.fromisocalendar(int(year), int(week), 1) == monday
