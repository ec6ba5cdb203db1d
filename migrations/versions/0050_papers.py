"""Papers: documents of our own that two people let buyers be quoted from; lines of a questionnaire quote one by place.

A paper's words stay where they are: the line names document and characters. A client's document is never one (the verb refuses
it, and no read takes one that has an account).

Revision ID: 0050
"""

from __future__ import annotations

from alembic import op

from remit.db.ddl import open_table

revision = "0050"
down_revision = "0053"
branch_labels = None
depends_on = None

_STATES = "'gap', 'proposed', 'stale', 'conflict', 'accepted', 'written', 'blank', 'given'"


def upgrade() -> None:
    op.execute(f"""
        CREATE TABLE remit.papers (
            document_id uuid PRIMARY KEY REFERENCES remit.documents (id), owner_id uuid NOT NULL REFERENCES remit.people (id),
            state text NOT NULL DEFAULT 'released' CHECK (state IN ('released', 'withdrawn')),
            released_by uuid NOT NULL REFERENCES remit.people (id), released_at timestamptz NOT NULL, review_by_on date NOT NULL,
            why text NOT NULL DEFAULT '', updated_at timestamptz NOT NULL DEFAULT now(), version int NOT NULL DEFAULT 1);
        ALTER TABLE remit.questionnaire_items
            ADD document_id uuid REFERENCES remit.documents (id), ADD document_at int[] NOT NULL DEFAULT '{{}}', ADD document_place text NOT NULL DEFAULT '',
            ADD against_document_id uuid REFERENCES remit.documents (id), ADD against_at int[] NOT NULL DEFAULT '{{}}', ADD against_place text NOT NULL DEFAULT '',
            DROP CONSTRAINT questionnaire_items_state_check,
            ADD CONSTRAINT questionnaire_items_state_check CHECK (state IN ('quoted', {_STATES}));
        CREATE INDEX questionnaire_items_document ON remit.questionnaire_items (document_id) WHERE document_id IS NOT NULL;
    """)
    op.execute(open_table("papers", writer="INSERT, UPDATE"))


def downgrade() -> None:
    op.execute(f"""
        UPDATE remit.questionnaire_items SET state = 'gap', answer = '' WHERE state = 'quoted';
        ALTER TABLE remit.questionnaire_items DROP document_id, DROP document_at, DROP document_place,
            DROP against_document_id, DROP against_at, DROP against_place,
            DROP CONSTRAINT questionnaire_items_state_check,
            ADD CONSTRAINT questionnaire_items_state_check CHECK (state IN ({_STATES}));
        DROP TABLE remit.papers;
    """)
