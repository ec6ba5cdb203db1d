"""The record: audit rows, their Merkle leaves and sealed heads, the keys that signed them.

Revision ID: 0003
"""

from __future__ import annotations

from alembic import op

from remit.db.ddl import VISIBLE, monthly, open_table

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

TABLES = """
CREATE TABLE remit.audit (
    id uuid NOT NULL, at timestamptz NOT NULL, record text NOT NULL, leaf_hash bytea NOT NULL,
    kind text NOT NULL, event text NOT NULL, actor_id uuid, on_behalf_of uuid, approver_id uuid, action_id uuid,
    account_id uuid, access_id int, object_type text, object_id uuid, PRIMARY KEY (id, at)
) PARTITION BY RANGE (at);
CREATE INDEX audit_at ON remit.audit (at DESC, id DESC);
CREATE INDEX audit_account ON remit.audit (account_id, at DESC) WHERE account_id IS NOT NULL;
CREATE INDEX audit_actor ON remit.audit (actor_id, at DESC);
CREATE INDEX audit_action ON remit.audit (action_id) WHERE action_id IS NOT NULL;
CREATE TABLE remit.audit_pending (audit_id uuid PRIMARY KEY, at timestamptz NOT NULL, leaf_hash bytea NOT NULL);
CREATE TABLE remit.audit_leaves (
    leaf_index bigint PRIMARY KEY, audit_id uuid NOT NULL UNIQUE, at timestamptz NOT NULL, leaf_hash bytea NOT NULL);
CREATE TABLE remit.audit_keys (
    key_id text PRIMARY KEY, public_key bytea NOT NULL, created_at timestamptz NOT NULL, retired_at timestamptz,
    endorsed_by text REFERENCES remit.audit_keys (key_id), endorsement bytea);
CREATE TABLE remit.audit_heads (
    id bigint PRIMARY KEY, tree_size bigint NOT NULL, root bytea NOT NULL, sealed_at timestamptz NOT NULL, clock_at timestamptz NOT NULL,
    key_id text NOT NULL REFERENCES remit.audit_keys (key_id), previous bytea NOT NULL, signature bytea NOT NULL,
    frontier bytea[] NOT NULL);
CREATE INDEX audit_heads_size ON remit.audit_heads (tree_size);
"""

# Who may read: compliance and others who see everything; a person sees what concerns a visible account, and own acts.
# A row of an account behind a barrier is not shown to its actor once the barrier stands (access_id decides).
READABLE = f"""({VISIBLE} OR (access_id IS NULL AND (actor_id = (SELECT remit.me()) OR on_behalf_of = (SELECT remit.me())
    OR EXISTS (SELECT FROM remit.people p WHERE p.id = (SELECT remit.me()) AND p.active
               AND p.reach IN ('all', 'all_with_barriers')))))"""


def upgrade() -> None:
    op.execute(TABLES)
    op.execute(f"""
        ALTER TABLE remit.audit ENABLE ROW LEVEL SECURITY;
        ALTER TABLE remit.audit FORCE ROW LEVEL SECURITY;
        CREATE POLICY audit_read ON remit.audit FOR SELECT USING ({READABLE});
        CREATE POLICY audit_append ON remit.audit FOR INSERT WITH CHECK (true);
        GRANT SELECT ON remit.audit TO remit_reader, remit_writer;
        GRANT INSERT ON remit.audit TO remit_writer;
    """)
    op.execute(open_table("audit_pending", writer="INSERT, DELETE"))
    op.execute(open_table("audit_leaves", writer="INSERT"))
    op.execute(open_table("audit_heads", writer="INSERT"))
    op.execute(open_table("audit_keys", writer="INSERT"))
    op.execute("GRANT UPDATE (retired_at) ON remit.audit_keys TO remit_writer")
    op.execute(monthly("audit"))


def downgrade() -> None:
    op.execute(
        "DROP TABLE remit.audit_heads, remit.audit_keys, remit.audit_leaves, remit.audit_pending, remit.audit"
    )
