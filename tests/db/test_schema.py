"""The schema as migrated: up, down, up; row-level security forced; months made on demand."""

from __future__ import annotations

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.pool import NullPool

from remit.db import migrate
from remit.db.location import Location, Role

# tables without client data; every other table must have row-level security on and forced
OPEN = {
    "territories", "barriers", "access_groups", "teams", "people", "person_roles", "person_territories",
    "person_barriers", "credentials", "web_sessions", "setup_links", "products", "prices", "competitors",
    "audit_pending", "audit_leaves", "audit_heads", "audit_keys", "effect_keys", "remits", "halts", "readings",
    "mailbox_cursors", "handling_policies", "handling_acknowledgements", "standing_periods", "alembic_version",
    "templates", "template_versions", "template_facts", "sequence_texts", "sign_on_groups", "sign_on_subjects", "sign_on_used",
    "sign_on_sessions", "api_tokens", "provisioned", "crm_connections", "crm_streams", "crm_links", "crm_waiting", "campaigns",
    "answers", "papers", "saml_providers", "retention_classes", "group_gifts", "directory_groups", "directory_members",
    "proposal_templates", "task_baselines",
    "rule_profiles", "category_approvals", "sampling_periods", "approver_resets",
}  # fmt: skip


def _rows(location: Location, role: Role, query: str) -> list[tuple]:
    with create_engine(location.url(role), poolclass=NullPool).begin() as connection:
        return [tuple(row) for row in connection.execute(text(query))]


def test_up_down_up(database: Location) -> None:
    before = _rows(
        database,
        Role.OWNER,
        "SELECT relname FROM pg_class WHERE relnamespace = 'remit'::regnamespace ORDER BY 1",
    )
    migrate.downgrade(database, "base")
    left = _rows(
        database,
        Role.OWNER,
        "SELECT relname FROM pg_class WHERE relnamespace = 'remit'::regnamespace AND relkind IN ('r','p','v','S')",
    )
    assert [name for (name,) in left] == ["alembic_version"]
    migrate.upgrade(database)
    after = _rows(
        database,
        Role.OWNER,
        "SELECT relname FROM pg_class WHERE relnamespace = 'remit'::regnamespace ORDER BY 1",
    )
    assert after == before


def test_every_table_with_client_data_forces_row_security(database: Location) -> None:
    rows = _rows(
        database, Role.OWNER,
        """SELECT c.relname, c.relrowsecurity, c.relforcerowsecurity, coalesce(p.relname, c.relname)
           FROM pg_class c LEFT JOIN pg_inherits i ON i.inhrelid = c.oid LEFT JOIN pg_class p ON p.oid = i.inhparent
           WHERE c.relnamespace = 'remit'::regnamespace AND c.relkind IN ('r', 'p')""",
    )  # fmt: skip
    assert len(rows) > 40
    bare = {name for name, on, forced, parent in rows if parent not in OPEN and not (on and forced)}
    assert bare == set()


def test_no_scope_means_no_rows(database: Location) -> None:
    for table in (
        "accounts",
        "contacts",
        "leads",
        "opportunities",
        "activities",
        "audit",
        "effects",
        "drafts",
        "messages",
    ):
        assert _rows(database, Role.READER, f"SELECT count(*) FROM remit.{table}") == [(0,)]


def test_months_are_made_on_demand_and_only_for_known_tables(database: Location) -> None:
    _rows(database, Role.WRITER, "SELECT remit.ensure_months('activities', '2019-11-05', '2020-02-01')")
    made = _rows(
        database, Role.OWNER,
        "SELECT count(*) FROM pg_class WHERE relname ~ '^activities_(2019|2020)'  AND relkind = 'r' AND relrowsecurity",
    )  # fmt: skip
    assert made == [(4,)]
    with pytest.raises(ProgrammingError, match="not a partitioned table"):
        _rows(database, Role.WRITER, "SELECT remit.ensure_months('people', '2019-11-05', '2020-02-01')")
