"""Calls of language models: the record of each, what came of it, and its text, encrypted.

The record and what came of it hold no client's words: a person sees their own, compliance sees all. The texts follow the
account they are about as well, and go when their time is over. `model_calls` and `model_replies` are insert-only.

Revision ID: 0023
"""

from __future__ import annotations

from alembic import op

from remit.db.ddl import FOREIGN_ACCOUNT, VISIBLE_OR_FIRM, protect

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

TABLES = f"""
CREATE TABLE remit.model_calls (
    id uuid PRIMARY KEY, at timestamptz NOT NULL, person_id uuid NOT NULL REFERENCES remit.people (id),
    purpose text NOT NULL, template text NOT NULL, model text NOT NULL, destination text NOT NULL,
    prompt_sha256 text NOT NULL, redaction_count int NOT NULL, left_out_count int NOT NULL, handling_version text NOT NULL,
    reserved_tokens bigint NOT NULL, reserved_usd numeric(14, 6), action_id uuid NOT NULL);
CREATE INDEX model_calls_person ON remit.model_calls (person_id, at DESC);
CREATE INDEX model_calls_recent ON remit.model_calls (at DESC, id DESC);
CREATE TABLE remit.model_replies (
    call_id uuid PRIMARY KEY REFERENCES remit.model_calls (id), at timestamptz NOT NULL,
    person_id uuid NOT NULL REFERENCES remit.people (id), outcome text NOT NULL, attempt_count int NOT NULL,
    tokens_in bigint NOT NULL, tokens_out bigint NOT NULL, cost_usd numeric(14, 6), prices_on date NOT NULL,
    latency_ms bigint NOT NULL, reply_sha256 text NOT NULL);
CREATE TABLE remit.model_contents (
    call_id uuid NOT NULL REFERENCES remit.model_calls (id), part text NOT NULL CHECK (part IN ('prompt', 'reply')),
    at timestamptz NOT NULL, person_id uuid NOT NULL REFERENCES remit.people (id), account_id uuid, access_id int,
    sealed bytea NOT NULL, PRIMARY KEY (call_id, part), {FOREIGN_ACCOUNT});
CREATE INDEX model_contents_at ON remit.model_contents (at);
CREATE INDEX model_contents_account ON remit.model_contents (account_id, access_id) WHERE account_id IS NOT NULL;
ALTER TABLE remit.drafts ADD COLUMN note text NOT NULL DEFAULT '';
"""

# whose calls I see: my own; all of them as compliance, and for the system's own upkeep
MINE = """(person_id = (SELECT remit.me()) OR EXISTS (
    SELECT FROM remit.people p WHERE p.id = (SELECT remit.me()) AND p.active AND (p.kind = 'workflow'
        OR EXISTS (SELECT FROM remit.person_roles r WHERE r.person_id = p.id AND r.role = 'compliance'))))"""


def upgrade() -> None:
    op.execute(TABLES)
    op.execute(protect("model_calls", MINE, writer="INSERT"))
    op.execute(protect("model_replies", MINE, writer="INSERT"))
    op.execute(protect("model_contents", f"({MINE} AND {VISIBLE_OR_FIRM})", writer="INSERT, DELETE"))


def downgrade() -> None:
    op.execute("ALTER TABLE remit.drafts DROP COLUMN note")
    op.execute("DROP TABLE remit.model_contents, remit.model_replies, remit.model_calls")
