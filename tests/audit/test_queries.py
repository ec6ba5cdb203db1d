"""Reading the log under a scope: what each of the cast sees, filters, pages, proofs."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from tests.audit.conftest import Log
from tests.support.cast import Cast, make_cast

from remit.audit import merkle
from remit.audit.queries import AuditFilters, AuditRecordNotFound, get_audit, list_audit
from remit.audit.record import Record
from remit.db.location import Location
from remit.kit import clock
from remit.kit.ids import new_id
from remit.kit.paging import CursorInvalid


@pytest.fixture(scope="module")
def cast(database: Location) -> Cast:
    return make_cast(database)


def about(cast: Cast, account: str, who: str, **fields: object) -> Record:
    given = {"kind": "change", "event": "opportunity:stage:change", **fields}
    return Record(
        actor_id=cast.people[who],
        account_id=cast.accounts[account],
        access_id=cast.access[account],
        sentence=f"{who} on {account}",
        **given,  # type: ignore[arg-type]
    )


def seen(cast: Cast, who: str, filters: AuditFilters = AuditFilters()) -> list[str]:
    return [row.sentence for row in list_audit(cast.scope(who), filters).rows]


def test_each_sees_the_records_of_what_they_may_see(audit_log: Log, cast: Cast) -> None:
    audit_log.append(
        [
            about(cast, "pine", "alice"),
            about(cast, "palm", "charlie"),
            about(cast, "wall", "bob"),
            Record(kind="sign_in", event="person:sign_in", actor_id=cast.people["charlie"], sentence="in"),
        ]
    )
    assert seen(cast, "alice") == ["alice on pine"]
    assert seen(cast, "robo") == ["alice on pine"]
    assert set(seen(cast, "bob")) == {"alice on pine", "bob on wall"}
    assert set(seen(cast, "charlie")) == {"charlie on palm", "in"}
    assert set(seen(cast, "cora")) == {"alice on pine", "charlie on palm", "in"}  # not behind the barrier
    assert seen(cast, "adam") == []


def test_not_there_and_not_permitted_answer_alike(audit_log: Log, cast: Cast) -> None:
    (record_id,) = audit_log.append([about(cast, "palm", "charlie")])
    answers = []
    for asked in (record_id, new_id()):
        with pytest.raises(AuditRecordNotFound) as refused:
            get_audit(cast.scope("alice"), asked)
        answers.append((refused.value.code, str(refused.value)))
    assert answers[0] == answers[1]


def test_filters(audit_log: Log, cast: Cast) -> None:
    action = new_id()
    early = clock.now() - timedelta(minutes=5)
    audit_log.append([about(cast, "pine", "alice", rule_ids=("send-needs-approval", "x"), action_id=action)])
    audit_log.append(
        [about(cast, "oak", "bob", kind="refusal", event="email:send", approver_id=cast.people["mia"])], early
    )
    audit_log.append([about(cast, "oak", "bob", body={"said": '"rule_ids":["send-needs-approval"]'})])
    cases = {
        AuditFilters(rule="send-needs-approval"): 1,
        AuditFilters(rule="send-needs"): 0,
        AuditFilters(rule=".*"): 0,
        AuditFilters(rule='"'): 0,
        AuditFilters(person_id=cast.people["mia"]): 1,
        AuditFilters(person_id=cast.people["bob"]): 2,
        AuditFilters(account_id=cast.accounts["oak"]): 2,
        AuditFilters(kind="refusal"): 1,
        AuditFilters(event="opportunity:"): 2,
        AuditFilters(event="%"): 0,
        AuditFilters(event="email\x00"): 1,
        AuditFilters(action_id=action): 1,
        AuditFilters(since=early + timedelta(minutes=1)): 2,
        AuditFilters(until=early + timedelta(minutes=1)): 1,
    }
    for filters, count in cases.items():
        assert len(seen(cast, "cora", filters)) == count, filters


def test_pages_by_key_show_each_record_once(audit_log: Log, cast: Cast) -> None:
    ids = audit_log.append([about(cast, "pine", "alice") for _ in range(23)])
    scope, found, cursor = cast.scope("alice"), [], None
    for _ in range(5):
        page = list_audit(scope, after=cursor, limit=5)
        found += [row.id for row in page.rows]
        cursor = page.next
    assert cursor is None
    assert found == sorted(ids, reverse=True)
    for wrong in ("nonsense", "WzEsMl0", "WyJhIiwiYiJd"):
        with pytest.raises(CursorInvalid):
            list_audit(scope, after=wrong)


def test_proof_of_each_record(audit_log: Log, cast: Cast) -> None:
    ids: list[UUID] = []
    for size in (1, 3, 8, 2, 5):
        ids += audit_log.append([about(cast, "pine", "alice") for _ in range(size)])
        audit_log.seal()
    waiting = audit_log.append([about(cast, "pine", "alice")])
    scope = cast.scope("alice")
    for number, record_id in enumerate(ids):
        proof = get_audit(scope, record_id).proof
        assert proof is not None and proof.holds and proof.leaf_index == number
        path = [bytes.fromhex(one) for one in proof.path]
        leaf, root = bytes.fromhex(proof.leaf_hash), bytes.fromhex(proof.root)
        assert merkle.verify_inclusion(leaf, number, proof.tree_size, path, root)
    detail = get_audit(scope, waiting[0])
    assert detail.proof is None and detail.row.account == "Pine Capital" and detail.row.actor == "Alice"
    audit_log.tamper(
        "UPDATE remit.audit SET record = replace(record, 'alice on pine', 'nobody') WHERE id = :id", id=ids[4]
    )
    changed = get_audit(scope, ids[4]).proof
    assert changed is not None and not changed.holds
