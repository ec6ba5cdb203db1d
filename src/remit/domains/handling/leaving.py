"""The data-handling policy in front of the gateway to models: what may leave, masked how. Registered by `remit.wiring`."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import zip_longest
from uuid import UUID

from remit import identity
from remit.domains.handling.queries import find_active, list_client_names
from remit.llm.gateway.config import Destination
from remit.llm.gateway.handling import Cleared, Stopped, register
from remit.llm.handling.mask import Mask
from remit.llm.handling.policy import HandlingPolicyInvalid, current
from remit.llm.handling.prepare import Denied, prepare
from remit.scope import Scope


def leaving(
    scope: Scope,
    texts: Sequence[str],
    destination: Destination,
    account_id: UUID | None,
    public: Sequence[bool] = (),
) -> Cleared | Stopped:
    """What may leave for `destination` under the version in force, which has to be the one that this process enforces.

    Client names are those of the whole firm, also of accounts that the person does not see, so `account_id` narrows nothing.
    `public`: what our records declare public is not read for a client's money; names, numbers and plans to trade still are.
    """
    del account_id
    system = identity.for_service("clearance", via="gateway", request_id=scope.request_id)
    active = find_active(system)
    try:
        policy = current()
    except HandlingPolicyInvalid as error:
        return Stopped((str(error),))
    if active is None or active.policy_hash != policy.hash:
        return Stopped(
            ("The data-handling policy of this installation is not the one that was put in force.",),
            policy.hash,
        )
    names, mask, out, masked, reasons = list_client_names(system), Mask(), [], 0, []
    for text, declared in zip_longest(texts, public, fillvalue=False):
        found = prepare(str(text), destination, names, mask=mask, policy=policy, public=bool(declared))
        if isinstance(found, Denied):
            reasons.append(found.sentence)
        else:
            out.append(found.text)
            masked += sum(found.masked.values())
    if reasons:
        return Stopped(tuple(dict.fromkeys(reasons)), policy.hash)
    return Cleared(tuple(out), lambda reply: mask.restore(reply).text, masked, policy.hash)


register(leaving)
