"""Questionnaires as AI artefacts: made when answers were proposed, accepted when somebody approved the whole."""

from __future__ import annotations

from typing import Final

from remit.ladder.artefacts import Kind, artefact

# how long one takes by hand is nowhere measured: no minutes are counted. What was answered before Remit (no file) is none of its work
_ROWS: Final = """
SELECT q.id, q.owner_id AS person_id, q.account_id, q.title, 'questionnaire' AS motion, q.added_at AS made_at, q.approved_at AS accepted_at,
       'saved' AS accepted_how, EXISTS (SELECT FROM remit.questionnaire_items i WHERE i.questionnaire_id = q.id AND i.state = 'written') AS edited,
       CAST(NULL AS numeric) AS minutes, CASE q.approved_sha256 WHEN '' THEN q.sha256 ELSE q.approved_sha256 END AS sha256
FROM remit.questionnaires q WHERE q.file IS NOT NULL
"""

artefact(Kind("questionnaire", "Answered questionnaires", "/questionnaires/{id}", _ROWS))
