"""Documents as records: what was filed, said, written or pasted, whole, so that a fact can show the very words.

A document without an account belongs to the firm (battle cards). Its text never changes: a better copy supersedes it, and what
is removed is only no longer listed, because facts and saved summaries still rest on it.

Revision ID: 0030
"""

from __future__ import annotations

from alembic import op

from remit.db.ddl import FOREIGN_ACCOUNT, VISIBLE_OR_FIRM, protect

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

TABLES = f"""
CREATE TABLE remit.documents (
    id uuid PRIMARY KEY, account_id uuid, access_id int REFERENCES remit.access_groups (id),
    kind text NOT NULL CHECK (kind IN ('10-K', '10-Q', '8-K', '13F', 'ADV', 'call_transcript', 'news', 'call_note',
        'meeting_note', 'battle_card', 'pasted', 'other')),
    title text NOT NULL, source_name text NOT NULL, accession_number text, published_on date, period_end_on date,
    text text NOT NULL CHECK (char_length(text) BETWEEN 1 AND 5000000), sha256 text NOT NULL CHECK (sha256 ~ '^[0-9a-f]{{64}}$'),
    headings int[] NOT NULL DEFAULT '{{}}', page_starts int[] NOT NULL DEFAULT '{{}}', warnings jsonb NOT NULL DEFAULT '[]',
    state text NOT NULL DEFAULT 'live' CHECK (state IN ('live', 'superseded', 'removed')),
    replaced_by uuid REFERENCES remit.documents (id), closed_reason text NOT NULL DEFAULT '',
    added_by uuid NOT NULL REFERENCES remit.people (id), added_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(), version int NOT NULL DEFAULT 1, {FOREIGN_ACCOUNT},
    CHECK (account_id IS NULL OR access_id IS NOT NULL));
CREATE UNIQUE INDEX documents_once ON remit.documents
    (coalesce(account_id, '00000000-0000-0000-0000-000000000000'), sha256) WHERE state <> 'removed';
CREATE INDEX documents_account ON remit.documents (account_id, kind, (coalesce(period_end_on, published_on)) DESC);
CREATE INDEX documents_added ON remit.documents (added_at DESC, id DESC);
CREATE TABLE remit.document_summaries (
    id uuid PRIMARY KEY, document_id uuid NOT NULL REFERENCES remit.documents (id), account_id uuid,
    access_id int REFERENCES remit.access_groups (id), writer text NOT NULL, note text NOT NULL DEFAULT '',
    bullets jsonb NOT NULL, sha256 text NOT NULL CHECK (sha256 ~ '^[0-9a-f]{{64}}$'),
    saved_by uuid NOT NULL REFERENCES remit.people (id), saved_at timestamptz NOT NULL, {FOREIGN_ACCOUNT},
    CHECK (account_id IS NULL OR access_id IS NOT NULL));
CREATE UNIQUE INDEX document_summaries_once ON remit.document_summaries (document_id, saved_by, sha256);
CREATE INDEX document_summaries_saved ON remit.document_summaries (saved_by, saved_at);
ALTER TABLE remit.facts ADD document_id uuid REFERENCES remit.documents (id);
CREATE INDEX facts_document ON remit.facts (document_id) WHERE document_id IS NOT NULL;
"""


def upgrade() -> None:
    op.execute(TABLES)
    op.execute(protect("documents", VISIBLE_OR_FIRM, writer="INSERT"))
    # the words of a document on record never change; only what became of it does
    op.execute(
        "GRANT UPDATE (state, replaced_by, closed_reason, updated_at, version) ON remit.documents TO remit_writer"
    )
    op.execute(protect("document_summaries", VISIBLE_OR_FIRM, writer="INSERT"))


def downgrade() -> None:
    op.execute("ALTER TABLE remit.facts DROP document_id")
    op.execute("DROP TABLE remit.document_summaries, remit.documents")
