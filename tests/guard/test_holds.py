"""Texts that are kept: a hold stands against every job and against SQL, what is erased is on the record, and two people say for how long."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

import remit.wiring  # noqa: F401
from remit import identity
from remit.actions import Refused, Waiting, approve, perform
from remit.audit import check
from remit.db.location import Location, Role
from remit.db.sessions import read
from remit.domains.retention.classes import SetRetention, list_classes, list_due
from remit.domains.retention.erasing import EraseExpired, erase_expired
from remit.domains.retention.holds import LiftHold, PlaceHold, list_holds
from remit.identity import SYSTEM_ID
from remit.kit import clock
from remit.kit.ids import new_id
from remit.llm.gateway.records import ForgetModelContent
from tests.support.cast import Cast, make_cast

OLD = clock.now() - timedelta(days=8 * 366)
SECRET = "the margin that nobody may know"


@pytest.fixture(scope="module")
def cast(database: Location) -> Cast:
    return make_cast(database)


@pytest.fixture(scope="module")
def texts(cast: Cast) -> dict[str, UUID]:
    """Old texts about two accounts, with the acts that wrote them; a draft that was thrown away; a text of a model call."""
    found = {}
    for name in ("pine", "palm"):
        common = {"account": cast.accounts[name], "access": cast.access[name], "old": OLD}
        ids = {f"{what} {name}": new_id() for what in ("message", "note", "draft", "call", "mail")}
        cast.sql(
            "INSERT INTO remit.messages (id, account_id, access_id, direction, message_id, thread_id, from_address, to_address, subject, body, at,"
            " recorded_at) VALUES (:id, :account, :access, 'in', :ref, 't', 'a@x.example', 'b@y.example', 'Margin', :body, :old, :old)",
            id=ids[f"message {name}"], ref=f"<{name}>", body=SECRET, **common,
        )  # fmt: skip
        cast.sql(
            "INSERT INTO remit.activities (id, at, account_id, access_id, kind, subject, body, owner_id, created_at) VALUES (:id, :old, :account, :access, 'call', 'Call', :body, :owner, :old)",
            id=ids[f"note {name}"], body=SECRET, owner=cast.people["alice"], **common,
        )  # fmt: skip
        # an e-mail that a CRM brought: there is no message of ours behind it
        cast.sql(
            "INSERT INTO remit.activities (id, at, account_id, access_id, kind, direction, subject, body, owner_id, source, created_at)"
            " VALUES (:id, :old, :account, :access, 'email', 'out', 'Margin', :body, :owner, 'crm', :old)",
            id=ids[f"mail {name}"], body=SECRET, owner=cast.people["alice"], **common,
        )  # fmt: skip
        cast.sql(
            "INSERT INTO remit.drafts (id, account_id, access_id, kind, subject, body, writer, author_id, state, created_at, updated_at)"
            " VALUES (:id, :account, :access, 'first', 'Hello', :body, 'embedded', :alice, 'discarded', :old, :old)",
            id=ids[f"draft {name}"], body=SECRET, alice=cast.people["alice"], **common,
        )  # fmt: skip
        for what in ("message", "note", "draft", "mail"):
            cast.sql(
                "INSERT INTO remit.actions (id, kind, payload, payload_hash, actor_id, actor_kind, account_id, access_id, object_type, object_id,"
                " rule_ids, policy_hash, sentence, stages, result, request_id, at) VALUES (:id, 'LogActivity', CAST(:payload AS jsonb), '\\x01', :alice,"
                " 'person', :account, :access, 'x', :about, '{}', '', '', '[]', '{}', '', :old)",
                id=new_id(), payload=json.dumps({"body": SECRET}), alice=cast.people["alice"], about=ids[f"{what} {name}"], **common,
            )  # fmt: skip
        cast.sql(
            "INSERT INTO remit.model_calls (id, at, person_id, purpose, template, model, destination, prompt_sha256, redaction_count, left_out_count,"
            " handling_version, reserved_tokens, action_id) VALUES (:id, :old, :alice, 'draft', '', 'm', 'provider', :hash, 0, 0, '', 1, :id)",
            id=ids[f"call {name}"], alice=cast.people["alice"], hash="0" * 64, old=OLD,
        )  # fmt: skip
        cast.sql(
            "INSERT INTO remit.model_contents (call_id, part, at, person_id, account_id, access_id, sealed) VALUES (:id, 'prompt', :old, :alice, :account, :access, '\\x02')",
            id=ids[f"call {name}"], alice=cast.people["alice"], **common,
        )  # fmt: skip
        found.update(ids)
    return found


def _agreed(cast: Cast, act: Any, by: str = "cora", second: str = "vera") -> None:
    answer = perform(cast.scope(by), act)
    assert isinstance(answer, Waiting)
    with pytest.raises(Refused):
        approve(cast.scope(by), answer.suggestion_id, answer.payload_hash)
    approve(cast.scope(second), answer.suggestion_id, answer.payload_hash)


def _said(cast: Cast, table: str, one: UUID) -> str:
    [(body,)] = cast.sql(f"SELECT body FROM remit.{table} WHERE id = :id", id=one)
    return str(body)


def _left(cast: Cast) -> int:
    """In how many acts the text still stands."""
    [(count,)] = cast.sql(
        "SELECT count(*) FROM remit.actions WHERE payload::text LIKE :like", like=f"%{SECRET}%"
    )
    return int(count)


def test_only_two_people_say_for_how_long_and_nothing_goes_before_they_did(
    cast: Cast, texts: dict[str, UUID]
) -> None:
    upkeep = identity.for_service("upkeep", via="test")
    assert erase_expired(upkeep) == 0 and _left(cast) == 8
    with pytest.raises(Refused, match="at least"):
        perform(cast.scope("cora"), SetRetention(of_kind="messages", keep_days=30, reason="too short"))
    for name in ("alice", "adam", "vera", "robo"):
        with pytest.raises(Refused):
            perform(cast.scope(name), SetRetention(of_kind="drafts", keep_days=30, reason="I say so"))
    for kind, days in (("messages", 2557), ("notes", 2557), ("drafts", 90)):
        _agreed(cast, SetRetention(of_kind=kind, keep_days=days, reason="as the policy of records says"))
    assert [(one.kind, one.keep_days, one.due_count, one.held_count) for one in list_classes(cast.scope("cora"))] == [
        ("messages", 2557, 4, 0), ("notes", 2557, 2, 0), ("drafts", 90, 2, 0),
    ]  # fmt: skip
    with pytest.raises(Refused):
        perform(cast.scope("cora"), EraseExpired(of_kind="messages"))


def test_a_rule_profile_asks_for_longer(cast: Cast, texts: dict[str, UUID]) -> None:
    cast.sql(
        "INSERT INTO remit.rule_profiles (id, entity, jurisdiction, number, regimes, approval_of, two_people, disclosures, sample_rate,"
        " new_template_count, due_days, retention_years, sha256, made_by, approved_by, made_at) VALUES (gen_random_uuid(), 'Northlake', 'EU', 1,"
        " '{eu_firm}', '{}', false, '{}', 0.1, 5, 5, 10, '', :cora, :vera, now())",
        cora=cast.people["cora"], vera=cast.people["vera"],
    )  # fmt: skip
    scope = cast.scope("cora")
    assert [len(list_due(scope, kind)) for kind in ("messages", "notes", "drafts")] == [0, 0, 2]
    cast.sql("UPDATE remit.accounts SET country = 'US' WHERE id = :id", id=cast.accounts["pine"])
    assert len(list_due(scope, "messages")) == 2, (
        "a reader whose country is known has that jurisdiction's years"
    )
    cast.sql("UPDATE remit.accounts SET country = NULL WHERE id = :id", id=cast.accounts["pine"])
    cast.sql("UPDATE remit.rule_profiles SET ended_at = now()")


def test_while_a_hold_stands_nothing_of_it_is_forgotten(cast: Cast, texts: dict[str, UUID]) -> None:
    upkeep = identity.for_service("upkeep", via="test")
    pine = cast.accounts["pine"]
    for name in ("alice", "adam", "olga"):
        with pytest.raises(Refused):
            perform(cast.scope(name), PlaceHold(account_id=pine, reason="to hide something"))
    perform(cast.scope("gwen"), PlaceHold(account_id=pine, reason="the regulator asks"))
    assert [one.account for one in list_holds(cast.scope("cora"))] == ["Pine Capital"]
    assert list_holds(cast.scope("alice")) == []
    assert [(one.account, one.held) for one in list_due(cast.scope("cora"), "messages")] == [
        ("Pine Capital", True),
        ("Pine Capital", True),
        ("Palm Capital", False),
        ("Palm Capital", False),
    ]
    assert erase_expired(upkeep) == 4 and erase_expired(upkeep) == 0
    perform(upkeep, ForgetModelContent())
    for table, what in (
        ("messages", "message"),
        ("activities", "note"),
        ("activities", "mail"),
        ("drafts", "draft"),
    ):
        assert (_said(cast, table, texts[f"{what} pine"]), _said(cast, table, texts[f"{what} palm"])) == (
            SECRET,
            "",
        )
    assert _left(cast) == 4
    assert cast.sql("SELECT call_id FROM remit.model_contents") == [(texts["call pine"],)]
    [(record,)] = cast.sql(
        "SELECT record FROM remit.audit WHERE event = 'retention:erase' AND record LIKE :like",
        like=f"%{texts['message palm']}%",
    )
    assert SECRET not in record and "sha256" in record
    with read(identity.for_service("console", via="test")) as session:
        report = check.verify_database(session.connection)
    assert "act_differs" not in {one["code"] for one in report["problems"]}

    # nor by a statement of the program's own role, whoever it says it is
    with create_engine(cast.location.url(Role.WRITER), poolclass=NullPool).connect() as connection:
        ask = text("SELECT * FROM remit.erase_content('messages', CAST(:ids AS uuid[]))")
        for who in (SYSTEM_ID, cast.people["cora"]):
            with connection.begin() as moment:
                connection.execute(text("SELECT set_config('remit.person_id', :p, true)"), {"p": str(who)})
                if who == SYSTEM_ID:
                    assert connection.execute(ask, {"ids": [texts["message pine"]]}).all() == []
                else:
                    with pytest.raises(DBAPIError, match="only the system"):
                        connection.execute(ask, {"ids": [texts["message pine"]]})
                moment.rollback()
            with connection.begin() as moment:
                connection.execute(text("SELECT set_config('remit.person_id', :p, true)"), {"p": str(who)})
                with pytest.raises(DBAPIError, match="legal hold"):
                    connection.execute(text("DELETE FROM remit.model_contents"))
                moment.rollback()


def test_a_hold_is_lifted_by_two_and_then_it_goes(cast: Cast, texts: dict[str, UUID]) -> None:
    [hold] = [one for one in list_holds(cast.scope("cora")) if one.lifted_at is None]
    with pytest.raises(Refused):
        perform(
            cast.scope("gwen"), LiftHold(hold_id=hold.id, expected_version=hold.version, reason="over now")
        )
    # one by the person and one by the period each keep the same texts
    perform(cast.scope("cora"), PlaceHold(person_id=cast.people["alice"], reason="an inquiry about her"))
    perform(
        cast.scope("vera"),
        PlaceHold(since=OLD - timedelta(days=1), until=OLD + timedelta(days=1), reason="that week"),
    )
    upkeep = identity.for_service("upkeep", via="test")
    for left in (2, 1, 0):
        assert erase_expired(upkeep) == 0
        several = [one for one in list_holds(cast.scope("cora")) if one.lifted_at is None]
        assert len(several) == left + 1
        _agreed(
            cast,
            LiftHold(
                hold_id=several[0].id, expected_version=several[0].version, reason="the inquiry is over"
            ),
        )
    assert erase_expired(upkeep) == 4 and _left(cast) == 0
    lifted = list_holds(cast.scope("vera"))[0]
    assert (lifted.lifted_by, lifted.agreed_by) == ("Cora", "Vera")
    with pytest.raises(ValueError, match="names an account"):
        PlaceHold(reason="everything for ever")
