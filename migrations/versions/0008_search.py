"""Prefix search by index, also under row-level security: keys as columns, because lower() of a column may not pass it.

A condition reaches an index below a policy only when everything in it is leakproof; lower() is not, ~>=~ on a column is.

Revision ID: 0008
"""

from __future__ import annotations

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

KEYS = (
    ("contacts", "last_key", "lower(last_name)"),
    ("contacts", "full_key", "lower(first_name || ' ' || last_name)"),
    ("contacts", "email_key", "lower(email)"),
    ("opportunities", "name_key", "lower(name)"),
)


def upgrade() -> None:
    for table, column, expression in KEYS:
        op.execute(
            f"ALTER TABLE remit.{table} ADD COLUMN {column} text GENERATED ALWAYS AS ({expression}) STORED"
        )
        op.execute(f"CREATE INDEX {table}_{column} ON remit.{table} ({column} text_pattern_ops)")


def downgrade() -> None:
    for table, column, _expression in KEYS:
        op.execute(f"ALTER TABLE remit.{table} DROP COLUMN {column}")
