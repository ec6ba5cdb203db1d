"""Supervision: rule profiles, approvals of template categories, the review queue with findings and remediation, seeded drafts.

Where a text in the queue came from (which message, whose, or that it is a seeded one) is kept apart from the text and stays
hidden from everybody until it is decided: a reviewer judges the words. A seeded draft is no draft, message or effect; triggers
keep it from ever becoming one and note by themselves whether it was caught.

Revision ID: 0042
"""

from __future__ import annotations

from alembic import op

from remit.db.ddl import FOREIGN_ACCOUNT, VISIBLE, open_table, protect

revision = "0042"
down_revision = "0045"
branch_labels = None
depends_on = None

SYSTEM = "00000000-0000-7000-8000-000000000002"
_ME_IS_SYSTEM = f"(SELECT remit.me()) = '{SYSTEM}'"

TABLES = f"""
CREATE TABLE remit.rule_profiles (
    id uuid PRIMARY KEY, entity text NOT NULL, jurisdiction text NOT NULL, number int NOT NULL, regimes text[] NOT NULL,
    approval_of text[] NOT NULL, two_people boolean NOT NULL, disclosures text[] NOT NULL,
    sample_rate numeric NOT NULL CHECK (sample_rate BETWEEN 0 AND 1), new_template_count int NOT NULL CHECK (new_template_count >= 0),
    due_days int NOT NULL CHECK (due_days BETWEEN 1 AND 90), retention_years int NOT NULL CHECK (retention_years BETWEEN 1 AND 100),
    sha256 text NOT NULL, made_by uuid NOT NULL REFERENCES remit.people (id), approved_by uuid NOT NULL REFERENCES remit.people (id),
    made_at timestamptz NOT NULL, ended_at timestamptz, UNIQUE (entity, jurisdiction, number), CHECK (approved_by <> made_by));
CREATE UNIQUE INDEX rule_profiles_live ON remit.rule_profiles (entity, jurisdiction) WHERE ended_at IS NULL;
COMMENT ON COLUMN remit.rule_profiles.approval_of IS 'categories whose templates are used only under a live approval of the category';
CREATE TABLE remit.category_approvals (
    id uuid PRIMARY KEY, category text NOT NULL, rules_sha256 text NOT NULL, version_ids uuid[] NOT NULL, expires_on date NOT NULL,
    note text NOT NULL DEFAULT '', approved_by uuid NOT NULL REFERENCES remit.people (id), second_by uuid REFERENCES remit.people (id),
    at timestamptz NOT NULL, ended_at timestamptz, ended_by uuid REFERENCES remit.people (id), ended_why text NOT NULL DEFAULT '',
    version int NOT NULL DEFAULT 1, CHECK (second_by <> approved_by));
COMMENT ON COLUMN remit.category_approvals.version_ids IS 'the template versions that it covers; with rules_sha256, what was approved';
CREATE UNIQUE INDEX category_approvals_live ON remit.category_approvals (category) WHERE ended_at IS NULL;
CREATE TABLE remit.sampling_periods (
    period text PRIMARY KEY, commitment text NOT NULL, sealed_at timestamptz NOT NULL, drawn_until timestamptz NOT NULL,
    revealed text, revealed_at timestamptz);
COMMENT ON COLUMN remit.sampling_periods.commitment IS 'SHA-256 of the key that draws the sample of the month; the key is shown when the month is over';
CREATE TABLE remit.approver_resets (
    id uuid PRIMARY KEY, person_id uuid NOT NULL REFERENCES remit.people (id), by_id uuid NOT NULL REFERENCES remit.people (id),
    reason text NOT NULL, at timestamptz NOT NULL, CHECK (person_id <> by_id));
CREATE INDEX approver_resets_person ON remit.approver_resets (person_id, at DESC);
CREATE TABLE remit.review_items (
    id uuid PRIMARY KEY, account_id uuid NOT NULL, access_id int NOT NULL, category text NOT NULL, jurisdiction text NOT NULL,
    subject text NOT NULL, body text NOT NULL, sent_at timestamptz NOT NULL, why text[] NOT NULL,
    rate real NOT NULL CHECK (rate > 0 AND rate <= 1), drawn_at timestamptz NOT NULL, due_on date NOT NULL,
    state text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'clear', 'finding')), reviewed_by uuid REFERENCES remit.people (id),
    reviewed_at timestamptz, seconds int, note text NOT NULL DEFAULT '', version int NOT NULL DEFAULT 1,
    CHECK ((state = 'open') = (reviewed_at IS NULL)), {FOREIGN_ACCOUNT});
CREATE INDEX review_items_open ON remit.review_items (due_on, id) WHERE state = 'open';
CREATE INDEX review_items_done ON remit.review_items (reviewed_at DESC) WHERE state <> 'open';
CREATE TABLE remit.review_origins (
    item_id uuid PRIMARY KEY REFERENCES remit.review_items (id), account_id uuid NOT NULL, access_id int NOT NULL,
    message_id uuid UNIQUE REFERENCES remit.messages (id), author_id uuid REFERENCES remit.people (id),
    template_version_id uuid REFERENCES remit.template_versions (id), period text REFERENCES remit.sampling_periods (period),
    drawn real, {FOREIGN_ACCOUNT});
COMMENT ON COLUMN remit.review_origins.drawn IS 'the number between 0 and 1 that the key of the month gives the message; below its rate it is sampled';
CREATE TABLE remit.findings (
    id uuid PRIMARY KEY, item_id uuid NOT NULL REFERENCES remit.review_items (id), account_id uuid NOT NULL, access_id int NOT NULL,
    person_id uuid REFERENCES remit.people (id), severity text NOT NULL CHECK (severity IN ('low', 'medium', 'high')),
    rule_id text NOT NULL, quote text NOT NULL, note text NOT NULL DEFAULT '', found_by uuid NOT NULL REFERENCES remit.people (id),
    found_at timestamptz NOT NULL, {FOREIGN_ACCOUNT});
CREATE INDEX findings_item ON remit.findings (item_id);
CREATE INDEX findings_person ON remit.findings (person_id, found_at DESC);
CREATE TABLE remit.remediations (
    id uuid PRIMARY KEY, finding_id uuid NOT NULL REFERENCES remit.findings (id), account_id uuid NOT NULL, access_id int NOT NULL,
    task text NOT NULL, owner_id uuid NOT NULL REFERENCES remit.people (id), due_on date NOT NULL,
    state text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'done', 'verified')), set_by uuid NOT NULL REFERENCES remit.people (id),
    set_at timestamptz NOT NULL, done_by uuid REFERENCES remit.people (id), done_at timestamptz, done_note text NOT NULL DEFAULT '',
    verified_by uuid REFERENCES remit.people (id), verified_at timestamptz, verified_note text NOT NULL DEFAULT '',
    updated_at timestamptz NOT NULL, version int NOT NULL DEFAULT 1,
    CHECK (state <> 'verified' OR verified_by <> done_by), {FOREIGN_ACCOUNT});
CREATE INDEX remediations_finding ON remit.remediations (finding_id);
CREATE INDEX remediations_open ON remit.remediations (owner_id, due_on) WHERE state <> 'verified';
CREATE TABLE remit.seeded_drafts (
    id uuid PRIMARY KEY, suggestion_id uuid UNIQUE REFERENCES remit.suggestions (id), item_id uuid UNIQUE REFERENCES remit.review_items (id),
    draft_id uuid NOT NULL UNIQUE, account_id uuid NOT NULL, access_id int NOT NULL, defect text NOT NULL, rule_id text NOT NULL,
    quote text NOT NULL, subject text NOT NULL, body text NOT NULL, made_at timestamptz NOT NULL,
    answer text CHECK (answer IN ('caught', 'missed', 'opened')), answered_by uuid REFERENCES remit.people (id), answered_at timestamptz,
    CHECK ((answer IS NULL) = (answered_at IS NULL)), CHECK ((suggestion_id IS NULL) <> (item_id IS NULL)), {FOREIGN_ACCOUNT});
COMMENT ON TABLE remit.seeded_drafts IS 'texts that are wrong on purpose, to see whether reviewers read; draft_id names no draft, ever';
CREATE INDEX seeded_drafts_answers ON remit.seeded_drafts (answered_by, answered_at DESC) WHERE answered_at IS NOT NULL;
"""

# What opens an origin or a seeded text is its answer. The owner's functions below read past it; nobody signs in as the owner.
HIDDEN_ORIGIN = f"""({_ME_IS_SYSTEM} OR current_user = 'remit_owner' OR EXISTS (
    SELECT FROM remit.review_items i WHERE i.id = item_id AND i.state <> 'open' AND {VISIBLE.replace("access_id", "i.access_id").replace("account_id", "i.account_id")}))"""
HIDDEN_SEED = f"({_ME_IS_SYSTEM} OR current_user = 'remit_owner' OR (answered_at IS NOT NULL AND {VISIBLE}))"

FUNCTIONS = """
CREATE FUNCTION remit.is_seeded(suggestion uuid) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = remit, pg_temp AS $$
    SELECT EXISTS (SELECT FROM seeded_drafts s WHERE s.suggestion_id = suggestion) $$;
CREATE FUNCTION remit.seeded_tally(person uuid, since timestamptz, most int) RETURNS TABLE (caught bigint, answered bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = remit, pg_temp AS $$
    SELECT count(*) FILTER (WHERE a.answer = 'caught'), count(*) FROM (
        SELECT s.answer FROM seeded_drafts s WHERE s.answered_by = person AND s.answer IN ('caught', 'missed')
          AND s.answered_at > greatest(since, (SELECT max(r.at) FROM approver_resets r WHERE r.person_id = person))
        ORDER BY s.answered_at DESC LIMIT most) AS a $$;
REVOKE ALL ON FUNCTION remit.is_seeded(uuid), remit.seeded_tally(uuid, timestamptz, int) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION remit.is_seeded(uuid) TO remit_writer;
GRANT EXECUTE ON FUNCTION remit.seeded_tally(uuid, timestamptz, int) TO remit_reader, remit_writer;

-- the answer is what was decided, written by the database: nobody can leave it out
CREATE FUNCTION remit.seeded_suggestion_decided() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = remit, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM seeded_drafts s WHERE s.suggestion_id = NEW.id) THEN
        RETURN NEW;
    END IF;
    IF NEW.state = 'approved' OR NEW.action_id IS NOT NULL THEN
        RAISE EXCEPTION 'a seeded draft is never performed' USING ERRCODE = 'check_violation';
    END IF;
    IF OLD.state = 'waiting' AND NEW.state = 'rejected' THEN
        UPDATE seeded_drafts SET answer = 'caught', answered_by = NEW.decided_by, answered_at = NEW.decided_at
        WHERE suggestion_id = NEW.id AND answered_at IS NULL;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER seeded_suggestion_decided BEFORE UPDATE ON remit.suggestions
    FOR EACH ROW WHEN (NEW.state <> OLD.state OR NEW.action_id IS NOT NULL) EXECUTE FUNCTION remit.seeded_suggestion_decided();
-- whose message it was is known from here on; a review catches what is wrong when one of its findings quotes the place, not when it says anything at all
CREATE FUNCTION remit.review_item_decided() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = remit, pg_temp AS $$
BEGIN
    UPDATE findings f SET person_id = o.author_id FROM review_origins o WHERE f.item_id = NEW.id AND o.item_id = NEW.id;
    UPDATE seeded_drafts s SET answered_by = NEW.reviewed_by, answered_at = NEW.reviewed_at,
        answer = CASE WHEN EXISTS (SELECT FROM findings f WHERE f.item_id = NEW.id
            AND (strpos(lower(s.quote), lower(btrim(f.quote))) > 0 OR strpos(lower(f.quote), lower(s.quote)) > 0)) THEN 'caught' ELSE 'missed' END
    WHERE s.item_id = NEW.id AND s.answered_at IS NULL;
    RETURN NULL;
END $$;
CREATE TRIGGER review_item_decided AFTER UPDATE ON remit.review_items
    FOR EACH ROW WHEN (OLD.state = 'open' AND NEW.state <> 'open') EXECUTE FUNCTION remit.review_item_decided();
-- whatever happens above: neither the text nor its number becomes a draft, a message or something that leaves
CREATE FUNCTION remit.no_seeded_draft() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = remit, pg_temp AS $$
DECLARE numbered uuid; said text;
BEGIN
    IF TG_TABLE_NAME = 'drafts' THEN
        numbered := NEW.id;
    ELSIF TG_TABLE_NAME = 'messages' THEN
        numbered := NEW.draft_id; said := NEW.body;
    ELSE
        numbered := CASE WHEN NEW.payload ->> 'draft_id' ~ '^[0-9a-f-]{36}$' THEN (NEW.payload ->> 'draft_id')::uuid END;
        said := NEW.payload ->> 'body';
    END IF;
    IF EXISTS (SELECT FROM seeded_drafts s WHERE s.draft_id = numbered) OR EXISTS (SELECT FROM seeded_drafts s WHERE s.body = said) THEN
        RAISE EXCEPTION 'a seeded draft never leaves' USING ERRCODE = 'check_violation', CONSTRAINT = 'no_seeded_draft';
    END IF;
    RETURN NEW;
END $$;
CREATE INDEX seeded_drafts_body ON remit.seeded_drafts USING hash (body);
CREATE TRIGGER no_seeded_draft BEFORE INSERT ON remit.drafts FOR EACH ROW EXECUTE FUNCTION remit.no_seeded_draft();
CREATE TRIGGER no_seeded_draft BEFORE INSERT ON remit.messages FOR EACH ROW WHEN (NEW.direction = 'out') EXECUTE FUNCTION remit.no_seeded_draft();
CREATE TRIGGER no_seeded_draft BEFORE INSERT OR UPDATE OF state ON remit.effects FOR EACH ROW EXECUTE FUNCTION remit.no_seeded_draft();
REVOKE ALL ON FUNCTION remit.seeded_suggestion_decided(), remit.review_item_decided(), remit.no_seeded_draft() FROM PUBLIC;
"""
DROPPED = """
DROP TRIGGER no_seeded_draft ON remit.effects;
DROP TRIGGER no_seeded_draft ON remit.messages;
DROP TRIGGER no_seeded_draft ON remit.drafts;
DROP TRIGGER seeded_suggestion_decided ON remit.suggestions;
DROP TABLE remit.seeded_drafts, remit.remediations, remit.findings, remit.review_origins, remit.review_items,
    remit.approver_resets, remit.sampling_periods, remit.category_approvals, remit.rule_profiles;
DROP FUNCTION remit.no_seeded_draft(), remit.review_item_decided(), remit.seeded_suggestion_decided(),
    remit.seeded_tally(uuid, timestamptz, int), remit.is_seeded(uuid);
"""


def upgrade() -> None:
    op.execute(TABLES)
    for table, writer in (
        ("rule_profiles", "INSERT, UPDATE"),
        ("category_approvals", "INSERT, UPDATE"),
        ("sampling_periods", "INSERT, UPDATE"),
        ("approver_resets", "INSERT"),
    ):
        op.execute(open_table(table, writer=writer))
    for table, visible, writer in (
        ("review_items", f"({VISIBLE} OR current_user = 'remit_owner')", "INSERT, UPDATE"),
        ("review_origins", HIDDEN_ORIGIN, "INSERT"),
        ("findings", f"({VISIBLE} OR current_user = 'remit_owner')", "INSERT"),
        ("remediations", VISIBLE, "INSERT, UPDATE"),
        ("seeded_drafts", HIDDEN_SEED, "INSERT, UPDATE"),
    ):
        op.execute(protect(table, visible, writer=writer))
    op.execute(FUNCTIONS)


def downgrade() -> None:
    op.execute(DROPPED)
