"""An idempotency key is its maker's own: what somebody else chose as theirs, or guessed, stands in nobody's way.

What was unique among all is unique for each maker, so every key of before stays valid. The key comes first: a search by key
alone (is the demo loaded?) uses the same index.

Revision ID: 0013
"""

from __future__ import annotations

from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

OWNERS = {"actions": "actor_id", "suggestions": "proposed_by"}


def upgrade() -> None:
    for table, owner in OWNERS.items():
        op.execute(
            f"ALTER TABLE remit.{table} ADD CONSTRAINT {table}_own_key UNIQUE (idempotency_key, {owner}),"
            f" DROP CONSTRAINT {table}_idempotency_key_key"
        )


def downgrade() -> None:
    for table in OWNERS:  # refused by PostgreSQL where two makers used the same key since
        op.execute(
            f"ALTER TABLE remit.{table} ADD CONSTRAINT {table}_idempotency_key_key UNIQUE (idempotency_key),"
            f" DROP CONSTRAINT {table}_own_key"
        )
