"""Who logged an activity is found by its act: a talk lifts the floor of first messages by another's word only.

Revision ID: 0052
"""

from __future__ import annotations

from alembic import op

revision = "0052"
down_revision = "0051"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("CREATE INDEX actions_activities ON remit.actions (object_id) WHERE object_type = 'activity'")


def downgrade() -> None:
    op.execute("DROP INDEX remit.actions_activities")
