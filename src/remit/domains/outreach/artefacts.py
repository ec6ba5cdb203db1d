"""Messages as AI artefacts: made when the writer wrote one, accepted when a person sent it."""

from __future__ import annotations

from typing import Final

from remit.domains.outreach.rules import COMPOSING_WORDS_PER_MINUTE, HAND, READING_WORDS_PER_MINUTE
from remit.ladder.artefacts import Kind, artefact

# What was recalled or failed before it left was not sent; what somebody typed from the first word is no AI's. Minutes are counted
# for texts that left as they were written: how much of a changed one was kept takes reading both (`rules.minutes_saved`).
_ROWS: Final = f"""
SELECT d.id, d.author_id AS person_id, d.account_id, coalesce(nullif(d.subject, ''), '(no subject)') AS title,
       CASE d.kind WHEN 'reply' THEN 'answer' WHEN 'correction' THEN '' ELSE d.kind END AS motion, d.created_at AS made_at,
       CASE WHEN d.state = 'sent' AND coalesce(e.state, '') NOT IN ('recalled', 'failed') THEN d.updated_at END AS accepted_at,
       'sent' AS accepted_how, d.edited,
       CASE WHEN d.written = d.body THEN round(cardinality(regexp_split_to_array(btrim(d.body), '\\s+'))
           * (1.0 / {COMPOSING_WORDS_PER_MINUTE} - 1.0 / {READING_WORDS_PER_MINUTE}), 1) END AS minutes,
       encode(sha256(convert_to(d.body, 'UTF8')), 'hex') AS sha256
FROM remit.drafts d LEFT JOIN remit.effects e ON e.id = d.effect_id WHERE d.writer NOT IN ('', '{HAND}')
"""

artefact(Kind("message", "Messages", "/write/{id}", _ROWS))
