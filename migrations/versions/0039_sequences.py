"""Sequences: who is in which version of a plan, what each got, and where they are.

The plan itself is a version of the library (channel `sequence`), so its life is that of every template. A step of an enrolment is
a row whose key is (enrolment, step): however often it is tried, it is taken once. A draft names the step it was written for, and
at most one draft does.

Revision ID: 0039
"""

from __future__ import annotations

from alembic import op

from remit.db.ddl import FOREIGN_ACCOUNT, open_table, protect

revision = "0039"
down_revision = "0043"
branch_labels = None
depends_on = None

TABLES = f"""
CREATE TABLE remit.sequence_texts (
    version_id uuid NOT NULL REFERENCES remit.template_versions (id), step text NOT NULL, number int NOT NULL,
    template_version_id uuid NOT NULL REFERENCES remit.template_versions (id), PRIMARY KEY (version_id, step, number));
COMMENT ON TABLE remit.sequence_texts IS 'the version of each template that a sequence was approved with, in the order in which they are tried';
CREATE INDEX sequence_texts_template ON remit.sequence_texts (template_version_id);
CREATE TABLE remit.enrolments (
    id uuid PRIMARY KEY, account_id uuid NOT NULL, access_id int NOT NULL, contact_id uuid NOT NULL REFERENCES remit.contacts (id),
    template_id uuid NOT NULL REFERENCES remit.templates (id), version_id uuid NOT NULL REFERENCES remit.template_versions (id),
    owner_id uuid NOT NULL REFERENCES remit.people (id), account_owner_id uuid, contact_owner_id uuid,
    entered jsonb NOT NULL DEFAULT '{{}}',
    state text NOT NULL DEFAULT 'active' CHECK (state IN ('active', 'paused', 'stopped', 'finished')),
    step text NOT NULL, due_at timestamptz, heard text NOT NULL DEFAULT '' CHECK (heard IN ('', 'reply', 'bounce', 'meeting')),
    code text NOT NULL DEFAULT '', why text NOT NULL DEFAULT '', enrolled_at timestamptz NOT NULL, resumed_at timestamptz,
    closed_at timestamptz, version int NOT NULL DEFAULT 1, {FOREIGN_ACCOUNT});
COMMENT ON COLUMN remit.enrolments.due_at IS 'when `step` is to be taken; null: it was taken and is with somebody, or nothing is to come';
COMMENT ON COLUMN remit.enrolments.heard IS 'what came back and led to a branch: from then on only people act';
CREATE UNIQUE INDEX enrolments_running ON remit.enrolments (contact_id) WHERE state IN ('active', 'paused');
CREATE INDEX enrolments_due ON remit.enrolments (due_at) WHERE state = 'active' AND due_at IS NOT NULL;
CREATE INDEX enrolments_list ON remit.enrolments (template_id, state, enrolled_at DESC, id);
CREATE INDEX enrolments_account ON remit.enrolments (account_id) WHERE state IN ('active', 'paused');
CREATE TABLE remit.enrolment_steps (
    enrolment_id uuid NOT NULL REFERENCES remit.enrolments (id), step text NOT NULL, id uuid NOT NULL UNIQUE,
    account_id uuid NOT NULL, access_id int NOT NULL, kind text NOT NULL CHECK (kind IN ('email', 'call', 'social', 'wait', 'branch')),
    taken_at timestamptz NOT NULL, try_at timestamptz, activity_id uuid, done_at timestamptz,
    outcome text NOT NULL DEFAULT '', why text NOT NULL DEFAULT '', PRIMARY KEY (enrolment_id, step), {FOREIGN_ACCOUNT});
COMMENT ON COLUMN remit.enrolment_steps.try_at IS 'an e-mail that may not be asked for yet (cap, night, holiday): when to try again';
CREATE INDEX enrolment_steps_open ON remit.enrolment_steps (try_at) WHERE done_at IS NULL;
ALTER TABLE remit.drafts ADD enrolment_step_id uuid REFERENCES remit.enrolment_steps (id);
CREATE UNIQUE INDEX drafts_enrolment_step ON remit.drafts (enrolment_step_id) WHERE enrolment_step_id IS NOT NULL;
CREATE INDEX template_versions_sequences ON remit.template_versions (state) WHERE channel = 'sequence';
CREATE INDEX messages_contact ON remit.messages (contact_id, at DESC) WHERE direction = 'in';
"""


def upgrade() -> None:
    op.execute(TABLES)
    op.execute(open_table("sequence_texts", writer="INSERT"))
    op.execute(protect("enrolments", writer="INSERT, UPDATE"))
    op.execute(protect("enrolment_steps", writer="INSERT, UPDATE"))


def downgrade() -> None:
    op.execute("DROP INDEX remit.messages_contact, remit.template_versions_sequences")
    op.execute("ALTER TABLE remit.drafts DROP enrolment_step_id")
    op.execute("DROP TABLE remit.enrolment_steps, remit.enrolments, remit.sequence_texts")
