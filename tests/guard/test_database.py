"""Ways round the door by SQL, as the roles that the application uses. Each must fail in the database itself."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from remit.db.location import Role
from remit.kit.ids import new_id
from tests.support.cast import Cast


@contextmanager
def _as(cast: Cast, role: Role, person: str | None = None) -> Iterator[Connection]:
    with create_engine(cast.location.url(role), poolclass=NullPool).begin() as connection:
        if person is not None:
            connection.execute(
                text("SELECT set_config('remit.person_id', :p, true)"), {"p": str(cast.people[person])}
            )
        yield connection


DENIED = [
    ("change the record", "UPDATE remit.audit SET record = '{}'"),
    ("remove from the record", "DELETE FROM remit.audit"),
    ("empty the record", "TRUNCATE remit.audit"),
    ("change a sealed head", "UPDATE remit.audit_heads SET root = '\\x00'"),
    ("remove a leaf", "DELETE FROM remit.audit_leaves"),
    ("change who signed", "UPDATE remit.audit_keys SET public_key = '\\x00'"),
    ("change an action that was performed", "UPDATE remit.actions SET sentence = 'x'"),
    ("remove an action", "DELETE FROM remit.actions"),
    ("remove an effect", "DELETE FROM remit.effects"),
    ("change what was approved", "UPDATE remit.effects SET payload = '{}'"),
    ("send it in another's name", "UPDATE remit.effects SET on_behalf_of = actor_id"),
    ("change what was said", "UPDATE remit.messages SET body = 'x'"),
    ("change whom it was said to", "UPDATE remit.messages SET to_address = 'x'"),
    ("change a brief that was kept", "UPDATE remit.briefs SET body = 'x'"),
    ("make a kept brief go away", "DELETE FROM remit.briefs"),
    ("forge away a receipt", "UPDATE remit.receipts SET proof = '{}'"),
    ("free an idempotency key", "DELETE FROM remit.effect_keys"),
    ("switch row-level security off", "ALTER TABLE remit.accounts DISABLE ROW LEVEL SECURITY"),
    ("stop forcing it", "ALTER TABLE remit.accounts NO FORCE ROW LEVEL SECURITY"),
    ("add a policy that lets all pass", "CREATE POLICY everything ON remit.accounts USING (true)"),
    ("drop a policy", "DROP POLICY accounts_visible ON remit.accounts"),
    ("become the owner", "SET ROLE remit_owner"),
    ("change who one is", "SET SESSION AUTHORIZATION remit_owner"),
    ("read a partition past its parent", "SELECT * FROM remit.activities_other"),
    ("write a partition past its parent", "INSERT INTO remit.audit_other SELECT * FROM remit.audit"),
    ("replace the function that says who one is", "CREATE OR REPLACE FUNCTION remit.me() RETURNS uuid LANGUAGE sql AS 'SELECT NULL::uuid'"),
    ("put a table in front of ours", "CREATE TABLE remit.accounts2 (id int)"),
    ("read files of the server", "SELECT pg_read_file('/etc/passwd')"),
    ("run a program", "COPY (SELECT 1) TO PROGRAM 'true'"),
    ("a trigger of one's own", "CREATE TRIGGER t BEFORE INSERT ON remit.accounts FOR EACH ROW EXECUTE FUNCTION remit.me()"),
    ("make somebody else's partition", "SELECT remit.ensure_months('people', '2026-01-01', '2026-02-01')"),
]  # fmt: skip


@pytest.mark.parametrize(("what", "statement"), DENIED, ids=[what for what, _ in DENIED])
@pytest.mark.parametrize("role", [Role.WRITER, Role.READER])
def test_the_applications_roles_cannot(cast: Cast, role: Role, what: str, statement: str) -> None:
    with (
        pytest.raises(
            DBAPIError, match=r"permission denied|must be owner|cannot set|not a partitioned|read-only"
        ),
        _as(cast, role, "vera") as c,
    ):
        c.execute(text(statement))


def test_the_reader_cannot_write_even_outside_a_read_only_transaction(cast: Cast) -> None:
    with pytest.raises(DBAPIError, match="permission denied"), _as(cast, Role.READER, "alice") as c:
        c.execute(text("SET TRANSACTION READ WRITE"))
        c.execute(text("UPDATE remit.accounts SET website = 'x'"))


def test_the_reader_cannot_see_password_hashes(cast: Cast) -> None:
    for table in ("credentials", "setup_links"):
        with pytest.raises(DBAPIError, match="permission denied"), _as(cast, Role.READER, "adam") as c:
            c.execute(text(f"SELECT * FROM remit.{table}"))


@pytest.mark.parametrize("role", [Role.READER, Role.WRITER, Role.OWNER])
def test_without_a_person_there_are_no_rows_not_even_for_the_owner(cast: Cast, role: Role) -> None:
    with _as(cast, role) as c:
        assert c.execute(text("SELECT count(*) FROM remit.accounts")).scalar() == 0


def test_switching_row_security_off_for_oneself_gives_an_error_not_rows(cast: Cast) -> None:
    with pytest.raises(DBAPIError, match="row-level security"), _as(cast, Role.READER) as c:
        c.execute(text("SET LOCAL row_security = off"))
        c.execute(text("SELECT * FROM remit.accounts"))


def test_each_person_sees_their_territory_and_side_of_the_barrier(cast: Cast) -> None:
    expected = {
        "alice": {"Pine", "Oak"}, "bob": {"Pine", "Oak", "Wall"}, "charlie": {"Palm"},
        "vera": {"Pine", "Oak", "Palm"}, "cora": {"Pine", "Oak", "Palm"}, "adam": set(),
    }  # fmt: skip
    for person, names in expected.items():
        with _as(cast, Role.READER, person) as c:
            seen = {name.split()[0] for (name,) in c.execute(text("SELECT name FROM remit.accounts"))}
        assert seen == names, person


def test_a_row_cannot_be_written_into_a_territory_that_one_does_not_see(cast: Cast) -> None:
    with pytest.raises(DBAPIError, match="row-level security"), _as(cast, Role.WRITER, "alice") as c:
        c.execute(
            text("INSERT INTO remit.accounts (id, access_id, name, name_key) VALUES (:id, 102, 'x', 'x')"),
            {"id": new_id()},
        )


def test_an_account_cannot_be_moved_out_of_sight_or_pulled_in(cast: Cast) -> None:
    with pytest.raises(DBAPIError, match="row-level security"), _as(cast, Role.WRITER, "alice") as c:
        c.execute(
            text("UPDATE remit.accounts SET access_id = 102 WHERE id = :id"), {"id": cast.accounts["pine"]}
        )
    with _as(cast, Role.WRITER, "alice") as c:
        done = c.execute(
            text("UPDATE remit.accounts SET access_id = 101 WHERE id = :id"), {"id": cast.accounts["palm"]}
        )
        assert done.rowcount == 0


def test_a_childs_access_group_cannot_differ_from_its_accounts(cast: Cast) -> None:
    """Writing a note under one's own group about somebody else's account would make it visible to oneself."""
    with pytest.raises(DBAPIError, match="foreign key"), _as(cast, Role.WRITER, "alice") as c:
        c.execute(
            text(
                "INSERT INTO remit.contacts (id, account_id, access_id, last_name) VALUES (:id, :account, 101, 'x')"
            ),
            {"id": new_id(), "account": cast.accounts["palm"]},
        )


def test_a_temporary_table_cannot_stand_in_for_a_real_one(cast: Cast) -> None:
    """A definer function that looked names up in the caller's path would read the caller's own table."""
    cast.sql(
        "INSERT INTO remit.do_not_contact (id, kind, value, reason) VALUES (:id, 'email', 'no@pine.example', 'asked')",
        id=new_id(),
    )
    with _as(cast, Role.WRITER, "charlie") as c:
        for table in ("do_not_contact", "people", "access_groups", "person_territories"):
            c.execute(text(f"CREATE TEMP TABLE {table} AS SELECT * FROM remit.{table} WHERE false"))
        asked = text("SELECT remit.must_not_contact('NO@pine.example', NULL)")
        assert c.execute(asked).scalar() is True
        seen = c.execute(text("SELECT name FROM accounts")).scalars().all()
        assert seen == ["Palm Capital"]


def test_audit_rows_of_another_territory_are_not_seen(cast: Cast) -> None:
    with _as(cast, Role.WRITER, "charlie") as c:
        c.execute(
            text("INSERT INTO remit.audit (id, at, record, leaf_hash, kind, event, account_id, access_id)"
                 " VALUES (:id, now(), '{}', '\\x00', 'change', 'a:b', :account, 102)"),
            {"id": new_id(), "account": cast.accounts["palm"]},
        )  # fmt: skip
    with _as(cast, Role.READER, "alice") as c:
        assert c.execute(text("SELECT count(*) FROM remit.audit WHERE access_id = 102")).scalar() == 0


def test_the_same_effect_key_cannot_be_queued_twice(cast: Cast) -> None:
    statement = text("INSERT INTO remit.effect_keys VALUES ('send:1', :id, now())")
    with _as(cast, Role.WRITER, "alice") as c:
        c.execute(statement, {"id": new_id()})
    with pytest.raises(DBAPIError, match="duplicate key"), _as(cast, Role.WRITER, "alice") as c:
        c.execute(statement, {"id": new_id()})


def test_a_remit_for_auto_needs_two_people_and_a_cap_also_in_the_table(cast: Cast) -> None:
    statement = text(
        "INSERT INTO remit.remits (id, action_kind, level, daily_cap_count, granted_by, approved_by, reason, created_at)"
        " VALUES (:id, 'SendEmail', 'auto', :cap, :by, :ok, 'x', now())"
    )
    vera, cora = cast.people["vera"], cast.people["cora"]
    for cap, by, ok in ((10, vera, vera), (10, vera, None), (None, vera, cora)):
        with pytest.raises(DBAPIError, match="check constraint"), _as(cast, Role.WRITER, "vera") as c:
            c.execute(statement, {"id": new_id(), "cap": cap, "by": by, "ok": ok})


# what runs with the owner's rights and may be called by a role of the application: reads, and making months; `likest_sent` gives a
# number and an id for a text, no word of what others sent; `seeded_tally` two counts; `is_seeded` is asked by the door at an approval
LENT = {
    "remit_reader": {
        "must_not_contact",
        "held",
        "person_held",
        "likest_sent",
        "stopped_calls",
        "seeded_tally",
    },
    "remit_writer": {
        "must_not_contact",
        "held",
        "person_held",
        "erase_content",
        "erase_person",
        "likest_sent",
        "stopped_calls",
        "seeded_tally",
        "is_seeded",
        "ensure_months",
        "analyze_partitioned",
    },
}


@pytest.mark.parametrize("role", sorted(LENT))
def test_no_function_lends_the_owners_rights_unlisted(cast: Cast, role: str) -> None:
    rows = cast.sql(
        "SELECT p.proname FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE n.nspname = 'remit'"
        f" AND p.prosecdef AND p.prorettype <> 'trigger'::regtype AND has_function_privilege('{role}', p.oid, 'EXECUTE')"
    )
    assert {row[0] for row in rows} <= LENT[role]


def test_nobody_writes_who_was_active_when(cast: Cast) -> None:
    alice = cast.people["alice"]
    for call in (f"standing_ends('{alice}', 'active')", f"standing_begins('{alice}', 'ae', '2020-01-01')"):
        for role in (Role.READER, Role.WRITER):
            with pytest.raises(DBAPIError, match="permission denied"), _as(cast, role, "alice") as c:
                c.execute(text("SET TRANSACTION READ WRITE"))
                c.execute(text(f"SELECT remit.{call}"))
