"""The firm's records: accounts, contacts, leads, opportunities, activities, products, consent, imports, quality.

Revision ID: 0002
"""

from __future__ import annotations

from alembic import op

from remit.db.ddl import FOREIGN_ACCOUNT, VISIBLE, VISIBLE_OR_FIRM, monthly, open_table, protect

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

# where a row came from: id is made from (source, external_id), so importing twice finds the same row
ORIGIN = """source text, external_id text, import_id uuid, import_hash bytea, extra jsonb NOT NULL DEFAULT '{}',
    created_at timestamptz NOT NULL DEFAULT now(), updated_at timestamptz NOT NULL DEFAULT now(),
    version int NOT NULL DEFAULT 1"""

RECORDS = f"""
CREATE TABLE remit.accounts (
    id uuid PRIMARY KEY, access_id int NOT NULL REFERENCES remit.access_groups (id),
    account_id uuid NOT NULL GENERATED ALWAYS AS (id) STORED,
    name text NOT NULL, name_key text NOT NULL, legal_name text, segment text NOT NULL DEFAULT 'other',
    sector text, relation text NOT NULL DEFAULT 'target' CHECK (relation IN ('target', 'customer', 'former')),
    key_account boolean NOT NULL DEFAULT false,
    website text, country text, region text, city text, founded_on date,
    employees_count int, revenue_minor bigint, revenue_currency char(3), aum_minor bigint, aum_currency char(3),
    owner_id uuid REFERENCES remit.people (id), parent_id uuid REFERENCES remit.accounts (id) DEFERRABLE INITIALLY DEFERRED,
    {ORIGIN}, UNIQUE (id, access_id));
CREATE INDEX accounts_name ON remit.accounts (name_key text_pattern_ops, id);
CREATE INDEX accounts_owner ON remit.accounts (owner_id);
CREATE TABLE remit.contacts (
    id uuid PRIMARY KEY, account_id uuid NOT NULL, access_id int NOT NULL,
    first_name text NOT NULL DEFAULT '', last_name text NOT NULL DEFAULT '', title text, persona text,
    email text, phone text, country text, time_zone text, jurisdiction text, owner_id uuid REFERENCES remit.people (id),
    {ORIGIN}, {FOREIGN_ACCOUNT});
CREATE INDEX contacts_account ON remit.contacts (account_id);
CREATE INDEX contacts_email ON remit.contacts (lower(email));
CREATE TABLE remit.products (
    id uuid PRIMARY KEY, name text NOT NULL, family text NOT NULL DEFAULT '', description text NOT NULL DEFAULT '',
    active boolean NOT NULL DEFAULT true, {ORIGIN});
CREATE TABLE remit.prices (
    id uuid PRIMARY KEY, product_id uuid NOT NULL REFERENCES remit.products (id), unit text NOT NULL DEFAULT 'each',
    price_minor bigint NOT NULL, price_currency char(3) NOT NULL, valid_from_on date NOT NULL, valid_until_on date,
    generation int NOT NULL DEFAULT 1, {ORIGIN});
CREATE INDEX prices_product ON remit.prices (product_id);
CREATE TABLE remit.competitors (
    id uuid PRIMARY KEY, name text NOT NULL, name_key text NOT NULL, website text, notes text NOT NULL DEFAULT '', {ORIGIN});
CREATE TABLE remit.leads (
    id uuid PRIMARY KEY, account_id uuid, access_id int NOT NULL REFERENCES remit.access_groups (id),
    contact_id uuid REFERENCES remit.contacts (id), first_name text NOT NULL DEFAULT '', last_name text NOT NULL DEFAULT '',
    firm_name text, title text, email text, phone text, country text, channel text, origin text, landing_page text,
    state text NOT NULL DEFAULT 'new' CHECK (state IN ('new', 'working', 'qualified', 'disqualified', 'converted')),
    state_reason text, owner_id uuid REFERENCES remit.people (id), received_at timestamptz, converted_at timestamptz,
    opportunity_id uuid, {ORIGIN}, {FOREIGN_ACCOUNT});
CREATE INDEX leads_account ON remit.leads (account_id);
CREATE INDEX leads_received ON remit.leads (received_at DESC, id);
CREATE INDEX leads_email ON remit.leads (lower(email));
CREATE TABLE remit.opportunities (
    id uuid PRIMARY KEY, account_id uuid, access_id int NOT NULL REFERENCES remit.access_groups (id),
    name text NOT NULL, product_id uuid REFERENCES remit.products (id), lead_id uuid,
    stage text NOT NULL, forecast_category text NOT NULL DEFAULT 'pipeline'
        CHECK (forecast_category IN ('pipeline', 'best_case', 'commit', 'closed', 'omitted')),
    amount_minor bigint, amount_currency char(3), list_amount_minor bigint, list_amount_currency char(3), discount_rate numeric(6, 5),
    opened_on date, close_on date, stage_since_at timestamptz, closed_at timestamptz,
    outcome text CHECK (outcome IN ('won', 'lost')), loss_reason text,
    competitor_id uuid REFERENCES remit.competitors (id), contact_id uuid REFERENCES remit.contacts (id),
    owner_id uuid REFERENCES remit.people (id), next_step text, next_step_on date, {ORIGIN}, {FOREIGN_ACCOUNT});
CREATE INDEX opportunities_account ON remit.opportunities (account_id);
CREATE INDEX opportunities_open ON remit.opportunities (stage, close_on, id) WHERE closed_at IS NULL;
CREATE INDEX opportunities_owner ON remit.opportunities (owner_id) WHERE closed_at IS NULL;
CREATE TABLE remit.deal_team (
    opportunity_id uuid NOT NULL REFERENCES remit.opportunities (id), person_id uuid NOT NULL REFERENCES remit.people (id),
    account_id uuid NOT NULL, access_id int NOT NULL, role text NOT NULL DEFAULT 'member',
    PRIMARY KEY (opportunity_id, person_id), {FOREIGN_ACCOUNT});
CREATE INDEX deal_team_person ON remit.deal_team (person_id);
CREATE TABLE remit.opportunity_stages (
    id uuid PRIMARY KEY, opportunity_id uuid NOT NULL REFERENCES remit.opportunities (id), account_id uuid, access_id int NOT NULL,
    from_stage text, to_stage text NOT NULL, at timestamptz NOT NULL, by_id uuid REFERENCES remit.people (id),
    amount_minor bigint, amount_currency char(3), source text, external_id text, import_id uuid, import_hash bytea,
    {FOREIGN_ACCOUNT});
CREATE INDEX opportunity_stages_of ON remit.opportunity_stages (opportunity_id, at);
CREATE TABLE remit.opportunity_snapshots (
    opportunity_id uuid NOT NULL, from_at timestamptz NOT NULL, until_at timestamptz, account_id uuid, access_id int NOT NULL,
    stage text NOT NULL, forecast_category text NOT NULL, amount_minor bigint, amount_currency char(3), close_on date,
    owner_id uuid, recorded_at timestamptz NOT NULL DEFAULT now(), PRIMARY KEY (opportunity_id, from_at), {FOREIGN_ACCOUNT});
COMMENT ON TABLE remit.opportunity_snapshots IS
    'state of an opportunity from from_at until until_at; one row a change, read as one row a day by remit.opportunity_days';
CREATE TABLE remit.activities (
    id uuid NOT NULL, at timestamptz NOT NULL, account_id uuid, access_id int NOT NULL,
    kind text NOT NULL CHECK (kind IN ('email', 'call', 'meeting', 'task', 'note')),
    direction text CHECK (direction IN ('in', 'out')), subject text NOT NULL DEFAULT '', body text NOT NULL DEFAULT '',
    contact_id uuid, opportunity_id uuid, lead_id uuid, owner_id uuid, minutes_count int, outcome text,
    due_at timestamptz, done_at timestamptz, message_id text, {ORIGIN}, PRIMARY KEY (id, at), {FOREIGN_ACCOUNT}
) PARTITION BY RANGE (at);
CREATE INDEX activities_account ON remit.activities (account_id, at DESC);
CREATE INDEX activities_opportunity ON remit.activities (opportunity_id, at DESC) WHERE opportunity_id IS NOT NULL;
CREATE INDEX activities_owner_due ON remit.activities (owner_id, due_at) WHERE due_at IS NOT NULL AND done_at IS NULL;
CREATE TABLE remit.consents (
    id uuid PRIMARY KEY, account_id uuid NOT NULL, access_id int NOT NULL, contact_id uuid NOT NULL REFERENCES remit.contacts (id),
    channel text NOT NULL, state text NOT NULL CHECK (state IN ('granted', 'withdrawn', 'legitimate_interest')),
    basis text NOT NULL DEFAULT '', at timestamptz NOT NULL, valid_until_on date, {ORIGIN}, {FOREIGN_ACCOUNT});
CREATE INDEX consents_contact ON remit.consents (contact_id, channel, at DESC);
CREATE TABLE remit.do_not_contact (
    id uuid PRIMARY KEY, account_id uuid, access_id int REFERENCES remit.access_groups (id),
    kind text NOT NULL CHECK (kind IN ('email', 'domain', 'account', 'phone')), value text NOT NULL,
    reason text NOT NULL, by_id uuid REFERENCES remit.people (id), {ORIGIN}, UNIQUE (kind, value));
COMMENT ON TABLE remit.do_not_contact IS 'binds every sender of the firm: checked through remit.must_not_contact()';
CREATE TABLE remit.facts (
    id uuid PRIMARY KEY, account_id uuid, access_id int REFERENCES remit.access_groups (id), contact_id uuid, opportunity_id uuid,
    kind text NOT NULL, subject text NOT NULL DEFAULT '', value text NOT NULL, value_number numeric, value_unit text,
    value_minor bigint, value_currency char(3), source_name text NOT NULL, locator text NOT NULL DEFAULT '', quote text NOT NULL DEFAULT '',
    as_of_on date NOT NULL, valid_until_on date, sensitivity text NOT NULL
        CHECK (sensitivity IN ('public', 'internal', 'client_confidential', 'personal')),
    sayable text NOT NULL CHECK (sayable IN ('public', 'told_by_them', 'internal_only')),
    state text NOT NULL DEFAULT 'live' CHECK (state IN ('live', 'corrected', 'withdrawn')), replaced_by uuid,
    recorded_by uuid REFERENCES remit.people (id), {ORIGIN}, {FOREIGN_ACCOUNT},
    CHECK (account_id IS NULL OR access_id IS NOT NULL));
CREATE INDEX facts_account ON remit.facts (account_id, kind);
CREATE TABLE remit.files (
    id uuid PRIMARY KEY, account_id uuid, access_id int REFERENCES remit.access_groups (id), name text NOT NULL,
    media_type text NOT NULL, byte_count bigint NOT NULL, sha256 bytea NOT NULL, stored_as text NOT NULL,
    owner_id uuid REFERENCES remit.people (id), {ORIGIN}, {FOREIGN_ACCOUNT});
CREATE TABLE remit.imports (
    id uuid PRIMARY KEY, path text NOT NULL, by_id uuid NOT NULL REFERENCES remit.people (id), started_at timestamptz NOT NULL,
    finished_at timestamptz, mapping jsonb NOT NULL DEFAULT '{{}}', report jsonb NOT NULL DEFAULT '{{}}');
CREATE TABLE remit.import_rejections (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, import_id uuid NOT NULL REFERENCES remit.imports (id),
    file text NOT NULL, row_number bigint NOT NULL, column_name text, value text, reason text NOT NULL);
CREATE INDEX import_rejections_of ON remit.import_rejections (import_id, id);
CREATE TABLE remit.quality_issues (
    id uuid PRIMARY KEY, account_id uuid, access_id int NOT NULL REFERENCES remit.access_groups (id),
    kind text NOT NULL CHECK (kind IN ('duplicate', 'missing', 'stale', 'contradiction')),
    object_type text NOT NULL, object_id uuid NOT NULL, other_id uuid, field text NOT NULL DEFAULT '', detail text NOT NULL,
    owner_id uuid REFERENCES remit.people (id), found_at timestamptz NOT NULL DEFAULT now(),
    state text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'fixed', 'dismissed')), closed_by uuid, closed_at timestamptz,
    closed_reason text, version int NOT NULL DEFAULT 1, {FOREIGN_ACCOUNT},
    UNIQUE NULLS NOT DISTINCT (kind, object_type, object_id, field, other_id));
CREATE INDEX quality_issues_open ON remit.quality_issues (owner_id, kind) WHERE state = 'open';
"""

FUNCTIONS = """
CREATE FUNCTION remit.my_team_accounts() RETURNS uuid[] LANGUAGE sql STABLE PARALLEL SAFE SET search_path = remit AS $$
    SELECT coalesce(array_agg(DISTINCT d.account_id), '{}')
    FROM deal_team d JOIN access_groups g ON g.id = d.access_id
    JOIN people p ON p.id = d.person_id AND p.active AND p.reach <> 'none'
    WHERE d.person_id = remit.me()
      AND (g.barrier_id IS NULL OR EXISTS (SELECT FROM person_barriers b
           WHERE b.person_id = d.person_id AND b.barrier_id = g.barrier_id))
$$;
CREATE VIEW remit.opportunity_days WITH (security_invoker = true) AS
    SELECT s.*, d.day::date AS day_on FROM remit.opportunity_snapshots s
    CROSS JOIN LATERAL generate_series(date_trunc('day', s.from_at AT TIME ZONE 'UTC'),
        coalesce(s.until_at, now()) AT TIME ZONE 'UTC' - interval '1 microsecond', interval '1 day') AS d (day);
-- answers yes or no for any address, whoever asks: a do-not-contact entry binds senders who may not see whose it is
CREATE FUNCTION remit.must_not_contact(address text, account uuid) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = remit, pg_temp AS $$
    SELECT EXISTS (SELECT FROM do_not_contact d
        WHERE (d.kind = 'email' AND d.value = lower(address))
           OR (d.kind = 'domain' AND d.value = split_part(lower(address), '@', 2))
           OR (d.kind = 'account' AND d.value = account::text))
$$;
REVOKE ALL ON FUNCTION remit.must_not_contact(text, uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION remit.must_not_contact(text, uuid) TO remit_reader, remit_writer;
"""

PROTECTED = (
    "accounts",
    "contacts",
    "leads",
    "opportunities",
    "opportunity_stages",
    "opportunity_snapshots",
    "activities",
    "consents",
    "quality_issues",
)
TABLES = (
    *PROTECTED,
    "deal_team",
    "do_not_contact",
    "facts",
    "files",
    "imports",
    "import_rejections",
    "products",
    "prices",
    "competitors",
)

# the seat itself is readable by who holds it: remit.my_team_accounts() reads it under this same policy
SEAT = "(person_id = (SELECT remit.me()) OR access_id = ANY ((SELECT remit.my_access())::int[]))"
# an import's rejected values may be of any territory: only who ran it, and people who see everything
RUN_BY_ME = """(by_id = (SELECT remit.me()) OR EXISTS (SELECT FROM remit.people p
    WHERE p.id = (SELECT remit.me()) AND p.reach IN ('all', 'all_with_barriers')))"""
OF_MY_IMPORT = "EXISTS (SELECT FROM remit.imports i WHERE i.id = import_id)"


def upgrade() -> None:
    op.execute(RECORDS)
    op.execute(FUNCTIONS)
    for table in PROTECTED:
        op.execute(protect(table, VISIBLE))
    op.execute(protect("deal_team", SEAT))
    # the definer function above runs as the owner, who is bound by forced security like everyone: let it read this one table
    op.execute(protect("do_not_contact", f"(current_user = 'remit_owner' OR {VISIBLE_OR_FIRM})"))
    op.execute(protect("facts", VISIBLE_OR_FIRM))
    op.execute(protect("files", VISIBLE_OR_FIRM))
    op.execute(protect("imports", RUN_BY_ME))
    op.execute(protect("import_rejections", OF_MY_IMPORT, writer="INSERT"))
    for table in ("products", "prices", "competitors"):
        op.execute(open_table(table))
    op.execute("GRANT SELECT ON remit.opportunity_days TO remit_reader, remit_writer")
    op.execute(monthly("activities"))


def downgrade() -> None:
    op.execute("DROP VIEW remit.opportunity_days")
    op.execute("DROP TABLE " + ", ".join(f"remit.{t}" for t in TABLES) + " CASCADE")
    op.execute("DROP FUNCTION remit.my_team_accounts(), remit.must_not_contact(text, uuid)")
