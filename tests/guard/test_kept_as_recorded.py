"""Ways to make a text that no rule and no hold keeps: a day chosen by its writer, a merge, a word over a word. Each must fail."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import psycopg
import pytest
from psycopg.errors import CheckViolation, InsufficientPrivilege

import remit.wiring  # noqa: F401
from remit import identity
from remit.actions import Performed, Refused, Waiting, approve, perform
from remit.audit import check
from remit.db.location import Location, Role
from remit.db.sessions import read
from remit.domains.activities.actions import LogActivity
from remit.domains.crm import gone
from remit.domains.retention.classes import SetRetention, list_due
from remit.domains.retention.erasing import erase_expired
from remit.domains.retention.holds import LiftHold, PlaceHold, list_holds, list_versions
from remit.identity import SYSTEM_ID
from remit.kit import clock
from remit.kit.ids import new_id
from tests.support.cast import Cast, make_cast

OLD = clock.now() - timedelta(days=8 * 366)
WORDS = "I promised them a refund"


@pytest.fixture(scope="module")
def cast(database: Location) -> Cast:
    made = make_cast(database)
    for kind in ("messages", "notes"):
        _agreed(made, SetRetention(of_kind=kind, keep_days=2557, reason="seven years"))
    return made


def _agreed(cast: Cast, act: Any) -> None:
    answer = perform(cast.scope("cora"), act)
    assert isinstance(answer, Waiting)
    approve(cast.scope("vera"), answer.suggestion_id, answer.payload_hash)


def _erased() -> int:
    return erase_expired(identity.for_service("upkeep", via="test"))


def _note(cast: Cast, name: str = "pine", *, recorded: Any = None) -> UUID:
    note = new_id()
    cast.sql(
        "INSERT INTO remit.activities (id, at, account_id, access_id, kind, subject, body, owner_id, created_at)"
        " VALUES (:id, :old, :account, :access, 'call', 'Call', :body, :owner, :recorded)",
        id=note, old=OLD, account=cast.accounts[name], access=cast.access[name], body=WORDS, owner=cast.people["alice"],
        recorded=recorded or OLD,
    )  # fmt: skip
    return note


def _body(cast: Cast, note: UUID) -> str:
    [(body,)] = cast.sql("SELECT body FROM remit.activities WHERE id = :id", id=note)
    return str(body)


def _as_writer(cast: Cast) -> psycopg.Connection[Any]:
    url = cast.location.url(Role.WRITER).set(drivername="postgresql")
    connection = psycopg.connect(url.render_as_string(hide_password=False))
    connection.execute("SELECT set_config('remit.person_id', %s, true)", (str(SYSTEM_ID),))
    return connection


def _lift_all(cast: Cast) -> None:
    for one in list_holds(cast.scope("cora")):
        if one.lifted_at is None:
            _agreed(cast, LiftHold(hold_id=one.id, expected_version=one.version, reason="it is over"))


def test_nobody_says_that_what_they_note_is_long_ago(cast: Cast) -> None:
    given = {
        "account_id": cast.accounts["pine"],
        "activity_kind": "call",
        "subject": "Promise",
        "body": WORDS,
    }
    with pytest.raises(Refused, match="366 days"):
        perform(cast.scope("alice"), LogActivity.model_validate({**given, "at": OLD}))
    assert isinstance(
        perform(cast.scope("alice"), LogActivity.model_validate({**given, "at": clock.now() - timedelta(days=80)})),
        Performed,
    )  # fmt: skip


def test_a_text_is_kept_and_held_from_when_it_came_to_us(cast: Cast) -> None:
    """A stranger's Date line, or a CRM's, says 2018: it came this week."""
    message, note = new_id(), _note(cast, recorded=clock.now())
    with _as_writer(cast) as c:  # even where a statement of the program says another moment
        c.execute(
            "INSERT INTO remit.messages (id, account_id, access_id, direction, message_id, thread_id, from_address, to_address, subject, body, at,"
            " recorded_at) VALUES (%s, %s, %s, 'in', '<forged>', 't', 'a@x.example', 'b@y.example', 'Promise', %s, %s, %s)",
            (message, cast.accounts["pine"], cast.access["pine"], WORDS, OLD, OLD),
        )
    assert _erased() == 0 and list_due(cast.scope("cora"), "notes") == []
    with pytest.raises(CheckViolation, match="does not change"), _as_writer(cast) as c:
        c.execute("UPDATE remit.activities SET created_at = %s WHERE id = %s", (OLD, note))
    with pytest.raises(InsufficientPrivilege), _as_writer(cast) as c:
        c.execute("UPDATE remit.messages SET recorded_at = %s WHERE id = %s", (OLD, message))
    # when it is old by both, a hold of either day keeps it
    week = clock.now() - timedelta(days=2600)
    for table, column, one in (("messages", "recorded_at", message), ("activities", "created_at", note)):
        cast.sql(f"UPDATE remit.{table} SET {column} = :week WHERE id = :id", week=week, id=one)
    for day in (OLD, week):
        perform(cast.scope("cora"), PlaceHold(since=day - timedelta(days=1), until=day + timedelta(days=1), reason="those days"))  # fmt: skip
        assert _erased() == 0 and [one.held for one in list_due(cast.scope("cora"), "notes")] == [True]
        _lift_all(cast)
    assert _erased() == 2 and _body(cast, note) == ""


def test_a_hold_goes_with_its_account_into_another(cast: Cast) -> None:
    pine, oak = cast.accounts["pine"], cast.accounts["oak"]
    note = _note(cast)
    perform(cast.scope("cora"), PlaceHold(account_id=pine, reason="the regulator asks"))
    with _as_writer(cast) as c:
        gone._carry(c, "accounts", pine, oak)
    assert cast.sql("SELECT account_id FROM remit.activities WHERE id = :id", id=note) == [(oak,)]
    assert _erased() == 0 and _body(cast, note) == WORDS and list_versions(cast.scope("cora")) == []
    assert {one.account_id for one in list_holds(cast.scope("cora")) if one.lifted_at is None} == {pine, oak}
    _lift_all(cast)
    assert _erased() == 1


@pytest.mark.parametrize(
    "change",
    [
        "body = 'nothing was said'",
        "owner_id = NULL, subject = ''",
        "at = now()",
        "account_id = a.id, access_id = a.access_id",
    ],
)
def test_what_a_held_text_said_is_not_lost_whatever_overwrites_or_moves_it(cast: Cast, change: str) -> None:
    palm = cast.accounts["palm"]
    note = _note(cast, "palm", recorded=clock.now() - timedelta(days=2600))
    hold = PlaceHold(account_id=palm, since=OLD - timedelta(days=1), until=OLD + timedelta(days=1), reason="what was said")  # fmt: skip
    perform(cast.scope("cora"), hold)
    with _as_writer(cast) as c:
        c.execute(f"UPDATE remit.activities t SET {change} FROM remit.accounts a WHERE t.id = %s AND a.id = %s", (note, cast.accounts["oak"]))  # fmt: skip
    _erased()  # what left the hold may go; its words may not
    [kept] = list_versions(cast.scope("cora"))
    assert (kept.of_id, kept.account_id, kept.subject, kept.body) == (note, palm, "Call", WORDS)
    assert list_versions(cast.scope("alice")) == [] == list_versions(cast.scope("adam"))
    for statement in (
        "DELETE FROM remit.activities",
        "DELETE FROM remit.held_versions",
        "UPDATE remit.held_versions SET body = ''",
    ):
        with pytest.raises(InsufficientPrivilege), _as_writer(cast) as c:
            c.execute(statement)
    _lift_all(cast)
    assert _erased() >= 1 and list_versions(cast.scope("cora")) == []
    cast.sql("DELETE FROM remit.activities WHERE id = :id", id=note)
    with read(identity.for_service("console", via="test")) as session:
        report = check.verify_database(session.connection)
    assert "act_differs" not in {one["code"] for one in report["problems"]}
