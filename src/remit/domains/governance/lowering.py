"""Moving down needs nobody: an auto remit is taken back when a gate it stands on no longer holds."""

from __future__ import annotations

from remit.actions import Performed, Refused, perform
from remit.domains.governance import queries, rules
from remit.domains.governance.actions import RevokeRemit
from remit.scope import Scope


def lower_remits(scope: Scope) -> list[Performed]:
    """Revoke every auto remit with a gate below its step that is not met today. `scope`: the system's.

    What was queued on the strength of such a remit alone is recalled with it.
    """
    auto = [remit for remit in queries.list_remits(scope) if remit.level == "auto"]
    met = queries.met_gates(scope) if auto else frozenset()
    lowered = []
    for remit in auto:
        fallen = rules.fallen_gates(remit.action_kind, met)
        if not fallen:
            continue
        try:
            done = perform(
                scope, RevokeRemit(remit_id=remit.id, reason=f"no longer met: {', '.join(fallen)}")
            )
        except Refused as refused:
            if refused.code != "remit_revoked":
                raise
            continue  # somebody else revoked it this very moment
        if isinstance(done, Performed):
            lowered.append(done)
    return lowered
