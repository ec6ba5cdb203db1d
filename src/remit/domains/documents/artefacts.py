"""Kept summaries as AI artefacts: one that was only looked at is not on record, so made and accepted are one."""

from __future__ import annotations

from typing import Final

from remit.ladder.artefacts import Kind, artefact

# how long somebody would have read the document otherwise is not known, so no minutes are counted
_ROWS: Final = """
SELECT x.id, x.saved_by AS person_id, x.account_id, d.title, 'summary' AS motion, x.saved_at AS made_at, x.saved_at AS accepted_at, 'saved' AS accepted_how,
       false AS edited, CAST(NULL AS numeric) AS minutes, x.sha256
FROM remit.document_summaries x JOIN remit.documents d ON d.id = x.document_id
"""

artefact(Kind("summary", "Summaries", "/documents/summaries/{id}", _ROWS))
