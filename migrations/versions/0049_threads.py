"""A draft may go on with a message of ours, in its thread: the second and later e-mails of a sequence.

drafts.continues_message_id: the message that left before it, null for one that begins a thread.

Revision ID: 0049
"""

from __future__ import annotations

from alembic import op

revision = "0049"
down_revision = "0048"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE remit.drafts ADD continues_message_id uuid")


def downgrade() -> None:
    op.execute("ALTER TABLE remit.drafts DROP continues_message_id")
