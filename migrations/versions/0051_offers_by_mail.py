"""An e-mail may carry an approved proposal; a hand-over names the e-mail that it went with; imported prices wait for a second person.

Whoever leads the work is named by id in a proposal's parameters, where a name stood before; approved versions stay as they were.

Revision ID: 0051
"""

from __future__ import annotations

from alembic import op

revision = "0051"
down_revision = "0049"
branch_labels = None
depends_on = None

SYSTEM = "00000000-0000-7000-8000-000000000002"
UP = f"""
SELECT set_config('remit.person_id', '{SYSTEM}', true);
ALTER TABLE remit.drafts ADD attached jsonb;
COMMENT ON COLUMN remit.drafts.attached IS 'the file of an approved proposal that leaves with it, named by its hash';
ALTER TABLE remit.proposal_issues ADD effect_id uuid;
COMMENT ON COLUMN remit.proposal_issues.effect_id IS 'the e-mail that it went with; a recalled or failed one handed nothing over';
CREATE INDEX proposal_issues_effect ON remit.proposal_issues (effect_id) WHERE effect_id IS NOT NULL;
ALTER TABLE remit.prices ADD pending boolean NOT NULL DEFAULT false;
COMMENT ON COLUMN remit.prices.pending IS 'an import brought it, and no second person has made it live';
UPDATE remit.suggestions SET state = 'void', decided_at = now(), decision_reason = 'files are kept by themselves now: bring it in again'
    WHERE kind = 'AddProposalTemplate' AND state = 'waiting';
CREATE INDEX prices_pending ON remit.prices (product_id) WHERE pending;
"""
BY_ID = f"""
SELECT set_config('remit.person_id', '{SYSTEM}', true);
UPDATE remit.proposals p SET terms = (p.terms - 'lead' - 'ours') || jsonb_build_object(
    'lead_id', (SELECT c.id FROM remit.contacts c WHERE c.account_id = p.account_id AND p.terms ->> 'lead' <> ''
        AND lower(btrim(c.first_name || ' ' || c.last_name)) = lower(p.terms ->> 'lead') ORDER BY c.id LIMIT 1),
    'ours_id', (SELECT w.id FROM remit.people w WHERE w.kind = 'person' AND p.terms ->> 'ours' <> ''
        AND lower(w.name) = lower(p.terms ->> 'ours') ORDER BY w.id LIMIT 1))
WHERE p.terms ?| ARRAY['lead', 'ours'];
"""
BY_NAME = f"""
SELECT set_config('remit.person_id', '{SYSTEM}', true);
UPDATE remit.proposals p SET terms = (p.terms - 'lead_id' - 'ours_id') || jsonb_build_object(
    'lead', coalesce((SELECT btrim(c.first_name || ' ' || c.last_name) FROM remit.contacts c WHERE c.id::text = p.terms ->> 'lead_id'), ''),
    'ours', coalesce((SELECT w.name FROM remit.people w WHERE w.id::text = p.terms ->> 'ours_id'), ''))
WHERE p.terms ?| ARRAY['lead_id', 'ours_id'];
"""
DOWN = """
DELETE FROM remit.prices WHERE pending;
ALTER TABLE remit.prices DROP pending;
ALTER TABLE remit.proposal_issues DROP effect_id;
ALTER TABLE remit.drafts DROP attached;
"""


def upgrade() -> None:
    op.execute(UP)
    op.execute(BY_ID)


def downgrade() -> None:
    op.execute(BY_NAME)
    op.execute(DOWN)
