"""When its CRM says that an activity was entered there: users of a CRM choose the day of an e-mail, not this.

Revision ID: 0052
"""

from __future__ import annotations

from alembic import op

revision = "0052"
down_revision = "0054"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE remit.activities ADD noted_at timestamptz")
    op.execute(
        "COMMENT ON COLUMN remit.activities.noted_at IS 'when its CRM says that it was entered there; the day in at is its users to choose'"
    )


def downgrade() -> None:
    op.execute("ALTER TABLE remit.activities DROP noted_at")
