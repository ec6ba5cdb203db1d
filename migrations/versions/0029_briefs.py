"""What a fact of ours or of a competitor is about, and briefs that somebody kept.

Revision ID: 0029
"""

from __future__ import annotations

from alembic import op

from remit.db.ddl import FOREIGN_ACCOUNT, VISIBLE, protect

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE remit.facts ADD topic text NOT NULL DEFAULT ''")
    op.execute(
        "COMMENT ON COLUMN remit.facts.topic IS 'matter of a capability or a competitor''s fact: what is set side by side'"
    )
    # a brief is what somebody saw and kept: it is never changed, so nobody may update or delete one
    op.execute(
        f"""CREATE TABLE remit.briefs (
        id uuid PRIMARY KEY, account_id uuid NOT NULL, access_id int NOT NULL,
        kind text NOT NULL CHECK (kind IN ('account', 'opportunity', 'meeting', 'comparison')),
        opportunity_id uuid, meeting_id uuid, competitor_id uuid REFERENCES remit.competitors (id),
        title text NOT NULL, body text NOT NULL, document jsonb NOT NULL, sha256 text NOT NULL, fact_ids uuid[] NOT NULL DEFAULT '{{}}',
        note_id uuid NOT NULL, saved_by uuid NOT NULL REFERENCES remit.people (id), saved_at timestamptz NOT NULL,
        {FOREIGN_ACCOUNT})"""
    )
    op.execute("CREATE INDEX briefs_account ON remit.briefs (account_id, saved_at DESC)")
    op.execute("CREATE INDEX briefs_saved ON remit.briefs (saved_by, saved_at DESC)")
    op.execute(protect("briefs", VISIBLE, writer="INSERT"))
    # counting what a competitor was met in, without reading every deal
    op.execute(
        "CREATE INDEX opportunities_competitor ON remit.opportunities (competitor_id) WHERE competitor_id IS NOT NULL"
    )


def downgrade() -> None:
    op.execute("DROP INDEX remit.opportunities_competitor")
    op.execute("DROP TABLE remit.briefs")
    op.execute("ALTER TABLE remit.facts DROP topic")
