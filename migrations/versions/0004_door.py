"""The door: actions, suggestions, effects with receipts and outcomes, remits, halts, drafts, messages, ladder readings.

Revision ID: 0004
"""

from __future__ import annotations

from alembic import op

from remit.db.ddl import FOREIGN_ACCOUNT, VISIBLE_OR_FIRM, monthly, open_table, protect

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

TABLES = f"""
CREATE TABLE remit.actions (
    id uuid PRIMARY KEY, kind text NOT NULL, payload jsonb NOT NULL, payload_hash bytea NOT NULL, idempotency_key text UNIQUE,
    actor_id uuid NOT NULL REFERENCES remit.people (id), actor_kind text NOT NULL, on_behalf_of uuid, approver_id uuid,
    suggestion_id uuid, account_id uuid, access_id int, object_type text, object_id uuid,
    segment text, channel text, rule_ids text[] NOT NULL, policy_hash text NOT NULL, sentence text NOT NULL, stages jsonb NOT NULL,
    result jsonb NOT NULL, request_id text NOT NULL, at timestamptz NOT NULL, {FOREIGN_ACCOUNT});
CREATE INDEX actions_recent ON remit.actions (at DESC, id DESC);
CREATE INDEX actions_agent_day ON remit.actions (actor_id, kind, at) WHERE actor_kind = 'agent';
CREATE TABLE remit.suggestions (
    id uuid PRIMARY KEY, kind text NOT NULL, payload jsonb NOT NULL, payload_hash bytea NOT NULL,
    title text NOT NULL, reason text NOT NULL DEFAULT '', account_id uuid, access_id int, object_type text, object_id uuid,
    proposed_by uuid NOT NULL REFERENCES remit.people (id), proposer_kind text NOT NULL, on_behalf_of uuid,
    needs text NOT NULL DEFAULT '', rule_ids text[] NOT NULL DEFAULT '{{}}',
    state text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'approved', 'rejected', 'expired', 'void')),
    idempotency_key text UNIQUE, proposed_at timestamptz NOT NULL, expires_at timestamptz NOT NULL, decided_by uuid REFERENCES remit.people (id),
    decided_at timestamptz, decision_reason text, action_id uuid, version int NOT NULL DEFAULT 1, {FOREIGN_ACCOUNT});
CREATE INDEX suggestions_waiting ON remit.suggestions (expires_at, id) WHERE state = 'waiting';
CREATE TABLE remit.effects (
    id uuid NOT NULL, created_at timestamptz NOT NULL, action_id uuid NOT NULL, action_kind text NOT NULL,
    kind text NOT NULL, channel text NOT NULL, idempotency_key text NOT NULL, payload jsonb NOT NULL,
    account_id uuid, access_id int, actor_id uuid NOT NULL, agent_id uuid, on_behalf_of uuid,
    state text NOT NULL DEFAULT 'queued' CHECK (state IN ('queued', 'sending', 'delivered', 'parked', 'recalled', 'failed')),
    phase text NOT NULL DEFAULT '', attempt_count int NOT NULL DEFAULT 0, next_at timestamptz NOT NULL, worker text, worker_seen_at timestamptz,
    known text NOT NULL DEFAULT '', version int NOT NULL DEFAULT 1, PRIMARY KEY (id, created_at), {FOREIGN_ACCOUNT}
) PARTITION BY RANGE (created_at);
COMMENT ON COLUMN remit.effects.phase IS 'how far the current attempt got; committing = the other side may have it';
CREATE INDEX effects_due ON remit.effects (next_at) WHERE state IN ('queued', 'sending');
CREATE INDEX effects_action ON remit.effects (action_id);
CREATE TABLE remit.effect_keys (
    idempotency_key text PRIMARY KEY, effect_id uuid NOT NULL, created_at timestamptz NOT NULL);
COMMENT ON TABLE remit.effect_keys IS 'uniqueness across months, which a partitioned table cannot promise';
CREATE TABLE remit.receipts (
    effect_id uuid PRIMARY KEY, at timestamptz NOT NULL, worker text NOT NULL, proof jsonb NOT NULL,
    account_id uuid, access_id int, {FOREIGN_ACCOUNT});
CREATE TABLE remit.outcomes (
    id uuid PRIMARY KEY, effect_id uuid NOT NULL, kind text NOT NULL, at timestamptz NOT NULL, detail jsonb NOT NULL DEFAULT '{{}}',
    account_id uuid, access_id int, {FOREIGN_ACCOUNT});
CREATE INDEX outcomes_effect ON remit.outcomes (effect_id);
CREATE TABLE remit.captured_mail (
    effect_id uuid PRIMARY KEY, at timestamptz NOT NULL, raw bytea NOT NULL, account_id uuid, access_id int, {FOREIGN_ACCOUNT});
CREATE TABLE remit.drafts (
    id uuid PRIMARY KEY, account_id uuid NOT NULL, access_id int NOT NULL, contact_id uuid, opportunity_id uuid,
    kind text NOT NULL, channel text NOT NULL DEFAULT 'email', subject text NOT NULL, body text NOT NULL, writer text NOT NULL,
    template text NOT NULL DEFAULT '', sentences jsonb NOT NULL DEFAULT '[]', checks jsonb NOT NULL DEFAULT '[]',
    sendable boolean NOT NULL DEFAULT false, author_id uuid NOT NULL REFERENCES remit.people (id),
    state text NOT NULL DEFAULT 'draft' CHECK (state IN ('draft', 'waiting', 'sent', 'discarded')),
    edited boolean NOT NULL DEFAULT false, suggestion_id uuid, effect_id uuid,
    created_at timestamptz NOT NULL, updated_at timestamptz NOT NULL, version int NOT NULL DEFAULT 1, {FOREIGN_ACCOUNT});
CREATE INDEX drafts_author ON remit.drafts (author_id, updated_at DESC);
CREATE INDEX drafts_account ON remit.drafts (account_id);
CREATE TABLE remit.messages (
    id uuid PRIMARY KEY, account_id uuid, access_id int, contact_id uuid, direction text NOT NULL CHECK (direction IN ('in', 'out')),
    effect_id uuid, draft_id uuid, message_id text NOT NULL UNIQUE, in_reply_to text, thread_id text NOT NULL,
    from_address text NOT NULL, to_address text NOT NULL, subject text NOT NULL, body text NOT NULL,
    classification text NOT NULL DEFAULT '', fact_ids uuid[] NOT NULL DEFAULT '{{}}', at timestamptz NOT NULL,
    detail jsonb NOT NULL DEFAULT '{{}}', {FOREIGN_ACCOUNT});
CREATE INDEX messages_account ON remit.messages (account_id, at DESC);
CREATE INDEX messages_thread ON remit.messages (thread_id, at);
CREATE TABLE remit.remits (
    id uuid PRIMARY KEY, action_kind text NOT NULL, segment text NOT NULL DEFAULT '*', channel text NOT NULL DEFAULT '*',
    agent_id uuid REFERENCES remit.people (id), level text NOT NULL CHECK (level IN ('off', 'suggest', 'approve', 'auto')),
    daily_cap_count int, step int NOT NULL DEFAULT 0, granted_by uuid NOT NULL REFERENCES remit.people (id),
    approved_by uuid REFERENCES remit.people (id), reason text NOT NULL, created_at timestamptz NOT NULL,
    revoked_at timestamptz, revoked_by uuid REFERENCES remit.people (id), revoked_reason text,
    CHECK (level <> 'auto' OR daily_cap_count IS NOT NULL),
    CHECK (level <> 'auto' OR (approved_by IS NOT NULL AND approved_by <> granted_by)));
CREATE INDEX remits_live ON remit.remits (action_kind) WHERE revoked_at IS NULL;
CREATE TABLE remit.halts (
    id uuid PRIMARY KEY, scope_kind text NOT NULL CHECK (scope_kind IN ('everything', 'agent', 'action', 'channel', 'account')),
    scope_value text NOT NULL DEFAULT '', reason text NOT NULL, halted_by uuid NOT NULL REFERENCES remit.people (id), halted_at timestamptz NOT NULL,
    resumed_by uuid REFERENCES remit.people (id), resumed_at timestamptz, resume_reason text);
CREATE UNIQUE INDEX halts_live ON remit.halts (scope_kind, scope_value) WHERE resumed_at IS NULL;
CREATE TABLE remit.readings (
    id uuid NOT NULL, at timestamptz NOT NULL, gate text NOT NULL, definition_version int NOT NULL, definition_hash text NOT NULL,
    window_from_on date NOT NULL, window_until_on date NOT NULL, query text NOT NULL, row_ids uuid[] NOT NULL DEFAULT '{{}}', row_digest text NOT NULL,
    value numeric, bound numeric, threshold numeric, n_count bigint NOT NULL, n_min_count bigint NOT NULL,
    state text NOT NULL CHECK (state IN ('met', 'not_met', 'insufficient', 'stale')), taken_by uuid NOT NULL,
    PRIMARY KEY (id, at)) PARTITION BY RANGE (at);
CREATE INDEX readings_gate ON remit.readings (gate, at DESC);
"""

PROTECTED = (
    "actions",
    "suggestions",
    "effects",
    "receipts",
    "outcomes",
    "captured_mail",
    "drafts",
    "messages",
)
TABLES_OPEN = ("effect_keys", "remits", "halts", "readings")

# a firm-wide act (a halt, a remit) is open to all staff; one about an account follows the account
WRITES = {
    "actions": "INSERT",
    "receipts": "INSERT",
    "outcomes": "INSERT",
    "captured_mail": "INSERT",
    "messages": "INSERT, UPDATE",
    "suggestions": "INSERT, UPDATE",
    "effects": "INSERT, UPDATE",
    "drafts": "INSERT, UPDATE",
    "effect_keys": "INSERT",
    "remits": "INSERT, UPDATE",
    "halts": "INSERT, UPDATE",
    "readings": "INSERT",
}


def upgrade() -> None:
    op.execute(TABLES)
    for table in PROTECTED:
        op.execute(protect(table, VISIBLE_OR_FIRM, writer=WRITES[table]))
    for table in TABLES_OPEN:
        op.execute(open_table(table, writer=WRITES[table]))
    op.execute(monthly("effects"))
    op.execute(monthly("readings"))


def downgrade() -> None:
    op.execute("DROP TABLE " + ", ".join(f"remit.{t}" for t in (*PROTECTED, *TABLES_OPEN)) + " CASCADE")
