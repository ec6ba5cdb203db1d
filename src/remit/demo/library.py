"""The demo firm's library: enablement brings in what ships, a manager reviews it, compliance approves it, all through the door."""

from __future__ import annotations

from uuid import UUID

from remit import identity
from remit.actions import Action, Performed, Refused, perform
from remit.demo.firm import Firm
from remit.domains.library import shipped
from remit.domains.library.actions import (
    ApproveTemplates,
    ExpireDueTemplates,
    ReviewTemplates,
    SubmitTemplates,
)
from remit.domains.library.writing import WriteTemplates


def fill_library(firm: Firm) -> int:
    """Every shipped template live but those of the pilot, which are; returns how many. What was done before stays as it is. Raises Refused."""
    texts = tuple(shipped.texts().values())
    done = _perform(firm, "enablement", WriteTemplates(sources=texts), "write")
    ids = tuple(UUID(str(one["version_id"])) for one in done.result["written"])
    at = [(version,) * len(ids) for version in (1, 2, 3)]
    _perform(firm, "enablement", SubmitTemplates(version_ids=ids, expected_versions=at[0]), "SubmitTemplates")
    _perform(firm, "manager", ReviewTemplates(version_ids=ids, expected_versions=at[1]), "ReviewTemplates")
    _perform(
        firm, "compliance", ApproveTemplates(version_ids=ids, expected_versions=at[2]), "ApproveTemplates"
    )
    # as a worker does every hour: what the pilot found worn off goes out of use, with why
    perform(identity.for_service("upkeep", via="demo"), ExpireDueTemplates(), key="demo-library:upkeep")
    return len(ids)


def _perform(firm: Firm, role: str, action: Action, key: str) -> Performed:
    person = next(one for one in firm.people if one.role == role)
    done = perform(identity.for_person(UUID(person.id), via="demo"), action, key=f"demo-library:{key}")
    if not isinstance(done, Performed):
        raise Refused(
            "The demo's library waits for an approval; policy should not ask for one.", code="needs_approval"
        )
    return done
