"""A catch in the review queue is a quote of the place: at least half of the seeded sentence, and no more than a third of the text.

Before, three letters that stand anywhere in the sentence were a catch, and so was the whole text quoted.

Revision ID: 0048
"""

from __future__ import annotations

from alembic import op

revision = "0048"
down_revision = "0047"
branch_labels = None
depends_on = None

_DECIDED = """
CREATE OR REPLACE FUNCTION remit.review_item_decided() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = remit, pg_temp AS $$
BEGIN
    UPDATE findings f SET person_id = o.author_id FROM review_origins o WHERE f.item_id = NEW.id AND o.item_id = NEW.id;
    UPDATE seeded_drafts s SET answered_by = NEW.reviewed_by, answered_at = NEW.reviewed_at,
        answer = CASE WHEN {caught} THEN 'caught' ELSE 'missed' END
    WHERE s.item_id = NEW.id AND s.answered_at IS NULL;
    RETURN NULL;
END $$;
"""
# blanks and letters' case as the check of quotes sees them; several quotes together are no more than half of the text
_PLACE = """coalesce((
            SELECT bool_or(x.at > 0 AND 2 * (least(x.place + x.long, x.at + x.said) - greatest(x.place, x.at)) >= x.long
                    AND x.said <= greatest(x.whole / 3, x.long)) AND sum(x.said) <= greatest(max(x.whole) / 2, max(x.long))
            FROM (SELECT strpos(t.body, t.sentence) AS place, strpos(t.body, t.quote) AS at, length(t.sentence) AS long, length(t.quote) AS said,
                    length(t.body) AS whole
                FROM (SELECT regexp_replace(lower(btrim(s.body)), '\\s+', ' ', 'g') AS body, regexp_replace(lower(btrim(s.quote)), '\\s+', ' ', 'g') AS sentence,
                        regexp_replace(lower(btrim(f.quote)), '\\s+', ' ', 'g') AS quote
                    FROM findings f WHERE f.item_id = NEW.id) AS t) AS x), false)"""
_ANY_WORD = """EXISTS (SELECT FROM findings f WHERE f.item_id = NEW.id
            AND (strpos(lower(s.quote), lower(btrim(f.quote))) > 0 OR strpos(lower(f.quote), lower(s.quote)) > 0))"""


def upgrade() -> None:
    op.execute(_DECIDED.format(caught=_PLACE))


def downgrade() -> None:
    op.execute(_DECIDED.format(caught=_ANY_WORD))
