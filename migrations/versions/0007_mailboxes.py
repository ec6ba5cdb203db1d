"""How far each mailbox was read, and finding a receipt by its Message-ID.

Revision ID: 0007
"""

from __future__ import annotations

from alembic import op

from remit.db.ddl import open_table

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("""
        CREATE TABLE remit.mailbox_cursors (
            mailbox text PRIMARY KEY, generation bigint NOT NULL, last_uid bigint NOT NULL,
            updated_at timestamptz NOT NULL);
        COMMENT ON COLUMN remit.mailbox_cursors.generation IS 'UIDVALIDITY: another one means that UIDs start anew';
        CREATE INDEX receipts_message_id ON remit.receipts ((proof ->> 'message_id'));
        CREATE INDEX effects_parked ON remit.effects (created_at) WHERE state = 'parked';
    """)
    op.execute(open_table("mailbox_cursors", writer="INSERT, UPDATE"))


def downgrade() -> None:
    op.execute("DROP INDEX remit.effects_parked")
    op.execute("DROP INDEX remit.receipts_message_id")
    op.execute("DROP TABLE remit.mailbox_cursors")
