"""A person at an account is erased at their request; held drafts keep what they said; who logged an activity is found.

Only what is theirs goes, by their id and within their account: never a row that merely holds a word that somebody entered as their name,
address or number. The record keeps its hashes and is exempt.

Revision ID: 0054
"""

from __future__ import annotations

from typing import Any

from alembic import op

revision = "0054"
down_revision = "0050"
branch_labels = None
depends_on = None

SYSTEM = "00000000-0000-7000-8000-000000000002"
ADDRESSES = """
CREATE FUNCTION remit.addresses_of(contact uuid) RETURNS text[] LANGUAGE sql STABLE SET search_path = remit, pg_temp AS $$
    SELECT coalesce(array_agg(DISTINCT w), '{}') FROM (
        SELECT lower(btrim(c.email)) AS w FROM contacts c WHERE c.id = contact
        UNION SELECT lower(CASE m.direction WHEN 'in' THEN m.from_address ELSE m.to_address END) FROM messages m
            WHERE m.contact_id = contact AND (m.direction = 'out' OR coalesce((m.detail ->> 'from_the_contact')::boolean, false))) x
    WHERE w LIKE '_%@_%'
$$;
REVOKE ALL ON FUNCTION remit.addresses_of(uuid) FROM PUBLIC;
"""
HELD = """
CREATE FUNCTION remit.person_held(contact uuid) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER SET search_path = remit, pg_temp AS $$
    SELECT EXISTS (SELECT FROM legal_holds h JOIN contacts c ON c.id = contact WHERE h.lifted_at IS NULL AND h.account_id = c.account_id)
        OR EXISTS (SELECT FROM messages m LEFT JOIN drafts d ON d.id = m.draft_id
            WHERE m.contact_id = contact AND held(m.account_id, d.author_id, m.at, m.recorded_at))
        OR EXISTS (SELECT FROM drafts d WHERE d.contact_id = contact AND held(d.account_id, d.author_id, d.created_at, d.updated_at))
        OR EXISTS (SELECT FROM activities a WHERE held(a.account_id, a.owner_id, a.at, a.created_at)
            AND (a.contact_id = contact OR a.message_id IN (SELECT m.message_id FROM messages m WHERE m.contact_id = contact)))
$$;
REVOKE ALL ON FUNCTION remit.person_held(uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION remit.person_held(uuid) TO remit_reader, remit_writer;
"""
ERASE = f"""
CREATE FUNCTION remit.erase_person(contact uuid, spelled text[]) RETURNS TABLE (what text, erased bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = remit, pg_temp AS $$
DECLARE account uuid; name text; places text[]; mine uuid[]; letters text[]; drafted uuid[]; sent uuid[]; asked uuid[];
    gone jsonb := '{{"erased": true}}'; n bigint; told text := '(erased)'; mention text := '%' || contact::text || '%';
BEGIN
    IF remit.me() IS DISTINCT FROM '{SYSTEM}'::uuid THEN
        RAISE EXCEPTION 'only the system erases' USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF remit.person_held(contact) THEN
        RAISE EXCEPTION 'a legal hold covers texts with this person' USING ERRCODE = 'check_violation';
    END IF;
    SELECT c.account_id INTO STRICT account FROM contacts c WHERE c.id = contact;
    SELECT lower(btrim(c.first_name) || ' ' || btrim(c.last_name)) INTO name FROM contacts c
        WHERE c.id = contact AND btrim(c.first_name) <> '' AND btrim(c.last_name) <> '';
    places := addresses_of(contact);
    SELECT coalesce(array_agg(d.id), '{{}}') INTO drafted FROM drafts d WHERE d.contact_id = contact;
    SELECT coalesce(array_agg(m.id), '{{}}'), coalesce(array_agg(m.message_id), '{{}}') INTO sent, letters
        FROM messages m WHERE m.contact_id = contact OR m.draft_id = ANY (drafted);
    SELECT coalesce(array_agg(a.id), '{{}}') INTO mine FROM activities a
        WHERE a.contact_id = contact OR (a.account_id = account AND a.message_id = ANY (letters));
    mine := mine || drafted || sent || contact;

    DELETE FROM do_not_contact d WHERE d.kind = 'email' AND d.value = ANY (places);
    INSERT INTO do_not_contact (id, kind, value, reason)
        SELECT gen_random_uuid(), 'email', 'sha256:' || encode(sha256(convert_to(p, 'UTF8')), 'hex'), 'erased at their request'
        FROM (SELECT unnest(places) UNION SELECT lower(unnest(spelled))) AS x (p) ON CONFLICT (kind, value) DO NOTHING;
    UPDATE enrolments e SET entered = '{{}}', why = 'the person was erased', due_at = NULL,
        code = CASE WHEN e.state IN ('active', 'paused') THEN 'contact_gone' ELSE e.code END, closed_at = coalesce(e.closed_at, now()),
        state = CASE WHEN e.state IN ('active', 'paused') THEN 'stopped' ELSE e.state END WHERE e.contact_id = contact;
    DELETE FROM captured_mail c USING messages m WHERE m.id = ANY (sent) AND c.effect_id = m.effect_id;
    -- whatever became of them: performed, rejected, void by an edit, expired, waiting
    SELECT coalesce(array_agg(s.id), '{{}}') INTO asked FROM suggestions s
        WHERE s.kind <> 'ErasePerson' AND (s.object_id = ANY (mine) OR (s.account_id = account AND s.payload::text LIKE mention));
    UPDATE suggestions s SET payload = gone, title = told, reason = '', state = CASE s.state WHEN 'waiting' THEN 'void' ELSE s.state END,
        decided_at = coalesce(s.decided_at, now()), decision_reason = 'the person was erased' WHERE s.id = ANY (asked);
    GET DIAGNOSTICS n = ROW_COUNT; what := 'suggestions'; erased := n; RETURN NEXT;
    UPDATE actions a SET payload = gone WHERE a.account_id = account AND (a.object_id = ANY (mine || asked) OR a.payload::text LIKE mention);
    GET DIAGNOSTICS n = ROW_COUNT; what := 'acts'; erased := n; RETURN NEXT;
    UPDATE effects e SET payload = gone WHERE e.account_id = account AND e.payload::text LIKE mention;
    UPDATE seeded_drafts s SET subject = told, body = '', quote = '' WHERE s.draft_id = ANY (drafted)
        OR EXISTS (SELECT FROM suggestions x WHERE x.id = s.suggestion_id AND x.title = told AND s.account_id = account);
    UPDATE review_items i SET subject = told, body = '' FROM review_origins o WHERE o.item_id = i.id AND o.message_id = ANY (sent);
    UPDATE findings f SET quote = '' FROM review_origins o WHERE o.item_id = f.item_id AND o.message_id = ANY (sent);
    DELETE FROM held_versions v WHERE v.of_id = ANY (mine);
    GET DIAGNOSTICS n = ROW_COUNT; what := 'versions'; erased := n; RETURN NEXT;
    UPDATE drafts d SET subject = told, body = '', note = '', written = '', sentences = '[]', checks = '[]', subjects = '{{}}', erased_at = now(),
        state = CASE WHEN d.state IN ('draft', 'waiting') THEN 'discarded' ELSE d.state END WHERE d.id = ANY (drafted);
    GET DIAGNOSTICS n = ROW_COUNT; what := 'drafts'; erased := n; RETURN NEXT;
    UPDATE activities a SET subject = told, body = '', extra = '{{}}', import_hash = NULL, erased_at = now() WHERE a.id = ANY (mine);
    GET DIAGNOSTICS n = ROW_COUNT; what := 'activities'; erased := n; RETURN NEXT;
    UPDATE messages m SET subject = told, body = '', detail = '{{}}', erased_at = now(),
        from_address = CASE m.direction WHEN 'in' THEN told ELSE m.from_address END,
        to_address = CASE m.direction WHEN 'out' THEN told ELSE m.to_address END WHERE m.id = ANY (sent);
    GET DIAGNOSTICS n = ROW_COUNT; what := 'messages'; erased := n; RETURN NEXT;
    UPDATE template_texts t SET title = told, body = '', said = '[]', entered = '{{}}' WHERE t.contact_id = contact;
    GET DIAGNOSTICS n = ROW_COUNT; what := 'texts from templates'; erased := n; RETURN NEXT;
    UPDATE facts f SET subject = told, value = told, quote = '', source_name = told, locator = '', extra = '{{}}', state = 'withdrawn'
        WHERE f.contact_id = contact;
    GET DIAGNOSTICS n = ROW_COUNT; what := 'facts'; erased := n; RETURN NEXT;
    UPDATE leads l SET first_name = '', last_name = told, title = NULL, email = NULL, phone = NULL, landing_page = NULL, extra = '{{}}',
        import_hash = NULL, gone_at = coalesce(l.gone_at, now()) WHERE l.contact_id = contact OR (l.account_id = account AND lower(l.email) = ANY (places));
    GET DIAGNOSTICS n = ROW_COUNT; what := 'leads'; erased := n; RETURN NEXT;
    UPDATE consents c SET basis = told, extra = '{{}}' WHERE c.contact_id = contact;
    UPDATE contacts c SET first_name = '', last_name = told, title = NULL, persona = NULL, email = NULL, phone = NULL, time_zone = NULL,
        extra = '{{}}', import_hash = NULL, gone_at = coalesce(c.gone_at, now()), updated_at = now(), version = c.version + 1 WHERE c.id = contact;

    -- what others wrote stays theirs: it is counted, so that a person looks for the name there
    SELECT (SELECT count(*) FROM activities a WHERE a.account_id = account AND position(name in lower(a.subject || ' ' || a.body)) > 0)
         + (SELECT count(*) FROM drafts d WHERE d.account_id = account AND position(name in lower(d.subject || ' ' || d.body)) > 0)
         + (SELECT count(*) FROM messages m WHERE m.account_id = account AND position(name in lower(m.subject || ' ' || m.body)) > 0) INTO n;
    what := 'texts of others that name them, left'; erased := coalesce(n, 0); RETURN NEXT;
END $$;
REVOKE ALL ON FUNCTION remit.erase_person(uuid, text[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION remit.erase_person(uuid, text[]) TO remit_writer;
"""
_BY_HASH = "           OR (d.kind = 'email' AND d.value = 'sha256:' || encode(sha256(convert_to(lower(address), 'UTF8')), 'hex'))\n"
BARRED = """
CREATE OR REPLACE FUNCTION remit.must_not_contact(address text, account uuid) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = remit, pg_temp AS $$
    SELECT EXISTS (SELECT FROM do_not_contact d
        WHERE (d.kind = 'email' AND d.value = lower(address))
           OR (d.kind = 'domain' AND d.value = split_part(lower(address), '@', 2))
{hashed}           OR (d.kind = 'account' AND d.value = account::text))
$$;
"""
# a draft under a hold, or that a restore brought back, keeps what it said before each edit
DRAFTS = """
ALTER TABLE remit.held_versions DROP CONSTRAINT held_versions_kind_check,
    ADD CONSTRAINT held_versions_kind_check CHECK (kind IN ('messages', 'notes', 'drafts'));
CREATE FUNCTION remit.keep_held_draft() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = remit, pg_temp AS $$
BEGIN
    IF NEW.erased_at IS NULL AND (OLD.held <> '' OR held(OLD.account_id, OLD.author_id, OLD.created_at, OLD.updated_at)) THEN
        INSERT INTO held_versions VALUES (gen_random_uuid(), 'drafts', OLD.id, OLD.account_id, OLD.access_id, OLD.author_id, OLD.updated_at,
            OLD.created_at, OLD.subject, OLD.body, me(), now());
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER keep_held_draft BEFORE UPDATE OF subject, body ON remit.drafts FOR EACH ROW
    WHEN ((OLD.subject, OLD.body) IS DISTINCT FROM (NEW.subject, NEW.body)) EXECUTE FUNCTION remit.keep_held_draft();
"""
# the texts that waited for an approval and did not get it, or were edited after, go with the message
_ASKED = "OR s.object_id = ANY (mine));"
_ALL_ASKED = "OR s.object_id = ANY (mine) OR s.object_id IN (SELECT m.draft_id FROM messages m WHERE m.id = ANY (mine)));"


def upgrade() -> None:
    op.execute("CREATE INDEX actions_activities ON remit.actions (object_id) WHERE object_type = 'activity'")
    op.execute(ADDRESSES)
    op.execute(HELD)
    op.execute(ERASE)
    op.execute(BARRED.format(hashed=_BY_HASH))
    op.execute(DRAFTS)
    op.execute(_before().ERASE.replace(_ASKED, _ALL_ASKED))


def downgrade() -> None:
    op.execute(_before().ERASE)
    op.execute("""
        DROP TRIGGER keep_held_draft ON remit.drafts;
        DROP FUNCTION remit.keep_held_draft();
        DELETE FROM remit.held_versions WHERE kind = 'drafts';
        ALTER TABLE remit.held_versions DROP CONSTRAINT held_versions_kind_check,
            ADD CONSTRAINT held_versions_kind_check CHECK (kind IN ('messages', 'notes'));
    """)
    op.execute(BARRED.format(hashed=""))
    op.execute(
        "DROP FUNCTION remit.erase_person(uuid, text[]), remit.person_held(uuid), remit.addresses_of(uuid)"
    )
    op.execute("DROP INDEX remit.actions_activities")


def _before() -> Any:
    """The module of revision 0047, whose statement is taken over."""
    context: Any = op.get_context()
    return context.environment_context.script.get_revision("0047").module
