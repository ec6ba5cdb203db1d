"""Briefs and competitive notes as AI artefacts: made and accepted in one, for only what somebody saves is kept."""

from __future__ import annotations

from typing import Final

from remit.ladder.artefacts import Kind, artefact

# how long a meeting takes to prepare by hand is nowhere measured: no minutes are counted
_ROWS: Final = """
SELECT b.id, b.saved_by AS person_id, b.account_id, b.title, CASE b.kind WHEN 'comparison' THEN 'comparison' ELSE 'brief' END AS motion,
       b.saved_at AS made_at, b.saved_at AS accepted_at, 'saved' AS accepted_how, false AS edited, CAST(NULL AS numeric) AS minutes, b.sha256
FROM remit.briefs b
"""

artefact(Kind("brief", "Briefs and competitive notes", "/briefs/{id}", _ROWS))
