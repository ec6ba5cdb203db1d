"""What the library measures: how specific a first message is, replies that fall off, and which work has a template."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest

from remit import identity
from remit.actions import Refused, perform
from remit.db.sessions import read
from remit.domains.activities.actions import LogActivity
from remit.domains.library import coverage, motions, rules
from remit.domains.library.actions import ExpireDueTemplates
from remit.domains.outreach.actions import WriteDraft
from remit.domains.outreach.genericity import score_of
from remit.domains.outreach.queries import preview
from remit.domains.outreach.shaping import keep_shapes
from remit.domains.outreach.writing import draft_outreach, send_draft
from remit.kit import clock
from remit.kit.ids import new_id
from remit.kit.runs import shared
from remit.ladder.measures import judge
from remit.ladder.steps import GATES
from tests.domains.library.test_life import COLD, live, named, state
from tests.support.cast import Cast
from tests.support.desk import Desk

GENERIC = (
    "Hello {first},\n\nWould you be open to a short call next week about how your desk works today?\n\n"
    "Who on your side looks after the systems that the desk uses, and could you point me to them?\n\n"
    "If this is not for you, please tell me and I will leave it there.\n\nBest regards,\nAlice\nNorthlake Systems"
)


def message(
    cast: Cast,
    account: str,
    contact: UUID,
    body: str,
    *,
    days_ago: float = 1,
    draft: UUID | None = None,
    thread: str = "",
    way: str = "out",
) -> str:
    """A message past the door, as an import or another rep would have left it."""
    identifier = f"<{new_id()}@northlake.example>"
    cast.sql(
        "INSERT INTO remit.messages (id, account_id, access_id, contact_id, direction, draft_id, message_id, thread_id, from_address, to_address,"
        " subject, body, at) VALUES (:id, :account, :access, :contact, :way, :draft, :message, :thread, 'a@northlake.example', 'b@x.example', 'Hello', :body, :at)",
        id=new_id(), account=cast.accounts[account], access=cast.access[account], contact=contact, way=way, draft=draft, message=identifier,
        thread=thread or identifier, body=body, at=clock.now() - timedelta(days=days_ago),
    )  # fmt: skip
    return identifier


def likest(cast: Cast, who: str, body: str, reader: UUID) -> tuple[UUID | None, float]:
    with read(cast.scope(who)) as s:
        row = s.row(
            "SELECT l.message_id, l.overlap FROM remit.likest_sent(:body, :reader) l",
            {"body": body, "reader": reader},
        )
    return (row.message_id, row.overlap) if row else (None, 0.0)


def test_the_estimate_of_what_is_shared_is_near_the_definition(desk: Desk) -> None:
    cast = desk.cast
    whole = " ".join(f"word{number}" for number in range(160))
    message(cast, "palm", desk.contacts["palm"], whole)
    for kept in (160, 120, 80, 40):
        changed = " ".join([*whole.split()[:kept], *(f"other{number}" for number in range(160 - kept))])
        # 64 buckets: one standard error of a share of a half is six points
        assert likest(cast, "alice", changed, desk.contacts["pine"])[1] == pytest.approx(
            shared(whole, changed), abs=0.16
        )
    assert (
        likest(cast, "alice", "nothing of all this was ever said to anybody before", desk.contacts["pine"])[1]
        == 0.0
    )
    # what left elsewhere counts, too, once a chore has sketched it, whoever may read it
    cast.sql(
        "INSERT INTO remit.activities (id, at, account_id, access_id, kind, direction, subject, body, contact_id, source, external_id)"
        " VALUES (gen_random_uuid(), now(), :account, :access, 'email', 'out', 'Hi', :body, :contact, 'crm', 'e1')",
        account=cast.accounts["palm"], access=cast.access["palm"], contact=desk.contacts["palm"], body=whole.replace("word", "term"),
    )  # fmt: skip
    imported = whole.replace("word", "term")
    assert likest(cast, "alice", imported, desk.contacts["pine"])[1] == 0.0
    assert keep_shapes(identity.for_service("upkeep", via="test")) == 1
    assert likest(cast, "alice", imported, desk.contacts["pine"])[1] > 0.9
    assert keep_shapes(identity.for_service("upkeep", via="test")) == 0
    cast.sql("DELETE FROM remit.activities WHERE external_id = 'e1'")
    # what went to the reader is no other's
    assert likest(cast, "charlie", whole, desk.contacts["palm"])[1] == 0.0


def test_a_text_for_anybody_is_refused_and_told_how_to_mend_it(desk: Desk) -> None:
    cast, alice = desk.cast, desk.cast.scope("alice")
    message(cast, "palm", desk.contacts["palm"], GENERIC.format(first="Pia"))
    body = GENERIC.format(first="Elena")
    done = perform(
        alice, WriteDraft(contact_id=desk.contacts["pine"], subject="Your desk", body=body, writer="by hand")
    )
    draft_id = UUID(str(done.result["draft_id"]))
    found = preview(alice, draft_id)
    assert found["specific"]["facts"] == 0 and found["specific"]["overlap"] > 0.6
    # Charlie's message counts, and Alice is not told to whom it went
    assert "an account that you do not see" in found["specific"]["reasons"][1]
    with pytest.raises(Refused) as caught:
        send_draft(alice, draft_id)
    assert "the floor is 50. Say a live fact about this account" in caught.value.message
    assert preview(alice, draft_outreach(alice, desk.contacts["pine"]))["specific"]["score"] >= 50

    # somebody whom we spoke with may be written to without a fact
    def logged(contact: str, note: str, by: str = "bob") -> None:
        perform(
            cast.scope(by),
            LogActivity(
                account_id=cast.accounts[contact],
                activity_kind="meeting",
                subject="Talk",
                body=note,
                contact_id=desk.contacts[contact],
            ),
        )

    # … where its note tells what was said: a rep's bare entry, or one note for everybody, lifts nothing
    told = "Elena wants the split between both prime brokers shown before her desk sends the block, and asked for a trial in March."
    for note in (
        "",
        "Good talk. Good talk. Good talk. Good talk. Good talk. Good talk. Good talk. Good talk.",
    ):
        logged("pine", note)
        checks = {one["id"]: one for one in preview(alice, draft_id)["checks"]}
        assert not checks["specific-enough"]["passed"]
        assert "its note is shorter than 15 different words" in checks["specific-enough"]["reason"]
    logged("pine", told, by="alice")
    assert preview(alice, draft_id)["specific"]["score"] < 50  # her own word for it
    logged("pine", told)
    assert preview(alice, draft_id)["specific"] is None
    logged("oak", told)
    assert preview(alice, draft_id)["specific"]["score"] < 50
    cast.sql("DELETE FROM remit.activities WHERE subject = 'Talk'")


def test_one_score_from_facts_words_and_likeness() -> None:
    assert (score_of(2, 0.3, 0.0), score_of(0, 0.0, 0.0), score_of(0, 0.0, 1.0), score_of(1, 0.15, 0.5)) == (
        100,
        40,
        0,
        50,
    )


def test_a_template_that_is_answered_less_than_before_falls_with_a_bound(desk: Desk) -> None:
    cast = desk.cast
    version_id = live(cast, named("decaying", COLD))
    steady = live(cast, named("steady", COLD))
    for version, early, late in ((version_id, 14, 0), (steady, 6, 4)):
        for days, answered in ((200, early), (20, late)):
            for number in range(30):
                draft = new_id()
                cast.sql(
                    "INSERT INTO remit.drafts (id, account_id, access_id, kind, subject, body, writer, author_id, state, template_version_id, created_at, updated_at)"
                    " VALUES (:id, :account, :access, 'outreach', 'Hello', 'x', 'embedded', :who, 'sent', :version, now(), now())",
                    id=draft, account=cast.accounts["pine"], access=cast.access["pine"], who=cast.people["alice"], version=version,
                )  # fmt: skip
                thread = message(
                    cast, "pine", desk.contacts["pine"], f"text {draft}", days_ago=days, draft=draft
                )
                if number < answered:
                    message(
                        cast, "pine", desk.contacts["pine"], "Yes", days_ago=days - 2, thread=thread, way="in"
                    )
    perform(identity.for_service("upkeep", via="test"), ExpireDueTemplates())
    assert (state(cast, version_id), state(cast, steady)) == ("expired", "live")
    assert rules.why_decayed(rules.Replies(30, 0, 30, 14)).startswith(
        "replies fell from 14 of 30 sends (at least 31 %) to 0 of 30 in 90 days"
    )
    assert rules.why_decayed(rules.Replies(19, 0, 500, 400)) == ""


def test_coverage_counts_all_logged_work_and_ranks_the_gaps(desk: Desk) -> None:
    cast = desk.cast
    cast.sql("UPDATE remit.template_versions SET state = 'expired' WHERE state = 'live'")
    live(cast, named("the-cold-one"))
    work = [
        ("email", "out", "Coffee?", "Dear Elena, would a coffee suit you?"), ("email", "out", "Coffee?", "Dear Elena, would a coffee suit you?"),
        ("email", "out", "Order form", "Is Friday still good for signature? " + "word " * 60), ("call", "out", "Call", "Reached. They are not unhappy with it."),
        ("email", "out", "x", "zzz"), ("email", "in", "Re: Coffee?", "No."), ("note", None, "Account note", "Trial"),
    ]  # fmt: skip
    for kind, way, subject, body in work:
        cast.sql(
            "INSERT INTO remit.activities (id, at, account_id, access_id, kind, direction, subject, body, owner_id)"
            " VALUES (gen_random_uuid(), now() - interval '3 days', :account, :access, :kind, :way, :subject, :body, :owner)",
            account=cast.accounts["oak"], access=cast.access["oak"], kind=kind, way=way, subject=subject, body=body, owner=cast.people["alice"],
        )  # fmt: skip
    cast.sql("DELETE FROM remit.messages WHERE draft_id IS NOT NULL")
    found = coverage.get_coverage(cast.scope("alice"), clock.today())
    assert {one.motion: one.pieces for one in found.motions} == {
        "cold_outreach": 2,
        "closing": 1,
        "objection": 1,
        motions.OTHER: 1,
    }
    assert found.share == pytest.approx(2 / 5)
    pieces = coverage.list_pieces(cast.scope("alice"), "cold_outreach", clock.today())
    assert [one.subject for one in pieces] == ["Coffee?"] * 2 and pieces[0].account_id == cast.accounts["oak"]
    assert not coverage.list_pieces(
        cast.scope("charlie"), "cold_outreach", clock.today()
    )  # not by what is remembered
    assert found.gaps[0].motion == "closing" and found.gaps[0].lost_minutes > 2
    with read(identity.for_service("console", via="test")) as s:
        measured = coverage.covered_motions(s, GATES["S1-G1"], clock.today())
    assert measured.value == measured.bound == pytest.approx(2 / 5)
    assert measured.missing.startswith("No live template for 3 motions: closing (1 piece of work")
    assert (
        judge(GATES["S1-G1"], measured, clock.today()) == "insufficient"
    )  # five pieces are too few to judge by
    # another territory's work is not Charlie's to see; the gate sees all
    assert coverage.get_coverage(cast.scope("charlie"), clock.today()).pieces == 0
    # overdue is not covered, though nobody has taken it down yet
    cast.sql(
        "UPDATE remit.template_versions SET review_by_on = :day WHERE state = 'live'",
        day=clock.today() - timedelta(days=1),
    )
    assert coverage.get_coverage(cast.scope("alice"), clock.today()).share == 0
