"""Single sign-on: whom a provider's subject is here, what its groups give, which states were used, whose session it opened.

Revision ID: 0036
"""

from __future__ import annotations

from alembic import op

from remit.db.ddl import open_table

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None

TABLES = """
CREATE TABLE remit.sign_on_groups (
    id uuid PRIMARY KEY, name text NOT NULL UNIQUE, roles text[] NOT NULL CHECK (roles <> '{}'),
    territories text[] NOT NULL DEFAULT '{}', reach text NOT NULL DEFAULT 'own' CHECK (reach IN ('own', 'all')),
    changed_at timestamptz NOT NULL DEFAULT now(), version int NOT NULL DEFAULT 1);
COMMENT ON TABLE remit.sign_on_groups IS 'what a group of the identity provider gives here; a group without a row gives nothing';
CREATE TABLE remit.sign_on_subjects (
    issuer text NOT NULL, subject text NOT NULL, person_id uuid NOT NULL REFERENCES remit.people (id),
    groups text[] NOT NULL DEFAULT '{}', given_roles text[] NOT NULL DEFAULT '{}',
    given_territories text[] NOT NULL DEFAULT '{}', given_reach boolean NOT NULL DEFAULT false,
    linked_at timestamptz NOT NULL, PRIMARY KEY (issuer, subject), UNIQUE (issuer, person_id));
COMMENT ON COLUMN remit.sign_on_subjects.given_roles IS 'what the groups gave and therefore take back; roles given by hand stay';
CREATE TABLE remit.sign_on_used (token_hash bytea PRIMARY KEY, used_at timestamptz NOT NULL);
COMMENT ON TABLE remit.sign_on_used IS 'states and logout tokens that were used: each serves once';
CREATE TABLE remit.sign_on_sessions (
    session_id uuid PRIMARY KEY REFERENCES remit.web_sessions (id), issuer text NOT NULL, subject text NOT NULL,
    sid text NOT NULL DEFAULT '', hint bytea);
COMMENT ON COLUMN remit.sign_on_sessions.hint IS 'the ID token, sealed with a key outside of the database: to sign out at the provider';
CREATE INDEX sign_on_sessions_subject ON remit.sign_on_sessions (issuer, subject);
INSERT INTO remit.people (id, kind, name, reach) VALUES
    ('00000000-0000-7000-8000-000000000004', 'connector', 'Single sign-on', 'none');
"""


def upgrade() -> None:
    op.execute(TABLES)
    for table in ("sign_on_groups", "sign_on_subjects", "sign_on_sessions"):
        op.execute(open_table(table))
    op.execute(open_table("sign_on_used", reader=False))


def downgrade() -> None:
    op.execute(
        "DROP TABLE remit.sign_on_sessions, remit.sign_on_used, remit.sign_on_subjects, remit.sign_on_groups"
    )
    op.execute("DELETE FROM remit.people WHERE id = '00000000-0000-7000-8000-000000000004'")
