"""Documented cases of better productivity: minutes before and with AI, evidence, a manager's sign-off.

A case holds no client's words: a person sees their own, whoever answers for others sees all, everybody sees what was signed.
What it stands on (a message, a brief) stays under its own account's protection.

Revision ID: 0033
"""

from __future__ import annotations

from alembic import op

from remit.db.ddl import protect

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None

TABLES = """
CREATE TABLE remit.productivity_cases (
    id uuid PRIMARY KEY, owner_id uuid NOT NULL REFERENCES remit.people (id), title text NOT NULL, motion text NOT NULL,
    method text NOT NULL, state text NOT NULL DEFAULT 'draft' CHECK (state IN ('draft', 'submitted', 'returned', 'signed')),
    submitted_at timestamptz, decided_by uuid REFERENCES remit.people (id), decided_at timestamptz, reason text NOT NULL DEFAULT '',
    point_minutes double precision, bound_minutes double precision, created_at timestamptz NOT NULL, updated_at timestamptz NOT NULL,
    version int NOT NULL DEFAULT 1, CHECK (state <> 'signed' OR (decided_by IS NOT NULL AND decided_by <> owner_id)));
COMMENT ON COLUMN remit.productivity_cases.bound_minutes IS 'upper 95 % bound of AI minutes less minutes before, as when it was signed';
CREATE INDEX productivity_cases_owner ON remit.productivity_cases (owner_id, updated_at DESC);
CREATE TABLE remit.case_observations (
    case_id uuid NOT NULL REFERENCES remit.productivity_cases (id) ON DELETE CASCADE, number int NOT NULL,
    side text NOT NULL CHECK (side IN ('before', 'with_ai')), minutes double precision NOT NULL CHECK (minutes > 0), observed_on date NOT NULL,
    stratum text NOT NULL DEFAULT '', note text NOT NULL DEFAULT '', artefact_id uuid, artefact_sha256 text,
    PRIMARY KEY (case_id, number), CHECK (side = 'with_ai' OR artefact_id IS NULL));
CREATE INDEX case_observations_artefact ON remit.case_observations (artefact_id) WHERE artefact_id IS NOT NULL;
"""
SEEN = """((SELECT remit.me()) IS NOT NULL AND (owner_id = (SELECT remit.me()) OR state = 'signed' OR EXISTS (
    SELECT FROM remit.people p WHERE p.id = (SELECT remit.me()) AND p.active AND (p.kind = 'workflow' OR EXISTS (
        SELECT FROM remit.person_roles r WHERE r.person_id = p.id
          AND r.role IN ('manager', 'vp', 'enablement', 'compliance', 'governance', 'operations'))))))"""
OF_CASE = "EXISTS (SELECT FROM remit.productivity_cases seen WHERE seen.id = case_id)"


def upgrade() -> None:
    op.execute(TABLES)
    op.execute(protect("productivity_cases", SEEN, writer="INSERT, UPDATE"))
    op.execute(protect("case_observations", OF_CASE, writer="INSERT, DELETE"))


def downgrade() -> None:
    op.execute("DROP TABLE remit.case_observations, remit.productivity_cases")
