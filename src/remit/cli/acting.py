"""Who acts in this command: the person named by `--as`. For local administration and the demo only."""

from __future__ import annotations

from remit import identity
from remit.cli import output
from remit.scope import Scope


def scope() -> Scope:
    """The scope of the person named by `--as`. Raises CommandRefused (usage, or the one answer for not found)."""
    who = output.options.person
    if who is None:
        raise output.CommandRefused(
            "who_acts",
            "Say who acts: remit --as PERSON … (an e-mail address or name; `remit people` lists them).",
            exit_code=output.USAGE,
        )
    person = identity.find_person(who)
    if person is None or not person.active or person.kind not in ("person", "agent"):
        raise output.CommandRefused(
            "person_not_found", f"There is no active person called {who!r}.", exit_code=output.NOT_FOUND
        )
    if person.kind == "agent":
        return identity.for_agent(person.id, via="cli")
    return identity.for_person(person.id, via="cli")
