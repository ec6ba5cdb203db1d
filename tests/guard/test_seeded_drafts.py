"""A seeded draft never leaves: approved, recalled, sent again, by the API, by SQL, or copied; and it counts as nothing but an answer."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

import remit.wiring  # noqa: F401
from remit import identity, settings
from remit.actions import (
    NotFound,
    Performed,
    Refused,
    RejectSuggestion,
    Waiting,
    approve,
    perform,
    perform_all,
    queries,
    seeded,
)
from remit.actions.recalled import SendRecalled
from remit.actions.registry import verbs
from remit.actions.seeded import NoteSeededAnswer
from remit.actions.suggestions import ExpireSuggestion, ReleaseSuggestion
from remit.db.location import Location, Role
from remit.db.sessions import read
from remit.domains.outreach.actions import WriteDraft
from remit.domains.outreach.material import Checked, examine, gather
from remit.domains.outreach.queries import get_draft, preview
from remit.domains.outreach.send import SendEmail
from remit.domains.outreach.writing import draft_outreach, send_draft
from remit.domains.questionnaires import drafting
from remit.domains.questionnaires.actions import ApproveQuestionnaire
from remit.domains.supervision import queries as supervision
from remit.domains.supervision import reviewers, seeding
from remit.domains.supervision.defects import DEFECTS
from remit.domains.supervision.reviewers import RestoreApprover
from remit.domains.supervision.reviewing import Found, ReviewItem, rules_named
from remit.domains.supervision.seeding import SeedDrafts
from remit.domains.supervision.shown import opened
from remit.evidence.conduct import LOOK_AGAIN
from remit.kit import clock
from remit.kit.ids import new_id
from remit.llm.embedded.outreach import compose
from tests.guard.test_database import _as
from tests.support import questionnaires as made_by_buyers
from tests.support.cast import Cast, make_cast
from tests.support.desk import Desk, make_desk


@pytest.fixture(scope="module")
def desk(database: Location) -> Iterator[Desk]:
    made = make_desk(make_cast(database))  # with the product's own verbs
    for number in range(30):  # accounts of Alice's to write to
        account, contact = new_id(), new_id()
        made.cast.sql(
            """INSERT INTO remit.accounts (id, access_id, name, name_key, segment, key_account, owner_id)
               VALUES (:id, 101, :name, :name, 'macro', false, :owner)""",
            id=account, name=f"Fund {number}", owner=made.cast.people["alice"],
        )  # fmt: skip
        made.cast.sql(
            """INSERT INTO remit.contacts (id, account_id, access_id, first_name, last_name, title, email, country)
               VALUES (:id, :account, 101, 'Kim', 'Ode', 'COO', :email, 'US')""",
            id=contact, account=account, email=f"kim@fund{number}.example",
        )  # fmt: skip
        made.cast.accounts[f"fund{number}"] = account
        made.fact(f"fund{number}", "prime_broker", "Halden Prime")
    yield made


def seed(cast: Cast, most: int) -> list[UUID]:
    """Suggestions put before Alice."""
    before = {row[0] for row in cast.sql("SELECT suggestion_id FROM remit.seeded_drafts")}
    done = perform(identity.for_service("supervising", via="test"), SeedDrafts(most=most))
    assert isinstance(done, Performed)
    rows = cast.sql(
        "SELECT s.id FROM remit.seeded_drafts z JOIN remit.suggestions s ON s.id = z.suggestion_id WHERE coalesce(s.on_behalf_of, s.proposed_by) = :alice ORDER BY s.id",
        alice=cast.people["alice"],
    )
    return [row[0] for row in rows if row[0] not in before]


def left(cast: Cast) -> tuple[int, ...]:
    return tuple(cast.sql(f"SELECT count(*) FROM remit.{table}")[0][0] for table in ("effects", "messages", "receipts", "drafts"))  # fmt: skip


def answered(cast: Cast, suggestion: UUID) -> tuple[str | None, UUID | None]:
    [row] = cast.sql(
        "SELECT answer, answered_by FROM remit.seeded_drafts WHERE suggestion_id = :id", id=suggestion
    )
    return row[0], row[1]


def test_it_looks_like_any_other_until_it_is_answered(desk: Desk) -> None:
    cast, alice = desk.cast, desk.cast.scope("alice")
    [one] = seed(cast, 1)
    shown = queries.get_suggestion(alice, one)
    real = send_draft(alice, draft_outreach(alice, desk.contacts["pine"]))
    assert isinstance(real, Waiting)
    other = queries.get_suggestion(alice, real.suggestion_id)
    assert (shown.kind, shown.needs, shown.object_type) == (other.kind, other.needs, other.object_type)
    assert shown.rule_ids == (*other.rule_ids, "remit-approve")  # as of any agent under a remit
    assert set(shown.payload) == set(other.payload) and shown.proposer == "Robo"
    assert one in {row.id for row in queries.list_suggestions(alice).rows}
    for who in ("alice", "cora", "gwen", "vera"):
        with read(cast.scope(who)) as s:
            assert s.scalar("SELECT count(*) FROM remit.seeded_drafts") == 0
            with pytest.raises(DBAPIError, match="permission denied"):
                s.scalar("SELECT remit.is_seeded(:id)", {"id": one})
    for seen in (shown, other):  # an id holds an instant: that of the text's own making, seeded or not
        made = datetime.fromtimestamp((UUID(str(seen.payload["draft_id"])).int >> 80) / 1000, UTC)
        asked_for = datetime.fromtimestamp((seen.id.int >> 80) / 1000, UTC)
        assert timedelta(0) <= asked_for - seen.proposed_at < timedelta(seconds=2)
        assert timedelta(0) <= seen.proposed_at - made < timedelta(seconds=5)
    told = cast.sql("SELECT record FROM remit.audit WHERE event = 'supervision:seeded:put'")
    assert len(told) == 1 and str(one) not in told[0][0] and str(shown.payload["draft_id"]) not in told[0][0]


def test_whoever_gets_e_mails_of_sequences_gets_it_in_their_own_name(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    cast, alice = desk.cast, desk.cast.scope("alice")
    had = "EXISTS (SELECT FROM remit.drafts d WHERE d.author_id = p.id AND d.enrolment_step_id IS NOT NULL AND d.created_at > :lately)"
    assert had in seeding._APPROVERS
    monkeypatch.setattr(
        seeding, "_APPROVERS", seeding._APPROVERS.replace(had, "CAST(:lately AS timestamptz) < now()")
    )
    [one] = seed(cast, 2)
    shown = queries.get_suggestion(alice, one)
    assert (shown.proposer_kind, shown.proposed_by, shown.on_behalf_of) == (
        "person",
        cast.people["alice"],
        None,
    )
    with pytest.raises(Refused) as caught:
        approve(alice, one, shown.payload_hash)
    assert caught.value.code == "seeded_draft"
    cast.sql("UPDATE remit.seeded_drafts SET made_at = made_at - interval '8 days', answered_at = answered_at - interval '400 days' WHERE suggestion_id = :id", id=one)  # fmt: skip


def test_no_way_leads_out(desk: Desk) -> None:
    cast, alice = desk.cast, desk.cast.scope("alice")
    before = left(cast)
    [one] = seed(cast, 2)
    shown = queries.get_suggestion(alice, one)
    action = SendEmail.model_validate(shown.payload)
    for attempt in (
        lambda: perform_all(alice, [action]),
        lambda: perform(alice, ReleaseSuggestion(suggestion_id=one, reason="looked at it")),
        lambda: perform(alice, SendRecalled(effect_id=new_id(), expected_version=1, content=dict(shown.payload))),
        lambda: perform(alice, NoteSeededAnswer(suggestion_id=one, person_id=cast.people["alice"], answer="opened")),
        lambda: approve(alice, one, "0" * 64),
        lambda: approve(cast.scope("charlie"), one, shown.payload_hash),  # does not see it
        lambda: approve(cast.scope("adam"), one, shown.payload_hash),  # approves nothing
    ):  # fmt: skip
        with pytest.raises(Refused):
            attempt()
        assert answered(cast, one) == (None, None)
    with pytest.raises(Refused) as caught:
        approve(alice, one, shown.payload_hash)
    assert "wrong on purpose and never going to leave: “" in caught.value.message
    assert caught.value.code == "seeded_draft" and answered(cast, one) == ("missed", cast.people["alice"])
    with pytest.raises(Refused, match="void already"):
        approve(alice, one, shown.payload_hash)
    # its words as somebody's own draft: written, and stopped where it would leave
    copied = perform(alice, WriteDraft(contact_id=action.contact_id, subject=action.subject, body=action.body, writer="by hand"))  # fmt: skip
    assert isinstance(copied, Performed)
    with pytest.raises((Refused, DBAPIError)):
        asked = send_draft(alice, UUID(str(copied.result["draft_id"])))
        assert isinstance(asked, Waiting)
        approve(alice, asked.suggestion_id, asked.payload_hash)
    assert left(cast)[:3] == before[:3]


FORGED = (
    "INSERT INTO remit.drafts (id, account_id, access_id, kind, subject, body, writer, author_id, created_at, updated_at)"
    " VALUES (:draft, :account, 101, 'outreach', 'x', 'x', 'x', :me, now(), now())",
    "INSERT INTO remit.messages (id, account_id, access_id, direction, draft_id, message_id, thread_id, from_address, to_address, subject, body, at)"
    " VALUES (:new, :account, 101, 'out', :draft, 'm', 'm', 'a', 'b', 'x', 'x', now())",
    "INSERT INTO remit.messages (id, account_id, access_id, direction, message_id, thread_id, from_address, to_address, subject, body, at)"
    " VALUES (:new, :account, 101, 'out', 'm2', 'm2', 'a', 'b', 'x', :body, now())",
    "INSERT INTO remit.effects (id, created_at, action_id, action_kind, kind, channel, idempotency_key, payload, account_id, access_id, actor_id, next_at)"
    " VALUES (:new, now(), :action, 'SendEmail', 'email.send', 'email', 'k', jsonb_build_object('draft_id', CAST(:draft AS text), 'body', CAST(:body AS text)), :account, 101, :me, now())",
    "UPDATE remit.suggestions SET state = 'approved' WHERE id = :one AND :draft IS NOT NULL",
    "UPDATE remit.suggestions SET action_id = :action WHERE id = :one",
)  # fmt: skip


@pytest.mark.parametrize(
    "statement", FORGED, ids=("draft", "message", "its words", "effect", "approved", "performed")
)
def test_the_database_itself_lets_none_come_about(desk: Desk, statement: str) -> None:
    cast = desk.cast
    waiting = cast.sql(
        "SELECT suggestion_id FROM remit.seeded_drafts WHERE answered_at IS NULL AND suggestion_id IS NOT NULL"
    )
    one = waiting[0][0] if waiting else seed(cast, 3)[0]
    [(draft, body, account)] = cast.sql("SELECT draft_id, body, account_id FROM remit.seeded_drafts WHERE suggestion_id = :id", id=one)  # fmt: skip
    [(action,)] = cast.sql("SELECT id FROM remit.actions WHERE kind = 'WriteDraft' AND actor_id = :me LIMIT 1", me=cast.people["alice"])  # fmt: skip
    given = {"draft": draft, "body": body, "account": account, "me": cast.people["alice"], "new": new_id(), "one": one, "action": action}  # fmt: skip
    with (
        pytest.raises(DBAPIError, match=r"a seeded draft|not with its action|no action"),
        _as(cast, Role.WRITER, "alice") as c,
    ):
        c.execute(text(statement), {name: value for name, value in given.items() if f":{name}" in statement})


def test_a_kill_between_the_refusal_and_its_note_leaves_it_waiting(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    cast, alice = desk.cast, desk.cast.scope("alice")
    one = cast.sql("SELECT suggestion_id FROM remit.seeded_drafts WHERE answered_at IS NULL AND suggestion_id IS NOT NULL")[0][0]  # fmt: skip
    shown = queries.get_suggestion(alice, one)
    before = left(cast)

    def killed(*_given: object, **_more: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(sys.modules["remit.actions.perform"], "_missed", killed)
        approve(alice, one, shown.payload_hash)
    assert answered(cast, one) == (None, None) and left(cast) == before
    done = perform(alice, RejectSuggestion(suggestion_id=one, reason="We promise nothing"))
    assert isinstance(done, Performed) and "You caught it" in done.result["seeded"]
    assert answered(cast, one) == ("caught", cast.people["alice"]) and left(cast) == before
    with pytest.raises(Refused):  # nobody decided in time: it is no answer either
        perform(identity.for_service("upkeep", via="test"), ExpireSuggestion(suggestion_id=one))


def test_the_power_falls_below_the_rate_and_comes_back(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    cast, alice = desk.cast, desk.cast.scope("alice")
    monkeypatch.setenv("REMIT_REVIEW_CATCH_LEAST", "5")
    monkeypatch.setenv("REMIT_REVIEW_CATCH_RATE", "0.5")
    settings.load.cache_clear()
    cast.sql("UPDATE remit.seeded_drafts SET made_at = made_at - interval '8 days'")
    for one in seed(cast, 4)[:3]:
        with pytest.raises(Refused):
            approve(alice, one, queries.get_suggestion(alice, one).payload_hash)
    real = send_draft(alice, draft_outreach(alice, desk.contacts["pine"], variant=3))
    assert isinstance(real, Waiting)
    with pytest.raises(
        Refused, match="do not count now: of the seeded drafts you answered last, 1 of 5 caught"
    ) as lost:
        approve(alice, real.suggestion_id, real.payload_hash)
    assert lost.value.code == "approving_power_lost"
    # nor what is let go without anybody asking
    kept = drafting.add(cast.scope("bob"), made_by_buyers.workbook(), "x.xlsx", cast.accounts["pine"])
    yes = ApproveQuestionnaire(questionnaire_id=kept, expected_version=1, answers_sha256="0" * 64)
    with pytest.raises(Refused) as lost:
        perform(alice, yes)
    assert lost.value.code == "approving_power_lost" and verbs().keys() >= seeded.LETS_LEAVE
    [mine] = [one for one in reviewers.list_reviewers(cast.scope("cora")) if one.name == "Alice"]
    assert (mine.reading.caught, mine.reading.answered, mine.reading.may_approve) == (1, 5, False)
    # a named person, not oneself
    back = RestoreApprover(person_id=cast.people["alice"], reason="We sat down together on Monday")
    for who in ("alice", "mia"):
        with pytest.raises(Refused):
            perform(cast.scope(who), back)
    perform(cast.scope("gwen"), back)
    with pytest.raises(Refused, match="Nothing is taken"):
        perform(cast.scope("gwen"), back)
    assert isinstance(approve(alice, real.suggestion_id, real.payload_hash), Performed)
    # and by fresh catches: five misses, then enough of them
    monkeypatch.setenv("REMIT_REVIEW_CATCH_LEAST", "6")
    settings.load.cache_clear()
    cast.sql("UPDATE remit.seeded_drafts SET made_at = made_at - interval '8 days'")
    fresh = seed(cast, 9)
    with pytest.raises(Refused):
        approve(alice, fresh[0], queries.get_suggestion(alice, fresh[0]).payload_hash)
    states = []
    for one in fresh[1:]:
        perform(alice, RejectSuggestion(suggestion_id=one, reason="Not like this"))
        [now] = reviewers.list_reviewers(alice, person_id=cast.people["alice"])
        states.append(now.reading.may_approve)
    assert states[:4] == [True] * 4 and states[-1] is True  # too few to say; then the bound clears the rate
    assert (now.reading.caught, now.reading.answered) == (8, 9) and now.reading.bound == pytest.approx(
        0.571, abs=0.001
    )
    settings.load.cache_clear()


def test_whoever_opens_each_to_change_it_has_missed_from_the_third_on(desk: Desk) -> None:
    cast, alice = desk.cast, desk.cast.scope("alice")
    cast.sql("UPDATE remit.seeded_drafts SET made_at = made_at - interval '8 days'")
    four = seed(cast, 4)
    # by its number it looks like any draft that waits; who acts on it has opened it
    shown = queries.get_suggestion(alice, four[0])
    action = SendEmail.model_validate(shown.payload)
    draft = get_draft(alice, action.draft_id)
    assert (draft.state, draft.body, draft.suggestion_id) == ("waiting", action.body, four[0])
    assert preview(alice, action.draft_id)["claims"] == list(draft.sentences)
    with pytest.raises(NotFound):
        get_draft(cast.scope("charlie"), action.draft_id)
    with pytest.raises(Refused):
        perform(cast.scope("charlie"), action)
    assert answered(cast, four[0]) == (None, None)
    with pytest.raises(Refused, match="wrong on purpose") as taken:
        perform(alice, action)  # the API and the commands end here
    assert taken.value.code == "seeded_draft"
    told = ["", *(opened(alice, one) for one in four[1:])]
    assert "neither caught nor missed" in told[1] and "It counts as missed" in told[2]
    assert [answered(cast, one)[0] for one in four] == ["opened", "opened", "missed", "missed"]


def test_whoever_rejects_everything_approves_nothing(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    cast, alice = desk.cast, desk.cast.scope("alice")
    monkeypatch.setenv("REMIT_REVIEW_CATCH_LEAST", "5")
    settings.load.cache_clear()
    cast.sql("INSERT INTO remit.approver_resets (id, person_id, by_id, reason, at) VALUES (:id, :alice, :gwen, 'begins anew', now())",
             id=new_id(), alice=cast.people["alice"], gwen=cast.people["gwen"])  # fmt: skip
    cast.sql("UPDATE remit.seeded_drafts SET made_at = made_at - interval '8 days'")
    [(fund,)] = cast.sql("SELECT id FROM remit.contacts WHERE account_id = :id", id=cast.accounts["fund29"])
    draft = draft_outreach(alice, fund)
    waits = send_draft(alice, draft)
    for _ in range(6):
        assert isinstance(waits, Waiting)
        text_of = queries.get_suggestion(alice, waits.suggestion_id).payload
        perform(alice, RejectSuggestion(suggestion_id=waits.suggestion_id, reason="No, and ask again"))
        waits = perform(alice, SendEmail.model_validate(text_of))
    assert isinstance(waits, Waiting)
    for one in seed(cast, 1):
        perform(alice, RejectSuggestion(suggestion_id=one, reason="No, and ask again"))
    with pytest.raises(
        Refused, match="6 of 6 real ones rejected, 60 % is the most: whoever rejects everything"
    ) as lost:
        approve(alice, waits.suggestion_id, waits.payload_hash)
    assert lost.value.code == "approving_power_lost"
    [mine] = [one for one in reviewers.list_reviewers(cast.scope("cora")) if one.name == "Alice"]
    assert mine.reading.rejects_too_many and (mine.reading.rejected, mine.reading.decided) == (6, 6)
    perform(
        cast.scope("gwen"), RestoreApprover(person_id=cast.people["alice"], reason="We sat down together")
    )
    assert reviewers.list_reviewers(alice, person_id=cast.people["alice"])[0].reading.may_approve
    settings.load.cache_clear()


def _told(found: Checked) -> set[tuple[str, bool, bool]]:
    return {(one.id, one.passed, one.reason.startswith(LOOK_AGAIN)) for one in found.checks}


def test_no_check_of_ours_tells_a_seeded_text(desk: Desk) -> None:
    cast, alice = desk.cast, desk.cast.scope("alice")
    [(fund,)] = cast.sql("SELECT id FROM remit.contacts WHERE account_id = :id", id=cast.accounts["fund28"])
    with read(alice) as s:
        now = clock.now()
        material = gather(s, fund, cast.people["alice"], now)
        plain = compose(material.reader, material.writer, material.facts, material.context)
        usual = _told(examine(s, material, plain.subject, plain.body, now))
        for words in (words for one in DEFECTS for words in one.words):
            body = plain.body.replace("\n\n", f"\n\n{words} ", 1)
            assert words in body
            assert _told(examine(s, material, plain.subject, body, now)) == usual, words
    assert {one.rule_id for one in DEFECTS} <= set(rules_named())


def test_in_the_queue_it_is_caught_by_its_words_and_is_no_finding_about_anybody(desk: Desk) -> None:
    cast, cora = desk.cast, desk.cast.scope("cora")
    for number in range(7):
        cast.sql(
            """INSERT INTO remit.messages (id, account_id, access_id, direction, message_id, thread_id, from_address, to_address, subject, body, at)
            VALUES (:id, :account, 101, 'out', :id, :id, 'a', 'b', 'Hello', :body, now() - interval '1 day')""",
            id=new_id(), account=cast.accounts["pine"], body=f"Hello,\n\nThis is message {number}. " + "It goes on for some lines, as letters do. " * 6 + "\n\nRegards",
        )  # fmt: skip
    perform(identity.for_service("supervising", via="test"), SeedDrafts(most=7))
    items = list(supervision.list_open(cora).rows)
    assert len(items) == 7 and all(one.seeded_quote is None and one.author_name == "" for one in items)
    quotes = dict(cast.sql("SELECT item_id, quote FROM remit.seeded_drafts WHERE item_id IS NOT NULL"))
    said, parts = [quotes[one.id] for one in items], [one.body for one in items]
    third = len(parts[5]) // 3 - 2
    given: list[list[str]] = [
        [said[0]], ["This is message"], [], [said[3][: len(said[3]) * 6 // 10].upper()],
        [said[4][:3], said[4][-4:]], [parts[5][at : at + third] for at in (0, third, 2 * third)], [parts[6]],
    ]  # fmt: skip
    for one, words in zip(items, given, strict=True):
        findings = tuple(Found(severity="low", rule_id="own-judgement", quote=quote) for quote in words)
        perform(cora, ReviewItem(item_id=one.id, expected_version=1, findings=findings))
    answers = [supervision.get_item(cora, one.id)[0].seeded_answer for one in items]
    assert answers == ["caught", "missed", "missed", "caught", "missed", "missed", "missed"]
    assert supervision.list_findings(cora) == []
    [me] = reviewers.list_reviewers(cora, person_id=cast.people["cora"])
    assert (me.reading.caught, me.reading.answered, me.reviewed, me.with_findings) == (2, 7, 0, 0)
