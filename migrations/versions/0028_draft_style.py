"""How long and in which tone a draft was asked for, the subject lines offered, and the note that it follows up.

Revision ID: 0028
"""

from __future__ import annotations

from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """ALTER TABLE remit.drafts
            ADD length text NOT NULL DEFAULT 'short' CHECK (length IN ('short', 'medium', 'long')),
            ADD tone text NOT NULL DEFAULT 'direct' CHECK (tone IN ('direct', 'warm')),
            ADD subjects text[] NOT NULL DEFAULT '{}',
            ADD about_activity_id uuid"""
    )
    op.execute(
        "COMMENT ON COLUMN remit.drafts.about_activity_id IS 'the call, meeting or note that it follows up; activities are partitioned, so no key'"
    )


def downgrade() -> None:
    op.execute("ALTER TABLE remit.drafts DROP about_activity_id, DROP subjects, DROP tone, DROP length")
