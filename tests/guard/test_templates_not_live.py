"""No way leads from an unapproved, expired or superseded template to a text (S1-R1), whoever asks and by whichever verb."""

from __future__ import annotations

import pytest

from remit.actions import Refused, perform
from remit.db.location import Location
from remit.db.sessions import read
from remit.domains.library import keeping, queries, using
from remit.domains.library.actions import ExpireTemplates
from remit.domains.outreach.actions import WriteDraft
from remit.domains.outreach.writing import send_draft
from tests.domains.library.test_life import live, named, step, wrote
from tests.support.cast import make_cast
from tests.support.desk import Desk, make_desk


@pytest.fixture(scope="module")
def desk(database: Location) -> Desk:
    return make_desk(make_cast(database))  # with the product's own verbs


def test_nothing_is_written_from_what_is_not_live(desk: Desk) -> None:
    cast, contact = desk.cast, desk.contacts["pine"]
    alice = cast.scope("alice")
    version_id = live(cast, named("guarded"))
    draft_id = using.write_from(alice, "guarded", contact, {})
    with read(alice) as s:
        row = s.row(
            "SELECT body, template_version_id, sendable FROM remit.drafts WHERE id = :id", {"id": draft_id}
        )
    assert row is not None and row.template_version_id == version_id and row.sendable
    assert "Halden Prime and Morrow Securities" in row.body
    step(cast, "cora", ExpireTemplates, version_id, reason="Wording under discussion")
    copied = WriteDraft(
        contact_id=contact,
        subject="Hello",
        body="Hello Elena,",
        writer="by hand",
        template_version_id=version_id,
    )
    for attempt in (
        lambda: using.use(alice, "guarded", contact, {}),
        lambda: using.write_from(alice, "guarded", contact, {}),
        lambda: keeping.keep(alice, "guarded", contact, {}),
        lambda: perform(alice, copied),
        lambda: send_draft(alice, draft_id),  # written while it was live, to be sent when it is not
    ):
        with pytest.raises(Refused) as caught:
            attempt()
        assert "is expired" in caught.value.message
    [(draft, _)] = wrote(cast, "mia", named("never-approved"))
    with pytest.raises(Refused) as caught:
        using.use(alice, "never-approved", contact, {})
    assert caught.value.code == "template_not_live" and "not approved" in caught.value.message
    assert using.preview(
        cast.scope("mia"), queries.get_version(cast.scope("mia"), draft), contact, {}
    ).rendered.body
