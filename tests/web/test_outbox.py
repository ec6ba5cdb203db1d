"""The outbox: what left stands there as it left, text from outside is text, and Charlie sees nothing of Alice's."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from uuid import UUID

import psycopg
import pytest

from remit.connectors.email import addresses, message
from remit.connectors.email.message import EmailPayload, Sender
from remit.db.location import Location, Role
from remit.kit import clock
from remit.kit.ids import new_id
from tests.support import web_cast as cast
from tests.web.conftest import ORIGIN, token_of

NASTY = "<script>alert('in')</script><img src=x onerror=alert(1)>"
TO = "priya.shah@harbourpoint.example"


@dataclass(frozen=True)
class Sent:
    """A captured message and an answer to it."""

    effect: UUID
    out: UUID
    back: UUID


def _conversation(db, found: Sent, access: int, identifier: str, at) -> None:
    """The records of the message and of its answer."""
    for row, way, source, target, name, subject, body, answered in (
        (
            found.out,
            "out",
            cast.ALICE.email,
            TO,
            identifier,
            "Execution costs",
            "Dear Priya, one question.",
            None,
        ),
        (found.back, "in", TO, cast.ALICE.email, "<x@harbourpoint.example>", NASTY, NASTY, identifier),
    ):
        db.execute(
            "INSERT INTO remit.messages (id, account_id, access_id, contact_id, direction, effect_id, message_id, in_reply_to,"
            " thread_id, from_address, to_address, subject, body, at) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
            (
                row,
                cast.WEST_ACCOUNT,
                access,
                cast.WEST_CONTACT,
                way,
                found.effect,
                name,
                answered,
                identifier,
                source,
                target,
                subject,
                body,
                at,
            ),
        )


@pytest.fixture(scope="module")
def sent(settled: Location) -> Sent:
    """One message captured, with receipt; one nasty answer."""
    found = Sent(new_id(), new_id(), new_id())
    at, key, identifier = clock.now(), f"send:{new_id()}:1", "<remit." + "a" * 40 + "@northlake.example>"
    payload = EmailPayload(
        to=TO, subject="Execution costs", body="Dear Priya, one question.", contact_id=cast.WEST_CONTACT
    )
    alice = addresses.parse(cast.ALICE.email)
    wire = message.build(
        payload,
        Sender(alice, alice, cast.ALICE.name, "Northlake"),
        addresses.parse(TO),
        found.effect,
        identifier,
        at,
    )
    with psycopg.connect(**settled.conninfo(Role.OWNER)) as db:
        db.execute("SELECT set_config('remit.person_id', %s, true)", (str(cast.VP.id),))
        [access] = db.execute(
            "SELECT access_id FROM remit.accounts WHERE id = %s", (cast.WEST_ACCOUNT,)
        ).fetchone()
        db.execute(
            "INSERT INTO remit.effects (id, created_at, action_id, action_kind, kind, channel, idempotency_key, payload, account_id,"
            " access_id, actor_id, state, next_at) VALUES (%s, %s, %s, 'SendEmail', 'email.send', 'email', %s, %s, %s, %s, %s, 'delivered', %s)",
            (
                found.effect,
                at,
                new_id(),
                key,
                json.dumps(payload.model_dump(mode="json")),
                cast.WEST_ACCOUNT,
                access,
                cast.ALICE.id,
                at,
            ),
        )
        db.execute(
            "INSERT INTO remit.receipts (effect_id, at, worker, proof, account_id, access_id) VALUES (%s, %s, 'w', %s, %s, %s)",
            (
                found.effect,
                at,
                json.dumps({"transport": "capture", "message_id": identifier, "sha256": "f" * 64}),
                cast.WEST_ACCOUNT,
                access,
            ),
        )
        db.execute(
            "INSERT INTO remit.captured_mail (effect_id, at, raw, account_id, access_id) VALUES (%s, %s, %s, %s, %s)",
            (found.effect, at, wire, cast.WEST_ACCOUNT, access),
        )
        _conversation(db, found, access, identifier, at)
    return found


def test_the_list_shows_what_was_captured_and_the_page_what_left(sent: Sent, as_person) -> None:
    alice = as_person(cast.ALICE)
    listed = alice.get("/outbox").text
    assert f"/outbox/{sent.out}" in listed and "captured" in listed and f"/outbox/{sent.back}" not in listed
    shown = alice.get(f"/outbox/{sent.out}").text
    assert "Dear Priya, one question." in shown and "Alice Ames" in shown
    assert "<dt>Captured</dt>" in shown and "Delivered" not in shown, "one word for one state"
    assert "<dt>Approved by</dt>" in shown
    assert "we will not write again" in shown, "the footer that delivery added"
    assert "List-Unsubscribe" in shown and "f" * 64 in shown and f"/effects/{sent.effect}" in shown
    assert f"/outbox/{sent.back}" in shown, "the conversation"


def test_text_from_outside_is_text(sent: Sent, as_person) -> None:
    alice = as_person(cast.ALICE)
    for path in ("/outbox?box=in", "/outbox?box=all", f"/outbox/{sent.back}", f"/outbox/{sent.out}"):
        shown = alice.get(path).text
        assert "&lt;script&gt;" in shown, path
        assert "<script>alert" not in shown and "<img" not in shown, path


def test_an_outsider_sees_neither_the_list_nor_the_message(sent: Sent, as_person) -> None:
    charlie = as_person(cast.CHARLIE)
    assert "Execution costs" not in charlie.get("/outbox?box=all").text
    for row in (sent.out, sent.back):
        answer = charlie.get(f"/outbox/{row}")
        assert answer.status_code == 404 and not re.search("Execution|script&gt;", answer.text)


def test_pages_of_the_list_neither_lose_nor_repeat_rows_of_one_instant(sent: Sent, settled: Location) -> None:
    from remit import identity
    from remit.domains.messages.queries import list_messages

    scope = identity.for_person(cast.ALICE.id, via="test")
    whole = list_messages(scope, before=clock.now())
    first = whole[0]
    rest = list_messages(scope, before=first.at, before_id=first.id)
    assert {row.id for row in whole} == {sent.out, sent.back}
    assert [row.id for row in rest] == [row.id for row in whole[1:]]


@pytest.fixture
def fallen(sent: Sent, settled: Location) -> UUID:
    """The message stood on a fact that was withdrawn since; gives the fact."""
    fact = new_id()
    with psycopg.connect(**settled.conninfo(Role.OWNER)) as db:
        db.execute("SELECT set_config('remit.person_id', %s, true)", (str(cast.VP.id),))
        db.execute(
            "INSERT INTO remit.facts (id, account_id, access_id, kind, value, source_name, as_of_on, sensitivity, sayable, state)"
            " SELECT %s, id, access_id, 'strategy', %s, 'Website', current_date - 30, 'public', 'public', 'withdrawn'"
            " FROM remit.accounts WHERE id = %s",
            (fact, NASTY, cast.WEST_ACCOUNT),
        )
        db.execute("UPDATE remit.messages SET fact_ids = %s WHERE id = %s", ([fact], sent.out))
    return fact


def test_a_message_on_a_fallen_fact_is_listed_and_its_correction_drafted(
    sent: Sent, fallen: UUID, as_person
) -> None:
    alice = as_person(cast.ALICE)
    shown = alice.get("/outbox/fallen").text
    assert f"/outbox/{sent.out}/correct" in shown and "withdrawn" in shown
    assert "&lt;script&gt;" in shown and "<script>alert" not in shown
    assert f"{sent.out}" not in as_person(cast.CHARLIE).get("/outbox/fallen").text
    answer = alice.post(f"/outbox/{sent.out}/correct", data={"csrf": token_of(shown)}, headers=ORIGIN)
    assert answer.status_code == 303, answer.text[:500]
    assert "Correction to my earlier message" in alice.get(answer.headers["location"]).text
    assert "/correct" not in alice.get("/outbox/fallen").text


def test_a_message_that_came_with_its_records_says_sent() -> None:
    from remit.domains.messages.queries import Message
    from remit.web.pages.outbox import state_of

    seeded = Message(
        id=new_id(), account_id=None, account=None, contact_id=None, direction="out", message_id="<a@b>", in_reply_to=None,
        thread_id="<a@b>", from_address="a@b", to_address=TO, subject="s", body="b", classification="", at=clock.now(),
        draft_id=None, state="", effect_id=None, transport="",
    )  # fmt: skip
    assert state_of(seeded) == "sent"


def test_checks_that_stop_nothing_are_listed_as_to_look_at() -> None:
    from remit.web.pages.write import _by_outcome

    checks = [
        {"id": "a", "passed": True, "reason": "It is short."},
        {"id": "conduct-x", "passed": True, "reason": "Look again: it praises. Rule “x” not passed (own)."},
        {"id": "b", "passed": False, "reason": "Say who writes."},
    ]
    found = _by_outcome(checks)
    assert {name: [one["id"] for one in rows] for name, rows in found.items()} == {
        "passed": ["a"], "doubtful": ["conduct-x"], "failed": ["b"],
    }  # fmt: skip
