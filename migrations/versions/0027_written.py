"""What the writer wrote, beside what a draft says now: the time that a draft saves is that of the words that were kept.

Of drafts edited before, nobody knows here what the writer had written: nothing is claimed for them.

Revision ID: 0027
"""

from __future__ import annotations

from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE remit.drafts ADD COLUMN written text NOT NULL DEFAULT ''")
    op.execute("UPDATE remit.drafts SET written = body WHERE NOT edited AND writer <> 'by hand'")
    # the demo named a role that no policy knows, beside the one that Dana works by
    op.execute("""DELETE FROM remit.person_roles r WHERE r.role = 'deal_desk'
        AND EXISTS (SELECT FROM remit.person_roles o WHERE o.person_id = r.person_id AND o.role = 'operations')""")


def downgrade() -> None:
    op.execute("ALTER TABLE remit.drafts DROP COLUMN written")
