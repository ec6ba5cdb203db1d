"""The library: templates in versions with their life, the registry facts they rest on, texts kept of them, and how like
what was sent a text is.

Templates hold no client's words and are open to all staff. A kept text belongs to its account. Of messages sent only a shape
is kept for comparing: 64 smallest hashes of its runs of five words, from which no word can be read; the comparing function
gives a number and an id, and the id opens nothing that its reader may not see anyway.

Revision ID: 0035
"""

from __future__ import annotations

from alembic import op

from remit.db.ddl import FOREIGN_ACCOUNT, VISIBLE, open_table, protect

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None

SYSTEM = "00000000-0000-7000-8000-000000000002"

TABLES = f"""
CREATE TABLE remit.templates (
    id uuid PRIMARY KEY, key text NOT NULL UNIQUE, created_by uuid NOT NULL REFERENCES remit.people (id), created_at timestamptz NOT NULL);
CREATE TABLE remit.template_versions (
    id uuid PRIMARY KEY, template_id uuid NOT NULL REFERENCES remit.templates (id), number int NOT NULL, source text NOT NULL,
    sha256 text NOT NULL, title text NOT NULL, role text NOT NULL, motion text NOT NULL, personas text[] NOT NULL,
    segments text[] NOT NULL, channel text NOT NULL, jurisdictions text[] NOT NULL, category text NOT NULL, owner text NOT NULL,
    review_by_on date NOT NULL,
    state text NOT NULL DEFAULT 'draft'
        CHECK (state IN ('draft', 'review', 'compliance', 'live', 'returned', 'expired', 'superseded')),
    made_by uuid NOT NULL REFERENCES remit.people (id), made_at timestamptz NOT NULL, submitted_at timestamptz,
    reviewed_by uuid REFERENCES remit.people (id), reviewed_at timestamptz, approved_by uuid REFERENCES remit.people (id),
    approved_at timestamptz, closed_at timestamptz, why text NOT NULL DEFAULT '', newest boolean NOT NULL DEFAULT true,
    version int NOT NULL DEFAULT 1, UNIQUE (template_id, number),
    CHECK (state <> 'live' OR (reviewed_by IS NOT NULL AND approved_by IS NOT NULL)),
    CHECK (reviewed_by <> made_by), CHECK (approved_by <> made_by));
COMMENT ON COLUMN remit.template_versions.newest IS 'no later version of the template exists';
CREATE UNIQUE INDEX template_versions_live ON remit.template_versions (template_id) WHERE state = 'live';
CREATE INDEX template_versions_list ON remit.template_versions (motion, title, id) WHERE state = 'live' OR newest;
CREATE INDEX template_versions_due ON remit.template_versions (review_by_on) WHERE state = 'live';
CREATE TABLE remit.template_facts (
    version_id uuid NOT NULL REFERENCES remit.template_versions (id), slot text NOT NULL, fact_id uuid NOT NULL REFERENCES remit.facts (id),
    needed boolean NOT NULL, PRIMARY KEY (version_id, slot, fact_id));
COMMENT ON TABLE remit.template_facts IS 'the facts of our own registry that a version could say when compliance approved it';
CREATE INDEX template_facts_fact ON remit.template_facts (fact_id);
CREATE TABLE remit.template_texts (
    id uuid PRIMARY KEY, account_id uuid NOT NULL, access_id int NOT NULL, contact_id uuid REFERENCES remit.contacts (id),
    version_id uuid NOT NULL REFERENCES remit.template_versions (id), title text NOT NULL, body text NOT NULL,
    said jsonb NOT NULL, fact_ids uuid[] NOT NULL, entered jsonb NOT NULL, by_id uuid NOT NULL REFERENCES remit.people (id),
    made_at timestamptz NOT NULL, {FOREIGN_ACCOUNT});
CREATE INDEX template_texts_account ON remit.template_texts (account_id, made_at DESC);
CREATE INDEX template_texts_version ON remit.template_texts (version_id);
ALTER TABLE remit.drafts ADD template_version_id uuid REFERENCES remit.template_versions (id);
CREATE INDEX drafts_template ON remit.drafts (template_version_id) WHERE template_version_id IS NOT NULL;
CREATE TABLE remit.sent_shapes (
    message_id uuid PRIMARY KEY, account_id uuid NOT NULL, access_id int NOT NULL, contact_id uuid, at timestamptz NOT NULL,
    shape bigint[] NOT NULL, bands bigint[] NOT NULL, {FOREIGN_ACCOUNT});
CREATE INDEX sent_shapes_bands ON remit.sent_shapes USING gin (bands);
"""

# One-permutation MinHash (Li, Owen, Zhang 2012) of runs of five words: bucket by the low six bits, the least of each bucket.
SHAPES = """
CREATE FUNCTION remit.shape_of(body text) RETURNS bigint[] LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog AS $$
    WITH said AS (SELECT regexp_split_to_array(lower(btrim(body)), '\\s+') AS word),
    runs AS (SELECT hashtextextended(array_to_string(word[i:i + 4], ' '), 0) AS run
             FROM said, generate_series(1, cardinality(word) - 4) AS i),
    least AS (SELECT run & 63 AS bucket, min(run) AS run FROM runs GROUP BY 1)
    SELECT array_agg(least.run ORDER BY b.bucket) FROM generate_series(0, 63) AS b (bucket) LEFT JOIN least USING (bucket)
$$;
CREATE FUNCTION remit.bands_of(shape bigint[]) RETURNS bigint[] LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog AS $$
    SELECT coalesce(array_agg(hashtextextended(concat_ws('|', i, coalesce(shape[i]::text, '-'), coalesce(shape[i + 1]::text, '-')), 1)), '{}')
    FROM generate_series(1, 63, 2) AS i WHERE shape[i] IS NOT NULL OR shape[i + 1] IS NOT NULL
$$;
CREATE FUNCTION remit.keep_shape() RETURNS trigger LANGUAGE plpgsql SET search_path = remit, pg_temp AS $$
DECLARE made bigint[] := shape_of(NEW.body);
BEGIN
    IF NEW.account_id IS NOT NULL AND NEW.access_id IS NOT NULL THEN
        INSERT INTO sent_shapes (message_id, account_id, access_id, contact_id, at, shape, bands)
        VALUES (NEW.id, NEW.account_id, NEW.access_id, NEW.contact_id, NEW.at, made, bands_of(made)) ON CONFLICT DO NOTHING;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER keep_shape AFTER INSERT ON remit.messages FOR EACH ROW WHEN (NEW.direction = 'out') EXECUTE FUNCTION remit.keep_shape();
-- a number for any text, whoever asks: what others of the firm sent counts without anybody reading it
CREATE FUNCTION remit.likest_sent(body text, reader uuid) RETURNS TABLE (message_id uuid, overlap real, compared bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = remit, pg_temp AS $$
    WITH asked AS MATERIALIZED (SELECT shape_of(body) AS shape),
    wanted AS MATERIALIZED (SELECT shape, bands_of(shape) AS bands FROM asked),
    near AS (SELECT s.message_id, s.shape FROM sent_shapes s, wanted w WHERE s.bands && w.bands AND s.contact_id IS DISTINCT FROM reader)
    SELECT n.message_id, (SELECT count(*) FILTER (WHERE x = y) / greatest(count(*), 1)::real
                          FROM unnest(n.shape, w.shape) AS u (x, y) WHERE x IS NOT NULL OR y IS NOT NULL)::real AS overlap,
           count(*) OVER ()
    FROM near n, wanted w ORDER BY 2 DESC, 1 LIMIT 1
$$;
REVOKE ALL ON FUNCTION remit.likest_sent(text, uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION remit.likest_sent(text, uuid) TO remit_reader, remit_writer;
"""
BACKFILL = f"""
SELECT set_config('remit.person_id', '{SYSTEM}', true);
INSERT INTO remit.sent_shapes (message_id, account_id, access_id, contact_id, at, shape, bands)
SELECT m.id, m.account_id, m.access_id, m.contact_id, m.at, s.shape, remit.bands_of(s.shape)
FROM remit.messages m CROSS JOIN LATERAL (SELECT remit.shape_of(m.body) AS shape) s
WHERE m.direction = 'out' AND m.account_id IS NOT NULL AND m.access_id IS NOT NULL;
"""


def upgrade() -> None:
    op.execute(TABLES)
    for table, writer in (
        ("templates", "INSERT"),
        ("template_versions", "INSERT, UPDATE"),
        ("template_facts", "INSERT"),
    ):
        op.execute(open_table(table, writer=writer))
    op.execute(protect("template_texts", VISIBLE, writer="INSERT"))
    op.execute(protect("sent_shapes", f"(current_user = 'remit_owner' OR {VISIBLE})", writer="INSERT"))
    op.execute(SHAPES)
    op.execute(BACKFILL)


def downgrade() -> None:
    op.execute("DROP FUNCTION remit.likest_sent(text, uuid)")
    op.execute("DROP TRIGGER keep_shape ON remit.messages")
    op.execute("DROP FUNCTION remit.keep_shape(), remit.bands_of(bigint[]), remit.shape_of(text)")
    op.execute("ALTER TABLE remit.drafts DROP template_version_id")
    op.execute(
        "DROP TABLE remit.sent_shapes, remit.template_texts, remit.template_facts, remit.template_versions, remit.templates"
    )
