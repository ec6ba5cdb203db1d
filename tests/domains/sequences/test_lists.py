"""A list of contacts is judged account by account; and an e-mail waits for an hour at which its reader may be written to."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from remit import identity
from remit.actions import Refused, approve, perform
from remit.connectors.email.deliver import EmailDeliverer
from remit.db.sessions import read
from remit.domains.library import queries as library
from remit.domains.sequences import enrolling, queries, steering_many
from remit.domains.sequences.advancing import advance
from remit.domains.sequences.asking import why_not_now
from remit.domains.sequences.enrolling import EnrolContacts
from remit.domains.sequences.steering import PauseEnrolments, StopEnrolments
from remit.domains.sequences.steering_many import steer_each
from remit.kit import clock
from remit.kit.ids import new_id
from remit.workflows.run_sequences import hands_of, run_once
from tests.domains.sequences.test_runs import contact, enrol, run, waiting
from tests.support.desk import Desk


def _at_oak(desk: Desk) -> UUID:
    made, cast = new_id(), desk.cast
    cast.sql(
        """INSERT INTO remit.contacts (id, account_id, access_id, first_name, last_name, title, email, country)
        VALUES (:id, :a, :g, 'Olga', 'Oaks', 'COO', :email, 'US')""",
        id=made, a=cast.accounts["oak"], g=cast.access["oak"], email=f"o{made.hex}@oak.example",
    )  # fmt: skip
    return made


def _halt_oak(desk: Desk) -> None:
    cast = desk.cast
    cast.sql(
        "INSERT INTO remit.halts (id, scope_kind, scope_value, reason, halted_by, halted_at) VALUES (:id, 'account', :a, 'drill', :by, now())",
        id=new_id(), a=str(cast.accounts["oak"]), by=cast.people["cora"],
    )  # fmt: skip


def test_each_account_is_asked_about_by_itself(
    desk: Desk, plan: UUID, day: clock.Hands, monkeypatch: pytest.MonkeyPatch
) -> None:
    cast, alice = desk.cast, desk.cast.scope("alice")
    version = library.get_version(alice, plan)
    pine, oak, later = contact(desk), _at_oak(desk), _at_oak(desk)
    with pytest.raises(Refused, match="contacts of one account"):
        perform(alice, EnrolContacts(version_id=plan, contact_ids=(pine, oak)))
    done = enrolling.enrol(alice, version, [pine, oak, desk.contacts["palm"]], {})
    assert len(done["enrolled"]) == 2 and done["not_found"] == 1 and not done["left_out"]
    acts = cast.sql(
        "SELECT account_id FROM remit.actions WHERE kind = 'EnrolContacts' ORDER BY at DESC, id DESC LIMIT 2"
    )
    assert {row[0] for row in acts} == {cast.accounts["pine"], cast.accounts["oak"]}
    _halt_oak(desk)
    more = contact(desk)
    done = enrolling.enrol(alice, version, [later, more], {})
    assert len(done["enrolled"]) == 1
    assert [one["contact_id"] for one in done["left_out"]] == [str(later)] and "drill" in done["left_out"][0][
        "why"
    ]
    with pytest.raises(Refused, match="drill"):
        enrolling.enrol(alice, version, [later], {})
    told = steer_each(
        alice, PauseEnrolments(sequence_id=version.template_id, expected_count=3, reason="quarter end")
    )
    assert told["count"] == 3 and not told["refused"]  # nobody is kept from holding what is halted
    with pytest.raises(Refused, match="not the 9 that you were shown"):
        steer_each(alice, StopEnrolments(sequence_id=version.template_id, expected_count=9, reason="over"))
    cast.sql("UPDATE remit.halts SET resumed_at = now(), resumed_by = halted_by WHERE resumed_at IS NULL")
    with pytest.raises(Refused, match="not the 10000 that"):  # as many as an issue of 10,000 contacts has
        steer_each(
            alice, StopEnrolments(sequence_id=version.template_id, expected_count=10_000, reason="x x")
        )
    monkeypatch.setattr(steering_many, "TOGETHER", 1)  # each run a transaction of its own
    told = steer_each(alice, StopEnrolments(sequence_id=version.template_id, expected_count=3, reason="over"))
    assert told["count"] == 3 and not told["refused"]
    with pytest.raises(Refused):
        steer_each(cast.scope("charlie"), StopEnrolments(sequence_id=version.template_id, reason="over"))


def test_an_e_mail_waits_for_a_waking_hour(desk: Desk, plan: UUID, day: clock.Hands) -> None:
    """The rule of conduct only warns about the hour; a sequence waits for one at which its reader is at work."""
    cast = desk.cast
    [one] = enrol(cast, plan, contact(desk))
    local = day.at.astimezone(ZoneInfo("America/New_York"))
    day.move(local.replace(hour=3, minute=10) - local + timedelta(days=1))
    assert run_once()["later"] == 1
    found = run(cast, one)
    assert found.now == "put off" and found.suggestion_id is None and found.try_at is not None
    assert why_not_now("US", "", found.try_at) is None and found.try_at > day.at
    day.move(found.try_at - day.at - timedelta(minutes=1))
    assert run_once().total() == 0
    day.move(timedelta(minutes=1))
    assert run_once()["waiting"] == 1
    # approved while it is night there, it leaves in the morning; not where the run has stopped by then
    morning = day.at
    day.move(timedelta(hours=14))
    assert why_not_now("US", "", day.at) is not None
    done = approve(cast.scope("alice"), *waiting(cast, one))
    [(effect, next_at)] = cast.sql(
        "SELECT id, next_at FROM remit.effects WHERE action_id = :id", id=done.action_id
    )
    assert next_at > day.at and next_at >= morning and why_not_now("US", "", next_at) is None
    assert done.result["leaves_at"] == next_at.isoformat()
    [(payload,)] = cast.sql("SELECT payload FROM remit.effects WHERE id = :id", id=effect)
    claimed = SimpleNamespace(
        id=effect,
        on_behalf_of=None,
        actor_id=cast.people["alice"],
        payload=payload,
        account_id=cast.accounts["pine"],
    )

    def stops() -> str:
        with read(identity.for_service("delivery", via="test")) as s:
            return EmailDeliverer.guard(SimpleNamespace(), s, claimed) or ""

    assert stops() == ""
    # what it stands on is asked once more at that hour
    [(facts,)] = cast.sql("SELECT fact_ids FROM remit.messages WHERE effect_id = :id", id=effect)
    ids = [*facts, cast.people["alice"]]
    for change, back, told in (
        ("facts SET state = 'withdrawn'", "facts SET state = 'live'", "not live any more"),
        ("people SET active = false", "people SET active = true", "no longer active"),
    ):
        cast.sql(f"UPDATE remit.{change} WHERE id = ANY (:ids)", ids=ids)
        assert told in stops()
        cast.sql(f"UPDATE remit.{back} WHERE id = ANY (:ids)", ids=ids)
    assert stops() == ""
    advance(hands_of().notes)
    came = lambda: [each.outcome for each in queries.get_steps(cast.scope("alice"), one)]  # noqa: E731
    assert came() == ["sent"]
    perform(cast.scope("alice"), StopEnrolments(enrolment_ids=(one,), reason="they rang us"))
    assert "they rang us" in stops()
    # called back before it left: it was not sent, nor was anybody reached
    cast.sql("UPDATE remit.effects SET state = 'recalled' WHERE id = :id", id=effect)
    assert came() == ["not_left"]
    sequence = library.get_version(cast.scope("alice"), plan).template_id
    reached = queries.list_runs(cast.scope("alice"), queries.Filters(sequence_id=sequence, reached=True)).rows
    assert one not in {each.id for each in reached}
