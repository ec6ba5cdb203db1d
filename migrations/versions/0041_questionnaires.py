"""Questionnaires of buyers: the firm's approved answers, and questionnaires with their questions, answers and file.

An answer belongs to the whole firm and names no client; where it came from (a questionnaire of an account) is seen by whoever
sees that account. The words of an approved answer never change: a better one supersedes it.

Revision ID: 0041
"""

from __future__ import annotations

from alembic import op

from remit.db.ddl import FOREIGN_ACCOUNT, open_table, protect

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(f"""
        CREATE TABLE remit.questionnaires (
            id uuid PRIMARY KEY, account_id uuid NOT NULL, access_id int NOT NULL, {FOREIGN_ACCOUNT},
            opportunity_id uuid REFERENCES remit.opportunities (id), title text NOT NULL, file_name text NOT NULL,
            form text NOT NULL CHECK (form IN ('xlsx', 'xlsm', 'docx', 'csv')), sha256 text NOT NULL DEFAULT '', file bytea,
            state text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'approved')), due_on date, notes text[] NOT NULL DEFAULT '{{}}',
            owner_id uuid NOT NULL REFERENCES remit.people (id), added_at timestamptz NOT NULL, looked_at timestamptz,
            approved_by uuid REFERENCES remit.people (id), approved_at timestamptz, approved_sha256 text NOT NULL DEFAULT '',
            updated_at timestamptz NOT NULL DEFAULT now(), version int NOT NULL DEFAULT 1);
        CREATE INDEX questionnaires_account ON remit.questionnaires (account_id);
        CREATE INDEX questionnaires_opportunity ON remit.questionnaires (opportunity_id);
        CREATE TABLE remit.answers (
            id uuid PRIMARY KEY, question text NOT NULL, short text NOT NULL DEFAULT '' CHECK (short IN ('', 'yes', 'no', 'partly', 'n/a')),
            answer text NOT NULL, product text NOT NULL DEFAULT '', source_name text NOT NULL DEFAULT '',
            questionnaire_id uuid REFERENCES remit.questionnaires (id), place text NOT NULL DEFAULT '',
            owner_id uuid NOT NULL REFERENCES remit.people (id), as_of_on date NOT NULL, review_by_on date NOT NULL,
            state text NOT NULL DEFAULT 'draft' CHECK (state IN ('draft', 'live', 'superseded', 'retired')),
            made_by uuid NOT NULL REFERENCES remit.people (id), made_at timestamptz NOT NULL,
            approved_by uuid REFERENCES remit.people (id), approved_at timestamptz, replaces_id uuid REFERENCES remit.answers (id),
            why text NOT NULL DEFAULT '', sha256 text NOT NULL, updated_at timestamptz NOT NULL DEFAULT now(), version int NOT NULL DEFAULT 1,
            CHECK (state <> 'live' OR (approved_by IS NOT NULL AND approved_by <> made_by)));
        CREATE UNIQUE INDEX answers_same ON remit.answers (sha256) WHERE state IN ('draft', 'live');
        CREATE INDEX answers_state ON remit.answers (state, question, id);
        CREATE TABLE remit.questionnaire_items (
            id uuid PRIMARY KEY, questionnaire_id uuid NOT NULL REFERENCES remit.questionnaires (id), account_id uuid NOT NULL,
            access_id int NOT NULL, {FOREIGN_ACCOUNT}, position int NOT NULL, sheet text NOT NULL DEFAULT '', section text NOT NULL DEFAULT '',
            number text NOT NULL DEFAULT '', question text NOT NULL, kind text NOT NULL CHECK (kind IN ('yes_no', 'choice', 'text')),
            options text[] NOT NULL DEFAULT '{{}}', answer_at text NOT NULL, comment_at text NOT NULL DEFAULT '', given text NOT NULL DEFAULT '',
            state text NOT NULL DEFAULT 'gap' CHECK (state IN ('gap', 'proposed', 'stale', 'conflict', 'accepted', 'written', 'blank', 'given')),
            short text NOT NULL DEFAULT '', answer text NOT NULL DEFAULT '', answer_id uuid REFERENCES remit.answers (id),
            fact_id uuid REFERENCES remit.facts (id), score real, against uuid[] NOT NULL DEFAULT '{{}}', why text NOT NULL DEFAULT '',
            assigned_to uuid REFERENCES remit.people (id), task_id uuid, decided_by uuid REFERENCES remit.people (id), decided_at timestamptz,
            updated_at timestamptz NOT NULL DEFAULT now(), version int NOT NULL DEFAULT 1, UNIQUE (questionnaire_id, position));
        CREATE INDEX questionnaire_items_answer ON remit.questionnaire_items (answer_id) WHERE answer_id IS NOT NULL;
        CREATE INDEX questionnaire_items_assigned ON remit.questionnaire_items (assigned_to) WHERE assigned_to IS NOT NULL;
    """)
    op.execute(protect("questionnaires"))
    op.execute(protect("questionnaire_items"))
    op.execute(open_table("answers"))


def downgrade() -> None:
    op.execute("DROP TABLE remit.questionnaire_items, remit.answers, remit.questionnaires")
