"""Which handler performs which verb. Slices declare here; the door asks here; nothing else calls a handler."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import UUID

from remit.actions.errors import Refused
from remit.actions.model import Action, Change, Check, Target
from remit.db.sessions import ReadSession, WriteSession
from remit.scope import Scope

A = TypeVar("A", bound=Action)
Finder = Callable[[ReadSession, A], Target]
Handle = Callable[[WriteSession, A, Target], Change]
Checker = Callable[[ReadSession, A, Target], Sequence[Check]]
Thinker = Callable[[Scope, A], None]
Apart = Callable[[A], Sequence[UUID]]


@dataclass(frozen=True, slots=True)
class Verb:
    """One registered verb. `as_system`: it works on the whole firm's rows, whoever asked (imports, halts).

    `apart`: what an act is about, by id. Acts of a batch that share nothing of it look at no row that another of them writes, so their
    stages may be gone through in step; one that is about nothing, or whose verb does not say, goes alone. `in_step`: its handler, too, may
    run so: it queues no effect and refuses before it writes. `think`: what its checks need of a model, found out before the transaction
    begins; without it they fail, they never ask.
    """

    action: type[Action]
    target: Callable[[ReadSession, Any], Target]
    handle: Callable[[WriteSession, Any, Target], Change]
    checks: tuple[Callable[[ReadSession, Any, Target], Sequence[Check]], ...] = ()
    as_system: bool = False
    think: Callable[[Scope, Any], None] | None = None
    apart: Callable[[Any], Sequence[UUID]] | None = None
    in_step: bool = False


_verbs: dict[str, Verb] = {}


def handler(
    action: type[A],
    *,
    target: Finder[A],
    checks: Sequence[Checker[A]] = (),
    as_system: bool = False,
    think: Thinker[A] | None = None,
    apart: Apart[A] | None = None,
    in_step: bool = False,
) -> Callable[[Handle[A]], Handle[A]]:
    """Register the decorated function as the one handler of `action`. Raises ValueError for a second one, or one in step without `apart`."""

    def register(handle: Handle[A]) -> Handle[A]:
        known = _verbs.get(action.kind())
        if known is not None and _where(known.handle) != _where(handle):
            raise ValueError(f"{action.kind()} has a handler already: {_where(known.handle)}")
        if action.event.count(":") < 1:
            raise ValueError(f"{action.kind()} needs an event such as 'opportunity:stage:change'")
        if in_step and apart is None:
            raise ValueError(f"{action.kind()} is performed in step: say what an act is about (`apart`)")
        _verbs[action.kind()] = Verb(action, target, handle, tuple(checks), as_system, think, apart, in_step)
        return handle

    return register


def _where(handle: Callable[..., Change]) -> str:
    return f"{handle.__module__}.{handle.__qualname__}"


def verb(kind: str) -> Verb:
    """The verb called `kind`; refuses one that nobody registered."""
    found = _verbs.get(kind)
    if found is None:
        raise Refused(
            f"Remit has no action called {kind!r}. `remit actions kinds` lists them.", code="unknown_action"
        )
    return found


def verbs() -> Mapping[str, Verb]:
    """All registered verbs by kind."""
    return dict(_verbs)


def rebuild(kind: str, payload: Mapping[str, Any]) -> Action:
    """The action from its stored payload, validated again."""
    return verb(kind).action.model_validate(payload)
