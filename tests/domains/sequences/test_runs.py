"""A contact's run through a sequence: enrolled, written, approved, sent, called; and everything that stops it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from structlog.testing import capture_logs

from remit import identity
from remit.actions import Performed, Refused, approve, perform
from remit.actions.suggestions import RejectSuggestion
from remit.domains.consent.actions import AddDoNotContact
from remit.domains.library import queries as library
from remit.domains.library import using
from remit.domains.library.actions import ExpireDueTemplates, ExpireTemplates
from remit.domains.outreach.actions import WriteDraft
from remit.domains.sequences import batches, queries
from remit.domains.sequences.advancing import advance
from remit.domains.sequences.asking import ask_due, waking, why_not_now
from remit.domains.sequences.enrolling import EnrolContacts
from remit.domains.sequences.held import list_held
from remit.domains.sequences.steering import PauseEnrolments, ResumeEnrolments, SkipStep, StopEnrolments
from remit.kit import clock
from remit.kit.ids import new_id
from remit.scope import Scope
from remit.workflows.run_sequences import hands_of, run_once
from tests.domains.library.test_life import COLD, live
from tests.support.cast import Cast
from tests.support.desk import Desk
from tests.support.sequences import all_due, crowd, kill_many, unsound, ways
from tests.support.worker_zygote import zygote

PLAN = """---
id: sequence-test
title: Cold to operations
role: sdr
motion: cold_outreach
channel: sequence
category: first_contact
steps:
  - {name: opening, kind: email, templates: [sdr-cold-multi-prime-coo]}
  - {name: ring, kind: call, after_days: 2, say: "Ring in the morning"}
  - {name: second, kind: email, after_days: 5, templates: [sdr-cold-second]}
  - {name: answered, kind: branch, event: reply, then: take-over}
  - {name: rest, kind: wait, after_days: 3, last: true}
  - {name: take-over, kind: call, say: "They answered"}
---

## Plan

Two e-mails and a call.

## Tests

```yaml
- name: all of it
  expect: {steps: [opening, ring, second, rest], ends: finished}
```
"""


def live_plan(desk: Desk) -> UUID:
    """The sequence, live with its texts; Alice's contact at pine sees filings that the texts need."""
    live(desk.cast, COLD)
    live(desk.cast, COLD.replace("id: sdr-cold-multi-prime-coo", "id: sdr-cold-second"))
    return live(desk.cast, PLAN)


@contextmanager
def an_open_hour() -> Iterator[clock.Hands]:
    """An hour at which somebody in the US may be written to, on one of the next days."""
    first = datetime.combine(clock.today(), time(17), UTC)
    days = (first + timedelta(days=n) for n in range(1, 12))
    with clock.stopped(next(one for one in days if why_not_now("US", "", one) is None)) as hands:
        yield hands


def contact(desk: Desk, name: str = "", **more: object) -> UUID:
    """A further COO at pine."""
    made, cast = new_id(), desk.cast
    values = {"email": f"c{made.hex}@pine.example", "country": "US", **more}
    cast.sql(
        """INSERT INTO remit.contacts (id, account_id, access_id, first_name, last_name, title, email, country)
        VALUES (:id, :account, :access, :name, 'Field', 'COO', :email, :country)""",
        id=made, account=cast.accounts["pine"], access=cast.access["pine"], name=name or f"Dana{made.hex[-6:]}", **values,
    )  # fmt: skip
    return made


def enrol(cast: Cast, plan: UUID, *contacts: UUID, who: str = "alice") -> list[UUID]:
    done = perform(cast.scope(who), EnrolContacts(version_id=plan, contact_ids=contacts))
    assert isinstance(done, Performed)
    return [UUID(each) for each in done.result["enrolled"]]


def run(cast: Cast, run_id: UUID) -> queries.Run:
    return queries.get_run(cast.scope("alice"), run_id)


def waiting(cast: Cast, run_id: UUID) -> tuple[UUID, str]:
    """What waits of the run's open e-mail."""
    [(suggestion, digest)] = cast.sql(
        """SELECT g.id, encode(g.payload_hash, 'hex') FROM remit.suggestions g JOIN remit.drafts d ON d.id = g.object_id
        JOIN remit.enrolment_steps s ON s.id = d.enrolment_step_id WHERE s.enrolment_id = :id AND g.state = 'waiting'""",
        id=run_id,
    )
    return suggestion, digest


def test_no_step_is_lost_or_doubled_when_processes_are_killed(desk: Desk, plan: UUID, tmp_path: Path) -> None:
    """Many more kills: `remit bench sequences`."""
    cast, version = desk.cast, library.get_version(desk.cast.scope("cora"), plan)
    at = waking("US", "", clock.now() + timedelta(hours=24))

    def crowded(count: int, *steps: str, only: UUID | None = None) -> list[UUID]:
        return crowd(cast.location, version.template_id, version.id, count, steps, at, only)

    asked, moved = crowded(6, "opening", only=cast.accounts["pine"]), crowded(900, "answered", "take-over")
    with zygote(tmp_path / "workers.log") as nursery:
        done = kill_many(cast.location, nursery, {"home": tmp_path}, at, kills=5, seed=7)
    assert done.kills and done.at_work
    with clock.stopped(at):
        for _ in range(2):
            all_due(cast.location, at)
            run_once()
    assert not unsound(cast.location)
    assert ways(cast.location, moved) == {("answered", "rest"): 450, ("take-over",): 450}
    assert ways(cast.location, asked) == {("opening",): 6}


def test_a_whole_run(desk: Desk, plan: UUID, day: clock.Hands) -> None:
    cast = desk.cast
    [one] = enrol(cast, plan, desk.contacts["pine"])
    run_once()
    suggestion, digest = waiting(cast, one)
    assert run(cast, one).due_at is None and run_once().total() == 0  # asked once, and it waits for a person
    approve(cast.scope("alice"), suggestion, digest)
    run_once()
    assert (run(cast, one).step, run(cast, one).due_at) == ("ring", day.at + timedelta(days=2))
    day.move(timedelta(days=2))
    run_once()
    [(task,)] = cast.sql(
        "SELECT subject FROM remit.activities WHERE kind = 'task' AND contact_id = :c",
        c=desk.contacts["pine"],
    )
    assert task == "Call: Ring in the morning"
    day.move(timedelta(days=5))
    while why_not_now("US", "", day.at) is not None:
        day.move(timedelta(days=1))
    run_once()
    approve(cast.scope("alice"), *waiting(cast, one))
    run_once()
    assert (run(cast, one).step, run(cast, one).state) == (
        "rest",
        "active",
    )  # its days begin behind the branch
    day.move(timedelta(days=3))
    run_once()
    found = run(cast, one)
    assert found.state == "finished"
    told = [(step.name, step.outcome) for step in queries.get_steps(cast.scope("alice"), one)]
    assert told == [
        ("opening", "sent"),
        ("ring", "asked"),
        ("second", "sent"),
        ("answered", "nothing"),
        ("rest", "waited"),
    ]
    with pytest.raises(Refused, match="may run again from"):
        enrol(cast, plan, desk.contacts["pine"])


def test_who_may_be_enrolled(desk: Desk, plan: UUID, day: clock.Hands) -> None:
    cast = desk.cast
    fit, no_mail, canadian, listed = (
        contact(desk),
        contact(desk, email=""),
        contact(desk, country="CA"),
        contact(desk, email="no@pine.example"),
    )
    perform(cast.scope("alice"), AddDoNotContact(entry="email", value="no@pine.example", reason="asked"))
    done = perform(
        cast.scope("alice"),
        EnrolContacts(version_id=plan, contact_ids=(fit, no_mail, canadian, listed, desk.contacts["palm"])),
    )
    assert isinstance(done, Performed)
    assert len(done.result["enrolled"]) == 1 and done.result["not_found"] == 1
    why = {one["contact_id"]: one["why"] for one in done.result["left_out"]}
    assert (
        "no e-mail address" in why[str(no_mail)]
        and "CASL" in why[str(canadian)]
        and "do-not-contact" in why[str(listed)]
    )
    for who, code in (("bob", "belongs to Alice"), ("robo", "decided by people"), ("cora", "")):
        with pytest.raises(Refused, match=code):  # the owner's · an agent · no seller
            enrol(cast, plan, contact(desk), who=who)
    with pytest.raises(Refused, match=r"is in “Cold to operations” already"):
        enrol(cast, plan, fit)


def _reply(desk: Desk, who: UUID) -> None:
    desk.cast.sql(
        """INSERT INTO remit.activities (id, at, account_id, access_id, kind, direction, contact_id, subject)
        SELECT :id, :at, account_id, access_id, 'email', 'in', id, 'Re: hello' FROM remit.contacts WHERE id = :c""",
        id=new_id(), at=clock.now() + timedelta(seconds=1), c=who,
    )  # fmt: skip


def _dated_back(desk: Desk, who: UUID) -> None:
    """A reply that a user of the CRM dates before the run began; when it was entered there is the CRM's own word."""
    _reply(desk, who)
    desk.cast.sql(
        "UPDATE remit.activities SET at = now() - interval '30 days', noted_at = :at, source = 'salesforce' WHERE contact_id = :c AND direction = 'in'",
        at=clock.now() + timedelta(seconds=1), c=who,
    )  # fmt: skip


def _opt_out(desk: Desk, who: UUID) -> None:
    desk.cast.sql(
        """INSERT INTO remit.consents (id, account_id, access_id, contact_id, channel, state, at)
        SELECT :id, account_id, access_id, id, 'email', 'withdrawn', :at FROM remit.contacts WHERE id = :c""",
        id=new_id(), at=clock.now(), c=who,
    )  # fmt: skip


def _listed(desk: Desk, who: UUID) -> None:
    [(email,)] = desk.cast.sql("SELECT email FROM remit.contacts WHERE id = :c", c=who)
    perform(desk.cast.scope("alice"), AddDoNotContact(entry="email", value=email, reason="asked by phone"))


def _reassigned(desk: Desk, who: UUID) -> None:
    desk.cast.sql(
        "UPDATE remit.contacts SET owner_id = :bob WHERE id = :c", bob=desk.cast.people["bob"], c=who
    )


@pytest.mark.parametrize(
    ("happens", "code", "state"),
    [(_reply, "reply", "finished"), (_dated_back, "reply", "finished"), (_opt_out, "opt_out", "stopped"), (_listed, "do_not_contact", "stopped"), (_reassigned, "reassigned", "stopped")],
)  # fmt: skip
def test_what_comes_back_stops_it_at_once(
    desk: Desk, plan: UUID, day: clock.Hands, happens: Callable[[Desk, UUID], None], code: str, state: str
) -> None:
    cast, who = desk.cast, contact(desk)
    [one] = enrol(cast, plan, who)
    run_once()
    suggestion, digest = waiting(cast, one)
    happens(desk, who)
    # before any worker has looked, nobody can send it any more
    with pytest.raises(Refused):
        approve(cast.scope("alice"), suggestion, digest)
    run_once()
    found = run(cast, one)
    assert (found.code, found.state) == (code, state)
    assert cast.sql("SELECT state FROM remit.suggestions WHERE id = :id", id=suggestion) == [("void",)]
    assert queries.get_steps(cast.scope("alice"), one)[0].outcome == "stopped"
    if code == "reply":  # people act from here on: no e-mail is left behind the branch
        [(task,)] = cast.sql(
            "SELECT subject FROM remit.activities WHERE kind = 'task' AND contact_id = :c", c=who
        )
        assert (found.heard, found.step, task) == ("reply", "take-over", "Call: They answered")
    with pytest.raises(Refused):
        perform(cast.scope("alice"), ResumeEnrolments(enrolment_ids=(one,)))


def test_bad_news_halt_and_a_text_out_of_use(desk: Desk, plan: UUID, day: clock.Hands) -> None:
    cast = desk.cast
    [one] = enrol(cast, plan, contact(desk))
    run_once()
    cast.sql(
        "INSERT INTO remit.halts (id, scope_kind, scope_value, reason, halted_by, halted_at) VALUES (:id, 'account', :a, 'drill', :by, now())",
        id=new_id(), a=str(cast.accounts["pine"]), by=cast.people["cora"],
    )  # fmt: skip
    run_once()
    assert (run(cast, one).state, run(cast, one).code) == ("paused", "halted")
    with pytest.raises(Refused, match="halted"):
        perform(cast.scope("alice"), ResumeEnrolments(sequence_id=run(cast, one).sequence_id))
    cast.sql("UPDATE remit.halts SET resumed_at = now(), resumed_by = halted_by WHERE resumed_at IS NULL")
    day.move(timedelta(minutes=1))
    perform(cast.scope("alice"), ResumeEnrolments(enrolment_ids=(one,)))
    run_once()
    assert waiting(cast, one)  # the same text is asked for again
    cast.sql(
        """INSERT INTO remit.documents (id, account_id, access_id, kind, title, source_name, text, sha256, added_by, added_at)
        VALUES (:id, :a, :g, 'news', 'Pine Capital suspends redemptions', 'Ledger', 'text', :sha, :by, :at)""",
        id=new_id(), a=cast.accounts["pine"], g=cast.access["pine"], sha=new_id().hex * 2, by=cast.people["alice"], at=clock.now() + timedelta(minutes=1),
    )  # fmt: skip
    run_once()
    assert run(cast, one).code == "bad_news"
    with pytest.raises(Refused, match="suspends redemptions"):
        enrol(cast, plan, contact(desk))
    cast.sql("DELETE FROM remit.documents WHERE title = 'Pine Capital suspends redemptions'")


def _halt(cast: Cast, kind: str, value: str) -> None:
    cast.sql(
        "INSERT INTO remit.halts (id, scope_kind, scope_value, reason, halted_by, halted_at) VALUES (:id, :kind, :value, 'drill', :by, now())",
        id=new_id(), kind=kind, value=value, by=cast.people["cora"],
    )  # fmt: skip


def test_a_round_in_which_nothing_happens_is_not_on_the_record(
    desk: Desk, plan: UUID, day: clock.Hands
) -> None:
    enrol(desk.cast, plan, contact(desk))
    run_once()
    before = desk.cast.sql("SELECT count(*) FROM remit.actions")
    for _ in range(3):
        day.move(timedelta(minutes=1))
        run_once()
    assert desk.cast.sql("SELECT count(*) FROM remit.actions") == before


def test_two_workers_at_once_write_an_e_mail_once(desk: Desk, plan: UUID, day: clock.Hands) -> None:
    runs = enrol(desk.cast, plan, *(contact(desk) for _ in range(4)))
    advance(hands_of().notes)
    together = threading.Barrier(2)

    def work() -> None:
        together.wait()
        ask_due(hands_of())

    with ThreadPoolExecutor(2) as workers:
        for done in [workers.submit(work) for _ in range(2)]:
            done.result()
    run_once()
    assert all(waiting(desk.cast, one) for one in runs)  # one each


def test_an_e_mail_that_fails_holds_up_no_other(
    desk: Desk, plan: UUID, day: clock.Hands, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Written or asked for: it is put off with why, its neighbours are asked for, and it has its turn again."""
    cast, draft_of = desk.cast, batches.using.draft_of
    contacts = [contact(desk) for _ in range(3)]
    runs = enrol(cast, plan, *contacts)
    advance(hands_of().notes)

    def broken(scope: Scope, used: using.Used, contact_id: UUID) -> WriteDraft:
        if contact_id == contacts[0]:
            raise ValueError("no such hour")
        found = draft_of(scope, used, contact_id)
        # a row that the table refuses
        return found if contact_id == contacts[2] else found.model_copy(update={"length": "nonsense"})

    monkeypatch.setattr(batches.using, "draft_of", broken)
    with capture_logs() as logged:
        tally = ask_due(hands_of())
    assert (tally["later"], tally["waiting"]) == (2, 1)
    assert {one["log_level"] for one in logged} == {"warning", "error"}
    assert waiting(cast, runs[2])
    why = [
        cast.sql("SELECT why FROM remit.enrolment_steps WHERE enrolment_id = :r", r=each)[0][0]
        for each in runs[:2]
    ]
    assert "ValueError" in why[0] and all("It failed" in each for each in why)
    monkeypatch.undo()
    day.move(timedelta(hours=1, minutes=1))
    run_once()
    assert all(waiting(cast, each) for each in runs)


def test_a_halt_of_writing_or_of_an_agent_holds_up_nobody_else(
    desk: Desk, plan: UUID, day: clock.Hands
) -> None:
    cast = desk.cast
    [one] = enrol(cast, plan, contact(desk))
    _halt(cast, "action", "WriteDraft")
    run_once()
    assert (run(cast, one).state, run(cast, one).code) == ("paused", "halted")
    cast.sql("UPDATE remit.halts SET resumed_at = now(), resumed_by = halted_by WHERE resumed_at IS NULL")
    cast.sql(
        """INSERT INTO remit.remits (id, action_kind, segment, channel, agent_id, level, daily_cap_count, granted_by, approved_by, reason, created_at)
        VALUES (:id, 'SendEmail', '*', 'email', :robo, 'auto', 1, :gwen, :cora, 'trial', now())""",
        id=new_id(), robo=cast.people["robo"], gwen=cast.people["gwen"], cora=cast.people["cora"],
    )  # fmt: skip
    _halt(cast, "agent", str(cast.people["robo"]))
    [two] = enrol(cast, plan, contact(desk))
    run_once()
    assert run(cast, two).state == "active"
    [(later, why)] = cast.sql(
        "SELECT try_at > :now, why FROM remit.enrolment_steps WHERE enrolment_id = :id AND done_at IS NULL",
        id=two,
        now=clock.now(),
    )
    assert later and "halted" in why  # out of the way of the others until then
    cast.sql("UPDATE remit.halts SET resumed_at = now(), resumed_by = halted_by WHERE resumed_at IS NULL")
    cast.sql("UPDATE remit.remits SET revoked_at = now(), revoked_by = granted_by WHERE reason = 'trial'")


def test_a_remit_says_otherwise(desk: Desk, plan: UUID, day: clock.Hands) -> None:
    """With an auto remit of the owner's agent the e-mail is sent by the agent, within the cap; without one it waits."""
    cast = desk.cast
    cast.sql(
        """INSERT INTO remit.remits (id, action_kind, segment, channel, agent_id, level, daily_cap_count, granted_by, approved_by, reason, created_at)
        VALUES (:id, 'SendEmail', '*', 'email', :robo, 'auto', 1, :gwen, :cora, 'trial', now())""",
        id=new_id(), robo=cast.people["robo"], gwen=cast.people["gwen"], cora=cast.people["cora"],
    )  # fmt: skip
    first, second = enrol(cast, plan, contact(desk), contact(desk))
    run_once()
    sent = cast.sql(
        """SELECT e.agent_id, e.on_behalf_of FROM remit.effects e JOIN remit.drafts d ON d.effect_id = e.id
        JOIN remit.enrolment_steps s ON s.id = d.enrolment_step_id WHERE s.enrolment_id = ANY (:ids)""",
        ids=[first, second],
    )
    assert sent == [(cast.people["robo"], cast.people["alice"])]
    cast.sql("UPDATE remit.remits SET revoked_at = now(), revoked_by = granted_by, revoked_reason = 'over'")
    waits = [one for one in (first, second) if run(cast, one).draft_id and run(cast, one).suggestion_id]
    assert len(waits) == 1  # the remit's number for today was used up
    perform(cast.scope("alice"), StopEnrolments(enrolment_ids=(first, second), reason="the trial is over"))


def test_people_steer(desk: Desk, plan: UUID, day: clock.Hands) -> None:
    cast = desk.cast
    first, second = enrol(cast, plan, contact(desk), contact(desk))
    run_once()
    sequence = run(cast, first).sequence_id
    perform(cast.scope("alice"), PauseEnrolments(sequence_id=sequence, reason="quarter end"))
    assert run_once().total() == 0 and {run(cast, one).state for one in (first, second)} == {"paused"}
    day.move(timedelta(minutes=1))
    perform(cast.scope("alice"), ResumeEnrolments(sequence_id=sequence))
    run_once()
    perform(cast.scope("alice"), RejectSuggestion(suggestion_id=waiting(cast, first)[0], reason="too long"))
    run_once()
    assert (run(cast, first).state, run(cast, first).code) == ("paused", "rejected")
    perform(cast.scope("alice"), ResumeEnrolments(enrolment_ids=(first,)))
    assert run(cast, first).step == "ring"
    with pytest.raises(Refused):
        perform(cast.scope("charlie"), StopEnrolments(enrolment_ids=(second,), reason="not mine"))
    perform(
        cast.scope("alice"),
        SkipStep(enrolment_id=second, expected_version=run(cast, second).version, reason="met them today"),
    )
    assert run(cast, second).step == "ring"
    perform(cast.scope("cora"), StopEnrolments(sequence_id=sequence, reason="under review"))
    assert {run(cast, one).state for one in (first, second)} == {"stopped"}


def test_no_text_no_e_mail_and_the_whole_falls_with_a_text(desk: Desk, plan: UUID, day: clock.Hands) -> None:
    cast = desk.cast
    [one] = enrol(cast, plan, contact(desk))
    cast.sql(
        "UPDATE remit.facts SET state = 'withdrawn' WHERE kind = 'prime_broker' AND account_id = :a",
        a=cast.accounts["pine"],
    )
    run_once()
    assert run(cast, one).code == "missing_fact" and run(cast, one).state == "paused"
    cast.sql("UPDATE remit.facts SET state = 'live' WHERE kind = 'prime_broker'")
    [(text, seen)] = cast.sql(
        "SELECT v.id, v.version FROM remit.template_versions v JOIN remit.templates t ON t.id = v.template_id WHERE t.key = 'sdr-cold-second'"
    )
    # a text that a newer version took the place of holds its step, with why, also where the step has another one
    first = "(SELECT v.id FROM remit.template_versions v JOIN remit.templates t ON t.id = v.template_id WHERE t.key = 'sdr-cold-multi-prime-coo')"
    cast.sql("INSERT INTO remit.sequence_texts VALUES (:v, 'opening', 2, :text)", v=plan, text=text)
    cast.sql(f"UPDATE remit.template_versions SET state = 'superseded' WHERE id = {first}")
    day.move(timedelta(minutes=1))
    perform(cast.scope("alice"), ResumeEnrolments(enrolment_ids=(one,)))
    run_once()
    held = run(cast, one)
    assert (held.state, held.code) == ("paused", "template_not_live")
    assert "is superseded" in held.why and "skip this step" in held.why
    assert [each.runs for each in list_held(cast.scope("alice"))] == [1]
    cast.sql(f"UPDATE remit.template_versions SET state = 'live' WHERE id = {first}")
    cast.sql("DELETE FROM remit.sequence_texts WHERE version_id = :v AND number = 2", v=plan)
    perform(
        cast.scope("cora"),
        ExpireTemplates(version_ids=(text,), expected_versions=(seen,), reason="a claim changed"),
    )
    perform(identity.for_service("upkeep", via="test"), ExpireDueTemplates())
    perform(cast.scope("alice"), StopEnrolments(enrolment_ids=(one,), reason="see below"))
    with pytest.raises(Refused, match="is expired"):
        enrol(cast, plan, contact(desk))
