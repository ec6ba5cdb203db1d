"""Nothing leaves in the name of somebody who did not write it."""

from __future__ import annotations

from uuid import UUID

import pytest

from remit.actions import Performed, Refused, Waiting, approve, perform
from remit.db.location import Location
from remit.domains.outreach.actions import EditDraft
from remit.domains.outreach.queries import get_draft
from remit.domains.outreach.writing import draft_outreach, send_draft
from tests.support.cast import make_cast
from tests.support.desk import Desk, make_desk


@pytest.fixture(scope="module")
def desk(database: Location) -> Desk:
    return make_desk(make_cast(database))  # with the product's own verbs


def _edited(desk: Desk, who: str, draft: UUID, signed: str) -> Performed:
    now = get_draft(desk.cast.scope(who), draft)
    body = now.body.replace("\nAlice\n", f"\n{signed}\n")
    edit = EditDraft(draft_id=draft, expected_version=now.version, subject=now.subject, body=body)
    done = perform(desk.cast.scope(who), edit)
    assert isinstance(done, Performed)
    return done


def test_a_text_leaves_in_the_name_of_who_wrote_what_it_says(desk: Desk) -> None:
    alice, bob = desk.cast.scope("alice"), desk.cast.scope("bob")
    draft = draft_outreach(alice, desk.contacts["pine"])
    with pytest.raises(
        Refused, match="leave in the name of Alice, who wrote it: Alice sends it, or you edit it"
    ):
        send_draft(bob, draft)
    with pytest.raises(Refused, match="It is signed Alice"):
        _edited(desk, "bob", draft, "Alice")
    _edited(desk, "bob", draft, "Bob")
    assert get_draft(bob, draft).author_name == "Bob"
    with pytest.raises(Refused, match="leave in the name of Bob"):
        send_draft(alice, draft)
    waiting = send_draft(bob, draft)
    assert isinstance(waiting, Waiting)
    done = approve(alice, waiting.suggestion_id, waiting.payload_hash)
    [(sender,)] = desk.cast.sql(
        "SELECT payload ->> 'from_person' FROM remit.effects WHERE id = :id", id=done.effect_ids[0]
    )
    assert sender == str(desk.cast.people["bob"])
