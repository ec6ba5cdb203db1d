"""The floor of first messages: what somebody puts on record themselves does not lift it, another's word does."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest

from remit.actions import Performed, Refused, perform
from remit.db.location import Location
from remit.domains.activities.actions import LogActivity
from remit.domains.outreach.actions import WriteDraft
from remit.domains.outreach.queries import preview
from remit.domains.outreach.writing import send_draft
from remit.kit import clock
from remit.kit.ids import new_id
from tests.support.cast import make_cast
from tests.support.desk import Desk, make_desk

BODY = "Hello Elena,\n\nwould a short talk help your desk? I am free on Thursday.\n\nAlice"
TOLD = "Elena wants the split between both prime brokers shown before her desk sends the block, and asked for a trial in March."


def log(desk: Desk, kind: str, by: str = "alice", **more: object) -> UUID:
    given = {"body": TOLD, "contact_id": desk.contacts["pine"]} | more
    if kind == "task":
        given["due_at"] = clock.now() + timedelta(days=2)
    done = perform(
        desk.cast.scope(by),
        LogActivity(account_id=desk.cast.accounts["pine"], activity_kind=kind, subject="Talk", **given),
    )
    assert isinstance(done, Performed)
    return UUID(str(done.result["activity_id"]))


def write(desk: Desk, about: UUID | None = None, by: str = "alice", body: str = BODY) -> UUID:
    action = WriteDraft(
        contact_id=desk.contacts["pine"],
        subject="Your desk",
        body=body,
        writer="by hand",
        about_activity_id=about,
    )
    return UUID(str(perform(desk.cast.scope(by), action).result["draft_id"]))


def held(desk: Desk, draft_id: UUID, by: str = "alice") -> str:
    """Why the floor holds for this draft; "" when it does not."""
    checks = {one["id"]: one for one in preview(desk.cast.scope(by), draft_id)["checks"]}
    one = checks.get("specific-enough")
    return "" if one is None or one["passed"] else one["reason"]


def imported(
    desk: Desk,
    kind: str,
    outcome: str | None,
    importer: str,
    direction: str | None = None,
    owner: str | None = None,
) -> None:
    """What a CRM brings, by an import of `importer`; whose it is there."""
    import_id = new_id()
    desk.cast.sql(
        "INSERT INTO remit.imports (id, path, by_id, started_at) VALUES (:id, 'crm.csv', :by, now())",
        id=import_id, by=desk.cast.people[importer],
    )  # fmt: skip
    desk.cast.sql(
        """INSERT INTO remit.activities (id, at, account_id, access_id, kind, direction, subject, body, contact_id, outcome, source, external_id, import_id, owner_id)
        VALUES (:id, now() - interval '1 day', :account, :access, :kind, :direction, 'Talk', :told, :contact, :outcome, 'crm', :ext, :import, :owner)""",
        id=new_id(), account=desk.cast.accounts["pine"], access=desk.cast.access["pine"], kind=kind, direction=direction, told=TOLD,
        contact=desk.contacts["pine"], outcome=outcome, ext=str(import_id), owner=desk.cast.people[owner] if owner else None, **{"import": import_id},
    )  # fmt: skip


@pytest.fixture(scope="module")
def desk(database: Location) -> Desk:
    return make_desk(make_cast(database))


@pytest.fixture(autouse=True)
def nothing_said(desk: Desk) -> None:
    desk.cast.sql("DELETE FROM remit.activities WHERE subject = 'Talk'")


@pytest.mark.parametrize("kind", ["task", "note", "call", "meeting", "email"])
def test_ones_own_word_lifts_nothing_of_whatever_kind(desk: Desk, kind: str) -> None:
    mine = log(desk, kind, direction="in" if kind == "email" else None)
    for about in (None, mine):
        draft_id = write(desk, about)
        assert "the floor is 50" in held(desk, draft_id)
        with pytest.raises(Refused, match="Specific to this account"):
            send_draft(desk.cast.scope("alice"), draft_id)


def test_nor_does_ones_agent_or_a_name_put_on_it_or_an_import_of_ones_own(desk: Desk) -> None:
    log(desk, "meeting", owner_id=desk.cast.people["bob"])
    assert "put it on record themselves" in held(desk, write(desk))
    imported(desk, "meeting", "held", "alice")
    assert held(desk, write(desk))
    # what a rep types into the CRM is their own word as well
    imported(desk, "call", "reached", "olga", owner="alice")
    imported(desk, "meeting", None, "olga", owner="alice")
    assert "put it on record themselves" in held(desk, write(desk))
    # a call that reached nobody, and a colleague's note or task, are no talk
    imported(desk, "call", "no answer", "olga")
    log(desk, "note", by="bob")
    assert held(desk, write(desk, log(desk, "task", by="bob")))


def test_a_colleague_a_crm_or_the_readers_own_mail_lift_it(desk: Desk) -> None:
    log(desk, "call", by="bob", body="Good talk.")
    assert "shorter than 15 different words" in held(desk, write(desk))
    log(desk, "call", by="bob")
    assert not held(desk, write(desk))
    # … for whoever did not log it
    assert held(desk, write(desk, by="bob", body=BODY.replace("Alice", "Bob")), by="bob")
    desk.cast.sql("DELETE FROM remit.activities WHERE subject = 'Talk'")
    for kind, outcome, direction in (
        ("meeting", "held", None),
        ("call", "reached", None),
        ("email", None, "in"),
    ):
        imported(desk, kind, outcome, "olga", direction)
        assert not held(desk, write(desk))
        desk.cast.sql("DELETE FROM remit.activities WHERE subject = 'Talk'")
    assert held(desk, write(desk))
    for ours in (False, True):
        desk.cast.sql(
            """INSERT INTO remit.messages (id, account_id, access_id, contact_id, direction, message_id, thread_id, from_address, to_address, subject,
            body, classification, at, detail) VALUES (:id, :account, :access, :contact, 'in', :mid, :mid, 'e', 'a', 'Re', 'Yes.', 'reply', now() - interval '1 day',
            jsonb_build_object('from_the_contact', CAST(:ours AS boolean)))""",
            id=new_id(), account=desk.cast.accounts["pine"], access=desk.cast.access["pine"], contact=desk.contacts["pine"], mid=str(new_id()), ours=ours,
        )  # fmt: skip
        assert bool(held(desk, write(desk))) is not ours


def test_a_fact_that_is_said_lifts_it(desk: Desk) -> None:
    said = "Hello Elena,\n\nPine Capital clears at Halden Prime and at Morrow Securities.\n\nAlice"
    assert not held(desk, write(desk, body=said))
