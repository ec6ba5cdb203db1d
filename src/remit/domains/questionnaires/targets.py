"""A questionnaire as the door sees it: found under the actor's own view, with what policy reads of its account."""

from __future__ import annotations

from uuid import UUID

from remit.actions import Target
from remit.db.sessions import ReadSession
from remit.domains.accounts.targets import account_target
from remit.domains.questionnaires import queries


def questionnaire_target(s: ReadSession, questionnaire_id: UUID) -> Target:
    """The target for an act on a questionnaire: its account's, so that the account's rules hold. Raises NotFound."""
    found = queries.load_questionnaire(s, questionnaire_id)
    about = account_target(s, found.account_id, title=found.title)
    return Target(
        "questionnaire", found.id, about.account_id, about.access_id, about.segment, version=found.version, title=found.title,
        attributes=about.attributes,
    )  # fmt: skip
