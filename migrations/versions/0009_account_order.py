"""Lists of accounts come in the order of their names: an index that can serve that order.

The index on text_pattern_ops serves the beginnings of names, but not ORDER BY name_key, id.

Revision ID: 0009
"""

from __future__ import annotations

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("CREATE INDEX accounts_order ON remit.accounts (name_key, id)")


def downgrade() -> None:
    op.execute("DROP INDEX remit.accounts_order")
