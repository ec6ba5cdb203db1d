"""Scope: who acts, for whom, and how far. The first argument of everything that reads or writes.

A scope is minted only by `remit.identity` (sign-in, workflow start, verified webhook, local administration) and is
sealed with a key of this process: one that was put together by hand, or changed after minting, is refused by
every session and by the door. It can be narrowed, never widened.
"""

from __future__ import annotations

import hashlib
import hmac
import os
from dataclasses import dataclass, field, replace
from typing import Final, Literal
from uuid import UUID

ActorKind = Literal["person", "agent", "workflow", "connector"]

_KEY: Final = os.urandom(32)


class ScopeForged(Exception):
    """A scope that was not minted by this process, or was altered since. Nothing is read or written under it."""

    code = "scope_forged"


@dataclass(frozen=True, slots=True)
class Actor:
    """A person of the firm, or an agent, workflow or connector: one row of the table `people`."""

    id: UUID
    kind: ActorKind
    name: str


@dataclass(frozen=True, slots=True)
class Scope:
    """`roles` are those of the person who answers for the act. `only`: the action kinds it is limited to (None: all)."""

    actor: Actor
    roles: frozenset[str]
    request_id: str
    via: str
    on_behalf_of: UUID | None = None
    only: frozenset[str] | None = None
    seal: bytes = field(default=b"", repr=False, compare=False)

    @property
    def person_id(self) -> UUID:
        """Whose territories and barriers bound what can be seen: the person acted for, else the actor."""
        return self.on_behalf_of or self.actor.id

    def allows(self, action_kind: str) -> bool:
        """Whether this scope has been narrowed away from `action_kind`."""
        return self.only is None or action_kind in self.only

    def for_agent(self, agent: Actor, only: frozenset[str] | None = None) -> Scope:
        """The scope of `agent` working for this scope's person: same view or less, never more action kinds.

        Raises ScopeForged when this scope is itself not genuine, ValueError when `agent` is not an agent.
        """
        check(self)
        if agent.kind != "agent":
            raise ValueError(f"{agent.name} is a {agent.kind}, not an agent")
        kinds = self.only if only is None else only if self.only is None else self.only & only
        return _sealed(replace(self, actor=agent, on_behalf_of=self.person_id, only=kinds))


def check(scope: Scope) -> None:
    """Raise ScopeForged unless `scope` is as it was minted in this process."""
    if not isinstance(scope, Scope) or not hmac.compare_digest(scope.seal, _seal_of(scope)):
        raise ScopeForged("this scope was not issued by sign-in, a workflow or a verified webhook")


def _mint(
    actor: Actor, roles: frozenset[str], *, request_id: str, via: str, only: frozenset[str] | None = None
) -> Scope:
    """A genuine scope. Called by `remit.identity` alone (tools/linters enforces it)."""
    return _sealed(Scope(actor, roles, request_id, via, only=only))


def _sealed(scope: Scope) -> Scope:
    return replace(scope, seal=_seal_of(scope))


def _seal_of(scope: Scope) -> bytes:
    parts = (
        scope.actor.id,
        scope.actor.kind,
        scope.on_behalf_of,
        sorted(scope.roles),
        None if scope.only is None else sorted(scope.only),
        scope.request_id,
        scope.via,
    )
    return hmac.digest(_KEY, repr(parts).encode(), hashlib.sha256)
