"""The keys that Remit's own acts go by can be guessed: whoever takes them stops nothing."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

import pytest

from remit import identity
from remit.actions import Performed, Waiting, approve, asking, perform, propose, queries, recalled
from remit.domains.activities.actions import LogActivity
from remit.domains.governance.actions import Halt
from remit.domains.governance.queries import list_recalled
from remit.domains.messages.actions import Unsubscribe
from remit.domains.outreach.writing import draft_outreach, send_draft
from tests.support.desk import Desk


@pytest.fixture(autouse=True)
def clean(desk: Desk) -> Iterator[None]:
    """Each test begins with nothing halted."""
    yield
    desk.cast.sql("DELETE FROM remit.halts")


def note(desk: Desk, subject: str) -> LogActivity:
    return LogActivity(account_id=desk.cast.accounts["palm"], activity_kind="note", subject=subject)


def handed_back(desk: Desk, effect: UUID) -> UUID | None:
    return queries.find_waiting_about(desk.cast.scope("mia"), "effect", effect)


def test_taken_keys_stop_neither_sending_nor_halting_nor_an_opt_out(desk: Desk) -> None:
    taker = desk.cast.scope("charlie")
    draft = draft_outreach(desk.cast.scope("alice"), desk.contacts["pine"])
    perform(taker, note(desk, "a draft's"), key=f"send:{draft}:1")
    waiting = send_draft(desk.cast.scope("alice"), draft)
    assert isinstance(waiting, Waiting)
    [effect] = approve(desk.cast.scope("bob"), waiting.suggestion_id, waiting.payload_hash).effect_ids
    for version in range(1, 5):
        propose(taker, note(desk, "a recall's"), key=f"after-recall:{effect}:{version}")
    perform(taker, note(desk, "an opt-out's"), key=f"unsubscribe:{effect}")

    halted = perform(desk.cast.scope("mia"), Halt(scope="channel:email", reason="drill"))
    assert isinstance(halted, Performed)
    assert (halted.result["recalled_count"], halted.result["waiting_count"]) == (1, 1)
    assert handed_back(desk, effect)

    mail = identity.for_service("mail", via="test")
    done = perform(mail, Unsubscribe(effect_id=effect), key=f"unsubscribe:{effect}")
    assert isinstance(done, Performed)
    assert not done.repeated


@pytest.mark.parametrize("fault", ["in the database", "in the program"])
def test_a_hand_back_that_fails_does_not_undo_the_halt(
    desk: Desk, fault: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    account, checker = {"in the database": ("oak", "vera"), "in the program": ("wall", "bob")}[fault]
    draft = draft_outreach(desk.cast.scope("bob"), desk.contacts[account])
    waiting = send_draft(desk.cast.scope("bob"), draft)
    assert isinstance(waiting, Waiting)
    [effect] = approve(desk.cast.scope(checker), waiting.suggestion_id, waiting.payload_hash).effect_ids
    if fault == "in the database":
        monkeypatch.setattr(asking, "_INSERT", asking._INSERT.replace(":title", "NULL"))
    else:
        resending = recalled.Resending(lambda payload: str(payload["gone"]), lambda _s, _payload: [])
        monkeypatch.setitem(recalled._known, "email.send", resending)
    halted = perform(desk.cast.scope("mia"), Halt(scope="channel:email", reason="drill"))
    assert isinstance(halted, Performed)
    assert (halted.result["recalled_count"], halted.result["waiting_count"]) == (1, 0)
    listed = list_recalled(desk.cast.scope("bob"), UUID(str(halted.result["halt_id"])))
    assert [(one.effect_id, one.suggestion_id) for one in listed] == [(effect, None)]
    assert desk.cast.sql("SELECT state FROM remit.effects WHERE id = :id", id=effect) == [("recalled",)]
