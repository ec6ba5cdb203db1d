"""Every way the door says no. Each has a stable code; the message says what is wrong and how to mend it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


class Refused(Exception):
    """The action was not performed. `details` is plain JSON; `rule_ids` are the policy rules that decided, if any."""

    code = "refused"

    def __init__(
        self,
        message: str,
        *,
        code: str | None = None,
        details: Mapping[str, Any] | None = None,
        rule_ids: tuple[str, ...] = (),
        policy_hash: str = "",
        asked: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.code = code or type(self).code
        self.details = dict(details or {})
        self.rule_ids = rule_ids
        self.policy_hash = policy_hash
        self.asked = asked  # what policy was asked, for the record (not shown)


class NotFound(Refused):
    """There is no such thing, or it may not be seen: the same answer for both."""

    code = "not_found"
    exit_code = 3

    def __init__(self, what: str = "record") -> None:
        super().__init__(f"There is no such {what}, or you may not see it.")


class Conflict(Refused):
    """Somebody else changed the record since it was read. `details`: expected, found, yours, theirs."""

    code = "version_conflict"

    def __init__(
        self,
        what: str,
        *,
        expected: int,
        found: int,
        yours: Mapping[str, Any] | None = None,
        theirs: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(
            f"This {what} has changed since you read it (you had version {expected}, it is now {found}). "
            "Look at the present state and try again.",
            details={
                "expected": expected,
                "found": found,
                "yours": dict(yours or {}),
                "theirs": dict(theirs or {}),
            },
        )


class KeyReused(Refused):
    """The maker used this idempotency key before for another act, or for one that they may no longer see."""

    code = "key_reused"

    def __init__(self, key: str | None = None, *, details: Mapping[str, Any] | None = None) -> None:
        named = "This idempotency key" if key is None else f"The idempotency key {key!r}"
        super().__init__(
            f"{named} was used before for something else. Use a new key for a new action.", details=details
        )
