"""Connections to a CRM: what is connected, how far each kind of record was taken, whose id means which row; what is gone there.

A record that is deleted or merged away in the CRM keeps its row here (the record of what we did rests on it) and is not shown any
more. A restrictive policy hides it, so that no list, figure or agent has to think of it; only taking a page of the CRM looks past.

Revision ID: 0038
"""

from __future__ import annotations

from alembic import op

from remit.db.ddl import open_table

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None

TABLES = ("accounts", "contacts", "leads", "opportunities", "activities")
# the owner's functions decide who sees a record of what was done, gone or not; a page of the CRM may bring a record back
PRESENT = (
    "(gone_at IS NULL OR current_user = 'remit_owner'"
    " OR (SELECT current_setting('remit.with_gone', true)) IS NOT DISTINCT FROM 'yes')"
)


def upgrade() -> None:
    op.execute("""
        CREATE TABLE remit.crm_connections (
            id uuid PRIMARY KEY, vendor text NOT NULL UNIQUE CHECK (vendor IN ('salesforce', 'hubspot')),
            state text NOT NULL CHECK (state IN ('connected', 'stopped')), address text NOT NULL DEFAULT '', sealed bytea,
            connected_by uuid NOT NULL REFERENCES remit.people (id), connected_at timestamptz NOT NULL,
            due_at timestamptz, checked_at timestamptz, problem text NOT NULL DEFAULT '', requests_count bigint NOT NULL DEFAULT 0,
            updated_at timestamptz NOT NULL DEFAULT now(), version int NOT NULL DEFAULT 1);
        CREATE TABLE remit.crm_streams (
            connection_id uuid NOT NULL REFERENCES remit.crm_connections (id), stream text NOT NULL,
            cursor jsonb NOT NULL DEFAULT '{}', newest_at timestamptz, whole_at timestamptz, taken_at timestamptz, checked_at timestamptz,
            rows_count bigint NOT NULL DEFAULT 0, created_count bigint NOT NULL DEFAULT 0, updated_count bigint NOT NULL DEFAULT 0,
            gone_count bigint NOT NULL DEFAULT 0, rejected_count bigint NOT NULL DEFAULT 0, last_import_id uuid,
            fields jsonb NOT NULL DEFAULT '{}', mapping jsonb NOT NULL DEFAULT '{}', drift jsonb NOT NULL DEFAULT '[]',
            problem text NOT NULL DEFAULT '', version int NOT NULL DEFAULT 1, PRIMARY KEY (connection_id, stream));
        CREATE TABLE remit.campaigns (
            id uuid PRIMARY KEY, name text NOT NULL, kind text NOT NULL DEFAULT '', state text NOT NULL DEFAULT '',
            starts_on date, ends_on date, budget_minor bigint, budget_currency char(3), cost_minor bigint, cost_currency char(3),
            leads_count int, active boolean NOT NULL DEFAULT true, owner_id uuid REFERENCES remit.people (id),
            source text, external_id text, import_id uuid, import_hash bytea, extra jsonb NOT NULL DEFAULT '{}',
            created_at timestamptz NOT NULL DEFAULT now(), updated_at timestamptz NOT NULL DEFAULT now(), version int NOT NULL DEFAULT 1,
            gone_at timestamptz);
        CREATE TABLE remit.crm_links (
            source text NOT NULL, entity text NOT NULL, external_id text NOT NULL, record_id uuid NOT NULL,
            merged boolean NOT NULL DEFAULT false, PRIMARY KEY (source, entity, external_id));
        CREATE INDEX crm_links_record ON remit.crm_links (record_id);
        COMMENT ON TABLE remit.crm_links IS 'records of the CRM whose row here has not the id made of theirs: taken over, or merged away';
        CREATE TABLE remit.crm_waiting (
            source text NOT NULL, entity text NOT NULL, record_id uuid NOT NULL, target_external_id text NOT NULL,
            PRIMARY KEY (source, entity, record_id));
        COMMENT ON TABLE remit.crm_waiting IS 'parents of accounts and managers of people that the CRM names and has not yet given us';
    """)
    for table in ("crm_connections", "crm_streams", "crm_links", "crm_waiting", "campaigns"):
        op.execute(open_table(table))
    for table in TABLES:
        op.execute(f"ALTER TABLE remit.{table} ADD gone_at timestamptz")
        op.execute(f"CREATE POLICY {table}_present ON remit.{table} AS RESTRICTIVE USING {PRESENT}")
        op.execute(
            f"CREATE INDEX {table}_external ON remit.{table} (external_id, source) WHERE source IN ('salesforce', 'hubspot')"
        )


def downgrade() -> None:
    for table in TABLES:
        op.execute(f"DROP INDEX remit.{table}_external")
        op.execute(f"DROP POLICY {table}_present ON remit.{table}")
        op.execute(f"ALTER TABLE remit.{table} DROP gone_at")
    op.execute(
        "DROP TABLE remit.campaigns, remit.crm_waiting, remit.crm_links, remit.crm_streams, remit.crm_connections"
    )
