"""Sign-on by SAML: the provider's keys and addresses. Groups that the firm's directory keeps. What groups gave, by person.

Until now what groups gave was kept with each subject of a provider. A person can have two of them and be in the directory's groups
besides; what one takes back must not be what another still gives, so there is one account of it now.

Revision ID: 0043
"""

from __future__ import annotations

from alembic import op

from remit.db.ddl import open_table

revision = "0043"
down_revision = "0042"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("""
        CREATE TABLE remit.saml_providers (
            id uuid PRIMARY KEY, only_one boolean NOT NULL DEFAULT true UNIQUE CHECK (only_one),
            entity_id text NOT NULL, name text NOT NULL, sign_on_url text NOT NULL, logout_url text NOT NULL DEFAULT '',
            logout_answer_url text NOT NULL DEFAULT '', certificates text[] NOT NULL CHECK (certificates <> '{}'),
            email_attribute text NOT NULL, name_attribute text NOT NULL, groups_attribute text NOT NULL,
            trusts_email boolean NOT NULL DEFAULT false, changed_at timestamptz NOT NULL, version int NOT NULL DEFAULT 1);
        COMMENT ON TABLE remit.saml_providers IS 'the identity provider for SAML: at most one; its certificates are the keys that we take';
        CREATE TABLE remit.group_gifts (
            person_id uuid PRIMARY KEY REFERENCES remit.people (id), roles text[] NOT NULL DEFAULT '{}',
            territories text[] NOT NULL DEFAULT '{}', reach boolean NOT NULL DEFAULT false);
        COMMENT ON TABLE remit.group_gifts IS 'what groups gave and therefore take back; what was given by hand is not in it';
        INSERT INTO remit.group_gifts (person_id, roles, territories, reach)
            SELECT person_id, array(SELECT DISTINCT unnest(x.given_roles) FROM remit.sign_on_subjects x WHERE x.person_id = s.person_id),
                array(SELECT DISTINCT unnest(x.given_territories) FROM remit.sign_on_subjects x WHERE x.person_id = s.person_id),
                bool_or(given_reach) FROM remit.sign_on_subjects s GROUP BY person_id;
        ALTER TABLE remit.sign_on_subjects DROP given_roles, DROP given_territories, DROP given_reach;
        CREATE TABLE remit.directory_groups (
            id uuid PRIMARY KEY, name text NOT NULL, external_id text NOT NULL DEFAULT '',
            created_at timestamptz NOT NULL, changed_at timestamptz NOT NULL, version int NOT NULL DEFAULT 1);
        CREATE UNIQUE INDEX directory_groups_name ON remit.directory_groups (lower(name));
        CREATE TABLE remit.directory_members (
            group_id uuid NOT NULL REFERENCES remit.directory_groups (id) ON DELETE CASCADE,
            person_id uuid NOT NULL REFERENCES remit.people (id), since_at timestamptz NOT NULL, PRIMARY KEY (group_id, person_id));
        CREATE INDEX directory_members_person ON remit.directory_members (person_id);
    """)
    for table in ("saml_providers", "group_gifts", "directory_groups", "directory_members"):
        op.execute(open_table(table))


def downgrade() -> None:
    op.execute("""
        ALTER TABLE remit.sign_on_subjects ADD given_roles text[] NOT NULL DEFAULT '{}',
            ADD given_territories text[] NOT NULL DEFAULT '{}', ADD given_reach boolean NOT NULL DEFAULT false;
        UPDATE remit.sign_on_subjects s SET given_roles = g.roles, given_territories = g.territories, given_reach = g.reach
            FROM remit.group_gifts g WHERE g.person_id = s.person_id;
        DROP TABLE remit.directory_members, remit.directory_groups, remit.group_gifts, remit.saml_providers;
    """)
