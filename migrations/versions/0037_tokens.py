"""Tokens of the API: whose, for what, until when; whom the firm's directory provisions, and the identity that does it.

Revision ID: 0037
"""

from __future__ import annotations

from alembic import op

from remit.db.ddl import open_table

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None

TABLES = """
CREATE TABLE remit.api_tokens (
    id uuid PRIMARY KEY, person_id uuid NOT NULL REFERENCES remit.people (id), name text NOT NULL,
    token_hash bytea NOT NULL UNIQUE, reads boolean NOT NULL, kinds text[] NOT NULL DEFAULT '{}',
    created_by uuid NOT NULL REFERENCES remit.people (id), created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL, revoked_at timestamptz, last_used_at timestamptz);
COMMENT ON COLUMN remit.api_tokens.kinds IS 'the only action kinds that it reaches; its person''s roles and territories bound it besides';
CREATE INDEX sign_on_sessions_hint ON remit.sign_on_sessions (session_id) WHERE hint IS NOT NULL;
CREATE INDEX api_tokens_person ON remit.api_tokens (person_id);
CREATE TABLE remit.provisioned (
    person_id uuid PRIMARY KEY REFERENCES remit.people (id), user_name text NOT NULL, external_id text NOT NULL DEFAULT '',
    display_name text NOT NULL DEFAULT '', formatted_name text NOT NULL DEFAULT '', given_name text NOT NULL DEFAULT '', family_name text NOT NULL DEFAULT '', created_at timestamptz NOT NULL,
    changed_at timestamptz NOT NULL, gone_at timestamptz);
COMMENT ON COLUMN remit.provisioned.gone_at IS 'deleted by the directory: it sees them no longer, the record keeps them';
CREATE UNIQUE INDEX provisioned_name ON remit.provisioned (lower(user_name)) WHERE gone_at IS NULL;
INSERT INTO remit.people (id, kind, name, reach) VALUES
    ('00000000-0000-7000-8000-000000000005', 'connector', 'Provisioning', 'none');
"""


def upgrade() -> None:
    op.execute(TABLES)
    for table in ("api_tokens", "provisioned"):
        op.execute(open_table(table, writer="INSERT, UPDATE"))


def downgrade() -> None:
    op.execute("DROP INDEX remit.sign_on_sessions_hint")
    op.execute("DROP TABLE remit.provisioned, remit.api_tokens")
    op.execute("DELETE FROM remit.people WHERE id = '00000000-0000-7000-8000-000000000005'")
