"""Proposals: drawn up at a deal, approved as they stand, handed over; their work times; templates of the firm's own; who entered a price.

An approved version, a hand-over and a stretch of work are never changed afterwards: they can be inserted, no more.

Revision ID: 0040
"""

from __future__ import annotations

from alembic import op

from remit.db.ddl import FOREIGN_ACCOUNT, open_table, protect

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None

OF_ACCOUNT = f"account_id uuid NOT NULL, access_id int NOT NULL, {FOREIGN_ACCOUNT}"
TABLES = f"""
ALTER TABLE remit.prices ADD entered_by uuid REFERENCES remit.people (id), ADD approved_by uuid REFERENCES remit.people (id);
CREATE TABLE remit.proposal_templates (
    id uuid PRIMARY KEY, name text NOT NULL, content bytea NOT NULL, sha256 text NOT NULL, active boolean NOT NULL DEFAULT true,
    added_by uuid NOT NULL REFERENCES remit.people (id), approved_by uuid REFERENCES remit.people (id), added_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL, version int NOT NULL DEFAULT 1);
COMMENT ON TABLE remit.proposal_templates IS 'Word templates of the firm''s own; the newest active one is used';
CREATE TABLE remit.proposals (
    id uuid PRIMARY KEY, number int GENERATED ALWAYS AS IDENTITY UNIQUE, {OF_ACCOUNT},
    opportunity_id uuid NOT NULL REFERENCES remit.opportunities (id), contact_id uuid NOT NULL REFERENCES remit.contacts (id),
    author_id uuid NOT NULL REFERENCES remit.people (id), title text NOT NULL,
    state text NOT NULL DEFAULT 'draft' CHECK (state IN ('draft', 'approved', 'issued', 'withdrawn')),
    terms jsonb NOT NULL, terms_sha256 text NOT NULL, document jsonb NOT NULL, sha256 text NOT NULL, template_sha256 text NOT NULL DEFAULT '',
    complexity text NOT NULL CHECK (complexity IN ('simple', 'standard', 'complex')), expires_on date NOT NULL,
    list_minor bigint NOT NULL, amount_minor bigint NOT NULL, amount_currency char(3) NOT NULL, discount_bp int NOT NULL DEFAULT 0,
    discount_sha256 text NOT NULL DEFAULT '', discount_by uuid REFERENCES remit.people (id), discount_at timestamptz,
    edited boolean NOT NULL DEFAULT false, requested_at timestamptz NOT NULL, approved_by uuid REFERENCES remit.people (id),
    approved_at timestamptz, approved_number int, first_approved_at timestamptz, active_minutes double precision,
    issued_at timestamptz, created_at timestamptz NOT NULL, updated_at timestamptz NOT NULL, version int NOT NULL DEFAULT 1,
    CHECK (approved_by IS NULL OR approved_by <> author_id));
COMMENT ON COLUMN remit.proposals.active_minutes IS 'minutes that people worked on it until it was first approved, editing and reading included';
COMMENT ON COLUMN remit.proposals.discount_sha256 IS 'the terms whose discount was agreed to; other terms need a new yes';
CREATE INDEX proposals_deal ON remit.proposals (opportunity_id, id);
CREATE INDEX proposals_updated ON remit.proposals (updated_at DESC, id);
CREATE TABLE remit.proposal_versions (
    id uuid PRIMARY KEY, proposal_id uuid NOT NULL REFERENCES remit.proposals (id), {OF_ACCOUNT}, number int NOT NULL, terms jsonb NOT NULL,
    document jsonb NOT NULL, sha256 text NOT NULL, template_sha256 text NOT NULL DEFAULT '', approved_by uuid NOT NULL REFERENCES remit.people (id),
    approved_at timestamptz NOT NULL, UNIQUE (proposal_id, number));
CREATE TABLE remit.proposal_work (
    id uuid PRIMARY KEY, proposal_id uuid NOT NULL REFERENCES remit.proposals (id), {OF_ACCOUNT},
    person_id uuid NOT NULL REFERENCES remit.people (id), doing text NOT NULL, began_at timestamptz NOT NULL, ended_at timestamptz NOT NULL,
    elsewhere_minutes double precision NOT NULL DEFAULT 0 CHECK (elsewhere_minutes >= 0), CHECK (began_at <= ended_at));
CREATE INDEX proposal_work_proposal ON remit.proposal_work (proposal_id);
CREATE TABLE remit.proposal_issues (
    id uuid PRIMARY KEY, proposal_id uuid NOT NULL REFERENCES remit.proposals (id), {OF_ACCOUNT}, number int NOT NULL,
    contact_id uuid NOT NULL REFERENCES remit.contacts (id), format text NOT NULL CHECK (format IN ('pdf', 'docx')), file_sha256 text NOT NULL,
    by_id uuid NOT NULL REFERENCES remit.people (id), at timestamptz NOT NULL);
CREATE INDEX proposal_issues_proposal ON remit.proposal_issues (proposal_id);
CREATE TABLE remit.task_baselines (
    id uuid PRIMARY KEY, motion text NOT NULL, stratum text NOT NULL DEFAULT '', minutes double precision NOT NULL CHECK (minutes > 0),
    observed_on date NOT NULL, note text NOT NULL DEFAULT '', method text NOT NULL, recorded_by uuid NOT NULL REFERENCES remit.people (id),
    approved_by uuid NOT NULL REFERENCES remit.people (id), recorded_at timestamptz NOT NULL, CHECK (approved_by <> recorded_by));
COMMENT ON TABLE remit.task_baselines IS 'how long a kind of work took before there was AI: timed pieces that two people vouch for';
CREATE INDEX task_baselines_motion ON remit.task_baselines (motion, observed_on);
"""
NEW = (
    "task_baselines", "proposal_issues", "proposal_work", "proposal_versions", "proposals", "proposal_templates",
)  # fmt: skip


def upgrade() -> None:
    op.execute(TABLES)
    op.execute(open_table("proposal_templates", writer="INSERT, UPDATE"))
    op.execute(open_table("task_baselines", writer="INSERT"))
    op.execute(protect("proposals", writer="INSERT, UPDATE"))
    for table in ("proposal_versions", "proposal_work", "proposal_issues"):
        op.execute(protect(table, writer="INSERT"))


def downgrade() -> None:
    for table in NEW:
        op.execute(f"DROP TABLE remit.{table}")
    op.execute("ALTER TABLE remit.prices DROP entered_by, DROP approved_by")
