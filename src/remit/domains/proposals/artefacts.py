"""Proposals as AI artefacts: made when Remit drew one up, accepted when a second person approved it."""

from __future__ import annotations

from typing import Final

from remit.ladder.artefacts import Kind, artefact

# how long one took is kept with it; what it saved is for gate S1-G4 to say, beside a baseline: no minutes are counted here
_ROWS: Final = """
SELECT p.id, p.author_id AS person_id, p.account_id, 'P-' || lpad(p.number::text, 5, '0') || ' ' || p.title AS title, 'proposal' AS motion,
       p.created_at AS made_at, p.first_approved_at AS accepted_at, 'saved' AS accepted_how, p.edited, CAST(NULL AS numeric) AS minutes,
       coalesce((SELECT v.sha256 FROM remit.proposal_versions v WHERE v.proposal_id = p.id AND v.number = 1), p.sha256) AS sha256
FROM remit.proposals p
"""

artefact(Kind("proposal", "Proposals", "/proposals/{id}", _ROWS))
