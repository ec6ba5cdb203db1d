"""What a halt or a lost remit took back waits for a person, goes once, and only while everything still holds."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy.exc import DBAPIError

import remit.cli
from remit import identity
from remit.actions import (
    Conflict,
    NotFound,
    Performed,
    Refused,
    Waiting,
    approve,
    effects,
    perform,
    propose,
    queries,
    upkeep,
)
from remit.actions.recalled import DropRecalled, SendRecalled, load_again
from remit.actions.suggestions import RejectSuggestion, ReleaseSuggestion
from remit.db.sessions import read
from remit.domains.consent.actions import AddDoNotContact
from remit.domains.governance.actions import GrantRemit, Halt, Resume, RevokeRemit
from remit.domains.governance.queries import list_recalled
from remit.domains.messages.queries import list_messages
from remit.domains.messages.uncertain import RecallEffect
from remit.domains.outreach.queries import get_draft, list_drafts
from remit.domains.outreach.writing import draft_outreach, send_draft
from remit.kit import clock
from remit.kit.ids import new_id
from remit.ladder.adoption import weekly_use
from remit.ladder.steps import GATES
from remit.web.dossier import get_dossier
from tests.support.desk import Desk


@pytest.fixture(autouse=True)
def clean(desk: Desk) -> Iterator[None]:
    """Each test begins with nothing halted and a month after whatever the last one sent."""
    yield
    for table in ("halts", "remits", "effects", "do_not_contact", "suggestions"):
        desk.cast.sql(f"DELETE FROM remit.{table}")
    desk.cast.sql("UPDATE remit.messages SET at = at - interval '31 days'")
    desk.cast.sql("UPDATE remit.people SET active = true")


def queued(desk: Desk, account: str = "pine", by: str = "alice", approver: str = "bob") -> tuple[UUID, UUID]:
    """A draft that was approved, and its effect."""
    draft = draft_outreach(desk.cast.scope(by), desk.contacts[account])
    waiting = send_draft(desk.cast.scope(by), draft)
    assert isinstance(waiting, Waiting)
    done = approve(desk.cast.scope(approver), waiting.suggestion_id, waiting.payload_hash)
    return draft, done.effect_ids[0]


def halted(desk: Desk, scope: str = "channel:email") -> UUID:
    done = perform(desk.cast.scope("mia"), Halt(scope=scope, reason="drill"))
    assert isinstance(done, Performed)
    return UUID(done.result["halt_id"])


def resumed(desk: Desk, scope: str = "channel:email") -> None:
    assert isinstance(perform(desk.cast.scope("mia"), Resume(scope=scope, reason="over")), Performed)


def waits(desk: Desk, effect: UUID) -> queries.SuggestionRow:
    """The suggestion about an effect, as Mia sees it (she sees all but what is behind a barrier)."""
    found = queries.find_waiting_about(desk.cast.scope("mia"), "effect", effect)
    assert found is not None
    return queries.get_suggestion(desk.cast.scope("mia"), found)


def effect_row(desk: Desk, effect: UUID) -> tuple[Any, ...]:
    [row] = desk.cast.sql(
        "SELECT state, idempotency_key, payload ->> 'message_id' FROM remit.effects WHERE id = :id", id=effect
    )
    return row


def refusal(desk: Desk, who: str, one: queries.SuggestionRow) -> Refused:
    with pytest.raises(Refused) as refused:
        approve(desk.cast.scope(who), one.id, one.payload_hash)
    return refused.value


def test_a_recalled_message_waits_and_goes_once_under_the_same_key(desk: Desk) -> None:
    draft, effect = queued(desk)
    _, key, message_id = effect_row(desk, effect)
    halt_id = halted(desk)
    one = waits(desk, effect)
    assert (
        one.title
        == "Send after all: e-mail to Elena Voss at Pine Capital, recalled because e-mail was halted: drill"
    )
    assert (one.proposer_kind, one.on_behalf_of_name, one.kind) == ("workflow", "Alice", "SendRecalled")
    assert one.payload["content"]["body"] == get_draft(desk.cast.scope("alice"), draft).body
    [listed] = list_recalled(desk.cast.scope("alice"), halt_id)
    assert (listed.suggestion_id, listed.suggestion_state) == (one.id, "waiting")

    assert refusal(desk, "bob", one).code == "halted"
    resumed(desk)
    done = approve(
        desk.cast.scope("alice"), one.id, one.payload_hash
    )  # not a key account: her own yes is enough
    assert done.result["state"] == "queued"
    assert effect_row(desk, effect) == ("queued", key, message_id)
    assert refusal(desk, "bob", one).code == "suggestion_not_waiting"
    assert desk.cast.sql("SELECT count(*) FROM remit.effects WHERE idempotency_key = :key", key=key) == [(1,)]
    shown = queries.get_action(desk.cast.scope("alice"), done.action_id)
    assert [(each.id, each.state) for each in shown.effects] == [(effect, "queued")]


def test_a_halt_of_the_kind_or_agent_it_was_queued_by_still_stops_it(desk: Desk) -> None:
    _, effect = queued(desk)
    halted(desk, "action:SendEmail")
    error = refusal(desk, "bob", waits(desk, effect))
    assert error.code == "check_failed" and "“Send email” is halted since" in error.message


def test_what_no_longer_holds_stops_it(desk: Desk) -> None:
    _, effect = queued(desk)
    halted(desk)
    resumed(desk)
    one = waits(desk, effect)
    desk.cast.sql("UPDATE remit.people SET active = false WHERE id = :id", id=desk.cast.people["alice"])
    assert "no longer active" in refusal(desk, "bob", one).message
    desk.cast.sql("UPDATE remit.people SET active = true")
    perform(
        desk.cast.scope("bob"),
        AddDoNotContact(entry="email", value="elena.voss@pine.example", reason="asked"),
    )
    assert "do-not-contact" in refusal(desk, "bob", one).message
    assert effect_row(desk, effect)[0] == "recalled"


def test_a_key_account_needs_somebody_who_did_not_make_it(desk: Desk) -> None:
    _, effect = queued(desk, "oak")
    halted(desk)
    resumed(desk)
    one = waits(desk, effect)
    mine = queries.list_suggestions(desk.cast.scope("alice"), "for_me").rows
    assert one.id not in {each.id for each in mine}
    assert refusal(desk, "alice", one).code == "not_permitted_by_policy"
    assert approve(desk.cast.scope("bob"), one.id, one.payload_hash).result["state"] == "queued"


def test_another_content_or_a_second_suggestion_sends_nothing_more(desk: Desk) -> None:
    _, effect = queued(desk)
    halted(desk)
    resumed(desk)
    one = waits(desk, effect)
    changed = SendRecalled.model_validate(
        one.payload | {"content": one.payload["content"] | {"to": "x@evil.example"}}
    )
    with pytest.raises(Refused) as refused:
        perform(desk.cast.scope("alice"), changed)
    assert refused.value.code == "check_failed"
    again = perform(desk.cast.scope("alice"), SendRecalled.model_validate(one.payload))
    assert isinstance(again, Waiting)
    approve(desk.cast.scope("bob"), one.id, one.payload_hash)
    with pytest.raises(Refused) as second:
        approve(desk.cast.scope("bob"), again.suggestion_id, again.payload_hash)
    assert second.value.code == "not_recalled"


def test_an_effect_recalled_again_needs_another_yes(desk: Desk) -> None:
    _, effect = queued(desk)
    halted(desk)
    resumed(desk)
    first = waits(desk, effect)
    approve(desk.cast.scope("bob"), first.id, first.payload_hash)
    halted(desk)
    resumed(desk)
    second = waits(desk, effect)
    assert second.id != first.id and second.payload_hash != first.payload_hash
    with pytest.raises(Conflict):
        perform(desk.cast.scope("alice"), SendRecalled.model_validate(first.payload))


def test_rejected_stays_recalled_for_good(desk: Desk) -> None:
    _, effect = queued(desk)
    halted(desk)
    resumed(desk)
    one = waits(desk, effect)
    perform(desk.cast.scope("bob"), RejectSuggestion(suggestion_id=one.id, reason="too late now"))
    with pytest.raises(Refused) as refused:
        perform(desk.cast.scope("alice"), SendRecalled.model_validate(one.payload))
    assert "rejected" in refused.value.message
    assert effect_row(desk, effect)[0] == "recalled"


def test_what_a_person_recalled_does_not_come_back(desk: Desk) -> None:
    _, effect = queued(desk)
    perform(desk.cast.scope("alice"), RecallEffect(effect_id=effect, reason="wrong quarter"))
    halted(desk)
    assert queries.find_waiting_about(desk.cast.scope("mia"), "effect", effect) is None


def test_what_somebody_else_took_back_is_not_the_makers_to_release(desk: Desk) -> None:
    _, effect = queued(desk, "palm", by="charlie", approver="mia")
    perform(desk.cast.scope("cora"), RecallEffect(effect_id=effect, reason="not like this"))
    [(version, content)] = desk.cast.sql(
        "SELECT version, payload FROM remit.effects WHERE id = :id", id=effect
    )
    send = SendRecalled(effect_id=effect, expected_version=version, content=content)
    with pytest.raises(Refused, match="Cora took it back by hand: “not like this”"):
        asked = perform(desk.cast.scope("charlie"), send)
        assert isinstance(asked, Waiting)
        approve(desk.cast.scope("charlie"), asked.suggestion_id, asked.payload_hash)
    assert effect_row(desk, effect)[0] == "recalled"


def test_who_took_it_back_may_ask_to_have_it_sent_after_all(desk: Desk) -> None:
    _, effect = queued(desk, "palm", by="charlie", approver="mia")
    perform(desk.cast.scope("mia"), RecallEffect(effect_id=effect, reason="not today"))
    mia = desk.cast.scope("mia")
    asked = propose(mia, load_again(mia, effect), reason="today it fits")
    approve(desk.cast.scope("charlie"), asked.suggestion_id, asked.payload_hash)
    assert effect_row(desk, effect)[0] == "queued"


def _nobody_decided(desk: Desk) -> UUID:
    _, effect = queued(desk)
    halted(desk)
    resumed(desk)
    desk.cast.sql(
        "UPDATE remit.suggestions SET expires_at = now() - interval '1 minute' WHERE state = 'waiting'"
    )
    assert queries.find_waiting_about(desk.cast.scope("mia"), "effect", effect) is None
    return effect


def test_what_nobody_decided_about_is_asked_for_again_and_decided_afresh(desk: Desk) -> None:
    effect = _nobody_decided(desk)
    with pytest.raises(NotFound):
        load_again(desk.cast.scope("charlie"), effect)
    bob = desk.cast.scope("bob")
    waiting = propose(bob, load_again(bob, effect), reason="the drill is over")
    assert effect_row(desk, effect)[0] == "recalled", "asking sends nothing"
    approve(desk.cast.scope("mia"), waiting.suggestion_id, waiting.payload_hash)
    assert effect_row(desk, effect)[0] == "queued"


def test_asking_again_is_no_way_round_what_a_restore_holds(desk: Desk) -> None:
    _, effect = queued(desk)
    halted(desk)
    resumed(desk)
    one, bob = waits(desk, effect), desk.cast.scope("bob")
    upkeep.hold_restored(identity.for_service("upkeep", via="test"), clock.now())
    with pytest.raises(Refused, match="held since a restore"):
        propose(bob, load_again(bob, effect), reason="again")
    assert refusal(desk, "bob", one).code == "suggestion_held"
    perform(bob, ReleaseSuggestion(suggestion_id=one.id, reason="not in the sent mailbox"))
    approve(bob, one.id, one.payload_hash)
    assert effect_row(desk, effect)[0] == "queued"


def test_what_was_dropped_is_never_sent_not_even_past_the_door(desk: Desk) -> None:
    effect = _nobody_decided(desk)
    alice = desk.cast.scope("alice")
    again = load_again(alice, effect)
    waiting = propose(alice, again, reason="perhaps")
    drop = DropRecalled(
        effect_id=effect, expected_version=again.expected_version, reason="the moment has passed"
    )
    with pytest.raises(NotFound):
        perform(desk.cast.scope("charlie"), drop)
    perform(alice, drop)
    assert queries.get_effect(alice, effect).dropped
    assert queries.get_suggestion(alice, waiting.suggestion_id).state == "void"
    with pytest.raises(Refused, match="dropped this for good"):
        propose(alice, load_again(alice, effect))
    with pytest.raises(Refused, match="This is dropped"):
        perform(alice, drop)
    for change in ("state = 'queued'", "dropped_at = NULL"):
        with pytest.raises(DBAPIError, match="dropped"):
            desk.cast.sql(f"UPDATE remit.effects SET {change} WHERE id = :id", id=effect)


def test_behind_a_barrier_only_the_admitted_see_it(desk: Desk) -> None:
    _, effect = queued(desk, "wall", by="bob")
    halted(desk)
    assert queries.find_waiting_about(desk.cast.scope("mia"), "effect", effect) is None
    assert queries.find_waiting_about(desk.cast.scope("bob"), "effect", effect) is not None


def test_recalled_looks_nowhere_as_sent(desk: Desk) -> None:
    draft, effect = queued(desk)
    halted(desk)
    alice = desk.cast.scope("alice")
    assert get_draft(alice, draft).state == "recalled"
    assert draft in {each.id for each in list_drafts(alice, state="recalled").rows}
    assert draft not in {each.id for each in list_drafts(alice, state="sent").rows}
    assert list_messages(alice, before=clock.now(), limit=1)[0].state == "recalled"
    timeline = get_dossier(alice, desk.cast.accounts["pine"]).timeline
    assert [each.kind for each in timeline if each.href == f"/write/{draft}"] == ["recalled"]
    resumed(desk)
    one = waits(desk, effect)
    approve(desk.cast.scope("bob"), one.id, one.payload_hash)
    assert get_draft(alice, draft).state == "sent"


def test_the_pause_counts_from_when_it_was_sent_after_all(desk: Desk) -> None:
    _, effect = queued(desk)
    halted(desk)
    resumed(desk)
    desk.cast.sql("UPDATE remit.messages SET at = at - interval '6 days'")
    one = waits(desk, effect)
    approve(desk.cast.scope("bob"), one.id, one.payload_hash)
    with pytest.raises(Refused) as refused:
        send_draft(
            desk.cast.scope("alice"),
            draft_outreach(desk.cast.scope("alice"), desk.contacts["pine"], variant=3),
        )
    assert "written to on" in refused.value.message


def test_a_worker_that_meets_a_halt_hands_it_back_too(desk: Desk) -> None:
    _, effect = queued(desk)
    delivery = identity.for_service("delivery", via="test")
    claimed = effects.claim(delivery, effect, "worker/1")
    assert claimed is not None
    halted(desk)
    with pytest.raises(effects.Stopped, match="drill"):
        effects.commit_point(delivery, claimed, lambda *_: None)
    assert waits(desk, effect).reason.endswith("drill")


def of_robo(desk: Desk) -> tuple[UUID, UUID]:
    """An effect that Robo's auto remit let out, and the remit (written past the door: no gate is met here)."""
    _, effect = queued(desk)
    remit = new_id()
    desk.cast.sql(
        """INSERT INTO remit.remits (id, action_kind, level, daily_cap_count, granted_by, approved_by, reason, created_at)
           VALUES (:id, 'SendEmail', 'auto', 5, :vera, :cora, 'trial', now())""",
        id=remit, vera=desk.cast.people["vera"], cora=desk.cast.people["cora"],
    )  # fmt: skip
    desk.cast.sql(
        "UPDATE remit.effects SET agent_id = :robo, actor_id = :robo, on_behalf_of = :alice WHERE id = :id",
        robo=desk.cast.people["robo"], alice=desk.cast.people["alice"], id=effect,
    )  # fmt: skip
    desk.cast.sql("UPDATE remit.actions SET approver_id = NULL WHERE id = (SELECT action_id FROM remit.effects WHERE id = :id)",
                  id=effect)  # fmt: skip
    return effect, remit


def test_a_lost_remit_turns_what_it_queued_into_needs_approval(desk: Desk) -> None:
    effect, remit = of_robo(desk)
    done = perform(
        identity.for_service("upkeep", via="test"), RevokeRemit(remit_id=remit, reason="no longer met: S0-G1")
    )
    assert isinstance(done, Performed) and done.result["waiting_count"] == 1
    one = waits(desk, effect)
    assert "recalled because the remit for SendEmail was taken back: no longer met: S0-G1" in one.title
    assert one.on_behalf_of_name == "Alice"
    assert approve(desk.cast.scope("bob"), one.id, one.payload_hash).result["state"] == "queued"
    claimed = effects.claim(identity.for_service("delivery", via="test"), effect, "worker/1")
    assert claimed is not None, "a person approved it: the lost remit no longer matters"


def test_a_worker_asks_whether_the_remit_still_holds(desk: Desk) -> None:
    effect, remit = of_robo(desk)
    delivery = identity.for_service("delivery", via="test")
    claimed = effects.claim(delivery, effect, "worker/1")
    assert claimed is not None
    done = perform(desk.cast.scope("vera"), RevokeRemit(remit_id=remit, reason="odd text"))
    assert isinstance(done, Performed) and done.result["recalled_count"] == 0
    with pytest.raises(effects.Stopped, match="taken back"):
        effects.commit_point(delivery, claimed, lambda *_: None)
    assert waits(desk, effect).kind == "SendRecalled"


def test_a_remit_that_is_replaced_by_less_recalls_too(desk: Desk) -> None:
    effect, _ = of_robo(desk)
    waiting = perform(
        desk.cast.scope("vera"), GrantRemit(action_kind="SendEmail", level="approve", reason="slower")
    )
    assert isinstance(waiting, Waiting)
    done = approve(desk.cast.scope("cora"), waiting.suggestion_id, waiting.payload_hash)
    assert done.result["recalled_count"] == 1
    assert "taken back: slower" in waits(desk, effect).title


def test_whatever_program_halts_knows_how_to_hand_back() -> None:
    """Commands import little; none may recall messages without putting them into Approvals."""
    known = subprocess.run(
        [sys.executable, "-c", "import remit.wiring; from remit.actions import recalled; print(*recalled._known)"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert known.stdout.split() == ["email.send"]
    for file in Path(remit.cli.__path__[0]).glob("*.py"):
        text = file.read_text()
        if "domains.governance.actions import" in text:
            assert "import remit.wiring" in text or "import wiring" in text, (
                f"{file.name} acts without the wiring"
            )


def test_weekly_use_does_not_count_what_was_recalled(desk: Desk) -> None:
    draft, _ = queued(desk)
    desk.cast.sql("UPDATE remit.drafts SET updated_at = now() - interval '8 days' WHERE id = :id", id=draft)
    desk.cast.sql("UPDATE remit.standing_periods SET from_on = '2020-01-01'")  # they were there that week

    def counted() -> bool:
        with read(desk.cast.scope("gwen")) as session:
            return draft in weekly_use(session, GATES["S0-G1"], clock.today()).row_ids

    assert counted()
    halted(desk)
    assert not counted()
