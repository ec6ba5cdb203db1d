"""What is drawn for review and by what number; reading it, finding, mending, verifying: nobody chooses, nobody checks their own."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from remit import identity
from remit.actions import Performed, Refused, perform
from remit.domains.supervision import queries, rules, sampling
from remit.domains.supervision.remedies import CompleteRemediation, OpenRemediation, VerifyRemediation
from remit.domains.supervision.reviewing import Found, ReviewItem
from remit.domains.supervision.rules import drawn
from remit.domains.supervision.sampling import DrawSamples, commitment_of, key_of, verify
from remit.kit import clock
from remit.kit.ids import new_id
from tests.domains.supervision.test_categories import profile, together
from tests.support.cast import Cast
from tests.support.desk import Desk

LINE = "We promised nobody anything here."


def sent(cast: Cast, desk: Desk, account: str, by: str, count: int, minutes_ago: int = 60, writer: str = "by hand") -> list[UUID]:  # fmt: skip
    """Messages that went out, past the door."""
    ids = [new_id() for _ in range(count)]
    for number, one in enumerate(ids):
        given = {
            "id": one, "draft": new_id(), "account": cast.accounts[account], "access": cast.access[account], "contact": desk.contacts[account],
            "body": f"Hello,\n\n{LINE}\n\n{number}", "by": cast.people[by], "writer": writer, "at": clock.now() - timedelta(minutes=minutes_ago),
        }  # fmt: skip
        cast.sql(
            """WITH d AS (INSERT INTO remit.drafts (id, account_id, access_id, contact_id, kind, subject, body, writer, author_id, state, created_at, updated_at)
                VALUES (:draft, :account, :access, :contact, 'outreach', 'Hello', :body, :writer, :by, 'sent', :at, :at))
            INSERT INTO remit.messages (id, account_id, access_id, contact_id, direction, draft_id, message_id, thread_id, from_address, to_address, subject, body, at)
            VALUES (:id, :account, :access, :contact, 'out', :draft, CAST(:id AS text), CAST(:id AS text), 'a@b.example', 'c@d.example', 'Hello', :body, :at)""",
            **given,
        )
    return ids


def draw(cast: Cast) -> dict[str, Any]:
    done = perform(identity.for_service("supervising", via="test"), DrawSamples())
    assert isinstance(done, Performed)
    return dict(done.result)


def test_rates_weigh_what_can_go_wrong_and_all_of_a_new_template() -> None:
    plain = rules.Sent("correspondence", False, 0, False, False, 0)
    assert rules.rate_of(plain, 0.05, 20) == (0.05, ["by lot"])
    risky = rules.Sent("offer", True, 21, True, False, 2)
    assert rules.rate_of(risky, 0.05, 20)[0] == pytest.approx(0.25)
    assert rules.rate_of(rules.Sent("offer", True, 20, True, True, 2), 0.05, 20)[0] == 1.0
    assert rules.rate_of(risky, 0.3, 20)[0] == 1.0
    # a number is the key's alone, and evenly spread
    key = b"k" * 32
    numbers = [drawn(key, new_id()) for _ in range(4000)]
    assert all(0 <= one < 1 for one in numbers) and 340 < sum(one < 0.1 for one in numbers) < 460


def test_the_sample_is_what_the_sealed_key_says_and_each_message_is_looked_at_once(desk: Desk) -> None:
    cast = desk.cast
    together(cast, "cora", "gwen", profile(sample_rate=0.3))
    ids = sent(cast, desk, "pine", "alice", 20) + sent(cast, desk, "palm", "charlie", 10)
    fresh = sent(cast, desk, "pine", "alice", 1, minutes_ago=1)
    modelled = sent(cast, desk, "pine", "alice", 12, writer="openai:gpt-5-mini")
    first = draw(cast)
    key = key_of(sampling.period_of(clock.now() - timedelta(minutes=60)))
    expected = {one for one in ids if drawn(key, one) < 0.3} | {
        one for one in modelled if drawn(key, one) < 0.6
    }
    found = {row[0] for row in cast.sql("SELECT message_id FROM remit.review_origins")}
    assert found == expected and first == {"considered": 42, "drawn": len(expected)}
    assert not found & set(fresh)  # its receipt may still be on the way
    assert draw(cast)["considered"] == 0
    # sealed before it is used, next month before it begins; shown when it is over
    now, after = sampling.period_of(clock.now()), sampling._after(sampling.period_of(clock.now()))
    periods = {one.period: one for one in sampling.list_periods(cast.scope("alice"))}
    assert periods[now].commitment == commitment_of(key_of(now)) and periods[
        after
    ].sealed_at < sampling.begins(after)
    assert periods[now].revealed is None
    with pytest.raises(ValueError, match="not shown yet"):
        verify(periods[now], {})
    cast.sql(
        "INSERT INTO remit.sampling_periods VALUES ('2020-01', :c, :at, :until)",
        c=commitment_of(key_of("2020-01")), at=sampling.begins("2019-12"), until=sampling.begins("2020-02"),
    )  # fmt: skip
    draw(cast)
    over = {one.period: one for one in sampling.list_periods(cast.scope("alice"))}["2020-01"]
    right = drawn(key_of("2020-01"), ids[0])
    assert over.revealed == key_of("2020-01").hex()
    assert verify(over, {ids[0]: right, ids[1]: 0.5}) == [ids[1]]


def test_an_item_is_judged_by_its_words_and_closed_once(desk: Desk) -> None:
    cast = desk.cast
    cora = cast.scope("cora")
    item = next(one for one in queries.list_open(cora).rows if one.account == "Pine Capital")
    assert (item.author_name, item.message_id, item.drawn) == (
        "",
        None,
        None,
    )  # whose it is, is not known yet
    for who in ("alice", "charlie"):
        with pytest.raises(Refused, match="read by compliance"):
            queries.list_open(cast.scope(who))
        with pytest.raises(Refused, match="read by compliance"):
            queries.get_item(cast.scope(who), item.id)
    given = Found(severity="medium", rule_id="promissory", quote="promised nobody anything", note="odd")
    for who in ("alice", "mia", "vera"):
        with pytest.raises(Refused):
            perform(cast.scope(who), ReviewItem(item_id=item.id, expected_version=1))
    for wrong, says in (
        (given.model_copy(update={"quote": "no such words"}), "does not stand in the message"),
        (given.model_copy(update={"rule_id": "made-up"}), "There is no rule made-up"),
    ):
        with pytest.raises(Refused, match=says):
            perform(cora, ReviewItem(item_id=item.id, expected_version=1, findings=(wrong,)))
    perform(cora, ReviewItem(item_id=item.id, expected_version=1, findings=(given,), seconds=40))
    done, [finding] = queries.get_item(cora, item.id)
    assert (done.state, done.author_name, finding.person_name) == (
        "finding",
        "Alice",
        "Alice",
    ) and done.drawn is not None
    with pytest.raises(Refused, match="reviewed already"):
        perform(cora, ReviewItem(item_id=item.id, expected_version=2))


def test_a_remedy_is_done_by_who_sees_the_account_and_verified_by_another(desk: Desk) -> None:
    cast = desk.cast
    cora, alice = cast.scope("cora"), cast.scope("alice")
    [finding] = queries.list_findings(cora)
    due = clock.today() + timedelta(days=7)
    task = OpenRemediation(finding_id=finding.id, owner_id=cast.people["alice"], task="Write to them and correct it", due_on=due)  # fmt: skip
    for update, says in (
        ({"owner_id": cast.people["charlie"]}, "does not see the account"),
        ({"due_on": clock.today() - timedelta(days=1)}, "has passed"),
    ):
        with pytest.raises(Refused, match=says):
            perform(cora, task.model_copy(update=update))
    perform(cora, task)
    [mine] = queries.list_remedies(alice, owner_id=cast.people["alice"])
    complete = CompleteRemediation(remediation_id=mine.id, expected_version=1, note="Wrote on Tuesday")
    with pytest.raises(Refused):
        perform(cast.scope("bob"), complete)
    perform(alice, complete)
    look = VerifyRemediation(
        remediation_id=mine.id, expected_version=2, accepted=False, note="The date is missing"
    )
    with pytest.raises(Refused):
        perform(alice, look)
    perform(cora, look)
    perform(alice, complete.model_copy(update={"expected_version": 3}))
    perform(cora, look.model_copy(update={"expected_version": 4, "accepted": True}))
    assert queries.get_finding(cora, finding.id)[0].settled and queries.list_remedies(alice) == []
    own = OpenRemediation(
        finding_id=finding.id, owner_id=cast.people["cora"], task="Change the template", due_on=due
    )
    perform(cora, own)
    [own_one] = queries.list_remedies(cora)
    perform(cora, CompleteRemediation(remediation_id=own_one.id, expected_version=1, note="Done"))
    with pytest.raises(Refused):
        perform(cora, VerifyRemediation(remediation_id=own_one.id, expected_version=2, accepted=True))
