"""The few pieces of DDL that every migration repeats: grants, forced row-level security, monthly partitions.

Migrations call these so that a new table cannot forget one of them. Functions return SQL text; they run nothing.
"""

from __future__ import annotations

VISIBLE = (
    "(access_id = ANY ((SELECT remit.my_access())::int[])"
    " OR account_id = ANY ((SELECT remit.my_team_accounts())::uuid[]))"
)
"""Who may see a row about an account: territory and barrier by access group, or a seat on its deal team."""

VISIBLE_OR_FIRM = f"(access_id IS NULL OR {VISIBLE})"
"""As VISIBLE, where a row without an access group belongs to the whole firm (product facts, for example)."""

FOREIGN_ACCOUNT = (
    "FOREIGN KEY (account_id, access_id) REFERENCES remit.accounts (id, access_id) ON UPDATE CASCADE"
)
"""Keeps a child's access group equal to its account's, also when the account moves to another territory."""

ACCOUNT_HAS_GROUP = "CHECK (account_id IS NULL OR access_id IS NOT NULL)"
"""Beside FOREIGN_ACCOUNT where the group may be null: PostgreSQL does not look at a key of which one half is null."""


def protect(table: str, visible: str = VISIBLE, writer: str = "INSERT, UPDATE, DELETE") -> str:
    """Force row-level security on `table` and grant: reader SELECT, writer SELECT plus `writer`."""
    grant_write = f"GRANT {writer} ON remit.{table} TO remit_writer;" if writer else ""
    return f"""
    ALTER TABLE remit.{table} ENABLE ROW LEVEL SECURITY;
    ALTER TABLE remit.{table} FORCE ROW LEVEL SECURITY;
    CREATE POLICY {table}_visible ON remit.{table} USING ({visible}) WITH CHECK ({visible});
    GRANT SELECT ON remit.{table} TO remit_reader, remit_writer;
    {grant_write}
    """


def open_table(table: str, reader: bool = True, writer: str = "INSERT, UPDATE, DELETE") -> str:
    """Grants for a table without client data (people, territories, products): no row-level security."""
    readers = "remit_reader, remit_writer" if reader else "remit_writer"
    grant_write = f"GRANT {writer} ON remit.{table} TO remit_writer;" if writer else ""
    return f"GRANT SELECT ON remit.{table} TO {readers}; {grant_write}"


def monthly(table: str) -> str:
    """A default partition for a table partitioned by month; real months come from remit.ensure_months()."""
    return f"""
    CREATE TABLE remit.{table}_other PARTITION OF remit.{table} DEFAULT;
    ALTER TABLE remit.{table}_other ENABLE ROW LEVEL SECURITY;
    ALTER TABLE remit.{table}_other FORCE ROW LEVEL SECURITY;
    SELECT remit.ensure_months('{table}', (now() - interval '1 month')::date, (now() + interval '3 months')::date);
    """
