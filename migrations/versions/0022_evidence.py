"""How expected it is that we know a fact, and which message a draft corrects.

Revision ID: 0022
"""

from __future__ import annotations

from alembic import op

revision = "0022"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """ALTER TABLE remit.facts ADD expectability text NOT NULL DEFAULT 'expected'
            CHECK (expectability IN ('expected', 'unusual', 'personal'))"""
    )
    op.execute("ALTER TABLE remit.drafts ADD corrects_message_id uuid")
    # recall asks which messages stand on a fact
    op.execute("CREATE INDEX messages_facts ON remit.messages USING gin (fact_ids)")


def downgrade() -> None:
    op.execute("DROP INDEX remit.messages_facts")
    op.execute("ALTER TABLE remit.drafts DROP corrects_message_id")
    op.execute("ALTER TABLE remit.facts DROP expectability")
