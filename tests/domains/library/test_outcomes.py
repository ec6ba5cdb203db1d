"""Outcomes of templates as the pages show them: the counts are their messages, and a fall is named when it is beyond chance."""

from __future__ import annotations

from remit.domains.library import outcomes, queries
from remit.kit import clock
from remit.kit.ids import new_id
from tests.domains.library.test_life import live, named
from tests.domains.library.test_measures import message
from tests.support.desk import Desk


def test_each_share_is_its_messages_and_what_fell_is_named(desk: Desk) -> None:
    cast, contact = desk.cast, desk.contacts["pine"]
    version_id = live(cast, named("wearing-off"))
    for days, sends, replies in ((200, 24, 12), (30, 22, 1)):
        for number in range(sends):
            draft = new_id()
            cast.sql(
                "INSERT INTO remit.drafts (id, account_id, access_id, contact_id, kind, subject, body, writer, author_id, state, template_version_id, created_at, updated_at)"
                " VALUES (:id, :account, :access, :contact, 'outreach', 'Hello', 'x', 'embedded', :who, 'sent', :version, now(), now())",
                id=draft, account=cast.accounts["pine"], access=cast.access["pine"], contact=contact, who=cast.people["alice"], version=version_id,
            )  # fmt: skip
            thread = message(cast, "pine", contact, "x", days_ago=days, draft=draft)
            if number < replies:
                message(cast, "pine", contact, "y", days_ago=days - 2, thread=thread, way="in")
    alice = cast.scope("alice")
    [came] = outcomes.list_outcomes(alice, clock.today())
    assert (
        came.replies.earlier_sends,
        came.replies.earlier_replies,
        came.replies.recent_sends,
        came.replies.recent_replies,
    ) == (24, 12, 22, 1)
    assert came.trend == "decayed" and came.recent[1] < came.earlier[0]
    template_id = queries.get_version(alice, version_id).template_id
    rows = outcomes.list_sends(alice, template_id, clock.today())
    assert (len(rows), sum(row.answered for row in rows), sum(row.recent for row in rows)) == (46, 13, 22)
    # who does not see the account sees none of it
    assert outcomes.list_outcomes(cast.scope("charlie"), clock.today()) == []
    assert outcomes.list_sends(cast.scope("charlie"), template_id, clock.today()) == []
