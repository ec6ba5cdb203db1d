"""What a viewer is offered: the policies are asked, so a page shows no button that the door would refuse, and hides none."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from remit.policy.decide import decide
from remit.policy.model import Decision, PolicyRequest, Principal, Resource
from remit.scope import Scope


def may(
    scope: Scope, kind: str, about: str = "record", *, owner_id: UUID | None = None, context: Mapping[str, object] | None = None
) -> bool:  # fmt: skip
    """Whether the policies let the person of `scope` do `kind` at once; the door decides again when they do.

    `about`: the kind of record that it is done to. `owner_id`: whose it is, where the rules of `kind` ask for it.
    `context`: what they ask of the act itself; what is left out is taken for what permits least.
    """
    return asked(scope, kind, about, owner_id=owner_id, context=context).permitted


def asked(
    scope: Scope, kind: str, about: str = "record", *, owner_id: UUID | None = None, context: Mapping[str, object] | None = None
) -> Decision:  # fmt: skip
    """As `may`, with the whole answer: whose approval it needs, and the sentence."""
    asker = Principal("Person", str(scope.person_id), scope.roles)
    owner = {"owner": str(owner_id)} if owner_id else {}
    return decide(PolicyRequest(asker, kind, Resource(about, "-", owner), context or {}))
