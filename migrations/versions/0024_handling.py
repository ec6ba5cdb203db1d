"""Which data-handling policy is in force, and who has acknowledged it.

Both only grow: the newest published version is in force; what people acknowledged is a version's hash, not its name.

Revision ID: 0024
"""

from __future__ import annotations

from alembic import op

from remit.db.ddl import open_table

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("""
        CREATE TABLE remit.handling_policies (
            id uuid PRIMARY KEY, policy_hash text NOT NULL UNIQUE CHECK (policy_hash ~ '^[0-9a-f]{64}$'),
            version text NOT NULL UNIQUE, title text NOT NULL, owner text NOT NULL, valid_from_on date NOT NULL,
            published_by uuid NOT NULL REFERENCES remit.people (id), approved_by uuid REFERENCES remit.people (id),
            published_at timestamptz NOT NULL);
        CREATE TABLE remit.handling_acknowledgements (
            policy_hash text NOT NULL REFERENCES remit.handling_policies (policy_hash),
            person_id uuid NOT NULL REFERENCES remit.people (id), acknowledged_at timestamptz NOT NULL,
            PRIMARY KEY (policy_hash, person_id));
        COMMENT ON COLUMN remit.handling_policies.policy_hash IS 'SHA-256 of what the file says: what the gateway compares';
    """)
    op.execute(open_table("handling_policies", writer="INSERT"))
    op.execute(open_table("handling_acknowledgements", writer="INSERT"))


def downgrade() -> None:
    op.execute("DROP TABLE remit.handling_acknowledgements")
    op.execute("DROP TABLE remit.handling_policies")
