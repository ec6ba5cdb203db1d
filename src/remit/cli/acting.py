"""Who a command acts for: the person of `--as`."""

from __future__ import annotations

from typing import Any

from remit import identity, settings
from remit.actions.model import Action, Performed, Waiting
from remit.cli import output
from remit.scope import Scope


def scope() -> Scope:
    """The scope of the person named by `--as`. Raises CommandRefused when nobody or nobody active is named."""
    who = output.options.person
    if who is None:
        raise output.CommandRefused(
            "person_needed",
            "Say who acts: remit --as PERSON … (an e-mail address or a name).",
            exit_code=output.USAGE,
        )
    return named(who)


def done_at_once(answer: Performed | Waiting) -> Performed:
    """The answer of the door where only a deed will do. Raises CommandRefused when it waits for a person."""
    if isinstance(answer, Performed):
        return answer
    raise output.CommandRefused(
        "needs_approval",
        f"{answer.sentence} It waits: remit --as PERSON approve {answer.suggestion_id} --hash {answer.payload_hash}",
        details={"suggestion_id": str(answer.suggestion_id), "payload_hash": answer.payload_hash},
    )


def performed(action: Action) -> dict[str, Any]:
    """Do `action` as the person of `--as`, in the open database: its id and result as a command shows them. Raises CommandRefused, Refused."""
    import remit.wiring  # noqa: F401 - registers the handlers
    from remit.actions import perform

    done = done_at_once(perform(scope(), action))
    return {"action_id": done.action_id, **done.result}


def scope_or_system() -> Scope:
    """The scope of `--as`, else the system's own: for checks that show no content."""
    who = output.options.person
    return identity.for_service("console", via="cli") if who is None else named(who)


def named(who: str) -> Scope:
    """The scope of a person or an agent by name, e-mail address or id."""
    if not settings.load().as_person:
        raise output.CommandRefused(
            "as_not_allowed", "This installation takes who acts from signing in only (setting as_person)."
        )
    found = identity.find_person(who)
    try:
        if found is None or found.kind not in ("person", "agent"):
            raise identity.NotPermitted(who)
        if found.kind == "agent":
            return identity.for_agent(found.id, via="cli")
        return identity.for_person(found.id, via="cli")
    except identity.NotPermitted:
        raise output.CommandRefused(
            "not_permitted", f"There is no active person called {who}.", exit_code=output.NOT_FOUND
        ) from None
