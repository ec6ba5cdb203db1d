"""What moved out of sight takes along what is about it: every table with an account, leads and deals without one."""

from __future__ import annotations

from uuid import UUID

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from remit.audit import log
from remit.audit.queries import AuditRecordNotFound, get_audit
from remit.audit.record import Record
from remit.db.location import Role
from remit.db.sessions import Permit, read, write
from remit.kit import clock
from remit.kit.ids import new_id
from tests.support.cast import Cast

# never changed, so it has no key that moves it: who may read is asked of the account itself (test_audit_visibility)
ASKS_THE_ACCOUNT = {"audit"}


def test_no_table_with_an_account_can_leave_it_behind(cast: Cast) -> None:
    """Of the catalogue, so that a table of tomorrow is among them."""
    tables = cast.sql(
        """SELECT c.oid::int, c.relname, bool_or(a.attname = 'access_id' AND a.attnotnull) FROM pg_class c
           JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname IN ('account_id', 'access_id')
           WHERE c.relnamespace = 'remit'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
             AND c.relname <> 'accounts' GROUP BY 1, 2 HAVING count(*) = 2"""
    )
    assert len(tables) >= 20
    for oid, table, group_is_sure in tables:
        if table in ASKS_THE_ACCOUNT:
            continue
        rules = [
            definition.replace("remit.", "")
            for (definition,) in cast.sql(
                "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = :oid", oid=oid
            )
        ]
        key = "FOREIGN KEY (account_id, access_id) REFERENCES accounts(id, access_id) ON UPDATE CASCADE"
        assert any(rule.startswith(key) for rule in rules), f"{table} does not follow a moved account"
        check = "CHECK (((account_id IS NULL) OR (access_id IS NOT NULL)))"
        assert group_is_sure or check in rules, f"{table} takes an account without a group"


def test_a_table_with_an_account_has_its_group(cast: Cast) -> None:
    names = cast.sql(
        """SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'account_id'
           WHERE c.relnamespace = 'remit'::regnamespace AND c.relkind IN ('r', 'p') AND NOT EXISTS (
             SELECT FROM pg_attribute g WHERE g.attrelid = c.oid AND g.attname = 'access_id')"""
    )
    assert names == []


def test_an_account_without_a_group_is_no_row_for_the_whole_firm(cast: Cast) -> None:
    insert = text(
        "INSERT INTO remit.do_not_contact (id, account_id, access_id, kind, value, reason)"
        " VALUES (:id, :account, :access, 'email', :value, 'asked')"
    )
    engine = create_engine(cast.location.url(Role.WRITER), poolclass=NullPool)
    for access, told in ((None, "check constraint"), (101, "foreign key")):
        with pytest.raises(DBAPIError, match=told), engine.begin() as c:
            c.execute(
                text("SELECT set_config('remit.person_id', :p, true)"), {"p": str(cast.people["alice"])}
            )
            c.execute(
                insert,
                {"id": new_id(), "account": cast.accounts["palm"], "access": access, "value": str(new_id())},
            )


def _sees(cast: Cast, who: str, table: str, row: UUID) -> bool:
    with read(cast.scope(who)) as s:
        return s.scalar(f"SELECT count(*) FROM remit.{table} WHERE id = :id", {"id": row}) == 1


def test_a_do_not_contact_entry_follows_its_account(cast: Cast) -> None:
    entry = new_id()
    cast.sql(
        "INSERT INTO remit.do_not_contact (id, account_id, access_id, kind, value, reason)"
        " VALUES (:id, :a, 101, 'email', 'dana@pine.example', 'told Alice of the merger')",
        id=entry, a=cast.accounts["pine"],
    )  # fmt: skip
    move = "UPDATE remit.accounts SET access_id = :access WHERE id = :id"
    cast.sql(move, access=103, id=cast.accounts["pine"])
    try:
        assert [w for w in ("alice", "bob", "charlie") if _sees(cast, w, "do_not_contact", entry)] == ["bob"]
        with read(cast.scope("charlie")) as s:  # and binds those who do not see it all the same
            assert s.scalar("SELECT remit.must_not_contact('dana@pine.example', NULL)")
    finally:
        cast.sql(move, access=101, id=cast.accounts["pine"])


def _record(cast: Cast, thing: str, thing_id: UUID) -> UUID:
    scope = cast.scope("alice")
    record = Record(
        kind="change", event=f"{thing}:qualify", actor_id=scope.actor.id, access_id=101, object_type=thing,
        object_id=thing_id, sentence="the merger",
    )  # fmt: skip
    with write(Permit(scope, new_id(), clock.now()), scope.person_id) as tx:
        [made] = log.append(tx.connection, [record])
    return made


def _readers(cast: Cast, record: UUID) -> list[str]:
    found = []
    for who in ("alice", "bob", "charlie", "cora"):
        try:
            get_audit(cast.scope(who), record)
        except AuditRecordNotFound:
            continue
        found.append(who)
    return found


def _act(cast: Cast, table: str, thing: str, thing_id: UUID) -> UUID:
    made = new_id()
    columns = {
        "actions": "payload_hash, actor_id, actor_kind, rule_ids, policy_hash, sentence, stages, result, request_id, at",
        "suggestions": "payload_hash, proposed_by, proposer_kind, title, proposed_at, expires_at",
    }[table]
    values = {
        "actions": "'\\x00', :by, 'person', '{}', '', '', '[]', '{}', '', now()",
        "suggestions": "'\\x00', :by, 'person', 'x', now(), now()",
    }[table]
    cast.sql(
        f"INSERT INTO remit.{table} (id, kind, payload, access_id, object_type, object_id, {columns})"
        f" VALUES (:id, 'QualifyLead', '{{}}', 101, :thing, :thing_id, {values})",
        id=made, thing=thing, thing_id=thing_id, by=cast.people["alice"],
    )  # fmt: skip
    return made


@pytest.mark.parametrize(
    ("change", "readers"),
    [("access_id = 102", ["charlie", "cora"]), ("access_id = 103, account_id = :wall", ["bob"])],
)
@pytest.mark.parametrize("thing", ["lead", "opportunity"])
def test_what_is_about_a_lead_or_deal_without_account_follows_it(
    cast: Cast, thing: str, change: str, readers: list[str]
) -> None:
    made = new_id()
    if thing == "lead":
        cast.sql("INSERT INTO remit.leads (id, access_id, last_name) VALUES (:id, 101, 'x')", id=made)
    else:
        cast.sql(
            "INSERT INTO remit.opportunities (id, access_id, name, stage) VALUES (:id, 101, 'x', 'x')",
            id=made,
        )
        cast.sql(
            "INSERT INTO remit.opportunity_stages (id, opportunity_id, access_id, to_stage, at)"
            " VALUES (:id, :id, 101, 'x', now())",
            id=made,
        )
    record = _record(cast, thing, made)
    rows = {table: _act(cast, table, thing, made) for table in ("actions", "suggestions")}
    assert _readers(cast, record) == ["alice", "bob", "cora"]
    table = "leads" if thing == "lead" else "opportunities"
    cast.sql(f"UPDATE remit.{table} SET {change} WHERE id = :id", id=made, **_named(cast, change))
    assert _readers(cast, record) == readers
    if thing == "opportunity":
        rows["opportunity_stages"] = made
    for copied, row in rows.items():
        assert [w for w in ("alice", "bob", "charlie", "cora") if _sees(cast, w, copied, row)] == readers


def _named(cast: Cast, change: str) -> dict[str, UUID]:
    return {"wall": cast.accounts["wall"]} if ":wall" in change else {}
