"""Drafts that were not sent when a backup was made are held after its restore.

drafts.held: why it may not be sent yet (it may have been sent since the backup; the record of that is not in it), '' otherwise.

Revision ID: 0046
"""

from __future__ import annotations

from alembic import op

revision = "0046"
down_revision = "0041"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE remit.drafts ADD COLUMN held text NOT NULL DEFAULT ''")


def downgrade() -> None:
    op.execute("ALTER TABLE remit.drafts DROP COLUMN held")
