"""Many acts in one transaction: each is told, recorded and refused as if it were alone."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from structlog.testing import capture_logs

import remit.wiring  # noqa: F401
from remit.actions import Faulted, One, Performed, Refused, Waiting, perform, perform_each
from remit.actions.registry import verbs
from remit.db.sessions import read, read_together
from remit.domains.outreach.actions import WriteDraft
from remit.domains.outreach.writing import load_sending
from remit.kit import clock
from remit.kit.ids import new_id
from remit.policy import remits
from tests.support.cast import Cast, make_cast
from tests.support.desk import Desk, make_desk


@pytest.fixture(scope="module")
def desk(database) -> Desk:
    return make_desk(make_cast(database))


def _text(
    contact: UUID, body: str = "Dear Elena,\n\nmay I ask who looks after execution?\n\nAlice"
) -> WriteDraft:
    return WriteDraft(contact_id=contact, subject="A question", body=body, writer="hand")


def _records(cast: Cast, event: str) -> list[tuple[str, str]]:
    return cast.sql("SELECT event, kind FROM remit.audit WHERE event LIKE :e ORDER BY id", e=f"{event}%")


def test_each_is_told_and_recorded_as_if_alone(desk: Desk) -> None:
    cast, alice = desk.cast, desk.cast.scope("alice")
    pine, palm = desk.contacts["pine"], desk.contacts["palm"]
    before = len(_records(cast, "draft:write"))
    key = f"each:{new_id()}"
    asked = [
        One(_text(pine), key=key),
        One(_text(palm)),
        One(_text(pine, "Dear Elena,\n\nhello.")),
        One(_text(new_id())),
    ]
    first, unseen, second, nobody = perform_each(alice, asked)
    assert isinstance(first, Performed) and isinstance(second, Performed)
    assert isinstance(unseen, Refused) and unseen.code == "not_found" and isinstance(nobody, Refused)
    assert first.action_id != second.action_id and first.result["draft_id"] != second.result["draft_id"]
    told = [kind for _, kind in _records(cast, "draft:write")[before:]]
    assert sorted(told) == ["change", "change", "decision", "decision", "refusal", "refusal"]
    [again] = perform_each(alice, [One(_text(pine), key=key)])
    assert isinstance(again, Performed) and again.repeated and again.result == first.result
    [other] = perform_each(alice, [One(_text(pine, "another"), key=key)])
    assert isinstance(other, Refused) and other.code == "key_reused"
    # two with one key: the first is performed, the second is it again
    twice = f"each:{new_id()}"
    one, two = perform_each(alice, [One(_text(pine), key=twice), One(_text(pine), key=twice)])
    assert isinstance(one, Performed) and isinstance(two, Performed) and one.result == two.result
    # the stages are those of the act alone
    stages = cast.sql("SELECT stages FROM remit.actions WHERE id = :id", id=first.action_id)[0][0]
    assert [each["stage"] for each in stages] == [
        "identity",
        "remit",
        "policy",
        "guard",
        "approval",
        "handler",
        "audit",
        "effect",
    ]
    # what may leave is asked for: one request each, none of it performed
    with read(alice) as s:
        sends = [load_sending(s, UUID(done.result["draft_id"])) for done in (first, second)]
    answers = perform_each(alice, [One(action, key=key) for action, key in sends])
    waits = [answer for answer in answers if isinstance(answer, Waiting)]
    refused = [answer for answer in answers if isinstance(answer, Refused)]
    assert len(waits) + len(refused) == 2 and all(one.code == "check_failed" for one in refused)


def test_a_statement_asked_together_says_what_it_says_alone(desk: Desk) -> None:
    statement = """SELECT a.name, CAST(:word AS text) AS word, count(*) FILTER (WHERE c.title IS NOT NULL) AS titled FROM remit.accounts a
        JOIN remit.contacts c ON c.account_id = a.id WHERE a.id = ANY (CAST(:ids AS uuid[])) AND c.created_at <= :at GROUP BY 1, 2 ORDER BY 1 LIMIT :most"""
    ids, at = [*desk.cast.accounts.values()], clock.now() + timedelta(days=1)
    given = [
        {"ids": ids[:2], "word": "one", "at": at, "most": 5},
        {"ids": ids, "word": None, "at": at, "most": 5},
        {"ids": [], "word": "it's", "at": at, "most": 5},
        {"ids": ids[:2], "word": "one", "at": at, "most": 5},
    ]
    with read(desk.cast.scope("alice")) as s:
        alone = [[tuple(row) for row in s.rows(statement, one)] for one in given]
        with read_together(s.scope, s) as together:
            found = together.run([lambda one=one: s.rows(statement, one) for one in given], Refused)
            halts = together.run([lambda kind=kind: remits.standing(s, kind, "*", "email", "person", s.scope.person_id).level for kind in ("SendEmail", "WriteDraft")], Refused)  # fmt: skip
            failed = together.run([lambda: s.scalar("SELECT :n + 1", {"n": 1}), _refuse], Refused)
        assert [[tuple(row) for row in rows] for rows in found] == alone
        assert found[0] is found[3] and found[0][0].word == "one"
    assert len(halts) == 2 and failed[0] == 2 and isinstance(failed[1], Refused)


def _refuse() -> int:
    raise Refused("no", code="no")


def _grant(cast: Cast, level: str, cap: int | None) -> None:
    cast.sql("DELETE FROM remit.remits WHERE action_kind = 'WriteDraft'")
    cast.sql(
        """INSERT INTO remit.remits (id, action_kind, segment, channel, agent_id, level, daily_cap_count, granted_by, approved_by, reason, created_at)
        VALUES (:id, 'WriteDraft', '*', 'email', :robo, :level, :cap, :gwen, :cora, 'trial', now())""",
        id=new_id(), level=level, cap=cap, **{who: cast.people[who] for who in ("robo", "gwen", "cora")},
    )  # fmt: skip


def test_an_agent_in_a_batch_gets_no_further_than_alone(desk: Desk) -> None:
    robo, pine = desk.cast.scope("robo"), desk.contacts["pine"]
    _grant(desk.cast, "auto", 1)
    answers = perform_each(robo, [One(_text(pine, f"Dear Elena,\n\nhello {n}")) for n in range(3)])
    assert [type(one) for one in answers] == [Performed, Waiting, Waiting]
    # what waits already for the same stands, whether it was asked for alone, before, or in this batch
    _grant(desk.cast, "approve", None)
    first = perform(robo, _text(pine, "the same"))
    one, two, three, four = perform_each(robo, [One(_text(pine, each)) for each in ("the same", "new", "new", "other")])  # fmt: skip
    assert all(isinstance(each, Waiting) for each in (first, one, two, three, four))
    assert one.suggestion_id == first.suggestion_id and two.suggestion_id == three.suggestion_id  # type: ignore[union-attr]
    assert len({each.suggestion_id for each in (one, two, four)}) == 3  # type: ignore[union-attr]


def test_what_a_person_has_asked_for_stands_in_a_batch_too(desk: Desk) -> None:
    alice = desk.cast.scope("alice")
    written = []
    for at in ("pine", "oak"):
        desk.fact(at, "stack", "Vertex", subject="OMS")
        written.append(perform(alice, _text(desk.contacts[at], "Hello,\n\nYour OMS is Vertex.")))
    with read(alice) as s:
        sends = [load_sending(s, UUID(done.result["draft_id"]))[0] for done in written]  # type: ignore[union-attr]
    alone = [_told(alice, each) for each in sends]
    together = perform_each(alice, [One(each) for each in sends])
    assert [_mark(each) for each in together] == [_mark(each) for each in alone]
    assert any(isinstance(each, Waiting) for each in alone)


def _told(scope: Any, action: Any) -> Performed | Waiting | Refused:
    try:
        return perform(scope, action)
    except Refused as error:
        return error


def _mark(answer: Performed | Waiting | Refused) -> object:
    return answer.suggestion_id if isinstance(answer, Waiting) else str(answer)


def test_a_fault_of_one_is_nothing_to_the_others(desk: Desk) -> None:
    """The batch is done one by one then: the others are performed, and the fault is told with what became of them."""
    alice, pine, oak = desk.cast.scope("alice"), desk.contacts["pine"], desk.contacts["oak"]
    palm = WriteDraft.model_construct(**(_text(oak, "x").model_dump() | {"length": "nonsense"}))
    with capture_logs() as logged, pytest.raises(Faulted, match="1 of 3") as told:
        perform_each(alice, [One(_text(pine, "a1")), One(palm), One(_text(pine, "a3"))])
    assert [isinstance(one, Performed) for one in told.value.answers] == [True, False, True]
    assert [one["log_level"] for one in logged] == ["warning", "error"]


def test_values_of_different_kinds_are_asked_about_one_by_one(desk: Desk) -> None:
    some = [str(each) for each in desk.cast.accounts.values()][:2]
    asked: list[tuple[str, list[object]]] = [
        ("SELECT DATE '2026-01-01' + :n AS d", [1, 2]),
        ("SELECT make_interval(days => :n) AS d", [1, 2]),
        ("SELECT name FROM remit.accounts WHERE id = :n", [*some]),
        ("SELECT CAST(:n AS numeric) + 1 AS d", [Decimal("1.5"), Decimal("2.5")]),
        ("SELECT CAST(:n AS float8) AS d", [1, 2.5]),
        ("SELECT CAST(:n AS text) AS d", [True, 1]),
        ("SELECT CAST(:n AS uuid[]) AS d", [[], [None]]),
        ("SELECT CAST(:n AS bigint) AS d", [2**40, 1]),
    ]
    with read(desk.cast.scope("alice")) as s:
        alone = [[s.scalar(statement, {"n": one}) for one in given] for statement, given in asked]
        with read_together(s.scope, s) as together:
            for (statement, given), expected in zip(asked, alone, strict=True):
                jobs = [lambda one=one, said=statement: s.scalar(said, {"n": one}) for one in given]
                assert together.run(jobs, Refused) == expected, statement


# performed in step, each with why no other of a batch looks at what it writes
IN_STEP = {
    "WriteDraft": "a draft is looked at through its contact, its step or the message that it corrects",
    "EnrolContacts": "whether a contact may begin hangs on runs of that contact alone",
    "PauseEnrolments": "it looks at the runs that it names",
    "ResumeEnrolments": "it looks at the runs that it names",
    "StopEnrolments": "it looks at the runs that it names",
    "NoteStep": "it looks at its own step and run",
}
ASKED_IN_STEP = {"SendEmail": "performed alone; before that its checks look at its draft and its reader"}


def test_who_goes_in_step_says_what_it_is_about(desk: Desk) -> None:
    """A new one is entered here with its reason: see `registry.Verb.apart`."""
    found = verbs()
    assert {kind for kind, one in found.items() if one.in_step} == {*IN_STEP}
    assert {kind for kind, one in found.items() if one.apart} == {*IN_STEP, *ASKED_IN_STEP}
    assert not [kind for kind, one in found.items() if one.apart and one.think]
    draft = _text(new_id())
    corrects = draft.model_copy(update={"corrects_message_id": new_id(), "contact_id": new_id()})
    about = found["WriteDraft"].apart
    assert about is not None and set(about(corrects)) == {corrects.contact_id, corrects.corrects_message_id}
    # all runs of a sequence are not named one by one: such an act goes alone
    steer = found["StopEnrolments"]
    assert steer.apart is not None and not steer.apart(steer.action(sequence_id=new_id(), reason="over"))  # type: ignore[call-arg]
