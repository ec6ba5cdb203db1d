"""The story over HTTP: a halt calls a message back, its page says what waits and why, and a yes sends it after all."""

from __future__ import annotations

import re
from datetime import timedelta

import psycopg

from remit import identity
from remit.actions import Performed, Waiting, approve, perform
from remit.db.location import Location, Role
from remit.domains.activities.actions import LogActivity
from remit.domains.outreach.actions import WriteDraft
from remit.domains.outreach.writing import send_draft
from remit.kit import clock
from tests.support import web_cast as cast
from tests.web.conftest import ORIGIN, token_of

BODY = "Dear Priya,\n\nMay I ask who looks after order routing?\n\nAlice Ames"


def queued(location: Location) -> str:
    """A message that was approved and waits for a worker; gives its draft's id."""
    with psycopg.connect(**location.conninfo(Role.OWNER)) as db:
        db.execute("SELECT set_config('remit.person_id', %s, true)", (str(cast.VP.id),))
        db.execute("UPDATE remit.contacts SET country = 'US' WHERE id = %s", (cast.WEST_CONTACT,))
    alice = identity.for_person(cast.ALICE.id, via="test")
    # a colleague has talked with them: what goes on with that needs no fact of the account
    spoke = LogActivity(account_id=cast.WEST_ACCOUNT, activity_kind="meeting", subject="Desk review", body="We went through the morning of their desk, the split of blocks between brokers, the reports after the close and who owns them.", at=clock.now() - timedelta(days=9), contact_id=cast.WEST_CONTACT)  # fmt: skip
    perform(identity.for_person(cast.VP.id, via="test"), spoke)
    text = WriteDraft(contact_id=cast.WEST_CONTACT, subject="A question", body=BODY, writer="by hand")
    done = perform(alice, text)
    assert isinstance(done, Performed)
    waiting = send_draft(alice, done.result["draft_id"])
    assert isinstance(waiting, Waiting)
    approve(alice, waiting.suggestion_id, waiting.payload_hash)
    return str(done.result["draft_id"])


def effect_of(location: Location, draft: str) -> object:
    [(effect,)] = cast.rows_as(
        location, cast.VP.id, f"SELECT effect_id FROM remit.drafts WHERE id = '{draft}'"
    )
    return effect


def test_a_halted_message_is_shown_as_recalled_and_sent_after_all(settled: Location, as_person) -> None:
    draft = queued(settled)
    mona, alice = as_person(cast.MANAGER), as_person(cast.ALICE)

    def send(person, path: str, **data: str) -> str:
        answer = person.post(
            path, data={"csrf": token_of(person.get("/settings").text), **data}, headers=ORIGIN
        )
        assert answer.status_code == 303, answer.text[:500]
        return person.get(answer.headers["location"]).text

    told = send(mona, "/halt", scope="channel:email", reason="price list is wrong")
    assert "1 queued sending was called back; 1 waits in Approvals." in told
    link = re.search(r'href="(/approvals/[0-9a-f-]+)">waits for a person', told)[1]
    assert "Send after all: e-mail to Priya Shah" in alice.get("/approvals").text
    page = alice.get(link).text
    for part in (
        "recalled because e-mail was halted: price list is wrong",
        "priya.shah@harbourpoint.example",
        "May I ask who looks after order routing?",
        "Put under the message by delivery",
    ):
        assert part in page, part
    assert "recalled" in alice.get(f"/write/{draft}").text
    assert f'href="{link}"' in alice.get(f"/effects/{effect_of(settled, draft)}").text
    digest = re.search(r'name="payload_hash" value="([0-9a-f]{64})"', page)[1]
    assert "is halted since" in send(alice, f"{link}/approve", payload_hash=digest)
    send(mona, "/resume", scope="channel:email", reason="mended")
    told = send(alice, f"{link}/approve", payload_hash=digest)
    assert "leaves within seconds" in told
    action = re.search(r'href="(/actions/[^"]+)"', told)[1]
    done = alice.get(action).text
    assert "queued" in done and "May I ask who looks after order routing?" in done
