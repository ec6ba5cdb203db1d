"""Many acts in one transaction: each is told, recorded and refused as if it were alone."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest

from remit.actions import One, Performed, Refused, Waiting, perform_each
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
