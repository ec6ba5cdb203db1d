"""A draft may answer a message that came in: `reply_to_id` is that message's activity.

The activity, not the row of `messages`: what was imported with the CRM's history has no threading headers, yet waits for an answer.

Revision ID: 0012
"""

from __future__ import annotations

from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE remit.drafts ADD COLUMN reply_to_id uuid")


def downgrade() -> None:
    op.execute("ALTER TABLE remit.drafts DROP COLUMN reply_to_id")
