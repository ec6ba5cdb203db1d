"""How a seeded draft looks before it is answered: like any other. And what is said to whoever opened it to change it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from remit import identity
from remit.actions import NotFound, Performed, Refused, perform
from remit.actions.seeded import NoteSeededAnswer
from remit.db.sessions import read
from remit.domains.outreach.material import gather
from remit.domains.outreach.queries import rows_of
from remit.evidence.support import check_text
from remit.kit import clock
from remit.scope import Scope


@dataclass(frozen=True, slots=True)
class Shown:
    """What an approval page shows of a draft: in whose name, and its sentences with what they stand on."""

    author_name: str
    sentences: Sequence[Mapping[str, Any]]


def look_at(scope: Scope, contact_id: UUID, writer_id: UUID, body: str) -> Shown | None:
    """A text as a draft of its kind would be shown; None where the reader does not see the contact."""
    with read(scope) as s:
        try:
            material = gather(s, contact_id, writer_id, clock.now())
        except NotFound:
            return None
        sentences = check_text(body, material.facts, material.context)
    return Shown(material.writer.name, rows_of(sentences, material.facts))


def opened(scope: Scope, suggestion_id: UUID) -> str:
    """Somebody opened what waits to change it, and there is no draft behind it: what to say. Raises NotFound for what is no seeded draft.

    Only whoever may see the suggestion gets here; the answer is noted once.
    """
    system = identity.for_service("supervising", via="approval")
    act = NoteSeededAnswer(suggestion_id=suggestion_id, person_id=scope.person_id, answer="opened")
    try:
        done = perform(system, act)
    except NotFound:
        raise NotFound("draft") from None
    except Refused as refused:
        return refused.message
    return str(done.result["said"]) if isinstance(done, Performed) else done.sentence
