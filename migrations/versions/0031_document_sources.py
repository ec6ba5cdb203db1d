"""Where documents are fetched from: the filings of a CIK, or a feed, each watched for one account that a person named.

Revision ID: 0031
"""

from __future__ import annotations

from alembic import op

from remit.db.ddl import FOREIGN_ACCOUNT, VISIBLE, protect

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(f"""
        CREATE TABLE remit.document_sources (
            id uuid PRIMARY KEY, account_id uuid NOT NULL, access_id int NOT NULL,
            kind text NOT NULL CHECK (kind IN ('cik', 'feed')), address text NOT NULL, state text NOT NULL DEFAULT 'watched'
                CHECK (state IN ('watched', 'stopped')), etag text NOT NULL DEFAULT '', modified text NOT NULL DEFAULT '',
            read_at timestamptz, outcome text NOT NULL DEFAULT '', watched_by uuid NOT NULL REFERENCES remit.people (id),
            watched_at timestamptz NOT NULL, updated_at timestamptz NOT NULL DEFAULT now(), version int NOT NULL DEFAULT 1,
            {FOREIGN_ACCOUNT});
        CREATE UNIQUE INDEX document_sources_once ON remit.document_sources (account_id, kind, address) WHERE state = 'watched';
        CREATE INDEX document_sources_due ON remit.document_sources (read_at NULLS FIRST) WHERE state = 'watched';
    """)
    op.execute(protect("document_sources", VISIBLE, writer="INSERT, UPDATE"))


def downgrade() -> None:
    op.execute("DROP TABLE remit.document_sources")
